"""What the gallery's page asks, and the kernel's answers: pages of the history, pictures, clips, and what is done."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any

from . import browsing, media, particulars, sharing
from .batch import Batch
from .browsing import KINDS, Search
from .errors import ConfigError, LibraryError, SeedanceError
from .options import options
from .posters import Posters
from .questions import Answer, Question, Questions
from .sweep import Sweep, compared
from .threads import Workers
from .usage import size, usage

if TYPE_CHECKING:
    from .gallery import Gallery
    from .generation import Generation
    from .wall import Wall

MOST_ROWS = 200  # of one page
MOST_COMPARED = 36  # takes side by side
READERS = 2  # threads that read clips, and as many that read or make posters


class Attendant(Questions):
    """Answers the questions of a gallery's page.

    Parameters
    ----------
    gallery : Gallery
        What is compared or used again is shown below its wall.
    wall : Wall
        Whose page it is.
    """

    def __init__(self, gallery: Gallery, wall: Wall) -> None:
        self._gallery, self._wall = gallery, wall
        self._library = gallery.studio.library
        self._posters = Posters(self._library.path)
        kinds = {
            "page": self._page,
            "posters": self._pictures,
            "clip": self._clip,
            "details": self._details,
            "rate": self._rate,
            "pick": self._pick,
            "note": self._note,
            "look_again": self._look_again,
            "compare": self._compare,
            "use_request": self._use_request,
            "export": self._export,
            "delete": self._delete,
            "restore": self._restore,
            "empty": self._empty,
            "usage": self._usage,
            "clear_posters": self._clear_posters,
        }
        pages, readers = Workers("seedance-history", 1), Workers("seedance-reading", READERS)
        painters, writer = Workers("seedance-posters", READERS), Workers("seedance-keeping", 1)
        slow = {"page": pages, "details": pages, "clip": readers, "posters": painters}
        writing = ("export", "delete", "restore", "empty", "usage", "clear_posters")
        super().__init__(wall, kinds, {**slow, **dict.fromkeys(writing, writer)})

    # Looking ------------------------------------------------------------------------------------------------

    def _page(self, question: Question) -> Answer:
        """Return one page of what is searched for; with ``whole``, also what the filters can choose from."""
        self._wall.keep_up()
        search = asked(question.get("search"))
        takes = self._library.browse(search, _number(question, "n", MOST_ROWS), skip=_number(question, "skip"))
        totals = browsing.totals(self._library.database, search)
        answer = {
            "rows": [self._row(take, binned=search.binned) for take in takes],
            "total": totals.takes,
            "money": particulars.money(totals),
            "now": time.time(),
        }
        return answer | (self._choices() if question.get("whole") else {}), []

    def _choices(self) -> dict[str, Any]:
        """Return the models that there are takes of, whether some are simulated, and how many are in the bin."""
        kinds = browsing.kinds(self._library.database)
        here = [kind for kind in kinds if not kind.binned]
        return {
            "models": list(dict.fromkeys(kind.model for kind in here)),
            "mixed": len({kind.simulated for kind in here}) > 1,
            "binned": sum(kind.takes for kind in kinds if kind.binned),
        }

    def _row(self, take: Generation, *, binned: bool) -> dict[str, Any]:
        return particulars.row(take, self._clip_of(take, binned=binned), binned=binned)

    def _clip_of(self, take: Generation, number: int = 0, *, binned: bool) -> Any:
        """Return where a clip lies now; None where it is gone."""
        path = take.paths[number] if number < len(take.paths) else None
        if path is not None and binned:
            path = self._library.bin.place(path)
        return path if path is not None and path.is_file() else None

    def _take(self, question: Question) -> tuple[Generation, Any]:
        """Return the take that is asked for, and its clip's place."""
        key = str(question["key"])
        found = self._library.these([key])
        if not found:
            raise KeyError("This take is not in the history any more.")
        number = _number(question, "number", 100)
        binned = self._library.bin.holds(key)
        return found[0], self._clip_of(found[0], number, binned=binned)

    def _pictures(self, question: Question) -> Answer:
        """Return the posters of several takes: their keys, with their bytes as buffers, and why there is none."""
        found: dict[str, bytes] = {}
        troubles: dict[str, str] = {}
        for key in [str(each) for each in question["keys"]][:MOST_ROWS]:
            try:
                found[key] = self._picture(key)
            except (SeedanceError, KeyError) as error:
                troubles[key] = str(error.args[0])
        return {"keys": list(found), "troubles": troubles, "type": "image/jpeg"}, list(found.values())

    def _picture(self, key: str) -> bytes:
        if not options.posters:
            raise LibraryError("Pictures are switched off: sw.options.posters")
        kept = self._posters.kept(key)
        if kept:
            return kept
        _, path = self._take({"key": key})
        if path is None:
            raise LibraryError(GONE)
        return self._posters.get(key, path)

    def _clip(self, question: Question) -> Answer:
        take, path = self._take(question)
        if path is None:
            take.result(0)  # says why there is none
            raise LibraryError(GONE)
        return {"type": media.clip_type(path)}, [path.read_bytes()]

    def _details(self, question: Question) -> Answer:
        take, path = self._take(question)
        binned = self._library.bin.holds(take.key)
        answer = {
            "row": self._row(take, binned=binned),
            "prompt": take.prompt,
            "note": take.note,
            "text": json.dumps(take.request, indent=2, ensure_ascii=False),
            "facts": [[name, words] for name, words in particulars.details(take, path) if words],
            "clips": len(take.paths),
        }
        return answer, []

    # What people say ----------------------------------------------------------------------------------------

    def _rate(self, question: Question) -> Answer:
        self._take(question)[0].rate(question["stars"])
        return {}, []

    def _pick(self, question: Question) -> Answer:
        self._take(question)[0].pick(bool(question["picked"]))
        return {}, []

    def _note(self, question: Question) -> Answer:
        self._take(question)[0].remark(str(question["note"]))
        return {}, []

    def _look_again(self, question: Question) -> Answer:
        """Watch a take again that nobody watches any more, or look for its lost answer; nothing is sent."""
        take, _ = self._take(question)
        here = self._gallery.studio.client.base_url
        if take.ticket.base_url != here:
            raise ConfigError(f"It was sent to {take.ticket.base_url}, and this Studio talks to {here}.")
        self._gallery.studio.runner.watch(take)
        return {}, []

    # What is done -------------------------------------------------------------------------------------------

    def _compare(self, question: Question) -> Answer:
        keys = _keys(question)
        if len(keys) > MOST_COMPARED:
            raise ValueError(f"{len(keys)} are too many to see side by side: choose {MOST_COMPARED} at the most.")
        self._gallery.compare(*keys)
        return {}, []

    def _use_request(self, question: Question) -> Answer:
        self._gallery.use_request(self._take(question)[0])
        return {}, []

    def _export(self, question: Question) -> Answer:
        takes = self._library.these(_keys(question))
        axes, cells = compared([(take.model, take.request) for take in takes])
        prompts = {take.prompt for take in takes}
        chosen = Batch(Sweep(axes, cells, prompts.pop() if len(prompts) == 1 else ""), takes, self._wall.tell)
        return {"path": sharing.save_beside(chosen, "folder").name}, []

    def _delete(self, question: Question) -> Answer:
        keys = _keys(question)
        refused = self._library.bin.put(*keys)
        return {"done": len(keys) - len(refused), "refused": refused}, []

    def _restore(self, question: Question) -> Answer:
        return {"done": len(self._library.bin.restore(*_keys(question)))}, []

    def _empty(self, question: Question) -> Answer:
        keys = [row["key"] for row in self._library.database.rows(IN_THE_BIN)]
        freed = self._library.bin.empty(*keys) if keys else 0
        return {"done": len(keys), "freed": size(freed)}, []

    def _usage(self, question: Question) -> Answer:
        found = usage(self._library.path)
        return {name: size(getattr(found, name)) for name in ("all", "clips", "bin", "posters", "rest")}, []

    def _clear_posters(self, question: Question) -> Answer:
        return {"freed": size(self._posters.clear())}, []


GONE = "The clip is gone: its file is not in the library's folder any more."
IN_THE_BIN = "SELECT key FROM generations WHERE binned_at IS NOT NULL AND gone_at IS NULL"


def asked(words: Any) -> Search:
    """Return the search that a page asks for; what is none of its fields, or of another type, is left out.

    Raises
    ------
    ValueError
        It is no search at all.
    """
    if words is not None and not isinstance(words, dict):
        raise ValueError("A search is a dict.")
    given = words or {}
    return Search(**{name: given[name] for name, (kinds, _) in KINDS.items() if type(given.get(name, ...)) in kinds})


def _keys(question: Question) -> list[str]:
    keys = list(dict.fromkeys(str(each) for each in question["keys"]))
    if not keys:
        raise ValueError("No take is selected.")
    return keys


def _number(question: Question, name: str, most: int = 10**9) -> int:
    value = question.get(name, 0)
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= most:
        raise ValueError(f"{name} must be a whole number from 0 to {most}.")
    return value
