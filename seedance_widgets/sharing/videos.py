"""Plain videos in a plain table: what stays of a grid in a saved notebook, without kernel, widgets or scripts."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from ..options import options
from .exhibit import Exhibit, Spot

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

__all__ = ["Table"]

_ROOM = 960  # CSS pixels for all columns together
_NARROWEST = 180
_MOST_ACROSS = 4  # of a single row, which is broken; a table keeps its columns
_CELL = 'style="text-align:left;vertical-align:top;padding:4px 8px 10px 0;background:transparent"'
_ROW = '<tr style="background:transparent">'  # notebooks have stripes for tables of numbers
_FITS = 'style="max-width:100%;height:auto" '  # in a narrow notebook all columns are seen, if smaller


class Table:
    """The takes of a grid as a table of videos; shows itself as the last value of a cell, or through ``display``.

    Parameters
    ----------
    exhibit : Exhibit
        The takes. Clips up to ``options.embed_cap`` are embedded, larger ones copied beside the notebook and linked.
    """

    def __init__(self, exhibit: Exhibit) -> None:
        self._exhibit = exhibit
        broken = len(exhibit.rows) == len(exhibit.blocks) == 1
        count = len(exhibit.columns)
        lines = -(-count // _MOST_ACROSS) if broken else 1
        self._across = -(-count // lines)  # 3 + 3 + 3, not 4 + 4 + 1

    def _repr_html_(self) -> str:
        exhibit = self._exhibit
        title = f"<caption {_CELL}>{escape(exhibit.title)}</caption>" if exhibit.title else ""
        return f"<table>{title}<tbody>{''.join(self._rows())}</tbody></table>"

    def _rows(self) -> Iterator[str]:
        exhibit = self._exhibit
        across, down = len(exhibit.columns), len(exhibit.rows)
        if down == len(exhibit.blocks) == 1:
            yield from self._broken()
            return
        for start in range(0, len(exhibit.spots), across):
            if start % (across * down) == 0:
                yield from self._block(exhibit.blocks[start // (across * down)])
            label = exhibit.rows[start // across % down]
            cells = [self._cell(spot) for spot in exhibit.spots[start : start + across]]
            yield f"{_ROW}{self._side(label)}{''.join(cells)}</tr>"

    def _broken(self) -> Iterator[str]:
        """Yield one row as several that a notebook has room for, each with its headers."""
        spots, columns = self._exhibit.spots, self._exhibit.columns
        for start in range(0, len(spots), self._across):
            end = start + self._across
            yield f"{_ROW}{_heads(columns[start:end])}</tr>"
            yield f"{_ROW}{''.join(self._cell(spot) for spot in spots[start:end])}</tr>"

    def _block(self, block: str) -> Iterator[str]:
        """Yield the label of a block, and the headers of the columns."""
        columns = self._exhibit.columns
        if block:
            yield f'{_ROW}<th colspan="{len(columns) + 1}" {_CELL}>{escape(block)}</th></tr>'
        yield f"{_ROW}{self._side('', 'td')}{_heads(columns)}</tr>"

    def _side(self, label: str, tag: str = "th") -> str:
        """Return the cell at the left, where rows have labels."""
        if not any(self._exhibit.rows):
            return ""
        scope = ' scope="row"' if tag == "th" else ""
        return f"<{tag}{scope} {_CELL}>{escape(label)}</{tag}>"

    def _cell(self, spot: Spot) -> str:
        width = max(_NARROWEST, min(options.width, _ROOM // self._across))
        if spot.path is None:
            return f'<td {_CELL}><div style="max-width:{width}px"><em>{escape(spot.words)}</em></div></td>'
        from ..media import video

        player = video(spot.path, width=width)._repr_html_()  # type: ignore[no-untyped-call]
        player = player.replace("<video ", f"<video {_FITS}", 1)
        return f'<td {_CELL}>{player}<div style="max-width:{width}px">{escape(_caption(spot))}</div></td>'

    def __repr__(self) -> str:
        lines = [
            f"{spot.label or 'take'}: {_caption(spot) if spot.path else spot.words}" for spot in self._exhibit.spots
        ]
        return "\n".join([*([self._exhibit.title] if self._exhibit.title else []), *lines])


def _heads(columns: Sequence[str]) -> str:
    return "".join(f'<th scope="col" {_CELL}>{escape(column)}</th>' for column in columns)


def _caption(spot: Spot) -> str:
    from ..cells import caption

    assert spot.take is not None
    stars = "★" * spot.rating + "☆" * (5 - spot.rating) if spot.rating else ""
    return " · ".join(part for part in (caption(spot.take, spot.label), stars, "picked" if spot.picked else "") if part)
