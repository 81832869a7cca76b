"""Writes text into pictures: any script, in a width, with Pillow's own scalable font and what the system has besides.

Pillow brings one font that holds the Latin letters. For others the fonts that systems usually have are asked, one
after the other; a letter that none of them holds becomes an empty box. Nothing that a prompt can hold is an error.
"""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL.ImageDraw import ImageDraw
    from PIL.ImageFont import FreeTypeFont

__all__ = ["LINE", "clean", "fit", "star", "tick", "width", "wrap", "write"]

#: Height of a line, as a multiple of the size of its letters.
LINE = 1.4
_BASELINE = 1.03
_LONGEST = 4_000  # letters; no picture has room for more
_MISSING = "\U0010fffd"  # no font has a letter there
_BOX = "\N{WHITE SQUARE}"
_PROBE = 24  # pixels at which fonts are asked what they hold

# Widely installed fonts: many letters first, then those for one script, which other fonts leave out.
_FONTS = (
    "DejaVuSans.ttf",
    "NotoSans-Regular.ttf",
    "arial.ttf",
    "Arial Unicode.ttf",
    "NotoSansCJK-Regular.ttc",
    "NotoSansCJKsc-Regular.otf",
    "msyh.ttc",
    "PingFang.ttc",
    "Hiragino Sans GB.ttc",
    "wqy-microhei.ttc",
    "DroidSansFallbackFull.ttf",
    "YuGothM.ttc",
    "malgun.ttf",
    "AppleSDGothicNeo.ttc",
    "NotoSansArabic-Regular.ttf",
    "NotoSansHebrew-Regular.ttf",
    "NotoSansDevanagari-Regular.ttf",
    "Nirmala.ttc",
    "NotoSansThai-Regular.ttf",
    "seguisym.ttf",
    "NotoSansSymbols2-Regular.ttf",
)


def clean(text: str) -> str:
    """Return a text as one line of letters that can be drawn: no line ends, controls or halves of letters."""
    composed = unicodedata.normalize("NFC", text[:_LONGEST])
    kept = (" " if char.isspace() else char for char in composed if char.isspace() or _is_drawn(char))
    return " ".join("".join(kept).split())


def _is_drawn(char: str) -> bool:
    """Controls, marks of direction and joiners, halves of pairs and letters of nobody's have no picture."""
    return unicodedata.category(char) not in {"Cc", "Cf", "Cs", "Cn"} and not 0xFE00 <= ord(char) <= 0xFE0F


def width(text: str, size: int) -> float:
    """Return how many pixels a cleaned text is wide."""
    return sum(_font(name, size).getlength(run) for name, run in _runs(text))


def fit(text: str, size: int, room: float) -> str:
    """Return a cleaned text, with an ellipsis at the end of what has no room (pixels); empty where nothing has."""
    if width(text, size) <= room:
        return text
    low, high = 0, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if width(_cut(text, middle), size) <= room else (low, middle - 1)
    return _cut(text, low) if low else ""


def _cut(text: str, length: int) -> str:
    return text[:length].rstrip(" ,.;:·–-") + "…"


def wrap(text: str, size: int, room: float, lines: int) -> list[str]:
    """Break a text into at most so many lines of like length; the last ends in an ellipsis where more was said.

    Parameters
    ----------
    text : str
        As it comes; it is cleaned.
    size : int
        Of the letters, in pixels.
    room : float
        Pixels of a line.
    lines : int
        How many there may be.

    Returns
    -------
    list of str
        Empty for a text without letters.
    """
    text = clean(text)
    found = _lines(text, size, room, lines)
    if len(found) < 2 or found[-1].endswith("…"):
        return found
    narrow, wide = room / 2, room
    for _ in range(6):  # no last line of one word: as narrow as so many lines allow
        middle = (narrow + wide) / 2
        tried = _lines(text, size, middle, len(found) + 1)
        if len(tried) > len(found):
            narrow = middle
        else:
            wide, found = middle, tried
    return found


def _lines(text: str, size: int, room: float, lines: int) -> list[str]:
    found: list[str] = []
    while text and len(found) < lines - 1:
        found.append(_first_line(text, size, room))
        text = text[len(found[-1]) :].lstrip()
    return [*found, *([fit(text, size, room)] if text else [])]


def _first_line(text: str, size: int, room: float) -> str:
    """Return as many words as have room; of a word that alone has none, as many letters."""
    low, high = 1, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if width(text[:middle].rstrip(), size) <= room else (low, middle - 1)
    if low == len(text) or text[low] == " ":
        return text[:low].rstrip()
    space = text.rfind(" ", 0, low)
    return text[:space].rstrip() if space > 0 else text[:low]


def write(
    draw: ImageDraw, place: tuple[float, float], text: str, size: int, fill: str, *, anchor: str = "left"
) -> None:
    """Write one cleaned line.

    Parameters
    ----------
    draw : ImageDraw
        Into what.
    place : (float, float)
        Pixels: the left end of the line (its middle, its right end: see `anchor`), and its top.
    text : str
        What `clean`, `fit` or `wrap` returned.
    size : int
        Of the letters, in pixels.
    fill : str
        The colour.
    anchor : "left", "middle" or "right"
        Which point of the line lies at `place`.
    """
    shift = {"left": 0.0, "middle": 0.5, "right": 1.0}[anchor]
    left, top = place
    left -= shift * width(text, size) if shift else 0.0
    for name, run in _runs(text):
        font = _font(name, size)
        draw.text((round(left), round(top + _BASELINE * size)), run, fill=fill, font=font, anchor="ls")
        left += font.getlength(run)


# Shapes: no font that is everywhere has them. -------------------------------------------------------------------


def star(left: float, top: float, size: float) -> list[tuple[float, float]]:
    """Return the corners of a star in a square of so many pixels."""
    middle_x, middle_y, outer = left + size / 2, top + size * 0.53, size / 2
    corners = []
    for corner in range(10):
        radius = outer if corner % 2 == 0 else outer * 0.45
        angle = math.pi * (corner / 5 - 0.5)
        corners.append((middle_x + radius * math.cos(angle), middle_y + radius * math.sin(angle)))
    return corners


def tick(left: float, top: float, size: float) -> list[tuple[float, float]]:
    """Return the line of a tick in a square of so many pixels."""
    return [(left + size * x, top + size * y) for x, y in ((0.12, 0.55), (0.4, 0.82), (0.9, 0.2))]


# Fonts ----------------------------------------------------------------------------------------------------------


def _runs(text: str) -> Iterator[tuple[str, str]]:
    """Split a text into runs of one font; marks, spaces and punctuation stay with what they follow."""
    run, current = "", ""
    for char in text:
        name, drawn = _home(char, current)
        if name != current and run:
            words = run.rstrip()
            yield current, words
            run = run[len(words) :]  # a space between two directions of writing belongs to neither
        current, run = name, run + drawn
    if run:
        yield current, run


def _home(char: str, current: str) -> tuple[str, str]:
    """Return the font of a letter, and what is drawn for it."""
    if not char.isalnum() and _holds(current, char):
        return current, char
    if unicodedata.category(char).startswith("M"):
        return current, ""
    home = _first_that_holds(char)
    if home is not None:
        return home, char
    box = _first_that_holds(_BOX)
    return ("", "?") if box is None else (box, _BOX)


def _first_that_holds(char: str) -> str | None:
    return next((name for name in ("", *_installed()) if _holds(name, char)), None)


@lru_cache(maxsize=8192)
def _holds(name: str, char: str) -> bool:
    """Whether a font has a letter: what it draws differs from what it draws for none."""
    font = _font(name, _PROBE, plain=True)
    drawn, missing = font.getmask(char), font.getmask(_MISSING)
    return char == " " or drawn.size != missing.size or bytes(drawn) != bytes(missing)


@lru_cache(maxsize=256)
def _font(name: str, size: int, *, plain: bool = False) -> FreeTypeFont:
    """Return a font by the name of its file; the empty name is Pillow's own. A plain one joins no letters."""
    from PIL import ImageFont

    if name:
        return ImageFont.truetype(name, size, layout_engine=ImageFont.Layout.BASIC if plain else None)
    font = ImageFont.load_default(size)
    assert isinstance(font, ImageFont.FreeTypeFont)  # as it is where Pillow was built with FreeType, like its wheels
    return font


@lru_cache(maxsize=1)
def _installed() -> tuple[str, ...]:
    found = []
    for name in _FONTS:
        try:
            _font(name, _PROBE)
        except OSError:
            continue
        found.append(name)
    return tuple(found)
