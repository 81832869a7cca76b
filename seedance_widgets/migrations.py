"""The steps that bring a library's database to today's form: append only, never edited once released."""

from __future__ import annotations

import shutil
import sqlite3
from pathlib import Path

from .errors import LibraryError

STEPS = (
    """
    CREATE TABLE generations (
        key TEXT PRIMARY KEY,
        id TEXT,
        model TEXT NOT NULL,
        request TEXT NOT NULL,
        prompt TEXT NOT NULL,
        seed TEXT,
        base_url TEXT NOT NULL,
        create_path TEXT NOT NULL,
        retrieve_path TEXT NOT NULL,
        simulated INTEGER NOT NULL,
        fingerprint TEXT NOT NULL,
        sweep TEXT,
        status TEXT NOT NULL,
        detail TEXT NOT NULL DEFAULT '',
        error TEXT,
        credits REAL,
        usd REAL,
        paths TEXT NOT NULL DEFAULT '[]',
        clip TEXT,
        rating INTEGER NOT NULL DEFAULT 0,
        picked INTEGER NOT NULL DEFAULT 0,
        note TEXT NOT NULL DEFAULT '',
        created_at REAL NOT NULL,
        sending_at REAL,
        finished_at REAL,
        ended_at REAL,
        likeness TEXT NOT NULL,
        stopped_by TEXT,
        owner TEXT
    );
    CREATE INDEX by_time ON generations (created_at);
    CREATE INDEX by_id ON generations (id);
    CREATE INDEX by_fingerprint ON generations (fingerprint);
    CREATE INDEX by_status ON generations (status);
    CREATE INDEX by_likeness ON generations (likeness, finished_at);
    CREATE TABLE runners (
        id TEXT PRIMARY KEY,
        host TEXT NOT NULL,
        pid INTEGER NOT NULL,
        started TEXT NOT NULL,
        beat REAL NOT NULL
    );
    """,
    """
    ALTER TABLE generations ADD COLUMN queued_at REAL;
    ALTER TABLE generations ADD COLUMN generating_at REAL;
    """,
    # The bin; and a number that moves with everything that a view of the history shows.
    """
    ALTER TABLE generations ADD COLUMN binned_at REAL;
    ALTER TABLE generations ADD COLUMN moving TEXT;
    ALTER TABLE generations ADD COLUMN gone_at REAL;
    CREATE INDEX by_bin ON generations (binned_at) WHERE binned_at IS NOT NULL;
    CREATE INDEX by_moving ON generations (moving) WHERE moving IS NOT NULL;
    CREATE TABLE changes (number INTEGER NOT NULL);
    INSERT INTO changes VALUES (0);
    CREATE TRIGGER generation_added AFTER INSERT ON generations
        BEGIN UPDATE changes SET number = number + 1; END;
    CREATE TRIGGER generation_changed
        AFTER UPDATE OF id, status, error, credits, usd, paths, rating, picked, note, binned_at, gone_at ON generations
        BEGIN UPDATE changes SET number = number + 1; END;
    """,
)


def migrate(connection: sqlite3.Connection, path: Path) -> None:
    """Take all steps that this database has not seen, in one transaction; a copy is laid beside it before.

    Parameters
    ----------
    connection : sqlite3.Connection
        In autocommit mode.
    path : Path
        The database's file, for the copy ``library.db.before-<step>``.

    Raises
    ------
    LibraryError
        The database was written by a later version of this package.
    """
    if _version(connection) == len(STEPS):
        return
    connection.execute("BEGIN IMMEDIATE")
    try:
        version = _version(connection)  # again, under the lock: another kernel may have been faster
        if version > len(STEPS):
            raise LibraryError(
                f"{path} was written by a newer version of seedance_widgets (step {version}, this one knows "
                f"{len(STEPS)}): upgrade this installation, or choose another library folder."
            )
        if version:
            _back_up(path, version)
        for step in STEPS[version:]:
            _run(connection, step)
        connection.execute(f"PRAGMA user_version = {len(STEPS)}")
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def _version(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def _back_up(path: Path, version: int) -> None:
    """Copy the database with its log; the caller holds the write lock, so the two belong together."""
    for suffix in ("", "-wal"):
        source = path.with_name(path.name + suffix)
        if source.exists():
            shutil.copy2(source, path.with_name(f"{path.name}.before-{version + 1}{suffix}"))


def _run(connection: sqlite3.Connection, step: str) -> None:
    """Run a step's statements one by one: `executescript` would commit the transaction first."""
    statement = ""
    for part in step.split(";"):
        statement += f"{part};"
        if sqlite3.complete_statement(statement):  # not within a trigger, which has semicolons of its own
            connection.execute(statement)
            statement = ""
