"""Takes of a simulator that has ended. It forgets at its end whatever it had in the making, and charges nothing for it.

Such a take would stay ``generating`` for ever: the next simulator has another address, or does not know it. So the next
opening of the library ends it, in words. Real takes are never touched: only rows that are marked as simulated, at an
address of this computer where nobody listens any more, and that no living kernel watches.
"""

from __future__ import annotations

import errno
import ipaddress
import json
import socket
import sqlite3
import time
from collections.abc import Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from .browsing import HERE

if TYPE_CHECKING:
    from .library import Library

LOOK = 0.2  # seconds; on this computer a closed port is refused at once
# What is not over; of a lost answer nobody can be told any more either.
OPEN = ("planned", "submitting", "queued", "generating", "downloading", "stopped", "unconfirmed")
HINT = "a simulator forgets at its end. Where it has ended, the next Studio here says so; sent again they cost nothing"
_WHERE = f"simulated = 1 AND {HERE} AND status IN ({', '.join(map(repr, OPEN))})"


def end_forgotten(library: Library, here: str) -> int:
    """End the takes of simulators that have ended, as failed; return how many those were.

    Parameters
    ----------
    library : Library
        Where they are kept.
    here : str
        The address in use: what was made there can be asked for.

    Raises
    ------
    LibraryError
        The disk refuses.
    """
    found = library.database.rows(f"SELECT DISTINCT base_url FROM generations WHERE {_WHERE}")
    ended = [url for url in (row["base_url"] for row in found) if url != here and has_ended(url)]
    keys = [key for url in ended for key in _end(library, url)]
    for take in library.these(keys):  # whoever holds one sees it move
        library.reload(take)
    return len(keys)


def has_ended(url: str) -> bool:
    """Whether an address is one of this computer where nobody listens; whatever is in doubt counts as alive."""
    with suppress(ValueError):
        parts = urlsplit(url)
        host = "127.0.0.1" if parts.hostname == "localhost" else parts.hostname or ""
        if ipaddress.ip_address(host).is_loopback and parts.port:
            try:
                socket.create_connection((host, parts.port), timeout=LOOK).close()
            except OSError as error:
                return error.errno == errno.ECONNREFUSED
    return False


def open_and_simulated(facts: Mapping[str, Any]) -> bool:
    """Whether a row of the database, which may be of an earlier version, is an open take of a simulator."""
    return bool(facts.get("simulated")) and facts["status"] in OPEN


def _end(library: Library, url: str) -> list[str]:
    """Write that nothing comes of what was asked of this address, in one go; return the keys."""
    error = {
        "name": "Forgotten",
        "message": f"The simulator at {url} has ended, and it forgets at its end: nothing comes of this take any more. "
        "It cost nothing; it can be made again.",
    }
    with library.database.transaction() as connection:
        rows = connection.execute(
            f"SELECT key, owner FROM generations WHERE {_WHERE} AND base_url = ?", (url,)
        ).fetchall()
        keys = [row["key"] for row in rows if not _watched(library, connection, row["owner"])]
        connection.executemany(
            "UPDATE generations SET status = 'error', error = ?, detail = '', ended_at = ?, owner = NULL, "
            "stopped_by = NULL WHERE key = ?",
            [(json.dumps(error), time.time(), key) for key in keys],
        )
    _tidy(library, set(keys))
    return keys


def _watched(library: Library, connection: sqlite3.Connection, owner: str | None) -> bool:
    runner = connection.execute("SELECT * FROM runners WHERE id = ?", (owner,)).fetchone()
    return runner is not None and library.leases.lives(runner)


def _tidy(library: Library, keys: set[str]) -> None:
    """Remove what is left of their downloads."""
    for part in library.videos.glob("*.mp4.part*") if keys else ():
        stem = part.name.partition(".")[0]
        if stem in keys or stem.rpartition("-")[0] in keys:
            with suppress(OSError):
                part.unlink()
