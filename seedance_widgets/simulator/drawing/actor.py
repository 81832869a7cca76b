"""Figures on stage: how one is put into the picture with its light, its glow and its reflection."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from PIL import Image, ImageChops, ImageFilter

from .motifs import Figure
from .palette import Rgb
from .pen import Pen, Point, Tone
from .raster import Canvas, Moment
from .sprite import Sprite, union

Way = Callable[[Moment], tuple[float, float, float]]
"""Where a figure is: column and row in the frame (pixels), and its tilt (radians, nose down)."""


Sprites = dict[tuple[str, int, Rgb, int], Sprite]
"""Drawn figures by name, size, colour and phase."""


class Actor:
    """One figure on stage.

    Parameters
    ----------
    size : float
        Half its size in pixels.
    offset : float
        The phase it begins with, so a flock does not beat in step.
    light : float
        The side the light comes from: 1 is right.
    mirror : bool
        Whether water below it shows it upside down.
    sprites : dict, optional
        Where drawn phases are kept, for what stands and is many; shared by those of one size and colour.
    """

    PHASES = 32

    def __init__(
        self, figure: Figure, tones: dict[str, Rgb], size: float, way: Way, facing: float, offset: float,
        light: float, mirror: bool = False, sprites: Sprites | None = None,
    ) -> None:  # fmt: skip
        self.figure, self.tones, self.size, self.way, self.facing = figure, tones, size, way, facing
        self.offset, self.light, self.mirror, self.sprites = offset, light, mirror, sprites

    def draw(self, canvas: Canvas, moment: Moment) -> None:
        """Draws the figure, its light and its image in the water."""
        column, row, tilt = self.way(moment)
        phase = moment.seconds / self.figure.cycle + self.offset
        if self.sprites is not None:
            sprite = self._sprite(self.sprites, int(phase * self.PHASES) % self.PHASES)
            sprite.draw(canvas, (int(column) // 2 * 2, int(row) // 2 * 2))
            return
        masks = self._masks((column, row), phase, tilt, canvas.size)
        if self.figure.glow:
            self._shine(canvas, masks)
        if self.mirror:
            self._reflect(canvas, masks, row)
        for tone in masks:
            canvas.tint(self.tones[tone.name], tone.mask, tone.corner)

    def _masks(self, at: Point, phase: float, tilt: float, frame: tuple[int, int] | None) -> list[Tone]:
        pen = Pen(self.size, at, self.facing, tilt)
        self.figure.draw(pen, phase)
        masks = pen.masks(frame)
        if self.figure.solid < 1:
            thin = [int(v * self.figure.solid) for v in range(256)]
            masks = [Tone(t.name, t.mask.point(thin), t.corner) for t in masks]
        return [*masks, self._rim(masks)] if masks else []

    def _sprite(self, sprites: Sprites, step: int) -> Sprite:
        key = (self.figure.draw.__name__, round(self.size), self.tones["body"], step)
        if key not in sprites:
            sprites[key] = Sprite.of(self._masks((0.0, 0.0), step / self.PHASES, 0.0, None), self.tones)
        return sprites[key]

    def _rim(self, masks: list[Tone]) -> Tone:
        """The edge that the light behind the figure leaves on the side it comes from."""
        whole, corner = union([tone for tone in masks if tone.name != "lamp"] or masks)
        step = max(1, round(self.size * 0.018))
        moved = Image.new("L", whole.size)
        moved.paste(whole, (-round(step * self.light), step))
        rim = ImageChops.subtract(whole, moved).filter(ImageFilter.BoxBlur(step * 0.3))
        return Tone("rim", ImageChops.multiply(rim, whole).point(_HALF), corner)

    def _shine(self, canvas: Canvas, masks: list[Tone]) -> None:
        """A soft light around what shines."""
        reach = int(self.size * 0.5) // 4 * 4 + 8
        table = [min(255, int(v * 2.4 * self.figure.glow)) for v in range(256)]
        for tone in masks:
            if tone.name != "lamp":
                continue
            wide = Image.new("L", (tone.mask.width + 2 * reach, tone.mask.height + 2 * reach))
            wide.paste(tone.mask, (reach, reach))
            soft = wide.reduce(4).filter(ImageFilter.GaussianBlur(reach / 13)).point(table)
            at = (tone.corner[0] - reach, tone.corner[1] - reach)
            canvas.tint(self.tones["lamp"], soft.resize(wide.size, Image.Resampling.BILINEAR), at)

    def _reflect(self, canvas: Canvas, masks: list[Tone], row: float) -> None:
        """The image in the water: upside down, shorter, broken by ripples, fading."""
        for tone in masks:
            above = tone.mask.crop((0, 0, tone.mask.width, min(tone.mask.height, int(row) - tone.corner[1])))
            if above.height < 2 or tone.name == "rim":
                continue
            gap = row - tone.corner[1] - above.height
            image = above.transpose(Image.Transpose.FLIP_TOP_BOTTOM)
            image = image.resize((image.width, max(2, int(image.height * 0.8)) // 2 * 2), Image.Resampling.BILINEAR)
            down = np.arange(image.height, dtype=np.float32) + np.float32(gap)
            wave = 0.75 + 0.25 * np.sin(down * np.float32(30 / self.size))
            fade = np.clip(0.42 - 0.3 * down / np.float32(self.size), 0, 1) * wave
            soft = Image.fromarray((np.asarray(image) * fade[:, None]).astype(np.uint8))
            canvas.tint(self.tones[tone.name], soft, (tone.corner[0], int(row + 0.8 * gap) // 2 * 2))


_HALF = [int(v * 0.55) for v in range(256)]
