"""The history: every generation in SQLite from before its POST, every clip in a folder beside it.

::

    <folder>/library.db          the rows
    <folder>/videos/<key>.mp4    the clips, and
    <folder>/videos/<key>.json   beside each what it was made of (its sidecar)
    <folder>/bin/                what was deleted, until it is emptied
"""

from __future__ import annotations

import json
import os
import sqlite3
import threading
import time
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any
from weakref import WeakValueDictionary

from . import browsing, record, recovery, sidecars
from .errors import LibraryError
from .generation import Generation
from .lease import Leases
from .ports import Watcher
from .tickets import Ticket
from .wastebin import IN_BIN, Bin

OPEN = ("planned", "submitting", "queued", "generating", "downloading", "stopped")
IN_FLIGHT = OPEN[:-1]
LEARNED_FROM = 50  # the latest durations of generations like one


class Library:
    """Generations and their clips in a folder. Thread-safe; several kernels may share it.

    Parameters
    ----------
    path : path
        The folder; made where it is missing.

    Raises
    ------
    LibraryError
        The folder cannot be made or written, or the database is of a newer version.

    Attributes
    ----------
    notes : list of str
        What a person should know about this library: that its database was damaged, for example, and what became
        of it.
    bin : Bin
        What was deleted, and can be restored.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path = Path(path).expanduser().absolute()
        self.videos = self.path / "videos"
        self.database, self.notes = recovery.open_database(self.path)
        with self.database.errors():
            self.videos.mkdir(exist_ok=True)
        self.leases = Leases(self.database)
        self.bin = Bin(self.path, self.database)
        try:
            self.bin.finish()
        except LibraryError as error:  # another kernel is at it, or the disk refuses: the history is there all the same
            self.notes.append(f"What was begun with the bin could not be finished. {error}")
        self.watcher: Watcher | None = None
        self._live: WeakValueDictionary[str, Generation] = WeakValueDictionary()
        self._lock = threading.RLock()

    def __repr__(self) -> str:
        return f"<Library {self.path}: {len(self)} generations>"

    def _repr_html_(self) -> str:
        from .listing import library_html

        return library_html(self)

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        from .listing import library_text

        printer.text(library_text(self))

    def __len__(self) -> int:
        return browsing.totals(self.database, browsing.Search()).takes

    # Finding ------------------------------------------------------------------------------------------------

    def get(self, key_or_id: str) -> Generation:
        """Return the generation with that key of ours, or that id of the API's.

        Raises
        ------
        KeyError
            There is none, or it is in the bin.
        """
        either = "(key = ? OR id = ?)"
        found = self._where(
            f"{browsing.HERE} AND {either} ORDER BY key = ? DESC LIMIT 1", (key_or_id, key_or_id, key_or_id)
        )
        if found:
            return found[0]
        if self._where(f"{IN_BIN} AND {either} LIMIT 1", (key_or_id, key_or_id)):
            raise KeyError(f"The generation {key_or_id!r} is in the bin: library.bin.restore({key_or_id!r}).")
        raise KeyError(f"The library {self.path} holds no generation {key_or_id!r}.")

    def recent(self, n: int = 20) -> list[Generation]:
        """Return the latest `n` generations, newest first."""
        return self.browse(browsing.Search(), n)

    def search(self, text: str, n: int = 100) -> list[Generation]:
        """Return generations whose prompt, model, note, seed or key holds all words of the text, newest first."""
        return self.browse(browsing.Search(text), n)

    def browse(self, search: browsing.Search, n: int = 100, *, skip: int = 0) -> list[Generation]:
        """Return at most `n` of the generations that a search finds, in its order, after the first `skip` ones.

        Raises
        ------
        ValueError
            In words: a seed, a day or an order that cannot be read.
        """
        condition, values = browsing.condition(search)
        # The order is found on the keys alone: whole rows would go through the sorting.
        keys = f"SELECT rowid FROM generations WHERE {condition} ORDER BY {browsing.order(search)} LIMIT ? OFFSET ?"
        return self._where(f"rowid IN ({keys}) ORDER BY {browsing.order(search)}", (*values, max(0, n), max(0, skip)))

    def these(self, keys: Iterable[str]) -> list[Generation]:
        """Return the generations with these keys, in this order, also those in the bin; unknown keys are left out."""
        wanted = list(dict.fromkeys(keys))
        marks = ", ".join("?" * len(wanted))
        found = {each.key: each for each in self._where(f"key IN ({marks}) AND gone_at IS NULL", wanted)}
        return [found[key] for key in wanted if key in found]

    def prompts(self, text: str = "", n: int = 50) -> list[str]:
        """Return the latest different prompts that hold all words of the text, newest first."""
        condition, values = browsing.words(text, "prompt")
        rows = self.database.rows(
            f"SELECT prompt FROM generations WHERE {browsing.HERE} AND prompt != '' AND {condition or 1} "
            "GROUP BY prompt ORDER BY max(created_at) DESC, max(rowid) DESC LIMIT ?",
            (*values, max(0, n)),
        )
        return [str(row[0]) for row in rows]

    def unfinished(self, base_url: str | None = None, *, stopped_by_person: bool = True) -> list[Generation]:
        """Return what is not finished yet, oldest first.

        Parameters
        ----------
        base_url : str, optional
            Only those that were sent to this address.
        stopped_by_person : bool
            False leaves out what a person stopped.
        """
        marks = ", ".join("?" * len(OPEN))
        condition, values = f"{browsing.HERE} AND status IN ({marks})", list[object](OPEN)
        if base_url is not None:
            condition, values = condition + " AND base_url = ?", [*values, base_url]
        if not stopped_by_person:
            condition += " AND NOT (status = 'stopped' AND coalesce(stopped_by, '') = 'person')"
        return self._where(f"{condition} ORDER BY created_at, rowid", tuple(values))

    def durations(self, likeness: str) -> list[float]:
        """Return the seconds that the latest finished generations like this one took, newest first."""
        rows = self.database.rows(
            "SELECT finished_at - sending_at FROM generations WHERE likeness = ? AND finished_at > sending_at "
            "AND status = 'completed' ORDER BY finished_at DESC LIMIT ?",
            (likeness, LEARNED_FROM),
        )
        return [float(row[0]) for row in rows]

    def price(self, likeness: str) -> float | None:
        """Return what the latest generation like this one was charged, in dollars; None where nothing is known."""
        rows = self.database.rows(
            "SELECT usd FROM generations WHERE likeness = ? AND usd IS NOT NULL AND status = 'completed' "
            "ORDER BY created_at DESC, rowid DESC LIMIT 1",
            (likeness,),
        )
        return float(rows[0][0]) if rows else None

    def spent_since(self, epoch: float, *, simulated: bool = False) -> float:
        """Return the dollars charged for what was started since then (seconds since 1970), simulated or real."""
        rows = self.database.rows(
            "SELECT coalesce(sum(usd), 0) FROM generations WHERE created_at >= ? AND simulated = ?", (epoch, simulated)
        )
        return float(rows[0][0])

    def same(self, ticket: Ticket) -> Generation | None:
        """Return the generation that this ticket would repeat; None where it would be a new one."""
        with self.database.use() as connection:
            row = _same(connection, record.fingerprint(ticket), ticket)
        return None if row is None else self._generation(row)

    def clip_path(self, key: str, number: int = 0) -> Path:
        """Return where a generation's clip lies; the name is made of our key only."""
        return sidecars.clip_paths(self.path, key, number + 1)[-1]

    # Keeping ------------------------------------------------------------------------------------------------

    def plan(self, ticket: Ticket, *, again: bool = False) -> tuple[Generation, bool]:
        """Write an intent before anything is sent, or find the generation that it would repeat.

        Parameters
        ----------
        ticket : Ticket
            What is to be sent.
        again : bool
            True makes a new one in any case.

        Returns
        -------
        Generation
            The new one, or the one of the same request that is completed or in flight.
        bool
            Whether it is new.
        """
        mark = record.fingerprint(ticket)
        self.leases.beat_if_due()
        with self.database.transaction() as connection:
            row = None if again else _same(connection, mark, ticket)
            if row is None:
                connection.execute(record.INSERT, record.columns(ticket, mark, self.leases.me.id))
                row = connection.execute("SELECT * FROM generations WHERE key = ?", (ticket.key,)).fetchone()
        generation = self._generation(row)
        return generation, generation.key == ticket.key

    def mark_sending(self, generation: Generation) -> bool:
        """Write that the POST is about to leave; False when another runner has it, or it was sent already."""
        now = time.time()
        changed = self.database.execute(
            "UPDATE generations SET status = 'submitting', sending_at = ?, detail = '' "
            f"WHERE key = ? AND owner = ? AND sending_at IS NULL AND id IS NULL AND {browsing.HERE}",
            (now, generation.key, self.leases.me.id),
        ).rowcount
        if changed:
            generation.apply(status="submitting", sending_at=now, detail="")
        return bool(changed)

    def mark_simulated(self, generation: Generation) -> None:
        """Write that it is the simulator's: such a take answers no question to the real API, and costs nothing."""
        self.database.execute("UPDATE generations SET simulated = 1 WHERE key = ?", (generation.key,))
        generation.ticket = replace(generation.ticket, simulated=True)

    def update(self, generation: Generation, **facts: object) -> None:
        """Write facts to the row, then to the generation: written before done."""
        names = ", ".join(f"{name} = :{name}" for name in facts)
        values = {name: record.stored(name, value, self.path) for name, value in facts.items()}
        self.database.execute(f"UPDATE generations SET {names} WHERE key = :key", {**values, "key": generation.key})
        generation.apply(**{name: value for name, value in facts.items() if name in record.MOVING})

    def take_back(self, generation: Generation) -> bool:
        """Write that a lost or refused request may be sent once more; False when another kernel has moved it."""
        changed = self.database.execute(
            "UPDATE generations SET status = 'planned', sending_at = NULL, error = NULL, ended_at = NULL, detail = '' "
            f"WHERE key = ? AND status IN ('unconfirmed', 'error') AND id IS NULL AND {browsing.HERE}",
            (generation.key,),
        ).rowcount
        self.reload(generation)
        return bool(changed)

    def annotate(self, generation: Generation, **said: object) -> None:
        """Keep what people say of a generation: rating, picked, note."""
        self.update(generation, **said)

    def reload(self, generation: Generation) -> None:
        """Take over what another kernel has written about a generation."""
        rows = self.database.rows("SELECT * FROM generations WHERE key = ?", (generation.key,))
        if rows:
            generation.apply(**record.facts(rows[0], self.path))

    def write_sidecar(self, generation: Generation, clips: int = 1) -> Path:
        """Lay what the clips were made of beside them: they can be understood, and restored, without the database."""
        path = self.videos / f"{generation.key}.json"
        part = path.with_name(path.name + ".part")
        facts = sidecars.describe(generation, record.fingerprint(generation.ticket), clips)
        with self.database.errors():
            with part.open("w", encoding="utf-8") as file:
                json.dump(facts, file, indent=1)
                file.flush()
                os.fsync(file.fileno())
            os.replace(part, path)
        return path

    def close(self) -> None:
        """Give back what this library's runner holds, and close the file."""
        with suppress(LibraryError):  # the others see that this process is gone
            self.leases.leave()
        self.database.close()

    # Rows and generations -----------------------------------------------------------------------------------

    def _where(self, condition: str, values: Iterable[object]) -> list[Generation]:
        rows = self.database.rows(f"SELECT * FROM generations WHERE {condition}", tuple(values))
        return [self._generation(row) for row in rows]

    def _generation(self, row: sqlite3.Row) -> Generation:
        """Return the one object for a row: whoever holds it sees the same traits move."""
        with self._lock:
            found = self._live.get(row["key"])
            if found is None:
                found = Generation(record.ticket(row), self, self.watcher, **record.facts(row, self.path))
                self._live[row["key"]] = found
            return found


def _same(connection: sqlite3.Connection, mark: str, ticket: Ticket) -> sqlite3.Row | None:
    """Find a completed or unfinished generation of the same request, or one of which it is not known.

    An unconfirmed one may have been paid for: whether it is sent again is a person's decision. A simulated take
    is no answer to a question to the real API, nor the other way round; and what is in flight at another address
    is not ours to wait for. What is in the bin is not there.
    """
    row: sqlite3.Row | None = connection.execute(
        f"SELECT * FROM generations WHERE fingerprint = ? AND {browsing.HERE} AND (base_url = ? "
        "AND status != 'error' "
        "OR (status = 'completed' AND simulated = ?)) "
        "ORDER BY status = 'completed' DESC, created_at LIMIT 1",
        (mark, ticket.base_url, ticket.simulated),
    ).fetchone()
    return row
