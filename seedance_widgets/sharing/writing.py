"""Writes a file under a passing name first, tells how far it is, and says in words what the disk refuses."""

from __future__ import annotations

import contextlib
import os
import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

from ..errors import LibraryError

if TYPE_CHECKING:
    from .exhibit import Shareable

__all__ = ["Progress", "megabytes", "written"]

_PAUSE = 0.1  # seconds between two tellings


class Progress:
    """Tells the grid what is being written and how far it is, ten times a second at the most.

    Parameters
    ----------
    grid : Shareable
        Whom to tell.
    words : str
        What is being written.
    """

    def __init__(self, grid: Shareable, words: str) -> None:
        self._grid, self._words = grid, words
        self._told = time.monotonic()
        grid.tell(words, 0.0)

    def __call__(self, fraction: float) -> None:
        """Tell that this part (0…1) is done."""
        now = time.monotonic()
        if now - self._told >= _PAUSE:
            self._told = now
            self._grid.tell(self._words, min(1.0, fraction))


@contextlib.contextmanager
def written(path: Path, *, folder: bool = False) -> Iterator[Path]:
    """Give a passing path beside the one wanted, and put it in its place when the block has ended well.

    Parameters
    ----------
    path : Path
        What is wanted. A file of that name is replaced; in a folder, the files of the same names are.
    folder : bool
        Whether it is a folder.

    Raises
    ------
    LibraryError
        The disk refuses.
    """
    place = path.parent if path.name not in ("", "..") else path.resolve().parent  # the current folder has no name
    part = place / f".{uuid4().hex}.part{path.suffix}"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if folder:
            part.mkdir()
        yield part
        if folder and path.is_dir():
            _merge(part, path)
        else:
            os.replace(part, path)
    except OSError as error:
        raise LibraryError(f"{path} could not be written: {error.strerror or error}. Nothing was changed.") from error
    finally:
        _remove(part)


def _merge(part: Path, folder: Path) -> None:
    for file in sorted(part.iterdir()):
        os.replace(file, folder / file.name)


def _remove(part: Path) -> None:
    with contextlib.suppress(OSError):
        if part.is_dir():
            shutil.rmtree(part)
        else:
            part.unlink(missing_ok=True)


def megabytes(size: float) -> str:
    """Return a size in words: ``12 MB``, ``0.4 MB``."""
    million = size / 1e6
    return f"{million:.0f} MB" if million >= 9.95 else f"{max(million, 0.1):.1f} MB"
