"""Abstract clips: silk and ink. Drawn small for each frame and scaled up, as all of it is soft."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from PIL import Image

from .noise import cloud, endless, smooth
from .palette import Palette, mix
from .raster import Canvas, Floats, Moment, Studio, fork, split
from .sky import gradient


class Flow:
    """A moving picture that is computed at about a quarter of the frame's size.

    Parameters
    ----------
    kind : str
        ``silk``: folds of light; ``ink``: a drop that unfolds in water.
    """

    def __init__(self, studio: Studio, palette: Palette, kind: str) -> None:
        self.studio, self.palette, self.kind = studio, palette, kind
        self.width, self.height = studio.width // 8 * 2, studio.height // 8 * 2
        short = min(self.width, self.height)
        self.width, self.height = (max(32, round(v * min(1, 170 / short)) // 2 * 2) for v in (self.width, self.height))
        unit = np.float32(min(self.width, self.height))
        self.x = ((np.arange(self.width, dtype=np.float32) - self.width / 2) / unit)[None, :]
        self.y = ((np.arange(self.height, dtype=np.float32) - self.height / 2) / unit)[:, None]
        self.dice: list[float] = studio.rng.random(24).tolist()
        self.turn = float(studio.rng.uniform(-0.5, 0.5))
        self.pace = float(studio.rng.uniform(0.75, 1.3)) * float(studio.rng.choice((-1.0, 1.0)))
        self.field = endless(cloud(studio.rng, 640, 640, (128, 128), 5, 0.52), 128)
        self.grain = fork(studio.rng).integers(0, 2, (studio.height, studio.width), np.uint8)
        self.table = _colours(palette, kind == "ink")

    def draw(self, canvas: Canvas, moment: Moment) -> None:
        """Fills the whole canvas."""
        import av

        time = moment.seconds * self.pace
        value = self._silk(time, moment.pan) if self.kind == "silk" else self._ink(time, moment.pan)
        index = np.clip(value * 255, 0, 255).astype(np.uint8)
        small = np.stack([plane[index] for plane in self.table])
        frame = av.VideoFrame.from_ndarray(small, format="yuv444p")
        size = self.studio
        big = frame.reformat(size.width, size.height, "yuv420p", interpolation="BICUBIC").to_ndarray()
        luma = np.minimum(big[: size.height], 234) + self.grain
        canvas.y.paste(Image.fromarray(luma))
        chroma = big[size.height :].reshape(2, size.height // 2, size.width // 2)
        for plane, values in zip((canvas.u, canvas.v), chroma, strict=True):
            plane.paste(Image.fromarray(np.ascontiguousarray(values)))

    def _silk(self, time: float, pan: float) -> Floats:
        """Sheets of light, each with one crisp and one soft side, that wave through each other."""
        cos, sin = math.cos(self.turn), math.sin(self.turn)
        along, across = self.x * cos + self.y * sin + np.float32(0.5 * pan), self.y * cos - self.x * sin
        total = np.zeros((self.height, self.width), np.float32)
        for k in range(6):
            a, b, c, d = self.dice[4 * k : 4 * k + 4]
            wave = 0.2 * np.sin(along * (1.6 + 1.8 * a) + math.tau * b + time * (0.35 + 0.3 * c))
            wave += 0.08 * np.sin(along * (4.1 + 2 * b) + math.tau * c - time * (0.5 + 0.4 * a))
            height = across - wave - np.float32(0.62 * (k - 2.5) / 5 + 0.08 * (d - 0.5))
            width = 0.16 + 0.12 * np.sin(along * 2.1 + math.tau * d + time * 0.3)
            fold = np.exp(-np.maximum(height, 0) / width) * smooth(-0.012, 0.006, np.asarray(height, np.float32))
            total += fold * np.float32(0.24 + 0.2 * a)
        return np.asarray(0.08 + total * 0.86, np.float32)

    def _ink(self, time: float, pan: float) -> Floats:
        """Noise that is bent by noise that is bent by noise."""
        x, y = self.x + np.float32(0.25 * pan), self.y
        slow = np.float32(time * 0.05)
        first = self._look(x * 0.9 + slow, y * 0.9 - 0.6 * slow)
        second = self._look(x * 0.9 - 0.7 * slow + 3.1, y * 0.9 + slow + 1.7)
        bent_x, bent_y = x + np.float32(1.3) * (first - 0.5), y + np.float32(1.3) * (second - 0.5)
        third = self._look(bent_x * 1.1 + 0.5 * slow + 5.2, bent_y * 1.1 + 2.3)
        fourth = self._look(bent_x * 1.1 + 7.7, bent_y * 1.1 - 0.8 * slow + 0.4)
        value = self._look(bent_x + np.float32(1.5) * (third - 0.5), bent_y + np.float32(1.5) * (fourth - 0.5) - slow)
        return np.asarray(smooth(0.22, 0.86, value * 0.72 + 0.38 * third), np.float32)

    def _look(self, x: Any, y: Any) -> Floats:
        """The noise field at positions, between its points too."""
        across, down = x * 128 + 4096, y * 128 + 4096
        column, row = across.astype(np.int32), down.astype(np.int32)
        u, v = across - column, down - row
        field = self.field
        a, b = field[row % 512, column % 512], field[row % 512, (column + 1) % 512]
        c, d = field[(row + 1) % 512, column % 512], field[(row + 1) % 512, (column + 1) % 512]
        top, low = a + (b - a) * u, c + (d - c) * u
        return np.asarray(top + (low - top) * v, np.float32)


def _colours(palette: Palette, ink: bool) -> tuple[np.ndarray[tuple[int], np.dtype[np.uint8]], ...]:
    """Luma and chroma for each of 256 strengths."""
    stops = [*palette.sky[:4], mix(palette.sky[4], palette.sun, 0.5)]
    if ink:
        stops = [mix(palette.sky[4], palette.sun, 0.45), palette.sky[3], palette.sky[2], palette.sky[1], palette.sky[0]]
    column = gradient(tuple(stops), 256, 1.0)[None]
    return tuple(np.clip(plane[0], 0, 255).astype(np.uint8) for plane in split(column))
