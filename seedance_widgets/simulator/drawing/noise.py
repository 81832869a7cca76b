"""Smooth randomness: hills, clouds and ripples are made of it."""

from __future__ import annotations

import numpy as np
from PIL import Image

from .raster import Floats, Heights, fork


def line(
    rng: np.random.Generator, wavelength: float, octaves: int = 4, rough: float = 0.5, sharp: bool = False
) -> Heights:
    """A random curve over positions in pixels, about -1 to 1.

    Parameters
    ----------
    wavelength : float
        The distance between two of its largest waves, in pixels.
    octaves : int
        How many finer waves lie on top, each of half the length.
    rough : float
        How strong each is, relative to the one before.
    sharp : bool
        Whether the crests are pointed, as of mountains.
    """
    grids = [rng.random(4096, np.float32) * 2 - 1 for _ in range(octaves)]
    total = sum(rough**k for k in range(octaves))

    def curve(x: Floats) -> Floats:
        result = np.zeros_like(x)
        for k, grid in enumerate(grids):
            at = x * np.float32(2**k / wavelength) + np.float32(k * 17.3 + 300)
            cell = np.floor(at).astype(np.int32)
            part = at - cell
            part = part * part * (3 - 2 * part)
            value = grid[cell % 4096] * (1 - part) + grid[(cell + 1) % 4096] * part
            result += np.float32(rough**k) * (1 - 2 * np.abs(value) ** 0.8 if sharp else value)
        return np.asarray(result / np.float32(total), np.float32)

    return curve


def cloud(
    rng: np.random.Generator,
    width: int,
    height: int,
    size: tuple[float, float],
    octaves: int = 5,
    rough: float = 0.55,
) -> Floats:
    """A random picture around 0.5; `size` is the width and height of its largest blots in pixels."""
    result = np.zeros((height, width), np.float32)
    for k in range(octaves):
        dice = fork(rng)
        across, down = (max(0.6, extent / 2**k) for extent in size)
        rows, columns = int(height / down) + 3, int(width / across) + 3
        # Rows of a fixed length: the same picture comes out in every size.
        grid = dice.random((rows, max(128, columns)), np.float32)[:, :columns] * 2 - 1
        box = (1, 1, 1 + width / across, 1 + height / down)
        big = Image.fromarray(grid).resize((width, height), Image.Resampling.BICUBIC, box=box)
        result += np.float32(rough**k) * np.asarray(big)
    return np.asarray(0.5 + 0.5 * result / np.float32(1 + rough), np.float32)


def smooth(low: float, high: float, value: Floats) -> Floats:
    """0 below `low`, 1 above `high`, and a soft rise between."""
    share = np.clip((value - low) / (high - low), 0, 1)
    return np.asarray(share * share * (3 - 2 * share), np.float32)


def endless(tile: Floats, seam: int) -> Floats:
    """The tile, smaller by `seam`, so that it can be laid side by side without an edge."""
    fade = np.linspace(0, 1, seam, dtype=np.float32)
    for _ in range(2):
        body, rest = tile[:, :-seam].copy(), tile[:, -seam:]
        body[:, :seam] = rest + (body[:, :seam] - rest) * fade
        tile = body.T
    return tile
