"""Soft lights: what is out of focus, and the discs that flakes, sparks and smoke are made of."""

from __future__ import annotations

import math

import numpy as np
from PIL import Image

from .noise import smooth
from .palette import Palette, mix
from .raster import Canvas, Floats, Moment, Studio
from .sky import blend, gradient


def disc(radius: float, strength: float, soft: float = 0.12) -> Image.Image:
    """A round light with a soft edge that is a little brighter than its middle."""
    half = int(radius * (1 + soft)) // 2 * 2 + 2
    span = np.arange(2 * half, dtype=np.float32) - half + np.float32(0.5)
    out = np.hypot(span[None, :], span[:, None]) / np.float32(radius)
    edge = 1 - smooth(1 - soft, 1 + soft, out)
    ring = 0.72 + 0.28 * smooth(0.6, 0.98, out)
    return Image.fromarray((255 * strength * edge * ring).astype(np.uint8))


class Orbs:
    """Large soft lights out of focus, rising slowly."""

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
        self.discs = [disc(radius, 0.22 + 0.5 * (1 - near)) for radius, near in zip(radii, self.near, strict=True)]

    def draw(self, canvas: Canvas, moment: Moment) -> None:
        """Lays the lights over the canvas, the far ones first."""
        width, height = canvas.size
        for k, image in enumerate(self.discs):
            near = self.near[k]
            swing = math.sin(math.tau * (self.phase[k, 0] + moment.seconds * 0.12))
            pulse = 0.65 + 0.35 * math.sin(math.tau * (self.phase[k, 1] + moment.seconds * 0.2))
            column = ((self.place[k, 0] + self.drift * moment.seconds * (0.3 + near)) % 1.3 - 0.15) * width
            row = ((self.place[k, 1] - 0.035 * moment.seconds * (0.3 + near)) % 1.3 - 0.15) * height
            lit = image.point([int(v * pulse) for v in range(256)])
            corner = (
                int(column + swing * 0.02 * width) // 2 * 2 - image.width // 2,
                int(row) // 2 * 2 - image.height // 2,
            )
            canvas.tint(self.colours[k % len(self.colours)], lit, (corner[0] // 2 * 2, corner[1] // 2 * 2))


def backdrop(studio: Studio, palette: Palette) -> Floats:
    """The quiet ground behind the lights."""
    width, height = studio.small(studio.span(0)), studio.small(studio.height)
    rgb = np.repeat(
        gradient((*palette.sky[:3], palette.sky[2], palette.sky[3]), height, 1.2)[:, None, :], width, axis=1
    )
    return blend(rgb, palette.sky[0], np.full((height, width), 0.3, np.float32))
