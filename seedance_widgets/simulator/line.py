"""A waiting line that is fair: each person's next one, in turn, however many somebody else has asked for."""

from __future__ import annotations

import threading
from collections import deque
from typing import Generic, TypeVar

T = TypeVar("T")


class Line(Generic[T]):
    """Items that wait, each somebody's. Who has waited longest since the last turn is served next.

    Thread-safe; several may take from it.
    """

    def __init__(self) -> None:
        self._waiting: dict[str, deque[T]] = {}  # in the order of turns
        self._closed = False
        self._changed = threading.Condition()

    def put(self, whom: str, item: T) -> None:
        """Let an item wait behind the same person's others; who has none comes after all who have some."""
        with self._changed:
            self._waiting.setdefault(whom, deque()).append(item)
            self._changed.notify()

    def take(self) -> T | None:
        """Wait for an item and take it; None when the line is closed."""
        with self._changed:
            while not self._waiting:
                if self._closed:
                    return None
                self._changed.wait()
            whom = next(iter(self._waiting))
            own = self._waiting.pop(whom)
            item = own.popleft()
            if own:
                self._waiting[whom] = own  # behind the others
            return item

    def close(self) -> None:
        """Send all home: nothing waits any more, and whoever takes gets None."""
        with self._changed:
            self._waiting.clear()
            self._closed = True
            self._changed.notify_all()

    def order(self) -> list[T]:
        """What waits, in the order in which it will be taken if nothing is added."""
        with self._changed:
            rows = [list(own) for own in self._waiting.values()]
        longest = max(map(len, rows), default=0)
        return [row[turn] for turn in range(longest) for row in rows if turn < len(row)]
