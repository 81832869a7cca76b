"""Puts a clip beside the notebook, where its server can show it.

Clips live in the user's data folder, which no notebook server serves: absolute paths and links that lead out
of the server's root do not work in a notebook. So a large clip is copied into ``seedance_media/`` in the
current folder, which is the notebook's, and linked by a relative path.
"""

from __future__ import annotations

import contextlib
import filecmp
import itertools
import os
import shutil
import threading
import uuid
from pathlib import Path
from urllib.parse import quote

from .errors import LibraryError

__all__ = ["FOLDER", "copied_beside"]

FOLDER = "seedance_media"

# Two threads that show two clips of one name must not choose the same free name.
_lock = threading.Lock()


def copied_beside(path: Path) -> str:
    """Copy a clip into ``seedance_media/`` of the current folder, unless it is there already.

    Parameters
    ----------
    path : Path
        The clip. It keeps its name; a different file that has it is left alone, and the copy gets a number.

    Returns
    -------
    str
        The relative URL: forward slashes, quoted.

    Raises
    ------
    LibraryError
        The copy could not be made; the message says why and what to do.
    """
    try:
        folder = Path.cwd() / FOLDER
        with _lock:
            folder.mkdir(exist_ok=True)
            target = _place(path, folder)
            if not target.exists():
                _copy(path, target)
    except OSError as error:
        raise LibraryError(
            f"The clip {path} could not be copied to {FOLDER}/ beside the notebook: "
            f"{error.strerror or error}. Mend that, or put it into the notebook with embed=True."
        ) from error
    # Bytes, since a name on the disk need not be text.
    return f"{FOLDER}/{quote(os.fsencode(target.name))}"


def _place(path: Path, folder: Path) -> Path:
    """Find the copy that is there already, or else the first free name."""
    stem, suffix = path.stem.lstrip(".") or "clip", path.suffix  # servers do not show hidden files
    for number in itertools.count(1):
        target = folder / f"{stem}{f'-{number}' if number > 1 else ''}{suffix}"
        if not target.exists() or filecmp.cmp(path, target, shallow=False):
            return target
    raise AssertionError  # pragma: no cover - count() does not end


def _copy(path: Path, target: Path) -> None:
    """Copy under a passing name first: a page that is open must never see half a clip."""
    part = target.parent / f".{uuid.uuid4().hex}.part"
    try:
        shutil.copyfile(path, part)
        os.replace(part, target)
    finally:
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)
