"""Generations as a list that shows itself: a table of text in a terminal, with small pictures in a notebook."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from .browsing import Search, totals
from .captions import picture, poster_html, price
from .generation import Generation
from .status import duration, word
from .terminal import line, table
from .usage import size, usage

if TYPE_CHECKING:
    from .library import Library

HEADS = ("made", "status", "model", "seed", "stars", "prompt", "key")
PICTURE = 96  # pixels
MOST_PICTURES = 12
LATEST = 6  # of a library
STATES = ("completed", "going on", "failed", "unconfirmed", "stopped")
_CELL = "style='text-align:left;vertical-align:middle'"


class Listing(list[Generation]):
    """A list of generations; as the last value of a cell it is a table."""

    def __repr__(self) -> str:
        return (
            table([HEADS, *(tuple(line(text, 40) for text in _facts(take)) for take in self)]) if self else "no takes"
        )

    def _repr_html_(self) -> str:
        return takes_table(self) if self else "<p>No takes.</p>"


def takes_table(takes: list[Generation]) -> str:
    """Return takes as a table of HTML; the first ones with pictures."""
    heads = "".join(f"<th {_CELL}>{head}</th>" for head in ("", *HEADS))
    rows = "".join(_row(take, with_picture=index < MOST_PICTURES) for index, take in enumerate(takes))
    return f"<table><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>"


def library_html(library: Library) -> str:
    """Return what a library holds: how many, how much room, and the latest takes."""
    return f"<p>{escape(library_words(library))}</p>{takes_table(library.recent(LATEST))}"


def library_text(library: Library) -> str:
    """Return the same as text."""
    return f"{library_words(library)}\n{Listing(library.recent(LATEST))!r}"


def library_words(library: Library) -> str:
    """Return in one line how many takes a library holds, by status, and how much room they take."""
    counts = {state: totals(library.database, Search(state=state)).takes for state in STATES}
    states = ", ".join(f"{count} {state}" for state, count in counts.items() if count)
    room = usage(library.path)
    spare = f", {size(room.bin)} of it in the bin" if room.bin else ""
    takes = f"{len(library)} takes" + (f" ({states})" if states else "")
    return f"{library.path}: {takes}, {size(room.all)} on the disk{spare}"


def _row(take: Generation, *, with_picture: bool) -> str:
    image = poster_html(picture(take, PICTURE), "") if with_picture else ""
    cells = "".join(f"<td {_CELL}>{escape(text)}</td>" for text in _facts(take))
    # Notebooks shrink pictures in tables to nothing where the column is not told how wide it is.
    return f"<tr><td style='min-width:{PICTURE}px'>{image}</td>{cells}</tr>"


def _facts(take: Generation) -> tuple[str, ...]:
    took = f" in {duration(take.elapsed)}" if take.status == "completed" else ""
    cost = f", {price(take)}" if price(take) else ""
    return (
        take.created_at.astimezone().strftime("%Y-%m-%d %H:%M"),
        f"{word(take.status)}{took}{cost}",
        take.model.rpartition("/")[2],
        "" if take.seed is None else str(take.seed),
        "★" * take.rating,
        take.prompt if len(take.prompt) <= 200 else take.prompt[:199] + "…",
        take.key,
    )
