"""The search among all video models of the API: unfolds below the head of the panel, and folds when one is taken."""

from __future__ import annotations

from collections.abc import Callable
from html import escape
from typing import TYPE_CHECKING, Any

import ipywidgets as widgets

from .light import LightBox
from .looks import put
from .picker import model_options
from .threads import Workers

if TYPE_CHECKING:
    from .account import Account
    from .catalogue import Entry
    from .controls.kit import Kit
    from .guard import Guard
    from .studio import Studio

ROWS = 7


class Finder(LightBox):
    """A box to search in, the models that were found, and what is known of the one that is marked.

    The list comes from the API, on a thread; what is typed meanwhile overtakes it.

    Parameters
    ----------
    kit : Kit
        The looks that it shares.
    guard : Guard
        Runs the callbacks.
    account : Account
        The Studio in use.
    choose : callable
        Takes the id of the model that a person wants.
    """

    def __init__(self, kit: Kit, guard: Guard, account: Account, choose: Callable[[str], object]) -> None:
        self._kit, self._guard, self._account, self._choose = kit, guard, account, choose
        self._found = guard(self._show)
        self._workers = Workers("seedance-finder", 1)
        self._entries: dict[str, Entry] = {}
        super().__init__(_dom_classes=("sw-finder",))

    @property
    def unfolded(self) -> bool:
        """Whether the box is open."""
        return bool(self.children)

    def toggle(self) -> None:
        """Open the box, or close it."""
        if self.unfolded:
            self.fold()
        else:
            self.unfold()

    def unfold(self) -> None:
        """Open the box, and ask for the list."""
        make = self._kit.make
        self.box = make(widgets.Text, "sw-search", description="Search", placeholder="kling, image, 1080p …")
        self.list = make(widgets.Select, "sw-found", options=(), rows=ROWS, description="Models found")
        self.words = make(widgets.HTML, "sw-words", value="Asking the API for its models …")
        self.take = make(widgets.Button, "sw-act", description="use this model", disabled=True)
        self.take.tooltip = "show its form; what both models share is kept"
        close = make(widgets.Button, "sw-act", description="close", tooltip="keep the model that is shown")
        self.box.observe(self._guard(self._typed), "value")
        self.list.observe(self._guard(self._marked), "index")
        self.take.on_click(self._guard.pressed(self._taken))
        close.on_click(self._guard.pressed(self.fold))
        ends = make(widgets.HBox, "sw-row", children=(self.take, close))
        put(self, (self.box, self.list, self.words, ends))
        self._search("")

    def fold(self) -> None:
        """Close the box."""
        put(self, ())

    def stop(self) -> None:
        """Ask for nothing any more."""
        self._workers.close()

    def _typed(self, change: Any) -> None:
        self._search(change["new"])

    def _search(self, text: str) -> None:
        studio = self._account.studio
        self._workers.submit(lambda: self._look(studio, text))

    def _look(self, studio: Studio, text: str) -> None:
        """Search, on the thread; what has been overtaken meanwhile is left out."""
        if self.unfolded and self.box.value == text:
            self._found(text, studio.models(text), studio.catalogue.trouble)

    def _show(self, text: str, entries: list[Entry], trouble: str) -> None:
        if not self.unfolded or self.box.value != text:
            return
        self._entries = {entry.id: entry for entry in entries}
        self._trouble = trouble
        with self.list.hold_sync():
            self.list.options = [(name_of(entry), entry.id) for entry in entries]
            self.list.index = None
        self._tell()

    def _marked(self, _change: object) -> None:
        self._tell()

    def _tell(self) -> None:
        entry = self._entries.get(self.list.value)
        self.take.disabled = entry is None
        count = f"{len(self._entries)} model{'s' * (len(self._entries) != 1)} found."
        text = count if entry is None else about(entry)
        if self._trouble:
            text = f"{text} The API's list could not be had: {self._trouble}"
        self.words.value = escape(text)

    def _taken(self) -> None:
        wanted = self.list.value
        if wanted is not None:
            self.fold()
            self._choose(wanted)


def name_of(entry: Entry) -> str:
    """Return an entry in one line: its id, whether it is withdrawn, by whom it is."""
    words = next((words for words, model_id in model_options() if model_id == entry.id), entry.id)
    named = " by ".join(part for part in (entry.name, entry.developer) if part)
    return f"{words} · {named}" if named else words


def about(entry: Entry) -> str:
    """Return what is known of an entry, in words."""
    source = "its form is here" if entry.bundled else "its form is made of the document that the API links"
    said = " ".join(entry.description.split())
    return f"{said[:300]} ({source})" if said else f"{entry.id}: {source}"
