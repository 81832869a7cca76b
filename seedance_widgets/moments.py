"""How long a take was in each state, from the moments that the library keeps. Pure functions.

The moments are those at which a state was first *seen*: between two looks nobody knows, so they are as exact as the
looks are dense.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .generation import Generation

# What each span is called, and which moment begins it.
BEGINS = {
    "waiting": "",
    "sent": "sending_at",
    "queued": "queued_at",
    "generating": "generating_at",
    "storing": "finished_at",
}


@dataclass(frozen=True)
class Span:
    """A while in one state.

    Attributes
    ----------
    name : str
        One of `BEGINS`: not sent yet, sent without an answer so far, queued, generating, its clip being fetched.
    start, end : float
        Seconds since 1970; a span that goes on ends now.
    """

    name: str
    start: float
    end: float

    @property
    def seconds(self) -> float:
        """How long it was."""
        return self.end - self.start


def spans(generation: Generation, now: float | None = None) -> list[Span]:
    """Return the states that a take has been seen in, in order.

    Parameters
    ----------
    generation : Generation
        Any, whatever became of it.
    now : float, optional
        Seconds since 1970; None = the present.
    """
    end = (generation.ended_at if generation.done else None) or now or time.time()
    moments = [("waiting", generation.ticket.created_at)]
    moments += [(name, getattr(generation, begin)) for name, begin in BEGINS.items() if begin]
    known = [(name, moment) for name, moment in moments if moment is not None]
    found, until = [], end
    for name, start in reversed(known):
        start = min(start, until)  # clocks are set, also backwards
        found.append(Span(name, start, until))
        until = start
    return found[::-1]


def spent(generation: Generation, now: float | None = None) -> dict[str, float]:
    """Return the seconds in each state that was seen."""
    return {span.name: span.seconds for span in spans(generation, now)}


def lasted(seconds: float) -> str:
    """Return a while in words, exact where it is short: ``0.04 s``, ``3.2 s``, ``3 min 05 s``, ``2 h 10 min``."""
    if seconds < 0.1:
        return f"{seconds:.2f} s"
    if seconds < 10:
        return f"{seconds:.1f} s"
    whole = round(seconds)
    if whole < 100:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60:02d} s"
    return f"{whole // 3600} h {whole % 3600 // 60:02d} min"
