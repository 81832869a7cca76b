"""Who works on a generation: one runner at a time, over all kernels that share a library.

A runner writes a heartbeat while it watches something. Whoever finds a generation whose owner is dead (on this
machine its process is gone or is another one of the same number; elsewhere its heartbeat has not moved for ten
seconds) may take it over. That silence is measured by the clock of the one who waits: the clocks of two machines
differ, and any clock of the day may jump.
"""

from __future__ import annotations

import os
import platform
import sqlite3
import sys
import time
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from uuid import uuid4

from .database import Database

BEAT = 2.5  # seconds between two heartbeats
STALE = 10.0  # seconds after which a silent runner elsewhere has lost what it had
HUNG = 60.0  # the same for one on this machine whose process is seen to live


@dataclass(frozen=True)
class Runner:
    """One runner as the others see it: its id, its machine, its process."""

    id: str
    host: str
    pid: int
    started: str

    @classmethod
    def mine(cls) -> Runner:
        """Return a new runner of this process."""
        return cls(uuid4().hex, host_name(), os.getpid(), process_start(os.getpid()))


class Leases:
    """The leases of one runner in a library's database.

    Parameters
    ----------
    database : Database
        Where the runners meet.
    """

    def __init__(self, database: Database) -> None:
        self.database = database
        self.me = Runner.mine()
        self._beat_at = -STALE  # on the monotonic clock
        self._beat_day = 0.0  # the same by the clock of the day, which goes on while the machine sleeps
        self._held: set[str] = set()
        self._left = False
        self._heard: dict[str, tuple[float, float]] = {}  # runner: its last heartbeat, and when that was first seen

    def beat(self) -> None:
        """Tell the others that this runner lives."""
        if self._left:
            return
        if self._silent():
            self._held.clear()  # somebody may have taken them over meanwhile
        me = self.me
        self.database.execute(
            "INSERT INTO runners (id, host, pid, started, beat) VALUES (?, ?, ?, ?, ?) "
            "ON CONFLICT (id) DO UPDATE SET beat = excluded.beat",
            (me.id, me.host, me.pid, me.started, time.time()),
        )
        self._beat_at, self._beat_day = time.monotonic(), time.time()

    def _silent(self) -> bool:
        """Whether our last heartbeat is so old that the others may have taken us for dead."""
        return time.monotonic() - self._beat_at > STALE / 2 or abs(time.time() - self._beat_day) > STALE / 2

    def beat_if_due(self) -> None:
        """Beat unless the last one is young."""
        if time.monotonic() - self._beat_at > BEAT:
            self.beat()

    def claim(self, key: str) -> bool:
        """Take a generation, unless another living runner has it; whether it is ours now."""
        if time.monotonic() - self._beat_at > BEAT:
            self.beat()
        with self.database.transaction() as connection:
            row = connection.execute(
                "SELECT g.owner, r.id, r.host, r.pid, r.started, r.beat FROM generations g "
                "LEFT JOIN runners r ON r.id = g.owner WHERE g.key = ?",
                (key,),
            ).fetchone()
            if row is None or self._left:
                return False
            if row["owner"] == self.me.id:
                self._held.add(key)
                return True
            if row["id"] is not None and self.lives(row):
                return False
            connection.execute("UPDATE generations SET owner = ? WHERE key = ?", (self.me.id, key))
            self._held.add(key)
            return True

    def lives(self, row: sqlite3.Row) -> bool:
        """Whether another runner, as its row of the database tells, is at work."""
        return alive(row["host"], row["pid"], row["started"], self._silence(row))

    def _silence(self, row: sqlite3.Row) -> float:
        """Return the seconds for which another runner's heartbeat has not moved, as far as this one has seen."""
        beat, since = self._heard.get(row["id"], (None, 0.0))
        if beat != row["beat"]:
            since = time.monotonic()
            self._heard[row["id"]] = (row["beat"], since)
        return time.monotonic() - since

    def holds(self, key: str) -> bool:
        """Whether a claimed generation is still ours; asked of the database only after a long silence.

        While our heartbeat is young nobody else may take it: no need to ask. After a sleep of the machine it
        may have been taken.
        """
        return (key in self._held and not self._silent()) or self.claim(key)

    def release(self, key: str) -> None:
        """Give a generation back."""
        self._held.discard(key)
        self.database.execute("UPDATE generations SET owner = NULL WHERE key = ? AND owner = ?", (key, self.me.id))

    def leave(self) -> None:
        """Give everything back: this runner ends, and takes nothing any more."""
        self._left = True
        with self.database.transaction() as connection:
            connection.execute("UPDATE generations SET owner = NULL WHERE owner = ?", (self.me.id,))
            connection.execute("DELETE FROM runners WHERE id = ?", (self.me.id,))
            connection.execute("DELETE FROM runners WHERE beat < ?", (time.time() - 86_400,))


def alive(host: str, pid: int, started: str, silence: float) -> bool:
    """Whether a runner lives: by its process on this machine, by the seconds of its silence elsewhere."""
    patience = STALE
    if host == host_name():
        start = process_start(pid)
        if not start:
            return False
        if "?" not in (start, started):
            if start != started:
                return False
            patience = HUNG
    return silence < patience


@cache
def host_name() -> str:
    """Return what tells this machine (and container, and boot) from others that see the same disk."""
    parts = [platform.node()]
    with suppress(OSError):
        parts.append(Path("/proc/sys/kernel/random/boot_id").read_text().strip())
    with suppress(OSError):
        parts.append(os.readlink("/proc/self/ns/pid"))
    return "/".join(parts)


def process_start(pid: int) -> str:
    """Return when a process started, in its system's own words; empty = no such process, ``?`` = cannot tell."""
    if sys.platform == "linux":
        try:
            stat = Path(f"/proc/{pid}/stat").read_text()
        except OSError:
            return ""
        fields = stat.rpartition(")")[2].split()  # the name before it may hold anything
        return "" if fields[0] in ("Z", "X") else fields[19]
    if sys.platform == "win32":
        return "?"
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return ""
    except OSError:
        return "?"
    return "?"
