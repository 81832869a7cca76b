"""What the grid's page asks, and the kernel's answers."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any

from . import media
from .errors import ConfigError, SeedanceError
from .questions import Answer, Question, Questions, words
from .threads import Workers

if TYPE_CHECKING:
    from .grid import Grid

POSTER_WIDTH = 480  # pixels
READERS = 2  # threads that read clips
MOST_PARTS = 64  # in one answer
LARGEST_PART = 2**23  # bytes


class Answering(Questions):
    """Answers the questions of a grid's page.

    Parameters
    ----------
    grid : Grid
        Whose page it is.
    """

    def __init__(self, grid: Grid) -> None:
        readers = Workers("seedance-reading", READERS)
        painter = Workers("seedance-posters", 1)  # small and wanted at once, so not in line with clips
        writer = Workers("seedance-saving", 1)
        kinds = {
            "hello": lambda question: ({}, []),  # whether anybody answers
            "clip": self._clip,
            "parts": self._parts,
            "poster": self._poster,
            "rate": self._rate,
            "pick": self._pick,
            "retry": self._retry,
            "send_again": self._send_again,
            "request": self._request,
            "start": self._start,
            "cancel": self._cancel,
            "stop": self._stop,
            "save": self._save,
            "sizes": self._sizes,
            "use_seed": self._to_panel,
            "use_request": self._to_panel,
            "more_like": self._to_panel,
            "continue_from": self._to_panel,
        }
        super().__init__(
            grid, kinds, {"clip": readers, "parts": readers, "poster": painter, "save": writer, "sizes": writer}
        )
        self.grid = grid

    def _clip(self, question: Question) -> Answer:
        take = self.grid.take(question["key"])
        path = take.result(0).paths[int(question.get("number", 0))]
        return {"type": media.clip_type(path)}, [path.read_bytes()]

    def _parts(self, question: Question) -> Answer:
        """Return parts of clips: of each the size of its whole and the bytes, or why there are none."""
        answers, buffers = [], []
        for key, begin, size in question["parts"][:MOST_PARTS]:
            answer, part = self._part(key, begin, min(size, LARGEST_PART))
            answers.append(answer)
            buffers.append(part)
        return {"parts": answers}, buffers

    def _part(self, key: str, begin: int, size: int) -> tuple[dict[str, Any], bytes]:
        try:
            path = self.grid.take(key).result(0).paths[0]
            with path.open("rb") as file:
                total = file.seek(0, os.SEEK_END)
                file.seek(max(0, begin))
                return {"total": total, "type": media.clip_type(path)}, file.read(max(0, size))
        except (SeedanceError, LookupError, OSError) as error:
            return {"error": words(error)}, b""

    def _poster(self, question: Question) -> Answer:
        path = self.grid.take(question["key"]).result(0).paths[0]
        return {"type": "image/jpeg"}, [media.poster(path, width=POSTER_WIDTH, at=0.0)]

    def _rate(self, question: Question) -> Answer:
        self.grid.take(question["key"]).rate(question["stars"])
        return {}, []

    def _pick(self, question: Question) -> Answer:
        self.grid.take(question["key"]).pick(bool(question["picked"]))
        return {}, []

    def _retry(self, question: Question) -> Answer:
        return {"key": self.grid.retry(self.grid.take(question["key"])).key}, []

    def _send_again(self, question: Question) -> Answer:
        self.grid.take(question["key"]).send_again()
        return {}, []

    def _request(self, question: Question) -> Answer:
        take = self.grid.take(question["key"])
        return {"text": json.dumps(take.request, indent=2, ensure_ascii=False), "prompt": take.prompt}, []

    def _start(self, question: Question) -> Answer:
        self.grid.start()
        return {}, []

    def _cancel(self, question: Question) -> Answer:
        self.grid.cancel()
        return {}, []

    def _stop(self, question: Question) -> Answer:
        for take in self.grid.generations:
            take.stop()
        return {}, []

    def _sizes(self, question: Question) -> Answer:
        from . import sharing

        return {"sizes": {kind: sharing.estimate(self.grid, kind) for kind in sharing.KINDS}}, []

    def _save(self, question: Question) -> Answer:
        from . import sharing

        return {"path": sharing.save_beside(self.grid, str(question["what"])).name}, []

    def _to_panel(self, question: Question) -> Answer:
        """Put something of a take into the panel that asked for the grid: its seed, its request or its last frame."""
        take = self.grid.take(question["key"])
        act = getattr(self.grid.panel, question["kind"], None)
        if act is None:
            raise ConfigError("This grid belongs to no panel: open one with studio.panel() and start the takes there.")
        act(take)
        return {}, []
