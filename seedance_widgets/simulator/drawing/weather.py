"""What falls, drifts and rises: rain, snow, fog, bubbles, sparks."""

from __future__ import annotations

import math

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from .lights import disc
from .noise import cloud, smooth
from .palette import Palette, Rgb, mix
from .raster import Canvas, Layer, Moment, Studio, fork


class Rain:
    """Slanted streaks in two depths; a tall sheet of them that is pulled through the frame."""

    def __init__(self, studio: Studio, palette: Palette) -> None:
        self.size = (studio.width, studio.height)
        slant = float(studio.rng.uniform(-0.28, 0.28))
        self.colour = mix(palette.horizon, (0.93, 0.96, 1.0), 0.6)
        self.sheets = [self._sheet(studio, slant, size, count) for size, count in ((0.05, 260), (0.1, 80))]
        self.speeds = (1.5 * studio.unit, 2.3 * studio.unit)
        self.slant = slant

    def _sheet(self, studio: Studio, slant: float, length: float, count: int) -> Image.Image:
        """A sheet as wide as the frame and twice as high, whose lower half is its upper half again."""
        width, height = self.size
        image = Image.new("L", (width, height))
        draw = ImageDraw.Draw(image)
        number = int(count * width * height / studio.unit**2)
        for x, y, power in fork(studio.rng).random((number, 3)):
            long = studio.unit * length * (0.6 + 0.8 * power)
            for up in (0, height):
                for over in (-width, 0, width):
                    start = (x * width + over, y * height - up)
                    end = (start[0] + slant * long, start[1] + long)
                    draw.line((start, end), fill=int(50 + 75 * power), width=max(1, round(studio.unit * 0.0022)))
        soft = image.filter(ImageFilter.BoxBlur(studio.unit / 1400))
        sheet = Image.new("L", (2 * width, 2 * height))
        for at in ((0, 0), (0, height), (width, 0), (width, height)):
            sheet.paste(soft, at)
        return sheet

    def draw(self, canvas: Canvas, moment: Moment) -> None:
        """Pulls the sheets down and lays them over the canvas."""
        width, height = self.size
        for sheet, speed in zip(self.sheets, self.speeds, strict=True):
            fallen = speed * moment.seconds
            top = height - int(fallen % height)
            left = int(-self.slant * fallen % width)
            canvas.tint(self.colour, sheet.crop((left, top, left + width, top + height)), (0, 0), chroma=False)


class Motes:
    """Many small round things, each on its own way.

    Parameters
    ----------
    fall : float
        Speed downwards in frame heights a second; negative rises.
    swing : float
        How far they sway to the sides, as a share of the shorter side.
    sizes : tuple of float
        The smallest and the largest radius, as shares of the shorter side.
    """

    def __init__(
        self,
        studio: Studio,
        colour: Rgb,
        count: int,
        fall: float,
        swing: float,
        sizes: tuple[float, float],
        strength: float = 0.85,
        twinkle: float = 0.0,
    ) -> None:
        self.unit, self.colour, self.fall, self.swing, self.twinkle = studio.unit, colour, fall, swing, twinkle
        rng = studio.rng
        self.place, self.phase = rng.random((count, 2)), rng.random(count)
        self.near = np.sort(rng.random(count) ** 2)
        self.wind = float(rng.uniform(-0.05, 0.05))
        small, large = sizes
        steps = [small + (large - small) * k / 5 for k in range(6)]
        powers = [strength * (1 - twinkle * dim / 6) for dim in range(7)]
        self.discs = [
            [disc(max(0.9, studio.unit * size), power * (1 - 0.09 * k), 0.5) for power in powers]
            for k, size in enumerate(steps)
        ]

    def draw(self, canvas: Canvas, moment: Moment) -> None:
        """Lays them over the canvas."""
        width, height = canvas.size
        for (x, y), phase, near in zip(self.place, self.phase, self.near, strict=True):
            pace = 0.35 + 0.65 * near
            sway = self.swing * math.sin(math.tau * (phase + moment.seconds * 0.17)) * self.unit
            column = ((x + self.wind * pace * moment.seconds) % 1) * 1.1 * width - 0.05 * width + sway
            row = ((y + self.fall * pace * moment.seconds) % 1) * 1.1 * height - 0.05 * height
            dim = 3 + 3 * math.sin(math.tau * (phase * 7 + moment.seconds * 0.5)) if self.twinkle else 0
            canvas.stamp(self.colour, self.discs[int(near * 5.99)][round(dim)], (round(column), round(row)))


def snow(studio: Studio) -> Motes:
    """Flakes, far and near."""
    return Motes(studio, (1.0, 1.0, 1.0), 230, 0.13, 0.03, (0.0018, 0.009), 0.92)


def bubbles(studio: Studio, palette: Palette) -> Motes:
    """Drifting specks that catch the light."""
    return Motes(studio, palette.sun, 90, -0.035, 0.02, (0.0014, 0.006), 0.5, 0.6)


def sparks(studio: Studio, palette: Palette) -> Motes:
    """Embers, fireflies or pollen."""
    return Motes(studio, palette.accent, 46, -0.03, 0.03, (0.0014, 0.0042), 0.9, 0.9)


def fog(studio: Studio, palette: Palette, row: float, travel: float, strength: float) -> Layer:
    """A bank of fog around a row of the frame."""
    top, bottom = max(0.0, row - 0.3 * studio.unit), min(float(studio.height), row + 0.34 * studio.unit)
    width, rows = studio.small(studio.span(travel)), studio.small(bottom - top)
    unit = studio.unit / studio.shrink
    body = cloud(studio.rng, width, rows, (0.8 * unit, 0.16 * unit), 4, 0.5)
    down = np.linspace(0, 1, rows, dtype=np.float32)[:, None]
    bank = smooth(0.0, 0.42, down) * (1 - smooth(0.6, 1.0, down))
    alpha = smooth(0.15, 0.85, body) * bank * np.float32(strength)
    colour = np.array(mix(palette.horizon, palette.sky[3], 0.4), np.float32)
    return studio.layer(np.broadcast_to(colour, (rows, width, 3)), int(top), int(bottom), travel, alpha)
