"""The library's SQLite file: a connection for each thread, WAL where it is safe, errors in words."""

from __future__ import annotations

import os
import re
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any
from weakref import WeakSet

from .errors import LibraryError
from .migrations import migrate

BUSY = 10.0  # seconds; ours are transactions of milliseconds, so this is for a disk that hangs
POLL = 0.001  # seconds between two tries while another kernel writes
BREATH = 0.003  # seconds that a kernel leaves to others between two writes in a row,
COMPANY = 2.0  # for so many seconds after it last met one
CLOSE_WITHIN = 0.1  # seconds; our statements take milliseconds
NETWORK_FILE_SYSTEMS = frozenset({"nfs", "nfs4", "cifs", "smb3", "smbfs", "fuse.sshfs", "9p", "lustre", "afs", "ceph"})


class _Connection(sqlite3.Connection):
    """A connection that can be referred to weakly, and that nobody closes while it is in use."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.in_use = threading.RLock()
        self.closed = False

    def __del__(self) -> None:
        with suppress(sqlite3.ProgrammingError):  # it was never open
            self.close()  # its thread has ended: nobody has to be warned of it


class Database:
    """SQLite for many threads and several kernels.

    Callbacks may run on any thread of the kernel, and a connection belongs to the thread that made it: each
    thread gets its own. Statements run in autocommit mode; `transaction` groups them.

    Parameters
    ----------
    path : Path
        The file; made, with its folder, where it is missing.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.closed = False
        self._local = threading.local()
        self._all: WeakSet[_Connection] = WeakSet()  # those of threads that have ended go by themselves
        self._lock = threading.Lock()
        self._writing = threading.RLock()
        self._waiting = 0
        self._met = -COMPANY  # when another kernel was last seen writing, on the monotonic clock
        with self.errors():
            path.parent.mkdir(parents=True, exist_ok=True)
            connection = self.connection()
            connection.execute(f"PRAGMA busy_timeout = {BUSY * 1000:.0f}")
            migrate(connection, path)
            connection.execute("PRAGMA busy_timeout = 0")  # from here on `_patiently` waits

    @contextmanager
    def use(self) -> Iterator[sqlite3.Connection]:
        """Hand out this thread's connection; raises LibraryError in words. `close` waits for what is inside."""
        with self.errors():
            while True:
                connection = self.connection()
                with connection.in_use:
                    if not connection.closed:  # or else `close` came in between: an answer is still to be written
                        yield connection
                        return

    def connection(self) -> _Connection:
        """Return this thread's connection."""
        found = getattr(self._local, "connection", None)
        if isinstance(found, _Connection):
            return found
        made = sqlite3.connect(
            self.path, timeout=BUSY, isolation_level=None, check_same_thread=False, factory=_Connection
        )
        made.row_factory = sqlite3.Row
        mode = "DELETE" if on_network(self.path) else "WAL"  # WAL needs shared memory, which a network has not
        made.execute(f"PRAGMA journal_mode = {mode}")
        made.execute("PRAGMA synchronous = FULL")  # what is committed survives a power cut: an id is money
        made.execute("PRAGMA busy_timeout = 0")  # `_patiently` waits
        self._local.connection = made
        with self._lock:
            self._all.add(made)
        return made

    def execute(self, statement: str, values: tuple[object, ...] | dict[str, object] = ()) -> sqlite3.Cursor:
        """Run one statement that writes; raises LibraryError in words."""
        with self._turn(), self.use() as connection:
            return self._patiently(connection, statement, values)

    def rows(self, statement: str, values: tuple[object, ...] | dict[str, object] = ()) -> list[sqlite3.Row]:
        """Run one query and return all its rows; raises LibraryError in words."""
        with self.use() as connection:
            return self._patiently(connection, statement, values).fetchall()

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """Group statements under the write lock; all of them are kept, or none."""
        with self._turn(), self.use() as connection:
            self._patiently(connection, "BEGIN IMMEDIATE")
            try:
                yield connection
                self._patiently(connection, "COMMIT")
            except BaseException:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
                raise

    @contextmanager
    def _turn(self) -> Iterator[None]:
        """Let one thread of this kernel write at a time; between two of them, another kernel that is about gets in."""
        with self._lock:
            self._waiting += 1
        with self._writing:
            with self._lock:
                self._waiting -= 1
            try:
                yield
            finally:
                if self._waiting and time.monotonic() - self._met < COMPANY:
                    time.sleep(BREATH)

    def _patiently(
        self, connection: sqlite3.Connection, statement: str, values: tuple[object, ...] | dict[str, object] = ()
    ) -> sqlite3.Cursor:
        """Run a statement; while another kernel writes, ask again every few milliseconds.

        SQLite itself sleeps up to 100 ms between two tries, and so misses the moments in which the lock is free.
        """
        deadline = time.monotonic() + BUSY
        while True:
            try:
                return connection.execute(statement, values)
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                    raise
            self._met = time.monotonic()
            time.sleep(POLL)

    @contextmanager
    def errors(self) -> Iterator[None]:
        """Turn what SQLite and the file system raise into LibraryError."""
        try:
            yield
        except sqlite3.Error as error:
            raise LibraryError(f"The library {self.path} failed: {_reason(error)}") from error
        except OSError as error:
            reason = error.strerror or type(error).__name__
            raise LibraryError(
                f"The library {self.path} cannot be used: {reason}. Choose a folder that can be written, with "
                "library=… or SEEDANCE_HOME."
            ) from error

    def close(self) -> None:
        """Close the connections of all threads.

        One that a thread is just using is left to that thread: SQLite crashes the process when it is closed then.
        """
        self.closed = True
        with self._lock:
            connections, self._all = list(self._all), WeakSet()
            self._local = threading.local()
        for connection in connections:
            if connection.in_use.acquire(timeout=CLOSE_WITHIN):
                connection.closed = True
                with suppress(sqlite3.Error):
                    connection.close()
                connection.in_use.release()


@contextmanager
def alone(path: Path) -> Iterator[None]:
    """Keep other threads and kernels out by a lock file; the lock of a process that dies is gone with it."""
    with closing(sqlite3.connect(path, timeout=BUSY, isolation_level=None)) as lock:
        lock.execute("BEGIN EXCLUSIVE")
        yield


def sync_folder(folder: Path) -> None:
    """Make a rename in the folder survive a power cut, where the platform can (Windows cannot)."""
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _reason(error: sqlite3.Error) -> str:
    text = str(error)
    for words, reason in (
        ("full", "the disk is full. Free some space; what is under way can be resumed."),
        ("readonly", "it may not be written. Choose another folder with library=… or SEEDANCE_HOME."),
        (
            "unable to open",
            "its folder is gone or may not be written. Choose another with library=… or SEEDANCE_HOME.",
        ),
        (
            "locked",
            f"another program has kept it locked for over {BUSY:.0f} seconds. Close that one, then resume.",
        ),
        ("malformed", "its file is damaged. The clips beside it are untouched."),
        ("not a database", "its file is damaged or no library. The clips beside it are untouched."),
        ("closed database", "this Studio is closed: open a new one."),
    ):
        if words in text:
            return reason
    return f"{text}."


def on_network(path: Path) -> bool:
    """Whether the path lies on a network file system, as far as this system tells (Linux: /proc/mounts)."""
    try:
        lines = [line.split() for line in Path("/proc/mounts").read_text().splitlines()]
    except OSError:
        return False
    resolved = os.path.realpath(path)
    mounts = [(_unescaped(words[1]), words[2]) for words in lines if len(words) > 2]
    holding = [(len(point), order, kind) for order, (point, kind) in enumerate(mounts) if _holds(point, resolved)]
    return bool(holding) and max(holding)[2] in NETWORK_FILE_SYSTEMS  # of two at one point, the later covers the other


def _unescaped(point: str) -> str:
    """Undo how the list spells spaces and the like."""
    return re.sub(r"\\([0-7]{3})", lambda found: chr(int(found[1], 8)), point)


def _holds(point: str, path: str) -> bool:
    return point == "/" or path == point or path.startswith(point.rstrip("/") + "/")
