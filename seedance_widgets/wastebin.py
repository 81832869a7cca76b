"""The library's bin: takes that were deleted, with their clips, until it is emptied.

::

    <folder>/bin/<key>.mp4    the clips, and
    <folder>/bin/<key>.json   their sidecars, as they were in videos/

What is about to be moved is written to the row before the first file is touched, and taken back after the last one:
whatever ends in between, the next opening of the library goes on with it. What was paid stays in the account even when
the bin has been emptied; what was asked for is gone then.
"""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from .database import Database, alone, sync_folder
from .errors import ConfigError, LibraryError
from .posters import Posters

if TYPE_CHECKING:
    from .generation import Generation

BIN, RESTORE, EMPTY = "bin", "restore", "empty"  # what a row's `moving` says
WHAT = "Say what to delete for good: bin.empty(take, …) for some takes, bin.empty(everything=True) for all of the bin."
MOST_AT_ONCE = 500  # rows; SQLite's statements take only so many values
# Finished, or provably never sent: all else is in flight, or may have been paid for without a clip so far.
DELETABLE = "(status IN ('completed', 'error') OR (status = 'stopped' AND sending_at IS NULL AND id IS NULL))"
IN_BIN = "binned_at IS NOT NULL AND gone_at IS NULL"


class Bin:
    """What was deleted from a library, and can be restored.

    Parameters
    ----------
    folder : Path
        The library's.
    database : Database
        Its database.
    """

    def __init__(self, folder: Path, database: Database) -> None:
        self.path = folder / "bin"
        self._folder = folder
        self._database = database

    def __len__(self) -> int:
        return int(self._database.rows(f"SELECT count(*) FROM generations WHERE {IN_BIN}")[0][0])

    def __repr__(self) -> str:
        return f"<Bin {self.path}: {len(self)} takes, {self.size / 1e6:.1f} MB>"

    @property
    def size(self) -> int:
        """How many bytes emptying it would free."""
        with suppress(FileNotFoundError):
            return sum(entry.stat().st_size for entry in os.scandir(self.path) if entry.is_file())
        return 0

    def holds(self, key: str) -> bool:
        """Whether a take is in the bin, or was."""
        return bool(self._database.rows("SELECT 1 FROM generations WHERE key = ? AND binned_at IS NOT NULL", (key,)))

    def place(self, path: Path) -> Path:
        """Return where a clip of `videos/` lies while its take is in the bin."""
        return self.path / path.name

    # What a person does -------------------------------------------------------------------------------------

    def put(self, *takes: Generation | str) -> dict[str, str]:
        """Move takes into the bin, with their clips; they are no answer to the same request any more.

        Parameters
        ----------
        *takes
            Generations, or their keys.

        Returns
        -------
        dict
            Key → why not, in words, of those that stay: what is in flight, or may have been paid for and has no clip
            yet, cannot be deleted.

        Raises
        ------
        LibraryError
            The disk refuses. What has begun goes on at the next opening of the library.
        """
        keys = _keys(takes)
        with self._alone():
            change = f"moving = '{BIN}', binned_at = {time.time()!r}"
            moved = self._mark(keys, change, f"binned_at IS NULL AND {DELETABLE}")
            self._finish(moved)
        return {key: self._refusal(key) for key in keys if key not in moved}

    def restore(self, *takes: Generation | str) -> list[str]:
        """Move takes of the bin back to where they were; return the keys of those that were in it.

        Raises
        ------
        LibraryError
            The disk refuses. What has begun goes on at the next opening of the library.
        """
        with self._alone():
            moved = self._mark(_keys(takes), f"moving = '{RESTORE}'", IN_BIN)
            self._finish(moved)
        return moved

    def empty(self, *takes: Generation | str, everything: bool = False) -> int:
        """Delete for good what is in the bin: the takes given, or everything.

        Their prompts, requests, notes, clips and posters are gone then; model, day and price stay, so that what was
        spent remains true.

        Parameters
        ----------
        *takes
            Generations of the bin, or their keys.
        everything : bool
            All that is in it. That has to be said: a list that happens to be empty must not mean it.

        Returns
        -------
        int
            The bytes that are free now.

        Raises
        ------
        ConfigError
            Neither takes nor everything were named, or both.
        LibraryError
            The disk refuses. What has begun goes on at the next opening of the library.
        """
        if everything == bool(takes):
            raise ConfigError(WHAT)
        with self._alone():
            before = self.size
            rows = self._database.rows(f"SELECT key FROM generations WHERE {IN_BIN}") if everything else ()
            self._finish(self._mark(_keys(takes) or [row["key"] for row in rows], f"moving = '{EMPTY}'", IN_BIN))
            return before - self.size

    def finish(self) -> int:
        """Go on with what was begun and not finished; return how many takes that were."""
        if not self._database.rows("SELECT 1 FROM generations WHERE moving IS NOT NULL LIMIT 1"):
            return 0
        with self._alone():
            rows = self._database.rows("SELECT key FROM generations WHERE moving IS NOT NULL")
            self._finish([row["key"] for row in rows])
        return len(rows)

    # How it is done -----------------------------------------------------------------------------------------

    def _mark(self, keys: list[str], change: str, condition: str) -> list[str]:
        """Write what is about to happen to those rows that the condition holds for; return their keys."""
        marked: list[str] = []
        with self._database.transaction() as connection:
            for part in _parts(keys):
                among = f"key IN ({', '.join('?' * len(part))}) AND {condition}"
                marked += [row["key"] for row in connection.execute(f"SELECT key FROM generations WHERE {among}", part)]
                connection.execute(f"UPDATE generations SET {change} WHERE {among}", part)
        return marked

    def _finish(self, keys: list[str]) -> None:
        """Move the files of marked rows, then take the marks back."""
        with self._database.errors():
            for part in _parts(keys):
                marks = ", ".join("?" * len(part))
                rows = self._database.rows(
                    f"SELECT key, moving, paths FROM generations WHERE key IN ({marks})", tuple(part)
                )
                for row in rows:
                    self._move(row)
                for folder in (self.path, self._folder / "videos"):
                    sync_folder(folder)
                with self._database.transaction() as connection:
                    for change, mark in _DONE:
                        values = (*([time.time()] if mark == EMPTY else []), mark, *part)
                        connection.execute(
                            f"UPDATE generations SET moving = NULL{change} WHERE moving = ? AND key IN ({marks})",
                            values,
                        )

    def _move(self, row: sqlite3.Row) -> None:
        """Bring the files of one row to where its mark says; those that are there already are left alone."""
        self.path.mkdir(exist_ok=True)
        videos = self._folder / "videos"
        if row["moving"] == EMPTY:
            Posters(self._folder).drop([row["key"]])
        for name in [*(Path(each).name for each in json.loads(row["paths"])), f"{row['key']}.json"]:
            if row["moving"] == EMPTY:
                (self.path / name).unlink(missing_ok=True)
                (videos / name).unlink(missing_ok=True)
            source, target = (videos, self.path) if row["moving"] == BIN else (self.path, videos)
            if row["moving"] != EMPTY and (source / name).exists():
                shutil.move(source / name, target / name)

    def _refusal(self, key: str) -> str:
        rows = self._database.rows("SELECT status, finished_at, binned_at FROM generations WHERE key = ?", (key,))
        if not rows:
            return "there is no such take in this library"
        status = rows[0]["status"]
        if rows[0]["binned_at"] is not None:
            return "it is in the bin already"
        if status == "unconfirmed":
            return "its answer was lost, so it may have been charged: look for it again first"
        if status == "stopped":
            paid = "it is charged, and its clip is not here yet" if rows[0]["finished_at"] else "it may be charged"
            return f"{paid}: resume it first"
        return "it is still being made"

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Keep the bins of other kernels out."""
        try:
            with alone(self._folder / "bin.lock"):
                yield
        except sqlite3.Error as error:
            raise LibraryError(f"The bin of {self._folder} cannot be used: {error}.") from error


_DONE = (
    ("", BIN),
    (", binned_at = NULL", RESTORE),
    # The price stays, and what it was of does not.
    (
        ", gone_at = ?, prompt = '', request = '{}', note = '', seed = NULL, error = NULL, paths = '[]', clip = NULL, "
        "fingerprint = '', rating = 0, picked = 0",
        EMPTY,
    ),
)


def _keys(takes: Iterable[Generation | str]) -> list[str]:
    return list(dict.fromkeys(take if isinstance(take, str) else take.key for take in takes))


def _parts(keys: list[str]) -> Iterator[list[str]]:
    for start in range(0, len(keys), MOST_AT_ONCE):
        yield keys[start : start + MOST_AT_ONCE]
