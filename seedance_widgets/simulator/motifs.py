"""The subjects on stage: how each looks, how large it is, and how it moves through the frame."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageChops, ImageFilter

from . import animals, creatures, things
from .palette import Palette, Rgb, mix, rgb
from .pen import Pen, Tone
from .raster import Canvas, Moment

Way = Callable[[Moment], tuple[float, float, float]]
"""Where a figure is: column and row in the frame (pixels), and its tilt (radians, nose down)."""


Sprites = dict[tuple[str, int, float, int], list[Tone]]
"""Drawn figures by name, size, side and phase."""


@dataclass(frozen=True)
class Figure:
    """How a subject is drawn.

    Attributes
    ----------
    draw : callable
        Draws it at a phase.
    cycle : float
        Seconds that one of its movements takes.
    size : float
        Half its size as a share of the frame's shorter side.
    tones : str
        Its own colours, see `_tones`; what is missing is a dark silhouette's.
    shade : float
        How much of the light's colour lies on it: 1 is a silhouette, 0 its own colours.
    glow : float
        How strongly it shines itself.
    solid : float
        How much of what is behind it it hides.
    """

    draw: Callable[[Pen, float], None]
    cycle: float
    size: float
    tones: str = ""
    shade: float = 0.25
    glow: float = 0.0
    solid: float = 1.0


def _tones(codes: str) -> dict[str, Rgb]:
    """Colours in the order body, back, pale, mark, lamp; a dash leaves one to the silhouette."""
    names = ("body", "back", "pale", "mark", "lamp")
    return {name: rgb(code) for name, code in zip(names, codes.split(), strict=False) if code != "-"}


FIGURES: dict[str, Figure] = {
    "dragon": Figure(creatures.dragon, 1.7, 0.3, "", 1.0),
    "birds": Figure(creatures.bird, 1.1, 0.055, "", 1.0),
    "whale": Figure(creatures.whale, 4.2, 0.42, "#16344f #0d2238 #8fb4c4", 0.3),
    "fish": Figure(creatures.fish, 0.9, 0.075, "#e8863a #b8501f #fbe3b4 #20140c", 0.3),
    "jellyfish": Figure(creatures.jellyfish, 2.6, 0.17, "#e89cf0 #d6c8ff #ffd9ef - #fff4fd", 0.1, 0.9, 0.62),
    "butterfly": Figure(creatures.butterfly, 0.55, 0.06, "#f08a2c #2a1710 #fff1d8 #1a0f0a", 0.15),
    "rocket": Figure(things.rocket, 0.8, 0.24, "#eef0f2 #b9c0ca #fff6d8 #cf3f30 #ffa53a", 0.15, 0.9),
    "lighthouse": Figure(things.lighthouse, 4.0, 0.23, "#2c2f38 #191c22 #e9e6df #b53a33 #fff3c4", 0.45, 0.8),
    "balloon": Figure(things.balloon, 3.0, 0.2, "#d8442f #3a2418 #f6d9a0 #f0962e #fff0b0", 0.2),
    "boat": Figure(things.sailboat, 3.4, 0.2, "#6b2f26 #3a2a22 #f7efe0 #e8d9b8", 0.25),
    "paper boat": Figure(things.paper_boat, 3.4, 0.15, "#c3cad3 #97a2b0 #fbfaf6", 0.15),
    "car": Figure(things.car, 0.7, 0.16, "#a3262c #1d2833 #9aa3ac #0e0f12 #fff2c0", 0.3, 0.5),
    "fox": Figure(animals.fox, 0.85, 0.16, "#c4582a #5e2a1c #f2e6d6 #1c1512", 0.15),
    "wolf": Figure(animals.fox, 0.85, 0.16, "#4a505a #2d3138 #c9ccd0 #121316", 0.2),
    "cat": Figure(animals.cat, 3.2, 0.16, "", 1.0),
    "horse": Figure(animals.horse, 0.8, 0.18, "", 0.9),
    "robot": Figure(animals.robot, 3.0, 0.2, "#8f9ba8 #4b5664 - #121a24 #5ff0ff", 0.35, 0.5),
    "dancer": Figure(animals.dancer, 2.4, 0.2, "", 1.0),
    "person": Figure(animals.wanderer, 2.4, 0.17, "- - - #c0392f", 0.9),
    "flower": Figure(things.sunflower, 2.8, 0.2, "#f4b92e #4a5424 #5a3314 #d98a1c", 0.15),
    "tree": Figure(things.tree, 3.2, 0.34, "#5f8a3c #2c1d14 #98b85a #3a5c2c", 0.45),
}


def coloured(figure: Figure, palette: Palette, colour: Rgb | None, haze: float) -> dict[str, Rgb]:
    """The figure's tones in the light of the scene; `haze` (0–1) is how far off it is."""
    ink = mix(palette.ink, (0.0, 0.0, 0.0), 0.25)
    dusk = mix(palette.ink, palette.sky[2], 0.5)
    own = _tones(figure.tones)
    if colour is not None:
        colour = mix(colour, own.get("body", colour), 0.45)
        own |= {"body": colour, "back": mix(colour, ink, 0.45), "mark": own.get("mark", colour)}
    result: dict[str, Rgb] = {}
    for tone in ("body", "back", "pale", "mark", "lamp"):
        if tone == "lamp":
            result[tone] = own.get(tone, palette.accent)
            continue
        base = own.get(tone, mix(ink, palette.horizon, 0.16) if tone != "body" else ink)
        weight = figure.shade * (0.55 if colour is not None or tone in own else 0.0)
        lit = mix(base, dusk if palette.dark else mix(dusk, palette.horizon, 0.35), min(0.6, weight))
        result[tone] = mix(lit, palette.horizon, haze)
    return result


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
    rim : Rgb
        The colour of that light.
    mirror : bool
        Whether water below it shows it upside down.
    sprites : dict, optional
        Where the drawn phases are kept, for figures that stand and are many; shared by those of one size.
    """

    PHASES = 48

    def __init__(
        self, figure: Figure, tones: dict[str, Rgb], size: float, way: Way, facing: float, offset: float,
        light: float, rim: Rgb, mirror: bool = False, sprites: Sprites | None = None,
    ) -> None:  # fmt: skip
        self.figure, self.tones, self.size, self.way, self.facing = figure, tones, size, way, facing
        self.offset, self.light, self.rim, self.mirror, self.sprites = offset, light, rim, mirror, sprites

    def draw(self, canvas: Canvas, moment: Moment) -> None:
        """Draws the figure, its light and its image in the water."""
        column, row, tilt = self.way(moment)
        phase = moment.seconds / self.figure.cycle + self.offset
        masks = self._masks(column, row, tilt, phase, canvas)
        if not masks:
            return
        if self.figure.glow:
            self._shine(canvas, masks)
        if self.mirror:
            self._reflect(canvas, masks, row)
        thin = [v * self.figure.solid for v in range(256)]
        for tone in masks:
            mask = tone.mask if self.figure.solid == 1 else tone.mask.point(thin)
            canvas.tint(self.tones[tone.name], mask, tone.corner)
        if self.sprites is None:
            self._light(canvas, [tone for tone in masks if tone.name != "lamp"])

    def _masks(self, column: float, row: float, tilt: float, phase: float, canvas: Canvas) -> list[Tone]:
        if self.sprites is None:
            pen = Pen(self.size, (column, row), self.facing, tilt)
            self.figure.draw(pen, phase)
            return pen.masks(canvas.size)
        step = int(phase * self.PHASES) % self.PHASES
        key = (self.figure.draw.__name__, round(self.size), self.facing, step)
        if key not in self.sprites:
            pen = Pen(self.size, (0.0, 0.0), self.facing)
            self.figure.draw(pen, step / self.PHASES)
            self.sprites[key] = pen.masks()
        x, y = int(column) // 2 * 2, int(row) // 2 * 2
        return [Tone(t.name, t.mask, (t.corner[0] + x, t.corner[1] + y)) for t in self.sprites[key]]

    def _light(self, canvas: Canvas, masks: list[Tone]) -> None:
        """The rim that the light behind the figure leaves on the side it comes from."""
        whole, corner = _union(masks)
        step = max(1, round(self.size * 0.03))
        moved = Image.new("L", whole.size)
        moved.paste(whole, (-round(step * self.light), step))
        rim = ImageChops.subtract(whole, moved).filter(ImageFilter.BoxBlur(step * 0.35))
        canvas.tint(self.rim, ImageChops.multiply(rim, whole).point([v * 0.55 for v in range(256)]), corner)

    def _shine(self, canvas: Canvas, masks: list[Tone]) -> None:
        """A soft light around what shines."""
        reach = int(self.size * 0.5) // 4 * 4 + 8
        table = [min(255, v * 2.4 * self.figure.glow) for v in range(256)]
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
            if above.height < 2:
                continue
            gap = row - tone.corner[1] - above.height
            image = above.transpose(Image.Transpose.FLIP_TOP_BOTTOM)
            image = image.resize((image.width, max(2, int(image.height * 0.8)) // 2 * 2), Image.Resampling.BILINEAR)
            down = np.arange(image.height, dtype=np.float32) + np.float32(gap)
            wave = 0.75 + 0.25 * np.sin(down * np.float32(30 / self.size))
            fade = np.clip(0.42 - 0.3 * down / np.float32(self.size), 0, 1) * wave
            soft = Image.fromarray((np.asarray(image) * fade[:, None]).astype(np.uint8))
            canvas.tint(self.tones[tone.name], soft, (tone.corner[0], int(row + 0.8 * gap) // 2 * 2))


def _union(masks: list[Tone]) -> tuple[Image.Image, tuple[int, int]]:
    """The whole figure as one mask."""
    left, top = (min(tone.corner[k] for tone in masks) for k in (0, 1))
    right, bottom = (max(tone.corner[k] + tone.mask.size[k] for tone in masks) for k in (0, 1))
    whole = Image.new("L", (right - left, bottom - top))
    for tone in masks:
        whole.paste(255, (tone.corner[0] - left, tone.corner[1] - top), tone.mask)
    return whole, (left, top)
