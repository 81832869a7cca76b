"""The workbench for text-to-video models inside a notebook.

A form bound to the API's schema, a background thread that never loses a paid clip, and takes beside each other.

    import seedance_widgets as sw
    studio = sw.Studio.simulated()   # no key, no cost
    studio.panel()
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Coroutine
from contextlib import AbstractContextManager
from types import ModuleType
from typing import TYPE_CHECKING, Any, TypeVar

from .client import Client
from .defaults import default as _default
from .defaults import use
from .errors import (
    ApiError,
    AuthenticationError,
    ConfigError,
    ConnectionFailed,
    DocumentError,
    DownloadFailed,
    GenerationFailed,
    GenerationTimeout,
    LibraryError,
    NotFound,
    OutOfCredits,
    Problem,
    RateLimited,
    RequestInvalid,
    SeedanceError,
    ServerError,
    UnexpectedReply,
)
from .exchange import Exchange
from .generation import Generation
from .library import Library
from .model import Field, Model, Request, load_model, models
from .options import options
from .reply import Reply
from .studio import Studio
from .trace import Trace

if TYPE_CHECKING:
    from .combining import Skip
    from .form import RequestForm
    from .gallery import Gallery
    from .grid import Grid
    from .panel import Panel
    from .simulator import Simulator

__version__ = "0.1.0"

__all__ = [
    "ApiError",
    "AuthenticationError",
    "Client",
    "ConfigError",
    "ConnectionFailed",
    "DocumentError",
    "DownloadFailed",
    "Exchange",
    "Field",
    "Gallery",
    "Generation",
    "GenerationFailed",
    "GenerationTimeout",
    "Grid",
    "Library",
    "LibraryError",
    "Model",
    "NotFound",
    "OutOfCredits",
    "Panel",
    "Problem",
    "RateLimited",
    "Reply",
    "Request",
    "RequestForm",
    "RequestInvalid",
    "SeedanceError",
    "ServerError",
    "Simulator",
    "Studio",
    "Trace",
    "UnexpectedReply",
    "compare",
    "gallery",
    "generate",
    "load_model",
    "models",
    "options",
    "panel",
    "run",
    "sweep",
    "trace",
    "use",
]

_T = TypeVar("_T")
# Widgets and the simulator are loaded when they are asked for: an engine in a script needs neither.
_LAZY = {"RequestForm": "form", "Panel": "panel", "Gallery": "gallery", "Grid": "grid", "Simulator": "simulator"}


def __getattr__(name: str) -> Any:
    if name in _LAZY:
        from importlib import import_module

        return getattr(import_module(f".{_LAZY[name]}", __name__), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


class _Package(ModuleType):
    """Keeps functions where a module has the same name: importing ``.panel`` must not replace `panel`."""

    def __setattr__(self, name: str, value: object) -> None:
        if not (isinstance(value, ModuleType) and name in __all__):
            super().__setattr__(name, value)


sys.modules[__name__].__class__ = _Package


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})


def generate(prompt: str | None = None, *, again: bool = False, **fields: Any) -> Generation:
    """Ask the default Studio for one generation: see `Studio.generate`."""
    return _default().generate(prompt, again=again, **fields)


def panel() -> Panel:
    """Return a panel of the default Studio: see `Studio.panel`."""
    return _default().panel()


def sweep(
    prompt: Any = None,
    *,
    skip: Skip | None = None,
    again: bool = False,
    confirm: bool | None = None,
    **fields: Any,
) -> Grid:
    """Ask the default Studio for one take of every combination, side by side: see `Studio.sweep`."""
    return _default().sweep(prompt, skip=skip, again=again, confirm=confirm, **fields)


def compare(*generations_or_keys: Generation | str) -> Grid:
    """Show takes of the default Studio side by side: see `Studio.compare`."""
    return _default().compare(*generations_or_keys)


def gallery(text: str = "", **filters: Any) -> Gallery:
    """Return the library of the default Studio as a wall of posters: see `Studio.gallery`."""
    return _default().gallery(text, **filters)


def trace(
    studio: Studio | None = None, each: Callable[[Exchange], object] | None = None
) -> AbstractContextManager[Trace]:
    """Look at the HTTP exchanges inside a ``with`` block: ``with sw.trace(studio, print) as seen: …``.

    The key is never in it. ``studio.client.trace`` holds the latest exchanges at any time.

    Parameters
    ----------
    studio : Studio, optional
        Whose; None = the default one.
    each : callable, optional
        Called with each exchange that has ended.
    """
    return (studio or _default()).client.trace.branch(each)


def run(coroutine: Coroutine[Any, Any, _T]) -> _T:
    """Run a coroutine from plain code and return its result, in a notebook or out of one.

    Where a loop runs already (a notebook's), nest_asyncio2 lets it be entered again; it is applied only then.
    """
    import asyncio

    try:
        loop = asyncio.get_running_loop()
    except RuntimeError:
        return asyncio.run(coroutine)
    import nest_asyncio2

    nest_asyncio2.apply(loop)
    return loop.run_until_complete(coroutine)


def load_ipython_extension(ipython: Any) -> None:
    """Make ``%seedance`` and ``%%seedance`` known: what ``%load_ext seedance_widgets`` calls."""
    from . import magics

    magics.load(ipython)


def unload_ipython_extension(ipython: Any) -> None:
    """Take the magics back: what ``%unload_ext seedance_widgets`` calls."""
    from . import magics

    magics.unload(ipython)
