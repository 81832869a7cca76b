"""The default Studio, which the functions of the package use."""

from __future__ import annotations

import threading

from .studio import Studio

_default: Studio | None = None
_default_lock = threading.Lock()


def use(studio: Studio) -> Studio:
    """Make a Studio the default one, for the functions of the package."""
    global _default
    with _default_lock:
        _default = studio
    return studio


def default() -> Studio:
    """Return the default Studio; opened with the environment's settings where none was set."""
    global _default
    with _default_lock:
        if _default is None:
            _default = Studio()
        return _default


def chosen() -> Studio | None:
    """Return the default Studio where there is one already; opens none."""
    return _default
