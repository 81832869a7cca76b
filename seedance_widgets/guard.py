"""Callbacks of a view: one lock for what they share, and a place where their failures are said.

ipywidgets only logs what a callback raises, so a person would press a button and see nothing happen. Callbacks may
also run on any thread: the main one, a subshell's, the dispatch thread of the runner.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import wraps
from threading import RLock
from typing import Any, ParamSpec, TypeVar

from .errors import SeedanceError

logger = logging.getLogger(__name__)
P = ParamSpec("P")
T = TypeVar("T")


class Guard:
    """Runs the callbacks of one view, one at a time, and says what goes wrong in them.

    Parameters
    ----------
    say : callable
        Takes the exception and shows it to the person.
    """

    def __init__(self, say: Callable[[Exception], object]) -> None:
        self.lock = RLock()
        self._say = say

    def __call__(self, job: Callable[P, T]) -> Callable[P, T | None]:
        """Return the callback that never raises; None is its result where it failed."""

        @wraps(job)
        def guarded(*args: P.args, **kwargs: P.kwargs) -> T | None:
            with self.lock:
                try:
                    return job(*args, **kwargs)
                except Exception as error:
                    if not isinstance(error, SeedanceError):
                        logger.exception("A callback failed")
                    self._say(error)
                    return None

        return guarded

    def pressed(self, job: Callable[[], Any]) -> Callable[[object], None]:
        """Return the callback of a button for a job without arguments."""
        guarded = self(job)

        def on_click(_button: object) -> None:
            guarded()

        return on_click
