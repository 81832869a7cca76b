"""Is everything there? A look at a library that changes nothing: its database, its clips, and what lies beside them.

``seedance-widgets check`` prints what this finds.
"""

from __future__ import annotations

import json
import os
import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from . import forgotten, mp4, terminal
from .errors import DownloadFailed
from .library import Library

OPEN_WORDS = {
    "planned": "written, but never sent",
    "submitting": "sent without an answer so far",
    "unconfirmed": "lost on the way: they may have been charged",
    "stopped": "not watched any more",
}


@dataclass
class Report:
    """What was found in a library.

    Attributes
    ----------
    folder : Path
        The library.
    generations, clips : int
        How many rows it has, and how many clips that are whole.
    problems : list of str
        What is wrong, and what to do.
    remarks : list of str
        What is not wrong, but good to know.
    unused : bool
        Whether there is nothing yet, no clip either.
    """

    folder: Path
    generations: int = 0
    clips: int = 0
    problems: list[str] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    unused: bool = False

    @property
    def ok(self) -> bool:
        """Whether nothing is wrong."""
        return not self.problems

    def __str__(self) -> str:
        if self.ok and self.unused:
            return f"The library {self.folder}: nothing is there yet; the first take makes it."
        found = f"The library {self.folder}: {self.generations} generations, {self.clips} clips that are whole."
        wrong = [f"  ! {problem}" for problem in self.problems]
        known = [f"  · {remark}" for remark in self.remarks]
        problems = f"{len(wrong)} problem{'s' * (len(wrong) != 1)}."
        return "\n".join([found, *wrong, *known, "Everything is in order." if self.ok else problems])


class _Row(NamedTuple):
    key: str
    id: str | None
    status: str
    paths: tuple[str, ...]
    binned: bool = False
    moving: bool = False
    simulated: bool = False


def check(library: Library | str | os.PathLike[str]) -> Report:
    """Verify a library; nothing is changed, and none is made where there is none.

    Parameters
    ----------
    library : Library or path
        An open one, or its folder.

    Returns
    -------
    Report
        With every problem, in words.
    """
    folder = library.path if isinstance(library, Library) else Path(library).expanduser().absolute()
    report = Report(folder)
    try:
        rows = _rows(folder / "library.db", report)
    except sqlite3.Error as error:
        report.problems.append(f"The database cannot be read ({error}). Opening the library puts a damaged one aside.")
        return report
    report.generations = len(rows)
    _check_completed(report, rows)
    _check_files(report, {row.key: row for row in rows})
    _check_bin(report, {row.key: row for row in rows if row.binned})
    report.remarks += [*_unfinished(row for row in rows if not row.binned), *_moving(rows), *_asides(folder)]
    return report


def run(library: str | os.PathLike[str], *, named: bool = False) -> int:
    """Check the library in a folder and print the report; return the exit code: 0 when all is in order, else 1.

    Parameters
    ----------
    library : path
        Its folder.
    named : bool
        Whether a person named it: one that is missing is then a wrong name, and not a library to come.
    """
    report = check(library)
    if named and not report.folder.is_dir():
        report.problems.append(f"There is no library: {report.folder} is missing.")
    print(terminal.plain(str(report)))
    return 0 if report.ok else 1


def _rows(path: Path, report: Report) -> list[_Row]:
    """Read all rows, and ask SQLite whether the file is sound."""
    if not path.exists():
        report.unused = not any(any((report.folder / name).glob("*")) for name in ("videos", "bin"))
        if not report.unused:
            report.problems.append(f"There is no library: {path} is missing.")
        return []
    with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True, timeout=10.0)) as connection:
        said = [str(row[0]) for row in connection.execute("PRAGMA quick_check(20)")]
        report.problems += [f"The database is damaged: {words}" for words in said if words != "ok"]
        connection.row_factory = sqlite3.Row
        found = [dict(row) for row in connection.execute("SELECT * FROM generations")]
    return [_row(facts) for facts in found if not _gone(facts)]


def _row(facts: dict[str, Any]) -> _Row:
    """Return what is looked at of a row; a database of an earlier version has no bin."""
    paths = tuple(json.loads(facts["paths"]))
    binned, moving = (facts.get(name) is not None for name in ("binned_at", "moving"))
    return _Row(facts["key"], facts["id"], facts["status"], paths, binned, moving, forgotten.open_and_simulated(facts))


def _gone(facts: dict[str, Any]) -> bool:
    """Whether only the price of a row is left: it was in the bin when that was emptied."""
    return facts.get("gone_at") is not None


def _check_completed(report: Report, rows: Iterable[_Row]) -> None:
    for row in rows:
        if row.status != "completed" or row.moving:
            continue
        place = report.folder / ("bin" if row.binned else "videos")
        if not row.paths:
            report.problems.append(f"{row.key} is completed, but its row names no clip.")
        for name in row.paths:
            words = _wrong_clip(place / Path(name).name)
            report.clips += not words
            if words:
                report.problems.append(f"The clip of {row.key} (the API's id {row.id}): {words}")
        if words := _wrong_sidecar(place / f"{row.key}.json", row.key):
            report.problems.append(words)


def _wrong_clip(path: Path) -> str:
    if not path.exists():
        return f"{path.name} is missing; within a day of its making the API may still have it."
    try:
        mp4.whole(path)
    except DownloadFailed as error:
        return str(error)
    return ""


def _wrong_sidecar(path: Path, key: str) -> str:
    try:
        if json.loads(path.read_text(encoding="utf-8"))["key"] == key:
            return ""
    except FileNotFoundError:
        return f"The sidecar {path.name} is missing: without the database nobody could tell what the clip is."
    except (OSError, ValueError, KeyError, TypeError):
        pass
    return f"The sidecar {path.name} cannot be read."


def _check_files(report: Report, rows: dict[str, _Row]) -> None:
    """Look at what lies in the folder of clips."""
    named = {Path(name).name for row in rows.values() for name in row.paths}
    for path in sorted((report.folder / "videos").glob("*")):
        row = rows.get(_key(path, rows))
        unfinished = row is not None and (row.moving or row.status not in ("completed", "error"))
        if ".part" in path.name:
            if not unfinished:
                report.problems.append(f"{path.name} is left over from a download; it can be deleted.")
        elif path.suffix == ".mp4" and path.name not in named and not unfinished:
            report.problems.append(f"The clip {path.name} has no row in the database.")


def _check_bin(report: Report, rows: dict[str, _Row]) -> None:
    """Look at what lies in the bin."""
    found = [path for path in sorted((report.folder / "bin").glob("*")) if path.is_file()]
    strange = [path.name for path in found if _key(path, rows) not in rows]
    report.problems += [f"{name} lies in the bin, and no deleted take has it; it can be deleted." for name in strange]
    if rows:
        size = sum(path.stat().st_size for path in found) / 1e6
        report.remarks.append(f"{len(rows)} in the bin; emptying it would free {size:.1f} MB.")


def _moving(rows: Iterable[_Row]) -> Iterator[str]:
    number = sum(row.moving for row in rows)
    if number:
        yield f"{number} on the way to the bin or from it when that was interrupted; the next opening goes on with it."


def _key(path: Path, rows: dict[str, _Row]) -> str:
    """Return our key out of a file's name: ``<key>.mp4``, ``<key>-2.mp4``, ``<key>.mp4.part``."""
    stem = path.name.partition(".")[0]
    return stem if stem in rows else stem.rpartition("-")[0]


def _unfinished(rows: Iterable[_Row]) -> Iterator[str]:
    statuses = Counter((row.status, row.simulated) for row in rows if row.status not in ("completed", "error"))
    for (status, simulated), number in statuses.items():
        if simulated:
            yield f"{number} {status}, simulated: {forgotten.HINT}."
        else:
            yield f"{number} {status}: {OPEN_WORDS.get(status, 'on their way; resume goes on')}."


def _asides(folder: Path) -> Iterator[str]:
    for path in sorted(folder.glob("library.db.damaged-*")):
        if not path.name.endswith(("-wal", "-shm")):
            yield f"{path.name} is a damaged database that was put aside; it can be deleted."
