"""A grid as a file that others can open, and as plain videos that stay in the notebook.

::

    grid.save("x.html")     one page that plays in step from a double click        page.py
    grid.save("x.mp4")      one labelled clip of all takes                         tile.py
    grid.save("x.png")      a contact sheet                                        sheet.py
    grid.save("x.gif")      a small animation                                      animation.py
    grid.save("folder/")    the clips, their requests as JSON, a CSV               folder.py
    grid.show()             a table of videos as a cell's output                   videos.py

Each is given an `Exhibit`, a picture of the grid at one moment. Only completed takes are shown; the place of each other
one says in words what became of it.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from datetime import datetime
from inspect import Parameter, signature
from itertools import count
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

from ..errors import ConfigError
from .exhibit import Exhibit, Shareable, exhibit
from .writing import Progress, megabytes, written

if TYPE_CHECKING:
    from .videos import Table

__all__ = ["check_kind", "estimate", "save", "save_beside", "show", "table"]

KINDS = ("html", "mp4", "png", "gif", "folder")
_DECODED = ("mp4", "png", "gif")  # those for which clips are read here, not by a browser


def save(grid: Shareable, path: str | os.PathLike[str], **options: Any) -> Path:
    """Write a grid to a file; its ending decides what. A file of that name is replaced, when all has gone well.

    Parameters
    ----------
    grid : Grid or Batch
        Its completed takes; its page is told how far it is.
    path : path
        ``x.html``, ``x.mp4``, ``x.png``, ``x.gif``, or a folder: one that exists, or a text that ends with ``/``.
    **options
        ``theme="light"`` and ``width=`` (pixels) for clip, sheet and GIF; ``moments=3`` for the sheet, ``fps=`` for the
        GIF.

    Returns
    -------
    Path
        What was written.

    Raises
    ------
    ConfigError
        There is no completed take, no such kind of file, or no such option for it.
    DownloadFailed, LibraryError
        A clip cannot be played; the disk refuses.
    """
    kind = check_kind(path)
    _check_options(kind, options)
    path = Path(path).expanduser()
    seen = exhibit(grid, decoded=kind in _DECODED)
    try:
        progress = Progress(grid, f"writing {path.name} · about {megabytes(_room(kind).estimate(seen))}")
        with written(path, folder=kind == "folder") as part:
            _writer(kind)(seen, part, progress, **options)
    finally:
        grid.tell("")
    return path


def save_beside(grid: Shareable, what: str) -> Path:
    """Write a grid into the current folder, which is the notebook's, under a free name made of title and day.

    Parameters
    ----------
    grid : Grid or Batch
        Its completed takes.
    what : str
        ``html``, ``mp4``, ``png``, ``gif`` or ``folder``.

    Returns
    -------
    Path
        What was written.
    """
    if what not in KINDS:
        raise ConfigError(f"{what!r} cannot be written: {', '.join(KINDS)} can.")
    from .folder import slug

    stem = f"{slug(grid.sweep.title, 40) or 'takes'}-{datetime.now():%Y-%m-%d}"
    ending = "" if what == "folder" else f".{what}"
    names = (Path(f"{stem}{f'-{number}' if number > 1 else ''}{ending}") for number in count(1))
    name = next(name for name in names if not name.exists())
    return save(grid, f"{name}/" if what == "folder" else name)


def estimate(grid: Shareable, what: str) -> str:
    """Return about how large a file will be, in words: ``about 12 MB``.

    Parameters
    ----------
    grid : Grid or Batch
        Its completed takes.
    what : str
        ``html``, ``mp4``, ``png``, ``gif`` or ``folder``, or a path.
    """
    kind = what if what in KINDS else check_kind(what)
    return f"about {megabytes(_room(kind).estimate(exhibit(grid, decoded=kind in _DECODED)))}"


def table(grid: Shareable) -> Table:
    """Return a grid's takes as a table of plain videos, which shows itself.

    Raises
    ------
    ConfigError
        There is no completed take.
    """
    from .videos import Table

    return Table(exhibit(grid, decoded=False))


def show(grid: Shareable) -> None:
    """Emit that table as cell output: it stays in the saved notebook, without a kernel."""
    from IPython.display import display

    display(table(grid))  # type: ignore[no-untyped-call]


def check_kind(path: str | os.PathLike[str]) -> str:
    """Return what a path asks for: ``html``, ``mp4``, ``png``, ``gif`` or ``folder``; ConfigError for anything else."""
    text = os.fspath(path)
    if text.endswith(("/", os.sep)) or (text and Path(text).expanduser().is_dir()):
        return "folder"
    ending = Path(text).suffix.lower().lstrip(".")
    if ending not in KINDS[:-1]:
        raise ConfigError(
            f"{text!r}: what is written is told by the ending: .html, .mp4, .png or .gif, and a folder ends with a /."
        )
    return ending


def _check_options(kind: str, options: Mapping[str, Any]) -> None:
    known = [each.name for each in signature(_writer(kind)).parameters.values() if each.kind is Parameter.KEYWORD_ONLY]
    unknown = ", ".join(name for name in options if name not in known)
    if unknown:
        raise ConfigError(f"There is no option {unknown} for a {kind}; those are: {', '.join(known) or 'none'}.")


def _room(kind: str) -> ModuleType:
    """Return the module for a kind of file; only then is what it needs imported."""
    from importlib import import_module

    names = {"html": "page", "mp4": "tile", "png": "sheet", "gif": "animation", "folder": "folder"}
    return import_module(f".{names[kind]}", __name__)


def _writer(kind: str) -> Callable[..., None]:
    module = _room(kind)
    name = module.__name__.rpartition(".")[2]
    writer: Callable[[Exhibit, Path, Progress], None] = getattr(module, name)
    return writer
