"""The latest prompts of the library: a list that unfolds at the prompt, with a search in it."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

import ipywidgets as widgets

from .controls.kit import written
from .fold import Fold
from .threads import Workers
from .variations import as_text

if TYPE_CHECKING:
    from .library import Library

MOST = 50  # prompts
LONGEST = 110  # characters of a prompt in the list; all of it is shown below


class RecentBox(Fold):
    """A box to search in, the prompts that were found, and the whole of the one that is marked.

    The prompts themselves stay in the kernel; the page gets the beginning of each, while the box is open.
    """

    TITLE = "Recent prompts"
    ROWS = 7
    WORDS = "Looking into the library …"

    def _parts(self) -> tuple[widgets.Widget, ...]:
        make, guard = self._kit.make, self._guard
        self.prompts: list[str] = []
        self.search = make(widgets.Text, "sw-search", description="Search", placeholder="words of the prompt")
        self.take = self._button("use this prompt", "put it into the form; undo takes it back", self._taken)
        self.take.disabled = True
        close = self._button("close", "keep the prompt that is there", self._close_box)
        self.search.observe(guard(lambda change: self._look(change["new"])), "value")
        self.list.observe(guard(lambda _change: self._tell()), "index")
        return self.search, self.list, self.words, self._row(self.take, close)

    def _begin(self) -> None:
        self._found = self._guard(self._show)
        self._failed = self._guard(self._fail)
        self._workers = Workers("seedance-prompts", 1)
        self._open = True
        self._look("")

    def stop(self) -> None:
        """Look for nothing any more."""
        self._open = False
        self._workers.close()

    def _look(self, text: str) -> None:
        library = self._account.studio.library
        self._workers.submit(lambda: self._search(library, text))

    def _search(self, library: Library, text: str) -> None:
        """Search, on the thread; what has been overtaken meanwhile is left out."""
        if self._open and self.search.value == text:
            try:
                prompts = library.prompts(text, MOST)
            except Exception as error:  # whatever it is, the person reads it
                self._failed(error)
            else:
                self._found(text, prompts)

    def _fail(self, error: Exception) -> None:
        """Let the guard say it."""
        raise error

    def _show(self, text: str, prompts: list[str]) -> None:
        if not self._open or self.search.value != text:
            return
        self.prompts = prompts
        with self.list.hold_sync():
            self.list.options = tuple((in_one_line(prompt), number) for number, prompt in enumerate(prompts))
            self.list.index = None
        self._tell()

    @property
    def marked(self) -> str | None:
        """The prompt that is marked in the list."""
        index = self.list.index
        return None if index is None else self.prompts[index]

    def _tell(self) -> None:
        self.take.disabled = self.marked is None
        count = len(self.prompts)
        some = "The latest" if count == MOST else "Found"
        text = f"{some}: {count} prompt{'s' * (count != 1)}." if count else "There is no such prompt yet."
        self.words.value = escape(text if self.marked is None else written(self.marked))

    def _taken(self) -> None:
        role, prompt = self._form.model.role("prompt"), self.marked
        if prompt is None:
            return
        if role is None:
            self.words.value = "This model has no prompt."
            return
        with self._together():
            self._form.request = {**self._form.request, role.name: as_text(prompt)}
        self._close_box()


def in_one_line(prompt: str) -> str:
    """Return the beginning of a prompt, as a line of the list."""
    words = " ".join(written(prompt).split())
    return words if len(words) <= LONGEST else words[: LONGEST - 1] + "…"
