"""The sound of a simulated clip: a quiet pad of chords, the same for the same scene."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ..scene import Scene
from .palette import digest

if TYPE_CHECKING:
    import numpy.typing as npt

RATE = 44100
CHORD = 4.0
"""Seconds that a chord lasts."""

# Steps above the root in semitones; any of them may follow any other.
CHORDS = ((0, 7, 12, 16, 19), (-4, 8, 12, 15, 20), (-7, 5, 12, 17, 21), (-5, 7, 11, 14, 19), (-3, 9, 12, 16, 21))


def pad(scene: Scene) -> npt.NDArray[np.float32]:
    """The whole track: shape (2, samples), between -1 and 1."""
    rng = np.random.Generator(np.random.PCG64(digest("sound", scene.prompt, scene.seed)))
    total = round(scene.seconds * RATE)
    track = np.zeros((2, total), np.float32)
    root = 110.0 * 2 ** (float(rng.integers(-3, 4)) / 12)
    start = 0
    while start < total:
        chord = CHORDS[int(rng.integers(len(CHORDS)))]
        length = min(total - start, round(1.5 * CHORD * RATE))
        for step in chord:
            track[:, start : start + length] += _voice(rng, root * 2 ** (step / 12), length)
        start += round(CHORD * RATE)
    ends = np.minimum(np.arange(total), np.arange(total)[::-1]).astype(np.float32)
    return np.asarray(track * np.clip(ends / (0.4 * RATE), 0, 1) * np.float32(0.045), np.float32)


def _voice(rng: np.random.Generator, pitch: float, length: int) -> npt.NDArray[np.float32]:
    """One soft tone in stereo: two slightly different pitches, with a slow swell."""
    time = np.arange(length, dtype=np.float32) / RATE
    swell = np.sin(np.pi * np.clip(time / (1.5 * CHORD), 0, 1)) ** 2
    phase, slow = rng.uniform(0, 6.28, 2), float(rng.uniform(0.1, 0.3))
    breath = 1 + 0.25 * np.sin(2 * np.pi * slow * time + phase[0])
    sides = [np.sin(2 * np.pi * pitch * detune * time + phase[1]) for detune in (0.9985, 1.0015)]
    overtone = 0.18 * np.sin(4 * np.pi * pitch * time + phase[0])
    return np.stack([(side + overtone) * swell * breath for side in sides]).astype(np.float32)
