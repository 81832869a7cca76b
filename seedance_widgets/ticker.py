"""A clock for a view: ticks once a second while there is something to count, and has no thread otherwise."""

from __future__ import annotations

import threading
from collections.abc import Callable

from .threads import start_thread


class Ticker:
    """Calls a function again and again, until it says that it is not needed any more.

    Parameters
    ----------
    tick : callable
        Returns whether to go on.
    seconds : float
        Between two ticks.
    """

    def __init__(self, tick: Callable[[], object], seconds: float = 1.0) -> None:
        self._tick = tick
        self._seconds = seconds
        self._lock = threading.Lock()
        self._closed = threading.Event()
        self._running = False
        self._wanted = False

    @property
    def running(self) -> bool:
        """Whether it ticks now."""
        return self._running

    def start(self) -> None:
        """Tick from now on; nothing when it does already."""
        with self._lock:
            self._wanted = True
            if self._running or self._closed.is_set():
                return
            self._running = True
        start_thread("seedance-ticker", self._run)

    def close(self) -> None:
        """End it for good, at once."""
        self._closed.set()

    def _run(self) -> None:
        while not self._closed.wait(self._seconds):
            with self._lock:
                self._wanted = False
            go_on = self._tick()
            with self._lock:
                if not (go_on or self._wanted):  # it may have been started again during that tick
                    self._running = False
                    return
        self._running = False
