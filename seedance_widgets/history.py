"""The history in a terminal: as a table, as JSON, and what is unfinished, watched until it is done."""

from __future__ import annotations

import json
import sys
import threading
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from . import forgotten, terminal
from .library import Library
from .status import status_text

if TYPE_CHECKING:
    from .generation import Generation
    from .studio import Studio

LOOK = 0.25  # seconds between two lines of progress


def show(home: Path, *, search: str = "", number: int = 20, as_json: bool = False) -> None:
    """Print the latest generations of the library in a folder; looking makes no folder."""
    found: list[Generation] = []
    if _exists(home):
        library = Library(home)
        found = library.search(search, number)
        library.close()
    if as_json:
        print(json.dumps([facts(generation) for generation in found], indent=1))
    elif found:
        print(terminal.table([_HEADING, *map(row, found)]))
        _tell_of_simulated(found)
    else:
        print(f"The history in {home} " + ("has nothing like that." if search else "is empty."))
        print("Takes of another folder, such as the demo's: --library FOLDER")


def finish(home: Path, *, timeout: float = 1800.0, interval: float | None = None) -> int:
    """Watch what is unfinished until it is done; nothing is sent. Return the exit code.

    Parameters
    ----------
    home : Path
        The library's folder.
    timeout : float
        Seconds to watch each.
    interval : float, optional
        Seconds between two looks at one; None = adaptive.
    """
    from .studio import Studio

    if not _anything_unfinished(home):
        print(f"Nothing is unfinished in {home}.")
        return 0
    with (
        terminal.until_told() as told,
        Studio(library=home, resume=False, timeout=timeout, poll_interval=interval) as studio,
    ):
        everything = studio.resume()
        # What was never sent stays so: whether to start it is for a person to say.
        sent = [each for each in everything if each.id or each.sending_at]
        _tell_of_others(studio, everything, sent)
        if not Progress(sent).run(told):
            print("Interrupted; what is unfinished stays so, and can be resumed again.", file=sys.stderr)
            return 130
        return 0 if all(each.status == "completed" for each in sent) else 1


def _exists(home: Path) -> bool:
    return (home / "library.db").is_file()


def _anything_unfinished(home: Path) -> bool:
    if not _exists(home):
        return False
    library = Library(home)
    try:
        return bool(library.unfinished())
    finally:
        library.close()


def _tell_of_simulated(found: list[Generation]) -> None:
    """What only looks as if it went on: the simulator may be gone."""
    waiting = sum(each.ticket.simulated and each.status in forgotten.OPEN for each in found)
    if waiting:
        print(f"{waiting} simulated, not finished: {forgotten.HINT}.")


def _tell_of_others(studio: Studio, everything: list[Generation], sent: list[Generation]) -> None:
    here = studio.client.base_url
    elsewhere = sum(each.ticket.base_url != here for each in studio.library.unfinished())
    if len(everything) > len(sent):
        print(f"{len(everything) - len(sent)} planned, never sent: they stay planned.")
    if elsewhere:
        print(f"{elsewhere} unfinished at another address than {here}: see AIMLAPI_BASE_URL.")


class Progress:
    """What is going on, in the terminal: a bar that changes, or, in a file, a line for each change.

    Parameters
    ----------
    generations : sequence of Generation
        What is watched.
    labels : mapping, optional
        Key → what tells a take from the others; without it the prompt does.
    """

    def __init__(self, generations: Sequence[Generation], labels: Mapping[str, str] | None = None) -> None:
        self.generations = list(generations)
        self._labels = labels or {}
        self._status = {each.key: "" for each in generations}
        self._in_place = sys.stdout.isatty()

    def run(self, told: threading.Event) -> bool:
        """Show it until all are done, or until told to end; return whether all are done."""
        while not all(each.done for each in self.generations) and not told.wait(LOOK):
            self.show()
        self.finish()
        return not told.is_set()

    def show(self) -> None:
        """Print what has changed since the last time."""
        for each in self.generations:
            status = each.status
            if self._status[each.key] != status and (each.done or not self._in_place):
                terminal.say(sentence(each, self._labels.get(each.key, "")))
            self._status[each.key] = status
        live = [each for each in self.generations if not each.done]
        if live:
            how_far, done = terminal.bar(fraction(self.generations)), len(self.generations) - len(live)
            terminal.in_place(f"{how_far} {done} of {len(self.generations)} done · {status_text(live)}")

    def finish(self) -> None:
        """Print what is left to say."""
        self.show()
        counts = Counter(each.status for each in self.generations)
        said = ", ".join(f"{count} {status}" for status, count in counts.items())
        terminal.say(said or "Nothing to do.")


def fraction(generations: Sequence[Generation]) -> float:
    """Return how far they are, 0…1; of one of which nothing is known, nothing is done."""
    parts = [1.0 if each.done else each.progress().fraction or 0.0 for each in generations]
    return sum(parts) / len(parts) if parts else 1.0


# Generations as text --------------------------------------------------------------------------------------------

_HEADING = ("created", "status", "model", "seed", "prompt", "key")


def row(generation: Generation) -> tuple[str, ...]:
    """Return a generation as a row of the table."""
    return (
        generation.created_at.astimezone().strftime("%Y-%m-%d %H:%M"),
        generation.status,
        terminal.line(generation.model.rpartition("/")[2], 28),
        "" if generation.seed is None else str(generation.seed),
        terminal.line(generation.prompt, 40),
        generation.key,
    )


def facts(generation: Generation) -> dict[str, Any]:
    """Return a generation as JSON can hold it."""
    names = ("key", "id", "status", "detail", "model", "request", "prompt", "seed", "error", "credits", "usd")
    return {
        **{name: getattr(generation, name) for name in names},
        "elapsed": round(generation.elapsed, 3),
        "created_at": generation.created_at.isoformat(),
        "paths": [str(path) for path in generation.paths],
        "rating": generation.rating,
        "picked": generation.picked,
        "note": generation.note,
    }


def sentence(generation: Generation, label: str = "") -> str:
    """Return what is to be said of a generation now, on one line; the label stands for the prompt."""
    error = generation.error or {}
    more = str(generation.path or error.get("message") or generation.detail)
    name = terminal.line(label or generation.prompt, 40) or generation.key
    return terminal.line(f"{generation.status}: {name}" + (f" · {more}" if more else ""))
