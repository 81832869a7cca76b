"""The head of a panel: which model, where to, and what it says of the model and unfolds for it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import ipywidgets as widgets

from .access import Access, badge_html
from .finder import Finder
from .looks import join_when_filled
from .picker import WithdrawnLine, model_picker

if TYPE_CHECKING:
    from .account import Account
    from .bell import Bell
    from .controls.kit import Kit
    from .generation import Generation
    from .guard import Guard
    from .model import Model


class Head:
    """The row at the top, with the search and the key box below it once opened, and the line about a withdrawn model.

    Parameters
    ----------
    kit : Kit
        The looks that they share.
    guard : Guard
        Runs the callbacks.
    account : Account
        The Studio in use.
    model : callable
        Returns the model that the form shows.
    choose : callable
        Takes the id of a model.
    moved : callable
        Called when the person has changed the key or the Studio.
    style : str
        The style sheets of the panel, as HTML: they come with the title.

    Attributes
    ----------
    widgets : tuple of widgets
        From the top down.
    withdrawn : WithdrawnLine
        Stands where the form begins.
    bell : Bell or None
        Notifies; None until the box with its switch was opened.
    """

    def __init__(
        self,
        kit: Kit,
        guard: Guard,
        account: Account,
        *,
        model: Callable[[], Model],
        choose: Callable[[str], object],
        moved: Callable[[], object],
        style: str,
    ) -> None:
        self._kit, self._account, self._model = kit, account, model
        self.bell: Bell | None = None
        self.models = model_picker(kit, model())
        self.models.observe(guard(lambda change: choose(change["new"])), "value")
        self.withdrawn = WithdrawnLine(kit, guard, choose)
        self.finder = Finder(kit, guard, account, choose)
        self.access = Access(kit, guard, account, model, moved)
        self._begin = f"{style}<b>Seedance</b>"
        self._title = kit.make(widgets.HTML, "sw-title", value=self._begin + badge_html(account.studio))
        tip = "search all video models of the API"
        more = kit.make(widgets.Button, "sw-act", "sw-more", description="more …", tooltip=tip)
        more.on_click(guard.pressed(self.finder.toggle))
        gear = kit.make(widgets.Button, "sw-act", "sw-gear", description="⚙", tooltip="key, address, folder, news")
        gear.on_click(guard.pressed(self._geared))
        row = kit.make(widgets.HBox, "sw-head", children=(self._title, self.models, more, gear))
        for box in (self.finder, self.access):
            join_when_filled(box, row)
        self.widgets = (row,)

    def _geared(self) -> None:
        """Open or shut the box; the switch in it is made when it is opened first."""
        if self.bell is None:
            from .bell import Bell  # loads anywidget, which takes a while

            self.bell = Bell(_dom_classes=("sw-bell",))
            self.access.lasting = (self.bell,)
        self.access.toggle()

    def close(self) -> None:
        """Ask for nothing any more, and let the page hear nothing more."""
        self.finder.stop()
        if self.bell is not None:
            self.bell.close()

    def tell(self, batch: Sequence[Generation]) -> None:
        """Show what is true now, and notify when the takes that were started together are done."""
        if self.bell is not None:
            self.bell.tell(batch)
        studio, model = self._account.studio, self._model()
        self._title.value = self._begin + badge_html(studio)
        self.withdrawn.tell(model, studio)
        if model.id not in [value for _, value in self.models.options]:
            self.models.options = ((model.id, model.id), *self.models.options)
        if self.models.value != model.id:
            self.models.value = model.id
