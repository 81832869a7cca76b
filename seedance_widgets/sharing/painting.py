"""Draws what stands still in a picture of many takes: texts, stars, marks and the cells that have no clip."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from ..errors import ConfigError
from . import labels
from .mosaic import Box, Cell, Mosaic

if TYPE_CHECKING:
    from PIL.Image import Image
    from PIL.ImageDraw import ImageDraw

__all__ = ["Theme", "background", "inside", "theme"]

_FINE = 4  # shapes are drawn so many times as large, and made smaller: smooth edges
_SMALL = 0.88
_SAME_SHAPE = 0.025


@dataclass(frozen=True)
class Theme:
    """Colours; of texts by how loud they are."""

    ground: str
    well: str
    strong: str
    plain: str
    quiet: str
    faint: str
    accent: str
    star: str = "#e8a317"  # the grid's own

    def tone(self, name: str) -> str:
        """Return the colour of a text."""
        return {"strong": self.strong, "plain": self.plain}.get(name, self.quiet)


_THEMES = {
    "dark": Theme("#17181b", "#222428", "#f2f3f5", "#d3d6db", "#9a9fa8", "#454a52", "#64b5f6"),
    "light": Theme("#ffffff", "#f1f2f4", "#16181b", "#33373d", "#666c75", "#cfd3d9", "#1976d2"),
}


def theme(name: str) -> Theme:
    """Return the colours of a theme: ``dark`` or ``light``."""
    if name not in _THEMES:
        raise ConfigError(f"theme={name!r} is not one of {', '.join(_THEMES)}.")
    return _THEMES[name]


def background(mosaic: Mosaic, colours: Theme) -> Image:
    """Draw everything but the clips' pictures.

    Parameters
    ----------
    mosaic : Mosaic
        What stands where.
    colours : Theme
        The colours.
    """
    from PIL import Image, ImageDraw

    image = Image.new("RGB", (mosaic.width, mosaic.height), colours.ground)
    draw = ImageDraw.Draw(image)
    for line in mosaic.lines:
        labels.write(draw, (line.left, line.top), line.text, line.size, colours.tone(line.tone))
    for cell in mosaic.cells:
        if not cell.spot.path:
            _empty(draw, cell, mosaic.unit, colours)
        elif cell.spot.picked:
            _picked(draw, cell.frame, mosaic.unit, colours)
        if cell.caption:
            _caption(image, draw, cell, mosaic.unit, colours)
    return image


def inside(box: Box, width: int, height: int) -> Box:
    """Return the largest even box of a shape in the middle of another one; nearly the same shape fills it.

    Makers round sizes to multiples of 16, so that a 16:9 of 480 lines is not quite the shape of one of 720. A frame a
    few pixels narrower than its neighbours would look like a mistake.
    """
    if abs(box.width * height / (box.height * width) - 1) < _SAME_SHAPE:
        return box
    scale = min(box.width / width, box.height / height)
    inner = [min(outer, 2 * round(side * scale / 2)) for outer, side in ((box.width, width), (box.height, height))]
    inner = [max(2, side) for side in inner]
    left = box.left + (box.width - inner[0]) // 4 * 2
    top = box.top + (box.height - inner[1]) // 4 * 2
    return Box(left, top, inner[0], inner[1])


def _empty(draw: ImageDraw, cell: Cell, unit: int, colours: Theme) -> None:
    left, top, width, height = cell.frame
    draw.rectangle((left, top, left + width - 1, top + height - 1), fill=colours.well)
    words = labels.fit(cell.spot.words, unit, width - unit)
    middle = top + (height - labels.LINE * unit) / 2
    labels.write(draw, (left + width / 2, middle), words, unit, colours.quiet, anchor="middle")


def _picked(draw: ImageDraw, box: Box, unit: int, colours: Theme) -> None:
    line = max(2, unit // 6)
    corners = (box.left - line, box.top - line, box.left + box.width + line - 1, box.top + box.height + line - 1)
    draw.rectangle(corners, outline=colours.accent, width=line)


def _caption(image: Image, draw: ImageDraw, cell: Cell, unit: int, colours: Theme) -> None:
    """Write what the take is on the left, and what people said of it on the right."""
    assert cell.caption is not None
    left, top, width, _ = cell.caption
    size = round(_SMALL * unit)
    top += max(2, unit // 4)
    room = width - _verdict(image, cell, top, size, colours)
    labels.write(draw, (left, top), labels.fit(labels.clean(cell.spot.caption), size, room), size, colours.quiet)


def _verdict(image: Image, cell: Cell, top: int, size: int, colours: Theme) -> int:
    """Draw stars and the tick of a pick; return how much room they take."""
    assert cell.caption is not None
    right = start = cell.caption.left + cell.caption.width
    middle = top + round(0.16 * size)
    if cell.spot.rating:
        for index in reversed(range(5)):
            right -= size
            colour = colours.star if index < cell.spot.rating else colours.faint
            _shape(image, Box(right, middle, size, size), "star", colour)
        right -= size // 3
    if cell.spot.picked:
        right -= size
        _shape(image, Box(right, middle, size, size), "tick", colours.accent)
        right -= size // 3
    return start - right + size // 3


def _shape(image: Image, box: Box, kind: Literal["star", "tick"], colour: str) -> None:
    from PIL import Image, ImageDraw

    size = _FINE * box.width
    mask = Image.new("L", (size, size))
    draw = ImageDraw.Draw(mask)
    if kind == "star":
        draw.polygon(labels.star(0, 0, size), fill=255)
    else:
        draw.line(labels.tick(0, 0, size), fill=255, width=size // 7, joint="curve")
    image.paste(colour, (box.left, box.top), mask.resize((box.width, box.height), Image.Resampling.LANCZOS))
