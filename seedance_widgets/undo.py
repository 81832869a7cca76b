"""Undo and redo: the states that something was in, and which of them is the present one. Knows no widgets."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")
MOST = 200  # states; the oldest goes first
PAUSE = 1.5  # seconds without a key that end a step of typing
LONGEST = 10.0  # seconds of typing in one step


class History(Generic[T]):
    """States in a row; a new one takes the place of those that were undone.

    Parameters
    ----------
    first : object
        The state at the beginning.
    same : callable
        Whether two states are the same one.
    most : int
        How many are kept.

    Attributes
    ----------
    present : object
        The state now.
    """

    def __init__(self, first: T, same: Callable[[T, T], bool], most: int = MOST) -> None:
        self._same, self._most = same, max(2, most)
        self._states = [first]
        self._at = 0
        self._typing = ""  # what the present step is typed into, if that goes on
        self._began = self._heard = 0.0

    @property
    def present(self) -> T:
        """The state now."""
        return self._states[self._at]

    @property
    def can_undo(self) -> bool:
        """Whether there is a state before this one."""
        return self._at > 0

    @property
    def can_redo(self) -> bool:
        """Whether there is a state after this one."""
        return self._at < len(self._states) - 1

    def note(self, state: T, now: float, typing: str = "") -> bool:
        """Take in a state; whether it is a new one.

        Parameters
        ----------
        state : object
            What is true now; the present one once more changes nothing.
        now : float
            Seconds of any clock that only goes forward.
        typing : str
            What is being typed into. Letters that come soon after each other are one step.
        """
        if self._same(state, self.present):
            return False
        goes_on = typing and typing == self._typing and now - self._heard < PAUSE and now - self._began < LONGEST
        if goes_on:
            self._states[self._at] = state
        else:
            self._states[self._at + 1 :] = [state]
            del self._states[: -self._most]
            self._at = len(self._states) - 1
            self._began = now
        self._typing, self._heard = typing, now
        return True

    def undo(self) -> T:
        """Go back by one state, where there is one; return the present one."""
        return self._move(-1)

    def redo(self) -> T:
        """Go forward again by one state, where there is one; return the present one."""
        return self._move(1)

    def _move(self, step: int) -> T:
        self._at = min(max(0, self._at + step), len(self._states) - 1)
        self._typing = ""  # what is typed next is a step of its own
        return self.present
