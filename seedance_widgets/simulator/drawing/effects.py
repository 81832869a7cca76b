"""What comes with a figure: the smoke below a rocket, the beam of a lighthouse."""

from __future__ import annotations

import math

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from .actor import Way
from .lights import disc
from .palette import Palette, mix
from .raster import Canvas, Moment, Studio


class Plume:
    """Smoke that a rocket leaves on its way; it swells, spreads over the ground, and thins out.

    Parameters
    ----------
    way : callable
        The rocket's way.
    below : float
        How far its nozzle is below its middle, pixels.
    ground : float
        The row on which the smoke spreads.
    """

    STEPS = 12

    def __init__(self, studio: Studio, palette: Palette, way: Way, below: float, ground: float) -> None:
        self.way, self.below, self.ground, self.unit = way, below, ground, studio.unit
        self.dice = studio.rng.random((64, 3))
        grown = [0.016 + 0.05 * k / self.STEPS for k in range(self.STEPS)]
        self.discs = [disc(studio.unit * r, 0.5 * (1 - k / self.STEPS) ** 0.7, 0.75) for k, r in enumerate(grown)]
        self.light, self.dark = mix(palette.glow, (1.0, 0.97, 0.93), 0.55), mix(palette.horizon, palette.sky[1], 0.35)

    def draw(self, canvas: Canvas, moment: Moment) -> None:
        """Draws the puffs, the oldest first."""
        life, every = 2.6, 0.055
        first = max(-8, int((moment.seconds - life) / every))
        for k in range(first, int(moment.seconds / every) + 1):
            age = moment.seconds - k * every
            if 0 <= age < life:
                self._puff(canvas, moment, k, age, age / life)

    def _puff(self, canvas: Canvas, moment: Moment, k: int, age: float, share: float) -> None:
        born = max(0.0, k * 0.055)
        then = Moment(born, moment.share * born / moment.seconds if moment.seconds else 0.0, moment.pan)
        column, row, _ = self.way(then)
        a, b, c = self.dice[k % 64]
        near = max(0.0, 1 - (self.ground - row - self.below) / (0.3 * self.unit))
        column += (a - 0.5) * self.unit * (0.03 + (0.05 + 0.3 * near) * share)
        row = min(row + self.below + self.unit * (0.02 + 0.12 * age * b), self.ground - 0.02 * self.unit * c)
        image = self.discs[min(self.STEPS - 1, int(share * self.STEPS))]
        canvas.stamp(mix(self.light, self.dark, min(1.0, 1.4 * share)), image, (round(column), round(row)))


class Beam:
    """The light that a lighthouse sends round."""

    def __init__(self, studio: Studio, palette: Palette, lamp: tuple[float, float], turn: float) -> None:
        self.colour = mix(palette.accent, (1.0, 0.97, 0.86), 0.6)
        self.turn, self.strength = turn, 0.75 if palette.dark or palette.name == "storm" else 0.35
        reach, high = 0.95 * studio.unit, 0.17 * studio.unit
        self.corner = (int(lamp[0] - reach) // 2 * 2, int(lamp[1] - high) // 2 * 2)
        self.size = (int(2 * reach) // 8 * 2, int(2 * high) // 8 * 2)
        away = np.abs(np.arange(self.size[0], dtype=np.float32) * 4 - np.float32(reach)) / np.float32(reach)
        self.away = away[None, :]

    def draw(self, canvas: Canvas, moment: Moment) -> None:
        """Draws the two beams, foreshortened as they turn."""
        angle = math.tau * (moment.seconds / 5 + self.turn)
        image = Image.new("L", self.size)
        draw = ImageDraw.Draw(image)
        middle = (self.size[0] / 2, self.size[1] / 2)
        for side in (1, -1):
            out = side * math.cos(angle) * middle[0]
            wide = middle[1] * (0.42 + 0.3 * side * math.sin(angle))
            tilt = 0.16 * middle[1] * side * math.sin(angle)
            end = (middle[0] + out, middle[1] + tilt)
            draw.polygon([middle, (end[0], end[1] - wide), (end[0], end[1] + wide)], fill=255)
        blurred = image.filter(ImageFilter.GaussianBlur(max(1.0, self.size[1] / 26)))
        fade = np.clip(1.02 - self.away / max(0.08, abs(math.cos(angle))), 0, 1) ** 1.4
        soft = np.asarray(blurred) * fade
        facing = 0.45 + 0.55 * abs(math.cos(angle))
        mask = Image.fromarray((soft * np.float32(self.strength * facing)).astype(np.uint8))
        canvas.tint(
            self.colour, mask.resize((self.size[0] * 4, self.size[1] * 4), Image.Resampling.BILINEAR), self.corner
        )
