"""Which model: the list of those at hand, the line about a withdrawn one, and how the form of any other one comes."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING

import ipywidgets as widgets

from .light import LightRow
from .looks import put
from .model import Model, load_model, models
from .threads import Workers

if TYPE_CHECKING:
    from .account import Account
    from .controls.kit import Kit
    from .guard import Guard
    from .studio import Studio


@cache
def model_options() -> tuple[tuple[str, str], ...]:
    """Return the bundled models as ``(words, id)``; withdrawn ones say so, and come last."""
    bundled = [load_model(each) for each in models()]
    usable = [(model.id, model.id) for model in bundled if not model.withdrawn]
    gone = [(f"{model.id} · withdrawn", model.id) for model in bundled if model.withdrawn]
    return (*usable, *gone)


def model_picker(kit: Kit, model: Model) -> widgets.Dropdown:
    """Return the list of models with this one chosen; a model of the person's own is in it too."""
    options = model_options()
    if model.id not in dict(options).values():
        options = ((model.id, model.id), *options)
    return kit.make(widgets.Dropdown, "sw-models", options=options, value=model.id, description="Model")


class WithdrawnLine(LightRow):
    """A calm line about a model that the vendor lists as withdrawn, with the way to its successor.

    Parameters
    ----------
    kit : Kit
        The looks that it shares.
    guard : Guard
        Runs the callbacks.
    choose : callable
        Takes the successor's id.
    """

    def __init__(self, kit: Kit, guard: Guard, choose: Callable[[str], object]) -> None:
        self._kit, self._guard, self._choose = kit, guard, choose
        self._about: str | None = None
        super().__init__(_dom_classes=("sw-withdrawn",))

    def tell(self, model: Model, studio: Studio) -> None:
        """Show the line where it matters: against a real address, for a withdrawn model."""
        about = model.id if model.withdrawn and not studio.is_simulated else None
        if about != self._about:
            self._about = about
            put(self, self._parts(model) if about else ())

    def _parts(self, model: Model) -> list[widgets.Widget]:
        text = f"The vendor lists this model as withdrawn since {model.withdrawn}; requests are likely refused."
        parts: list[widgets.Widget] = [self._kit.line("sw-words", value=text)]
        successor = model.successor
        if successor:
            switch = self._kit.make(
                widgets.Button,
                "sw-act",
                description=f"switch to {successor}",
                tooltip="what both models share is kept",
            )
            switch.on_click(self._guard.pressed(lambda: self._choose(successor)))
            parts.append(switch)
        return parts


class Picker:
    """Brings the form of a model that a person has chosen; what has to be fetched first comes on a thread.

    Parameters
    ----------
    account : Account
        The Studio in use.
    guard : Guard
        Runs what is done on the thread.
    switch : callable
        Shows the fields of a Model, and does what is to be done then.
    say : callable
        Takes what is going on, in words; empty when it is over.
    """

    def __init__(
        self,
        account: Account,
        guard: Guard,
        switch: Callable[[Model, Callable[[], object]], object],
        say: Callable[[str], object],
    ) -> None:
        self._account, self._switch, self._say = account, switch, say
        self._arrived = guard(self._arrive)
        self._failed = guard(self._fail)
        self._workers = Workers("seedance-models", 1)
        self._here = {account.studio.model.id: account.studio.model}
        self._wanted = ""  # what is being fetched

    def keep(self, model: Model) -> None:
        """Have a model at hand from now on."""
        self._here[model.id] = model

    def choose(self, model_id: str, then: Callable[[], object] = lambda: None) -> None:
        """Show a model, at once where its document is here, and do what is to be done then.

        A later choice overtakes an earlier one that is still being fetched.
        """
        known = self._here.get(model_id) or (load_model(model_id) if model_id in models() else None)
        overtaken, self._wanted = self._wanted, "" if known else model_id
        if known is not None:
            if overtaken:
                self._say("")
            self._switch(known, then)
            return
        studio = self._account.studio
        self._say(f"Fetching the document of {model_id} …")
        self._workers.submit(lambda: self._fetch(studio, model_id, then))

    def close(self) -> None:
        """Fetch nothing any more."""
        self._wanted = ""
        self._workers.close()

    def _fetch(self, studio: Studio, model_id: str, then: Callable[[], object]) -> None:
        try:
            model = studio.load_model(model_id)
        except Exception as error:  # whatever it is, the person reads it
            self._failed(model_id, error)
        else:
            self._arrived(model_id, model, then)

    def _arrive(self, model_id: str, model: Model, then: Callable[[], object]) -> None:
        self.keep(model)
        if self._wanted == model_id:
            self._wanted = ""
            self._say("")
            self._switch(model, then)

    def _fail(self, model_id: str, error: Exception) -> None:
        """Let the guard say it."""
        if self._wanted == model_id:
            self._wanted = ""
            self._say("")
            raise error
