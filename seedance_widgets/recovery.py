"""A damaged database: put aside, replaced, and filled again with what can be read of it and of the clips' sidecars."""

from __future__ import annotations

import json
import logging
import os
import shutil
import sqlite3
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from . import sidecars
from .database import BUSY, Database, alone
from .errors import LibraryError
from .generation import STATUSES
from .sidecars import MOMENTS, NUMBERS, TEXTS

logger = logging.getLogger(__name__)

DAMAGED = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})
SUFFIXES = ("", "-wal", "-shm")


def open_database(folder: Path) -> tuple[Database, list[str]]:
    """Open a library's database; a damaged one is put aside, and what can be recovered is in the new one.

    Parameters
    ----------
    folder : Path
        The library's folder.

    Returns
    -------
    Database
        Open, and sound.
    list of str
        What a person should know about it, in words; empty as a rule.

    Raises
    ------
    LibraryError
        The folder cannot be used.
    """
    path = folder / "library.db"
    aside = None if sound(path) else _put_aside(path)
    database = Database(path)
    salvaged = _salvaged(aside) if aside else []
    kept, restored = _fill(database, folder, salvaged)
    notes = _notes(aside, kept, restored)
    for note in notes:
        logger.warning("%s", note)
    return database, notes


def sound(path: Path) -> bool:
    """Whether a database file is whole; one that is missing, locked or not allowed to be read is not damaged."""
    if not path.exists():
        return True
    try:
        with closing(sqlite3.connect(path, timeout=BUSY)) as connection:
            return str(connection.execute("PRAGMA quick_check(1)").fetchone()[0]) == "ok"
    except sqlite3.Error as error:
        return not _is_damage(error)


def _is_damage(error: sqlite3.Error) -> bool:
    return getattr(error, "sqlite_errorcode", 0) & 0xFF in DAMAGED


# Aside ------------------------------------------------------------------------------------------------------


def _put_aside(path: Path) -> Path | None:
    """Rename a damaged database with its log; None when another kernel has done it meanwhile."""
    with _alone(path.parent):
        if sound(path):
            return None
        stamp = datetime.now(UTC).strftime("%Y%m%d-%H%M%S")
        aside = path.with_name(f"{path.name}.damaged-{stamp}")
        while aside.exists():
            aside = aside.with_name(aside.name + "+")
        try:
            for suffix in SUFFIXES:
                with suppress(FileNotFoundError):
                    os.rename(f"{path}{suffix}", f"{aside}{suffix}")
        except OSError as error:
            raise LibraryError(f"{path} is damaged, and cannot be put aside: {error.strerror}.") from error
        return aside


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Keep other kernels out."""
    try:
        with alone(folder / "recovery.lock"):
            yield
    except sqlite3.Error as error:
        raise LibraryError(f"The library in {folder} is damaged, and cannot be repaired: {error}.") from error


def _salvaged(aside: Path) -> list[dict[str, Any]]:
    """Read the rows that can still be read, from both ends, on a copy: the damaged file stays as it is."""
    rows: dict[str, dict[str, Any]] = {}
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "copy.db"
        for suffix in SUFFIXES[:2]:
            with suppress(OSError):
                shutil.copyfile(f"{aside}{suffix}", f"{copy}{suffix}")
        for order in ("rowid", "rowid DESC"):
            with suppress(sqlite3.Error), closing(sqlite3.connect(copy)) as connection:
                connection.execute("PRAGMA writable_schema = ON")  # reads on though the file's end is missing
                connection.row_factory = sqlite3.Row
                connection.text_factory = lambda raw: raw.decode("utf-8", "replace")
                for row in connection.execute(f"SELECT * FROM generations NOT INDEXED ORDER BY {order}"):
                    if _plausible(row):
                        rows.setdefault(row["key"], _open_again(dict(row)))
    return list(rows.values())


def _plausible(row: sqlite3.Row) -> bool:
    """Whether a row of a damaged file reads like one of ours: it must not break the new library."""
    try:
        texts = all(isinstance(row[name], str) and "\ufffd" not in row[name] for name in TEXTS)
        known = (*NUMBERS, *(name for name in MOMENTS if name in row.keys()))  # noqa: SIM118
        numbers = all(isinstance(row[name], (float, int, type(None))) for name in known)
        lists = isinstance(json.loads(row["request"]), dict) and isinstance(json.loads(row["paths"]), list)
        said = row["error"] is None or isinstance(json.loads(row["error"]), dict)
        seed = row["seed"] is None or int(row["seed"]) is not None
        return bool(
            texts and numbers and lists and said and seed and row["status"] in STATUSES and float(row["created_at"])
        )
    except (IndexError, TypeError, ValueError):
        return False


def _open_again(row: dict[str, Any]) -> dict[str, Any]:
    """Nobody owns it any more, and a planned one may have been sent: the mark may be what was lost."""
    row["owner"] = None
    if row["status"] == "planned" or (row["id"] is None and row["sending_at"] is None and row["status"] == "stopped"):
        row |= {"status": "submitting", "sending_at": row["created_at"]}
    return row


# Filling ----------------------------------------------------------------------------------------------------


def _fill(database: Database, folder: Path, salvaged: Iterable[Mapping[str, Any]]) -> tuple[int, int]:
    """Fill an empty database; return how many rows came from the old one, and how many from sidecars.

    Sidecars beside an empty database mean that its file was lost: they are read then, too.
    """
    if not _empty(database) or not (salvaged or any(sidecars.files(folder))):
        return 0, 0
    rows, beside = list(salvaged), list(sidecars.rows(folder))
    with database.transaction() as connection:
        if not _empty(database):
            return 0, 0  # another kernel was faster
        kept = sum(_insert(connection, row) for row in rows)
        return kept, sum(_insert(connection, row) for row in beside)


def _empty(database: Database) -> bool:
    return not database.rows("SELECT 1 FROM generations LIMIT 1")


def _insert(connection: sqlite3.Connection, row: Mapping[str, Any]) -> int:
    names = [each[1] for each in connection.execute("PRAGMA table_info(generations)") if each[1] in row]
    marks = ", ".join(f":{name}" for name in names)
    statement = f"INSERT OR IGNORE INTO generations ({', '.join(names)}) VALUES ({marks})"
    return connection.execute(statement, {name: row[name] for name in names}).rowcount


def _notes(aside: Path | None, kept: int, restored: int) -> list[str]:
    if aside is None and not restored:
        return []
    what = (
        f"The library's database was damaged. It was put aside as {aside}, and a new one was made"
        if aside
        else "The library's database was empty or missing, though there are clips; it was made again"
    )
    lost = " Stars, picks and notes of the latter are lost." if restored else ""
    hint = " What was in flight and cannot be read any more stands in the API's own log." if aside else ""
    return [f"{what}: {kept} generations were read from it, {restored} from the files beside the clips.{lost}{hint}"]
