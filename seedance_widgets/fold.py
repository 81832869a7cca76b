"""A box that unfolds at the prompt: a list, words about what is marked in it, and what can be done with that."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, ClassVar

import ipywidgets as widgets

from .light import LightBox

if TYPE_CHECKING:
    from .account import Account
    from .controls.kit import Kit
    from .form import RequestForm
    from .guard import Guard


class Fold(LightBox):
    """What such boxes share; each arranges its own parts, and begins its own work.

    Parameters
    ----------
    kit : Kit
        The looks that it shares.
    guard : Guard
        Runs the callbacks.
    account : Account
        The Studio in use: its library has the prompts, and beside it lie the presets.
    form : RequestForm
        What is chosen goes there.
    together : callable
        Returns the context in which a change is one step.
    close_box : callable
        Closes this box.

    Attributes
    ----------
    list : ipywidgets.Select
        What there is to choose from.
    words : ipywidgets.HTML
        What is to be said, of the marked one or of the list.
    """

    TITLE: ClassVar[str]  # of the list
    ROWS: ClassVar[int]  # of the list
    WORDS: ClassVar[str] = ""  # said at first
    CLASSES: ClassVar[tuple[str, ...]] = ()  # besides "sw-fold"

    def __init__(
        self,
        kit: Kit,
        guard: Guard,
        account: Account,
        form: RequestForm,
        together: Callable[[], AbstractContextManager[None]],
        close_box: Callable[[], object],
    ) -> None:
        self._kit, self._guard, self._account, self._form = kit, guard, account, form
        self._together, self._close_box = together, close_box
        self.list = kit.make(widgets.Select, "sw-found", options=(), rows=self.ROWS, description=self.TITLE)
        self.words = kit.make(widgets.HTML, "sw-words", value=self.WORDS)
        super().__init__(children=self._parts(), _dom_classes=("sw-fold", *self.CLASSES))
        self._begin()

    def stop(self) -> None:
        """End what goes on in it: it is closed."""
        raise NotImplementedError

    def _parts(self) -> tuple[widgets.Widget, ...]:
        """Make the other parts, and return all of them from the top down."""
        raise NotImplementedError

    def _begin(self) -> None:
        """Fill the list."""
        raise NotImplementedError

    def _button(self, text: str, tooltip: str, act: Callable[[], object]) -> widgets.Button:
        button = self._kit.make(widgets.Button, "sw-act", description=text, tooltip=tooltip)
        button.on_click(self._guard.pressed(act))
        return button

    def _row(self, *parts: widgets.Widget) -> widgets.HBox:
        return self._kit.make(widgets.HBox, "sw-row", children=parts)
