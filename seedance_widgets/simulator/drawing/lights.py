"""Soft lights: what is out of focus, and the discs that flakes, sparks and smoke are made of."""

from __future__ import annotations

import math

import numpy as np
from PIL import Image

from .noise import smooth
from .palette import Palette, mix
from .raster import Canvas, Floats, Moment, Stamp, Studio
from .sky import blend, distance, gradient


def disc(radius: float, strength: float, soft: float = 0.12) -> Stamp:
    """A round light with a soft edge that is a little brighter than its middle; `radius` in pixels."""
    half = int(radius * (1 + soft)) // 2 * 2 + 2
    span = np.arange(2 * half, dtype=np.float32) - half + np.float32(0.5)
    out = np.hypot(span[None, :], span[:, None]) / np.float32(radius)
    edge = 1 - smooth(1 - soft, 1 + soft, out)
    ring = 0.72 + 0.28 * smooth(0.6, 0.98, out)
    return Stamp(Image.fromarray((255 * strength * edge * ring).astype(np.uint8)))


class Orbs:
    """Large soft lights out of focus, rising slowly."""

    LEVELS = 8

    def __init__(self, studio: Studio, palette: Palette, count: int = 46) -> None:
        self.studio = studio
        rng = studio.rng
        self.place = rng.random((count, 2))
        self.near = np.sort(rng.random(count) ** 1.6)
        self.phase = rng.random((count, 2))
        self.drift = float(rng.choice((-1.0, 1.0))) * float(rng.uniform(0.02, 0.06))
        self.colours = [
            mix(c, palette.sun, 0.25) for c in (palette.glow, palette.accent, palette.sky[3], palette.sky[4])
        ]
        radii = [studio.unit * (0.012 + 0.1 * near) for near in self.near]
        powers = [0.3 + 0.7 * k / self.LEVELS for k in range(self.LEVELS + 1)]
        self.discs = [
            [disc(radius, (0.72 - 0.5 * near) * power) for power in powers]
            for radius, near in zip(radii, self.near, strict=True)
        ]

    def draw(self, canvas: Canvas, moment: Moment) -> None:
        """Lays the lights over the canvas, the far ones first."""
        width, height = canvas.size
        for k, levels in enumerate(self.discs):
            near = self.near[k]
            swing = math.sin(math.tau * (self.phase[k, 0] + moment.seconds * 0.12))
            pulse = 0.5 + 0.5 * math.sin(math.tau * (self.phase[k, 1] + moment.seconds * 0.2))
            column = ((self.place[k, 0] + self.drift * moment.seconds * (0.3 + near)) % 1.3 - 0.15) * width
            row = ((self.place[k, 1] - 0.035 * moment.seconds * (0.3 + near)) % 1.3 - 0.15) * height
            where = (round(column + swing * 0.02 * width), round(row))
            canvas.stamp(self.colours[k % len(self.colours)], levels[round(pulse * self.LEVELS)], where)


def backdrop(studio: Studio, palette: Palette) -> Floats:
    """The quiet, darker ground behind the lights."""
    width, height = studio.small(studio.span(0)), studio.small(studio.height)
    stops = [mix(palette.sky[k], palette.ink, 0.66 - 0.1 * k) for k in (0, 0, 1, 2, 2)]
    rgb = np.repeat(gradient(tuple(stops), height, 1.1)[:, None, :], width, axis=1)
    far = distance(width, height, (width * 0.5, height * 1.1)) / np.float32(0.8 * min(width, height))
    return blend(rgb, palette.glow, np.float32(0.28) * np.exp(-far * far))
