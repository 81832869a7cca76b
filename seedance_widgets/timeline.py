"""The timeline of several takes as a picture: when each was sent, queued, generating and stored."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from . import svg
from .captions import name_of
from .moments import Span, lasted, spans

if TYPE_CHECKING:
    from .generation import Generation

WIDTH = 760
MOST = 200  # rows
_LEFT, _RIGHT, _HEAD, _ROW, _BAR = 168, 100, 34, 20, 12
_PLOT = WIDTH - _LEFT - _RIGHT
_TICKS = (0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1200, 1800, 3600, 7200, 21600, 43200, 86400)
_FEW = 8  # ticks
_APART = 10  # times the longest take: further apart they were not made together
_MEANS = {"waiting": "not sent yet", "storing": "being stored"}
_ENDS = {"completed": "", "error": "error", "unconfirmed": "lost?", "stopped": "stopped"}


@dataclass(frozen=True)
class _Row:
    label: str
    status: str
    spans: tuple[Span, ...]

    @property
    def start(self) -> float:
        return self.spans[0].start

    @property
    def end(self) -> float:
        return self.spans[-1].end


class Timeline:
    """What was when, for several takes; a picture of the moment at which it was made.

    In a notebook it is shown as an image, which stays in the saved notebook.

    Parameters
    ----------
    takes : iterable of Generation
        In the order of the rows.
    labels : sequence of str
        What each row is called; else its seed.
    most : int
        How many rows are drawn; more are counted.
    """

    def __init__(self, takes: Iterable[Generation], labels: Sequence[str] = (), *, most: int = MOST) -> None:
        self._most = most
        now, takes = time.time(), list(takes)
        names = [*labels, *map(name_of, takes[len(labels) :])]
        self._rows = [
            _Row(name, take.status, tuple(spans(take, now))) for name, take in zip(names, takes, strict=False)
        ]
        longest = max((row.end - row.start for row in self._rows), default=0.0)
        begin = min((row.start for row in self._rows), default=now)
        whole = max((row.end for row in self._rows), default=now) - begin
        # Takes of another day would leave no room for those of today.
        self.together = whole <= max(60.0, _APART * longest)
        self._zero = {id(row): begin if self.together else row.start for row in self._rows}
        self.seconds = whole if self.together else longest

    @property
    def words(self) -> str:
        """The same in words, which is also the text alternative of the picture."""
        count, done = len(self._rows), sum(row.status == "completed" for row in self._rows)
        if not count:
            return "No take yet."
        head = f"{count} take{'s' * (count > 1)}, {done} completed, "
        if not self.together:
            return head + f"made at different times; the longest took {lasted(self.seconds)}."
        return head + f"{lasted(self.seconds)} from the first request to the last moment."

    def __repr__(self) -> str:
        return f"<Timeline {self.words}>"

    def _repr_html_(self) -> str:
        return f"<div>{self._draw()}</div>"

    def _repr_svg_(self) -> str:
        return self._draw(alone=True)

    def _draw(self, *, alone: bool = False) -> str:
        rows = self._rows[: self._most]
        bottom = _HEAD + _ROW * len(rows)
        parts = [*_legend(), *self._axis(bottom)]
        for index, row in enumerate(rows):
            parts += self._row(row, _HEAD + _ROW * index)
        more = len(self._rows) - len(rows)
        note = f"and {more} more takes" if more else "" if self.together else "each from its own beginning"
        parts.append(svg.text(_LEFT - 8, bottom + 17, note, colour=svg.QUIET, anchor="end"))
        return svg.drawing(WIDTH, bottom + 26, parts, self.words, alone=alone)

    def _x(self, seconds: float) -> float:
        return _LEFT + _PLOT * seconds / (self.seconds or 1.0)

    def _axis(self, bottom: float) -> list[str]:
        """Draw the seconds."""
        step = next((each for each in _TICKS if self.seconds <= each * _FEW), _TICKS[-1])
        parts = []
        for count in range(int(self.seconds / step) + 1):
            x = self._x(count * step)
            parts.append(svg.line(x, _HEAD - 4, x, bottom + 4, colour=svg.FAINT))
            words = f"{count * step:g} s" if step < 60 else lasted(count * step)
            parts.append(svg.text(x, bottom + 17, words, colour=svg.QUIET, anchor="middle", more='font-size="11"'))
        return parts

    def _row(self, row: _Row, top: float) -> list[str]:
        zero, middle = self._zero[id(row)], top + _ROW / 2
        name = svg.text(_LEFT - 8, middle + 4, svg.shortened(row.label, 24), anchor="end")
        parts = [svg.told(name, row.label)]
        for span in row.spans:
            parts.append(svg.told(self._bar(span, zero, middle), f"{_called(span)} {lasted(span.seconds)}"))
        wrong = row.status in ("error", "unconfirmed")
        last, end = row.spans[-1], self._x(row.end - zero)
        words = _ENDS.get(row.status, f"{_called(last)} …") or lasted(row.end - row.start)
        parts.append(svg.text(end + 6, middle + 4, words, colour=svg.WRONG if wrong else svg.QUIET))
        return parts

    def _bar(self, span: Span, zero: float, middle: float) -> str:
        return _mark(span.name, self._x(span.start - zero), self._x(span.end - zero), middle)


def _mark(name: str, start: float, end: float, middle: float) -> str:
    """Draw a while in one state; each differs in its shape, not in its colour alone."""
    if name in ("waiting", "sent"):
        dots = 'stroke-dasharray="2 3"' if name == "waiting" else 'stroke-width="4"'
        return svg.line(start, middle, end, middle, colour=svg.LINE, more=dots)
    width, top = max(1.0, end - start), middle - _BAR / 2
    if name == "queued":
        return svg.box(start, top + 2.5, width, _BAR - 5, fill=svg.SURFACE, stroke=svg.LINE)
    if name == "generating":
        return svg.box(start, top, width, _BAR, fill=svg.ACCENT)
    return svg.box(start, top, width, _BAR, fill=svg.ACCENT, more='fill-opacity="0.45"')


def _legend() -> list[str]:
    parts, x = [], float(_LEFT)
    for name in ("waiting", "sent", "queued", "generating", "storing"):
        words = _MEANS.get(name, name)
        parts += [_mark(name, x, x + 20, 12), svg.text(x + 25, 16, words, colour=svg.QUIET, more='font-size="11"')]
        x += 45 + 6.3 * len(words)
    return parts


def _called(span: Span) -> str:
    return _MEANS.get(span.name, span.name)
