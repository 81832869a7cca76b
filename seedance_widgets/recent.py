"""The latest prompts of the library: a list that unfolds at the prompt, with a search in it."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from html import escape
from typing import TYPE_CHECKING

import ipywidgets as widgets

from .controls.kit import written
from .threads import Workers
from .variations import as_text

if TYPE_CHECKING:
    from .account import Account
    from .controls.kit import Kit
    from .form import RequestForm
    from .guard import Guard
    from .library import Library

ROWS = 7
MOST = 50  # prompts
LONGEST = 110  # characters of a prompt in the list; all of it is shown below


class RecentBox(widgets.VBox):
    """A box to search in, the prompts that were found, and the whole of the one that is marked.

    The prompts themselves stay in the kernel; the page gets the beginning of each, while the box is open.

    Parameters
    ----------
    kit : Kit
        The looks that it shares.
    guard : Guard
        Runs the callbacks.
    account : Account
        The Studio in use.
    form : RequestForm
        Where a prompt goes.
    together : callable
        Returns the context in which a change is one step.
    close_box : callable
        Closes this box.
    """

    def __init__(
        self,
        kit: Kit,
        guard: Guard,
        account: Account,
        form: RequestForm,
        together: Callable[[], AbstractContextManager[None]],
        close_box: Callable[[], object],
    ) -> None:
        self._account, self._form, self._together, self._close_box = account, form, together, close_box
        self._found = guard(self._show)
        self._failed = guard(self._fail)
        self._workers = Workers("seedance-prompts", 1)
        self._open = True
        self.prompts: list[str] = []
        make = kit.make
        self.search = make(widgets.Text, "sw-search", description="Search", placeholder="words of the prompt")
        self.list = make(widgets.Select, "sw-found", options=(), rows=ROWS, description="Recent prompts")
        self.words = make(widgets.HTML, "sw-words", value="Looking into the library …")
        self.take = make(widgets.Button, "sw-act", description="use this prompt", disabled=True)
        self.take.tooltip = "put it into the form; undo takes it back"
        close = make(widgets.Button, "sw-act", description="close", tooltip="keep the prompt that is there")
        self.search.observe(guard(lambda change: self._look(change["new"])), "value")
        self.list.observe(guard(lambda _change: self._tell()), "index")
        self.take.on_click(guard.pressed(self._taken))
        close.on_click(guard.pressed(close_box))
        ends = make(widgets.HBox, "sw-row", children=(self.take, close))
        children = (self.search, self.list, self.words, ends)
        super().__init__(children=children, layout=kit.layout, _dom_classes=("sw-fold",))
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
