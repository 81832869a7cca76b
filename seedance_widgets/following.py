"""What a view follows: generations, those of the present batch, and a clock while something is in flight."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from .generation import Generation
from .guard import Guard
from .ticker import Ticker

HEARD = ("status", "detail", "error", "id", "credits", "usd", "paths", "rating", "picked")


class Following:
    """Observes generations for a view, and knows which of them belong together.

    Parameters
    ----------
    guard : Guard
        Runs the callbacks; its lock is also that of this object.
    heard : callable
        Called with the generation and the name of the trait that changed.
    tick : callable
        Called once a second while something is in flight.
    """

    def __init__(self, guard: Guard, heard: Callable[[Generation, str], object], tick: Callable[[], object]) -> None:
        self._guard = guard
        self._heard = heard
        self._tick = guard(tick)
        self._on_change = guard(self._changed)
        self._closed = False
        self.ticker = Ticker(self._ticked)
        self.takes: list[Generation] = []
        self.batch: list[Generation] = []

    @property
    def live(self) -> list[Generation]:
        """What is in flight, oldest first."""
        return [generation for generation in self.takes if not generation.done]

    def add(self, generations: Iterable[Generation]) -> None:
        """Follow these too; when nothing was in flight, a new batch begins with them."""
        with self._guard.lock:
            if not any(not generation.done for generation in self.batch):
                self.batch = []
            for generation in generations:
                if generation not in self.takes:
                    self.takes.append(generation)
                    generation.observe(self._on_change, names=HEARD)
                if generation not in self.batch:
                    self.batch.append(generation)
            self._wake()

    def close(self) -> None:
        """Follow nothing any more."""
        self._closed = True
        self.ticker.close()
        with self._guard.lock:
            for generation in self.takes:
                generation.unobserve(self._on_change, names=HEARD)

    def _changed(self, change: Any) -> None:
        if self._closed:
            return
        generation = change["owner"]
        if not generation.done and generation not in self.batch:  # it was taken up again
            self.add([generation])
        self._heard(generation, change["name"])
        self._wake()

    def _wake(self) -> None:
        if self.live and not self._closed:
            self.ticker.start()

    def _ticked(self) -> bool:
        if not self._closed:
            self._tick()
        return bool(self.live)
