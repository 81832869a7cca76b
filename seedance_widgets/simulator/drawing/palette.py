"""Words to colours: the light of a simulated clip.

A palette is chosen by the first theme in `THEMES` that has a word of the prompt; then by a colour word; and
when neither is there, by a hash of the words, so the same prompt always has the same light.
"""

from __future__ import annotations

import colorsys
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

Rgb = tuple[float, float, float]
"""Red, green and blue, each 0–1, gamma-encoded (sRGB)."""


@dataclass(frozen=True)
class Palette:
    """The colours of one mood.

    Attributes
    ----------
    name : str
        What the mood is called.
    sky : tuple of Rgb
        Five stops from the top of the frame to the horizon.
    sun, glow : Rgb
        The disc of the sun or moon, and the light around it.
    far, near : Rgb
        The most distant and the closest land; what is between is mixed.
    accent : Rgb
        Lamps, windows, signs, sparks.
    stars : float
        How many stars, 0–1.
    height : float
        How high the sun stands above the horizon, as a share of the sky.
    """

    name: str
    sky: tuple[Rgb, ...]
    sun: Rgb
    glow: Rgb
    far: Rgb
    near: Rgb
    accent: Rgb
    stars: float = 0.0
    height: float = 0.35

    @property
    def horizon(self) -> Rgb:
        """The colour of the air above the horizon, into which distant things fade."""
        return mix(self.sky[3], self.sky[4], 0.5)

    @property
    def ink(self) -> Rgb:
        """The colour of what stands against the light."""
        return self.near if sum(self.near) < 1.0 else mix(self.sky[0], (0.02, 0.03, 0.06), 0.7)

    @property
    def dark(self) -> bool:
        """Whether it is dark enough for lamps."""
        return sum(self.sky[2]) < 1.15


def rgb(code: str) -> Rgb:
    """The colour that a code like ``#ff8800`` means."""
    red, green, blue = (int(code[i : i + 2], 16) / 255 for i in (1, 3, 5))
    return red, green, blue


def mix(a: Rgb, b: Rgb, share: float) -> Rgb:
    """The colour that is `share` (0–1) of the way from `a` to `b`."""
    red, green, blue = (x + (y - x) * share for x, y in zip(a, b, strict=True))
    return red, green, blue


# name, five of the sky from top to horizon, sun, glow, accent, far, near, stars, height of the sun
_TABLE = """
dusk    #1d1b46 #4b2f72 #a8486f #ee8a5c #ffd29a #fff1cf #ffab54 #ffd08a #8a5079 #150f28 0.25 0.2
golden  #4477a8 #93b1b6 #efcf94 #ffbd62 #ffe6b0 #fff6da #ffb84d #ffd873 #cf9a63 #33200f 0 0.24
night   #040819 #0a1736 #14305f #2a5488 #5f8ab0 #f6f2df #7fa6d8 #ffd58a #25466f #040815 1 0.62
dawn    #7b9fc4 #aec6d8 #e9d8d2 #f8c9b4 #fde8d0 #fffaf0 #ffd9b0 #ffe7c4 #9eb0c0 #2d4056 0 0.22
day     #2a78c8 #5da3e0 #9dccf0 #d3ebf6 #f3faf6 #ffffff #fff4d0 #ffe08a #8db6d0 #1c3f38 0 0.7
ocean   #8fe9dc #2fb3cb #0f74a8 #0a3f7c #04193f #eafff4 #9ff5e4 #ffd9a0 #126a9c #031226 0 0.9
forest  #5f9184 #92b89d #c3d9b2 #e6ecc4 #f6f5d6 #fffde8 #f4f0b0 #fff0a0 #88ad8f #0c251c 0 0.45
snow    #5f82ad #93b0cd #c6d5e4 #e8ecf1 #fdf3e8 #ffffff #ffe9d0 #ffd9a0 #9db3ca #eef3f8 0 0.28
fire    #150406 #3f0a10 #8f1c14 #e2581c #ffc04a #fff0c0 #ff7a26 #ffb347 #7a2018 #0e0304 0 0.2
neon    #07031a #1b0a40 #4a1478 #a8248a #ff74b4 #ffd7f0 #ff4fa8 #2be4ff #4c2180 #070216 0.3 0.22
storm   #141b25 #27323e #43525d #6d7d84 #a3aeac #e8eef0 #b8c6c8 #ffdf9a #51616b #0a1016 0 0.5
desert  #2f74ac #84b2c2 #efd9ac #f6bd80 #fad5a0 #fff8e0 #ffd28a #ffe0a0 #d8a274 #542717 0 0.42
spring  #84b2e6 #bcc6ee #f1cfe2 #fadce2 #fff2ea #fffdf8 #ffd6e4 #ffc0d8 #c4a9cd #43294c 0 0.45
autumn  #5b7f96 #a5b0a0 #ecd09a #f2a65e #fbd9a4 #fff4d8 #ffb060 #ffcf70 #c1845a #3a1710 0 0.3
space   #02020c #060822 #120d38 #26124c #43205f #ffe9d0 #8a6cff #7fe3ff #3a2a6c #040310 1 0.55
aurora  #020a1a #05213a #0a484e #1d8468 #86dca0 #eafff0 #54e6a8 #a6ffd8 #175a5c #020c16 0.9 0.5
"""


def _read(line: str) -> Palette:
    name, *codes, stars, height = line.split()
    colours = [rgb(code) for code in codes]
    sun, glow, accent, far, near = colours[5:]
    return Palette(name, tuple(colours[:5]), sun, glow, far, near, accent, float(stars), float(height))


PALETTES = {palette.name: palette for palette in map(_read, _TABLE.strip().splitlines())}

# The first line with a word of the prompt decides: "neon city at night" is neon, "sunset at sea" a sunset.
THEMES: tuple[tuple[str, str], ...] = (
    ("neon", "neon cyberpunk synthwave vaporwave futuristic hologram disco"),
    ("aurora", "aurora borealis northern"),
    ("fire", "fire flame flames lava volcano inferno burning ember embers hell apocalypse"),
    (
        "storm",
        "storm stormy thunder lightning thunderstorm tempest hurricane gloomy grey gray cloudy overcast",
    ),
    ("golden", "golden sunflower sunflowers wheat honey amber harvest summer"),
    ("dusk", "dusk sunset sundown evening twilight crimson menacing"),
    (
        "space",
        "space galaxy nebula cosmos cosmic planet planets universe stars starfield asteroid orbit alien",
    ),
    ("night", "night midnight moon moonlit moonlight dark darkness nocturnal starry"),
    ("dawn", "dawn morning sunrise daybreak mist misty fog foggy haze calm serene"),
    ("ocean", "underwater jellyfish coral reef deep abyss submarine diving octopus"),
    ("snow", "snow snowy winter ice icy frozen arctic frost polar blizzard glacier"),
    ("autumn", "autumn fall october leaves maple"),
    ("spring", "spring blossom blossoms sakura cherry garden pink flower flowers butterfly"),
    ("desert", "desert dune dunes sand sahara canyon camel mars"),
    ("forest", "forest woods jungle woodland rainforest moss meadow green"),
    ("day", "day daylight noon sunny blue bright sky beach clear"),
)

COLOURS: dict[str, Rgb] = {
    "red": rgb("#c8392b"), "crimson": rgb("#a8182f"), "orange": rgb("#e2782a"), "yellow": rgb("#f2c230"),
    "golden": rgb("#e8b23c"), "gold": rgb("#e8b23c"), "green": rgb("#3f9a54"), "emerald": rgb("#1f9d6b"),
    "teal": rgb("#1f9a9a"), "turquoise": rgb("#2fc4bd"), "cyan": rgb("#35cfe6"), "blue": rgb("#2f6fd0"),
    "purple": rgb("#7a3fb0"), "violet": rgb("#7f4fd0"), "pink": rgb("#ee86b0"), "magenta": rgb("#d03a9a"),
    "white": rgb("#f3f1ea"), "black": rgb("#14151a"), "silver": rgb("#c3cad2"), "brown": rgb("#7a4a2c"),
}  # fmt: skip


def digest(*parts: object) -> int:
    """A number that the parts decide, the same in every process and on every machine."""
    text = "\x1f".join(str(part) for part in parts)
    return int.from_bytes(hashlib.sha256(text.encode("utf-8", "replace")).digest()[:8], "big")


def colour_of(words: Sequence[str]) -> Rgb | None:
    """The first colour that the words name, or None."""
    return next((COLOURS[word] for word in words if word in COLOURS), None)


def tinted(colour: Rgb) -> Palette:
    """A palette in shades of one colour."""
    hue, light, saturation = colorsys.rgb_to_hls(*colour)
    saturation = min(saturation, 0.62)

    def shade(lightness: float, turn: float = 0.0, strength: float = 1.0) -> Rgb:
        return colorsys.hls_to_rgb((hue + turn) % 1.0, lightness, saturation * strength)

    deep = 0.05 + 0.1 * light
    sky = (shade(deep, 0.06), shade(deep + 0.14, 0.04), shade(0.42, 0.01), shade(0.66), shade(0.86, -0.03))
    far, near = shade(0.42, 0.0, 0.8), shade(0.07, 0.06)
    return Palette("tinted", sky, shade(0.95), shade(0.72, -0.03), far, near, shade(0.78, -0.06), height=0.3)


def palette_for(words: Sequence[str], default: str = "") -> Palette:
    """The palette that the words of a prompt ask for.

    Parameters
    ----------
    words : sequence of str
        The prompt's words, in lower case and in order.
    default : str
        The palette that the scene's own subject suggests, for words without any light in them.
    """
    known = set(words)
    for name, keywords in THEMES:
        if known.intersection(keywords.split()):
            return PALETTES[name]
    colour = colour_of(words)
    if colour is not None:
        return tinted(colour)
    names = (default,) if default else tuple(PALETTES)
    return PALETTES[names[digest("palette", *words) % len(names)]]
