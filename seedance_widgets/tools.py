"""The tools at the prompt: undo and redo, recent prompts, presets; and what unfolds below them."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NamedTuple

import ipywidgets as widgets

from .controls.exact import same
from .looks import put
from .presetting import PresetBox
from .recent import RecentBox
from .undo import History

if TYPE_CHECKING:
    from .account import Account
    from .controls.kit import Kit
    from .fold import Fold
    from .form import RequestForm
    from .guard import Guard
    from .model import Model


class State(NamedTuple):
    """What can be undone: everything that says what would be sent."""

    model: Model
    request: dict[str, Any]
    seeds: str


class Tools:
    """A row of quiet buttons. Undo and redo are made with the first change, the boxes when they are opened.

    Parameters
    ----------
    kit : Kit
        The looks that they share.
    guard : Guard
        Runs the callbacks.
    form : RequestForm
        The request.
    seeds : ipywidgets.Combobox
        How many takes.
    account : Account
        The Studio in use: its library has the prompts and the presets.

    Attributes
    ----------
    box : ipywidgets.Box
        The row, and below it the box that is open.
    fold : RecentBox, PresetBox or None
        The box that is open.
    """

    def __init__(self, kit: Kit, guard: Guard, form: RequestForm, seeds: widgets.Combobox, account: Account) -> None:
        self._kit, self._guard, self._form, self._seeds, self._account = kit, guard, form, seeds, account
        self._history = History(self._state(), _same)
        self._busy = 0  # while this is not 0, what is done is one step
        self._steps: tuple[widgets.Button, ...] = ()
        self.fold: Fold | None = None
        self._boxes = (
            self._button("recent", "the latest prompts of this library", lambda: self._toggle(RecentBox)),
            self._button("presets", "values under a name: apply them, save your own", lambda: self._toggle(PresetBox)),
        )
        self.box = kit.make(widgets.Box, "sw-tools", children=self._boxes)

    # Undo -----------------------------------------------------------------------------------------------------

    def note(self) -> None:
        """Take in what the form holds now; the same once more changes nothing."""
        state = self._state()
        if not self._busy and self._history.note(state, time.monotonic(), typed_into(self._history.present, state)):
            self._tell()

    @contextmanager
    def together(self) -> Iterator[None]:
        """Make one step of all that is done inside."""
        self.note()
        self._busy += 1
        try:
            yield
        finally:
            self._busy -= 1
            if not self._busy and self._history.note(self._state(), time.monotonic()):
                self._tell()

    def step(self, job: Callable[[], object]) -> None:
        """Do something to the form as one step; any thread may ask for it."""
        with self._guard.lock, self.together():
            job()

    def switch(self, model: Model, then: Callable[[], object]) -> None:
        """Show the fields of another model and do what is to be done then, as one step."""
        with self.together():
            if model is not self._form.model:
                self._form.set_model(model)
            then()

    def undo(self) -> None:
        """Take the last change of the request back."""
        self.note()
        self._restore(self._history.undo)

    def redo(self) -> None:
        """Make the change again that was taken back last."""
        self.note()
        self._restore(self._history.redo)

    def _restore(self, move: Callable[[], State]) -> None:
        self._busy += 1
        try:
            state = move()
            with self._form.desk:  # whoever watches the form sees one change
                if state.model is not self._form.model:
                    self._form.set_model(state.model)
                self._form.request = state.request
            self._seeds.value = state.seeds
        finally:
            self._busy -= 1
        self._tell()

    def _state(self) -> State:
        return State(self._form.model, self._form.request, self._seeds.value)

    def _tell(self) -> None:
        """Switch the two buttons, which come with the first change."""
        if not self._steps:
            undo = self._button("undo", "take the last change of the request back", self.undo)
            self._steps = (undo, self._button("redo", "make the change again that was taken back", self.redo))
            self._arrange()
        undo, redo = self._steps
        undo.disabled, redo.disabled = not self._history.can_undo, not self._history.can_redo

    # The boxes ------------------------------------------------------------------------------------------------

    def close_box(self) -> None:
        """Close the box that is open."""
        box, self.fold = self.fold, None
        if box is not None:
            box.stop()
            self._arrange()

    def _toggle(self, kind: type[Fold]) -> None:
        opened = type(self.fold)
        self.close_box()
        if opened is not kind:
            self.fold = kind(self._kit, self._guard, self._account, self._form, self.together, self.close_box)
            self._arrange()

    def _arrange(self) -> None:
        put(self.box, (*self._steps, *self._boxes, *([self.fold] if self.fold else [])))

    def _button(self, text: str, tooltip: str, act: Callable[[], object]) -> widgets.Button:
        button = self._kit.make(widgets.Button, "sw-quiet", description=text, tooltip=tooltip)
        button.on_click(self._guard.pressed(act))
        return button


def typed_into(old: State, new: State) -> str:
    """Return the field that a change is typed into, letter by letter; empty for any other kind of change."""
    if old.model is not new.model:
        return ""
    changed = [
        name for name in {**old.request, **new.request} if not same(old.request.get(name), new.request.get(name))
    ]
    if old.seeds != new.seeds:
        return "" if changed else "the seeds"
    field = next((field for field in new.model.fields if [field.name] == changed), None)
    return "" if field is None or field.choices or field.type == "boolean" else field.name


def _same(one: State, other: State) -> bool:
    return one.model is other.model and one.seeds == other.seeds and same(one.request, other.request)
