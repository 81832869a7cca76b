"""In what order takes stand in a picture: rows and columns as in their grid, a single long row broken into several."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from .exhibit import Exhibit, Spot

__all__ = ["Arrangement", "Row", "arranged"]

_USUAL = (1248.0, 704.0)
_SCREEN = 16 / 9


@dataclass(frozen=True)
class Row:
    """Takes beside each other: the label of their block where a new one begins, their own, and them."""

    block: str
    label: str
    spots: tuple[Spot | None, ...]
    height: float


@dataclass(frozen=True)
class Arrangement:
    """Takes in rows and columns, in pixels of the clips.

    Attributes
    ----------
    rows : tuple of Row
        From above.
    columns : tuple of str
        The headers of the columns; empty where each cell carries its own.
    headers : tuple of str
        The cells' own, by column of the grid; empty where the columns have headers.
    widths : tuple of float
        Of the pictures in each column.
    across, down : int
        How the moments of one take stand.
    """

    rows: tuple[Row, ...]
    columns: tuple[str, ...]
    headers: tuple[str, ...]
    widths: tuple[float, ...]
    across: int
    down: int


def arranged(exhibit: Exhibit, moments: int = 1) -> Arrangement:
    """Arrange takes as their grid does; one row alone is broken where that makes the pictures larger.

    Parameters
    ----------
    exhibit : Exhibit
        The takes.
    moments : int
        Pictures of each; they stand beside each other, in a wide table above each other.
    """
    sizes = _sizes(exhibit.spots)
    broken = len(exhibit.blocks) == len(exhibit.rows) == 1
    across = broken or len(exhibit.rows) >= len(exhibit.columns)
    strip = (moments, 1) if across else (1, moments)
    table = _broken(exhibit, sizes, moments) if broken else _table(exhibit)
    headers = exhibit.columns if broken and len(table) > 1 else ()
    return Arrangement(
        rows=tuple(
            Row(block, label, tuple(spots), max(sizes[id(spot)][1] for spot in spots if spot))
            for block, label, spots in table
        ),
        columns=() if headers else exhibit.columns,
        headers=headers,
        widths=tuple(max(sizes[id(spot)][0] for spot in column if spot) for column in _columns(table)),
        across=strip[0],
        down=strip[1],
    )


_Table = list[tuple[str, str, list[Spot | None]]]


def _columns(table: _Table) -> list[list[Spot | None]]:
    return [list(column) for column in zip(*(spots for _, _, spots in table), strict=True)]


def _table(exhibit: Exhibit) -> _Table:
    """Return the grid's own rows, the first of each block with the block's label."""
    across, down = len(exhibit.columns), len(exhibit.rows)
    return [
        (
            exhibit.blocks[start // (across * down)] if not start % (across * down) else "",
            exhibit.rows[start // across % down],
            list(exhibit.spots[start : start + across]),
        )
        for start in range(0, len(exhibit.spots), across)
    ]


def _broken(exhibit: Exhibit, sizes: dict[int, tuple[float, float]], moments: int) -> _Table:
    spots = exhibit.spots
    ratio = moments * max(width for width, _ in sizes.values()) / max(height for _, height in sizes.values())
    across = _best_columns(len(spots), ratio)
    filled = [*spots, *[None] * (-len(spots) % across)]
    return [("", "", filled[start : start + across]) for start in range(0, len(filled), across)]


def _best_columns(count: int, ratio: float) -> int:
    """Return how many columns make the pictures largest on a screen; places that stay empty count against it."""

    def worth(columns: int) -> tuple[float, int]:
        rows = math.ceil(count / columns)
        size = min(_SCREEN / (columns * ratio), 1 / rows)
        return round(size * (count / (columns * rows)) ** 3, 6), columns

    return max(range(1, count + 1), key=worth)


def _sizes(spots: Sequence[Spot]) -> dict[int, tuple[float, float]]:
    """Return each picture's size: all of one area, that of the largest clip, so that none looks more important."""
    clips = [spot.clip for spot in spots if spot.clip]
    area = max((clip.width * clip.height for clip in clips), default=_USUAL[0] * _USUAL[1])
    usual = median(clip.width / clip.height for clip in clips) if clips else _USUAL[0] / _USUAL[1]
    ratios = [spot.clip.width / spot.clip.height if spot.clip else usual for spot in spots]
    return {
        id(spot): (math.sqrt(area * ratio), math.sqrt(area / ratio)) for spot, ratio in zip(spots, ratios, strict=True)
    }
