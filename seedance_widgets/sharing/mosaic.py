"""Where everything stands in a picture of many takes: pure geometry, the same for a clip, a sheet and a GIF.

All sizes hang on one unit, the size of the letters, and that on the width of the whole. Pictures begin at even pixels
and have even sizes, since a clip keeps one colour for four pixels.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from . import labels
from .arrangement import Arrangement, Row, arranged
from .exhibit import Exhibit, Spot

__all__ = ["Box", "Cell", "Line", "Mosaic", "mosaic"]

_UNITS_ACROSS = 84  # letters' sizes in the width of the pictures
_SMALLEST_UNIT = 15  # pixels; smaller letters are not read
_STEPS = 11  # of the search for the scale: to a part in two thousand
_GUTTER = 9  # units; rows with longer labels have them above
_TITLE, _SMALL = 1.3, 0.88  # units


class Box(NamedTuple):
    """A rectangle in pixels."""

    left: int
    top: int
    width: int
    height: int


@dataclass(frozen=True)
class Line:
    """A line of text: its left end and top in pixels, the size of its letters, and how loud it is."""

    text: str
    left: int
    top: int
    size: int
    tone: str


@dataclass(frozen=True)
class Cell:
    """A take's pictures, one a moment, the box around them, and the box of its caption where captions are."""

    spot: Spot
    pictures: tuple[Box, ...]
    frame: Box
    caption: Box | None


@dataclass(frozen=True)
class Mosaic:
    """The whole: pixels, the size of its letters, its texts and its cells."""

    width: int
    height: int
    unit: int
    lines: tuple[Line, ...]
    cells: tuple[Cell, ...]


def mosaic(
    exhibit: Exhibit, *, widest: int, highest: int, moments: int = 1, title_lines: int = 2, footer: bool = False
) -> Mosaic:
    """Arrange takes in a picture, as large as there is room, but none enlarged.

    Parameters
    ----------
    exhibit : Exhibit
        The takes and their headers.
    widest, highest : int
        Pixels of the whole.
    moments : int
        Pictures of each take.
    title_lines : int
        How many lines the title may have.
    footer : bool
        Whether to say below where the takes are from.
    """
    arrangement = arranged(exhibit, moments)

    def draft(scale: float) -> Mosaic:
        return _Draft(exhibit, arrangement, scale, title_lines, footer).whole()

    best, low, high = draft(1.0), 0.0, 1.0
    if best.width <= widest and best.height <= highest:
        return best
    for _ in range(_STEPS):
        middle = (low + high) / 2
        best = draft(middle)
        fits = best.width <= widest and best.height <= highest
        low, high = (middle, high) if fits else (low, middle)
    return draft(low)


class _Draft:
    """One try at a scale: goes down the page and puts down what stands there."""

    def __init__(
        self, exhibit: Exhibit, arrangement: Arrangement, scale: float, title_lines: int, footer: bool
    ) -> None:
        self.exhibit, self.arrangement, self.scale = exhibit, arrangement, scale
        self.title_lines, self.footer = title_lines, footer
        across = sum(arrangement.widths) * arrangement.across * scale
        self.unit = max(_SMALLEST_UNIT, round(across / _UNITS_ACROSS))
        self.gap = self._units(0.6)
        self.slit = max(2, self._units(0.12))
        self.margin = self._units(1.3)
        self.widths = [
            arrangement.across * _even(width * scale) + (arrangement.across - 1) * self.slit
            for width in arrangement.widths
        ]
        self.gutter = self._gutter()
        self.lefts = [
            self.margin + self.gutter + sum(self.widths[:column]) + column * self.gap
            for column in range(len(self.widths))
        ]
        self.right = self.lefts[-1] + self.widths[-1]
        self.top = self.margin
        self.lines: list[Line] = []
        self.cells: list[Cell] = []

    def whole(self) -> Mosaic:
        """Put everything down."""
        self._head()
        for row in self.arrangement.rows:
            self._row(row)
        if self.footer:
            self.top += self._units(0.3)
            self._text(self.exhibit.origin, self.margin, self._room(), _SMALL, "quiet")
        bottom = max(self.top, self._bottom_of_cells()) + self.margin - (0 if self.footer else self.gap)
        return Mosaic(_even(self.right + self.margin), _even(bottom), self.unit, tuple(self.lines), tuple(self.cells))

    def _bottom_of_cells(self) -> int:
        return max(box.top + box.height for cell in self.cells for box in (cell.frame, cell.caption) if box)

    def _units(self, count: float) -> int:
        return _even(count * self.unit)

    def _room(self) -> int:
        return self.right - self.margin

    def _gutter(self) -> int:
        """Return the width of the rows' labels on the left; 0 where there are none, or they are too long for that."""
        widest = max(labels.width(labels.clean(row.label), self.unit) for row in self.arrangement.rows)
        return _even(widest + self.unit) if 0 < widest <= _GUTTER * self.unit else 0

    def _text(self, text: str, left: int, room: int, units: float, tone: str, lines: int = 1) -> None:
        """Write down, and go down by its height."""
        size = round(units * self.unit)
        for line in labels.wrap(text, size, room, lines):
            self.lines.append(Line(line, left, self.top, size, tone))
            self.top += round(labels.LINE * size)
        self.top = _even(self.top)

    def _head(self) -> None:
        self._text(self.exhibit.title, self.margin, self._room(), _TITLE, "strong", self.title_lines)
        self.top += self._units(0.2) if self.exhibit.title else 0
        self._text(self.exhibit.shared, self.margin, self._room(), _SMALL, "quiet")
        if self.top > self.margin:
            self.top += self._units(0.7)
        if not any(row.block for row in self.arrangement.rows):
            self._headers(self.arrangement.columns)

    def _headers(self, headers: tuple[str, ...]) -> None:
        """Write headers above columns or cells, all as high as the highest."""
        start = bottom = self.top
        for left, width, header in zip(self.lefts, self.widths, headers, strict=False):
            self.top = start
            self._text(header, left, width, 1.0, "plain", 2)
            bottom = max(bottom, self.top)
        self.top = bottom + (self._units(0.2) if bottom > start else 0)

    def _row(self, row: Row) -> None:
        if row.block:
            self.top += self._units(0.7) if self.cells else 0
            self._text(row.block, self.margin, self._room(), 1.1, "strong")
            self._headers(self.arrangement.columns)
        if self.arrangement.headers:
            self._headers(tuple(self.arrangement.headers[spot.place[2]] for spot in row.spots if spot))
        if not self.gutter:
            self._text(row.label, self.margin, self._room(), 1.0, "plain", 2)
        height = self.arrangement.down * _even(row.height * self.scale) + (self.arrangement.down - 1) * self.slit
        self._row_label(row, height)
        for left, width, spot in zip(self.lefts, self.widths, row.spots, strict=True):
            if spot is not None:
                self.cells.append(self._cell(spot, Box(left, self.top, width, height)))
        self.top += height + (self._caption_height() if self._captions() else 0) + self.gap

    def _row_label(self, row: Row, height: int) -> None:
        if self.gutter:
            top = self.top + (height - round(labels.LINE * self.unit)) // 2
            self.lines.append(Line(labels.clean(row.label), self.margin, top, self.unit, "plain"))

    def _captions(self) -> bool:
        return any(spot.caption or spot.rating or spot.picked for spot in self.exhibit.spots)

    def _caption_height(self) -> int:
        return self._units(1.6)

    def _cell(self, spot: Spot, frame: Box) -> Cell:
        across, down = self.arrangement.across, self.arrangement.down
        width, height = (frame.width + self.slit) // across, (frame.height + self.slit) // down
        pictures = tuple(
            Box(frame.left + x * width, frame.top + y * height, width - self.slit, height - self.slit)
            for y in range(down)
            for x in range(across)
        )
        caption = Box(frame.left, frame.top + frame.height, frame.width, self._caption_height())
        return Cell(spot, pictures, frame, caption if self._captions() else None)


def _even(pixels: float) -> int:
    return max(2, 2 * round(pixels / 2))
