"""How far a generation is: the one fact that schedules make and views show."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Progress:
    """How far a generation is, as far as anybody can know.

    Attributes
    ----------
    elapsed : float
        Seconds since it was sent.
    remaining : float or None
        Seconds that generations like it needed from here on, in the middle; None when nothing is known, or
        when it is later than all of them.
    fraction : float or None
        0…1 for a progress bar; None = unknown, to be shown as such.
    """

    elapsed: float
    remaining: float | None = None
    fraction: float | None = None
