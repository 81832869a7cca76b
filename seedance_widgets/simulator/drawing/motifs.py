"""The subjects: how each is drawn, how large it is, how fast it moves, and its colours."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from . import aloft, animals, creatures, things, village
from .palette import Palette, Rgb, mix, rgb
from .pen import Pen


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
    "phoenix": Figure(aloft.phoenix, 1.6, 0.3, "#f2662a #b3331c #f5c34a #a3241a #ffd36a", 0.1, 0.8),
    "birds": Figure(creatures.bird, 1.1, 0.055, "", 1.0),
    "whale": Figure(creatures.whale, 4.2, 0.42, "#16344f #0d2238 #8fb4c4", 0.3),
    "fish": Figure(creatures.fish, 0.9, 0.075, "#e8863a #b8501f #fbe3b4 #20140c", 0.3),
    "jellyfish": Figure(creatures.jellyfish, 2.6, 0.17, "#e89cf0 #d6c8ff #ffd9ef - #fff4fd", 0.1, 0.9, 0.62),
    "butterfly": Figure(creatures.butterfly, 0.8, 0.085, "#f08a2c #2a1710 #fff1d8 #1a0f0a", 0.15),
    "rocket": Figure(things.rocket, 0.8, 0.24, "#eef0f2 #b9c0ca #fff6d8 #cf3f30 #ffa53a", 0.15, 0.9),
    "lighthouse": Figure(things.lighthouse, 4.0, 0.23, "#2c2f38 #4b4a4c #e9e6df #b53a33 #fff3c4", 0.45, 0.8),
    "kite": Figure(aloft.kite, 2.2, 0.15, "#d8442f #4a3026 #fff1d8 #f0b02e", 0.15),
    "balloon": Figure(things.balloon, 3.0, 0.2, "#d8442f #3a2418 #f6d9a0 #f0962e #fff0b0", 0.2),
    "boat": Figure(things.sailboat, 3.4, 0.2, "#6b2f26 #3a2a22 #f7efe0 #e8d9b8", 0.25),
    "paper boat": Figure(things.paper_boat, 3.4, 0.15, "#c3cad3 #97a2b0 #fbfaf6", 0.15),
    "car": Figure(things.car, 0.7, 0.16, "#a3262c #1d2833 #9aa3ac #0e0f12 #fff2c0", 0.3, 0.5),
    "fox": Figure(animals.fox, 0.85, 0.16, "#c4582a #5e2a1c #f2e6d6 #1c1512", 0.15),
    "wolf": Figure(animals.fox, 0.85, 0.16, "#4a505a #2d3138 #c9ccd0 #121316", 0.2),
    "cat": Figure(animals.cat, 3.2, 0.16, "", 1.0),
    "horse": Figure(animals.horse, 0.8, 0.18, "", 0.9),
    "snail": Figure(animals.snail, 3.0, 0.13, "#b9743a #6e3f1f #cdb98f", 0.2),
    "robot": Figure(animals.robot, 3.0, 0.2, "#8f9ba8 #4b5664 - #121a24 #5ff0ff", 0.35, 0.5),
    "dancer": Figure(animals.dancer, 2.4, 0.2, "", 1.0),
    "person": Figure(animals.wanderer, 2.4, 0.17, "- - - #c0392f", 0.9),
    "flower": Figure(things.sunflower, 2.8, 0.2, "#f4b92e #55702a #4a2a12 #d98a1c", 0.15),
    "village": Figure(village.village, 3.2, 0.19, "#5d4436 #463a3c #eceff4 #5a2f2a #ffd980", 0.35),
    "tree": Figure(things.tree, 3.2, 0.34, "#5f8a3c #2c1d14 #98b85a #3a5c2c", 0.45),
    "blossom tree": Figure(things.tree, 3.2, 0.34, "#f0a3c0 #3a2224 #fbd3e0 #c9708f", 0.2),
    "autumn tree": Figure(things.tree, 3.2, 0.34, "#d9792b #2c1d14 #f2b24a #a8481f", 0.25),
}


def coloured(figure: Figure, palette: Palette, colour: Rgb | None, haze: float) -> dict[str, Rgb]:
    """The figure's tones in the light of the scene; `haze` (0–1) is how far off it is."""
    ink = mix(palette.ink, (0.0, 0.0, 0.0), 0.25)
    dusk = mix(palette.ink, palette.sky[2], 0.5)
    air = dusk if palette.dark else mix(dusk, palette.horizon, 0.35)
    own = _tones(figure.tones)
    if colour is not None:
        colour = mix(colour, own.get("body", colour), 0.45)
        own |= {"body": colour, "back": mix(colour, ink, 0.45), "mark": own.get("mark", colour)}
    result = {"rim": mix(palette.glow, palette.sun, 0.3), "lamp": own.pop("lamp", palette.accent)}
    for tone in ("body", "back", "pale", "mark"):
        silhouette = ink if tone == "body" else mix(ink, palette.horizon, 0.16)
        share = min(0.6, 0.55 * figure.shade) if tone in own else 0.0
        result[tone] = mix(mix(own.get(tone, silhouette), air, share), palette.horizon, haze)
    return result
