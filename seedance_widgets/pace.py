"""One pace for all requests to the API: free until it answers 429, then spaced out, and slowly free again."""

from __future__ import annotations

import math
import threading

FIRST_SPACING = 0.25  # seconds
WIDEST_SPACING = 10.0
ONE_BURST = 1.0


class Pace:
    """Hands out turns. Thread-safe; the clock is the caller's.

    A single waiting generation could sleep and retry by itself; sixty of them would return together and be refused
    together, for ever. So the turns are given out one behind the other: each 429 doubles the space between them, each
    success takes a tenth of it away.

    Parameters
    ----------
    rate : float
        Requests a second at the most, over all generations in flight, even while the API takes them all.
    """

    def __init__(self, rate: float = math.inf) -> None:
        self.least = 1 / rate
        self.spacing = self.least
        self.held = 0.0  # until then nobody asks
        self._next = 0.0
        self._counted = 0.0
        self._lock = threading.Lock()

    def turn(self, now: float) -> float:
        """Reserve the next turn and return its time; not later than `now` when the way is free."""
        with self._lock:
            turn = max(now, self._next)
            self._next = turn + self.spacing
            return turn

    def refused(self, now: float, wait: float) -> None:
        """The API answered 429: nobody asks for `wait` seconds, and the turns lie further apart."""
        with self._lock:
            if now >= self._counted:  # what was under way together is refused together, and counts as one
                self._counted = now + max(wait, ONE_BURST)
                wider = FIRST_SPACING if self.spacing == self.least else 2 * self.spacing
                self.spacing = min(max(wider, self.spacing), WIDEST_SPACING)
            self.held = max(self.held, now + wait)
            self._next = max(self._next, self.held)

    def accepted(self) -> None:
        """The API answered: the turns may lie a little closer."""
        with self._lock:
            closer = self.spacing * 0.9
            self.spacing = closer if closer > max(self.least, 0.01) else self.least
