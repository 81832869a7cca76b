"""The fold at the foot of a panel: what is sent, and what goes over the wire. Shut, it computes and sends nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import ipywidgets as widgets

from .legible import trimmed
from .looks import put
from .seeds import SeedsError
from .starter import first_request
from .states import States
from .timeline import Timeline
from .variations import VariationError
from .wire import INTERVAL, Wire

if TYPE_CHECKING:
    from .account import Account
    from .form import RequestForm
    from .generation import Generation
    from .guard import Guard
    from .starter import Starter
    from .watching import Watching
    from .wireview import WireView

MOST_ROWS = 16  # of the timeline, which is drawn anew each second
TITLE = "what is sent: JSON · curl · Python"


class WireRoom:
    """Shows the form's request, the states of the present take, and each HTTP exchange, while it is open.

    Parameters
    ----------
    panel : widget
        Where it is shown, behind all else.
    account : Account
        The Studio in use.
    form : RequestForm
        The request.
    starter : Starter
        Knows what the "Seeds" box asks for.
    guard : Guard
        Runs the callbacks.
    watching : Watching
        Knows the present take.
    """

    def __init__(
        self,
        panel: widgets.VBox,
        account: Account,
        form: RequestForm,
        starter: Starter,
        guard: Guard,
        watching: Watching,
    ) -> None:
        self._panel = panel
        self._account, self._form, self._starter, self._watching = account, form, starter, watching
        self._view: WireView | None = None
        self._states: Any = None
        self._made_of: tuple[Any, ...] = ()
        self._spelled: dict[str, str] = {}
        self.button = form.kit.make(widgets.Button, "sw-act", "sw-unfold", **self._label())
        self.button.on_click(guard.pressed(self.toggle))

    @property
    def unfolded(self) -> bool:
        """Whether it is open."""
        return self._view is not None

    def behind(self) -> widgets.Widget | None:
        """Return what a newcomer is put before; None while it is open, since a page would make it anew, and shut."""
        return None if self.unfolded else self.button

    def toggle(self) -> None:
        """Open it, or shut it."""
        if self._view is None:
            self._open()
        else:
            shown, self._view = (self._states, self._view), None
            put(self._panel, (each for each in self._panel.children if each not in shown))
        for name, text in self._label().items():
            setattr(self.button, name, text)

    def _open(self) -> None:
        from .wireview import WireView

        self._states = self._form.kit.make(widgets.HTML, "sw-states")
        view = WireView(self._account.studio.client.trace)
        view.add_class("sw-wire-view")
        put(self._panel, (*self._panel.children, self._states, view))
        self._view = view
        self.tell()

    def tell(self) -> None:
        """Show what is true now; nothing to do while it is shut."""
        if self._view is not None:
            self._states.value = self._drawings()
            self._view.follow(self._account.studio.client.trace)
            self._view.tell(self._texts())

    def _label(self) -> dict[str, str]:
        verb = "hide" if self.unfolded else "show"
        return {
            "description": f"{TITLE} {'▾' if self.unfolded else '▸'}",
            "tooltip": f"{verb} the request, the states of the take, and each HTTP exchange as it happens",
        }

    def _drawings(self) -> str:
        """Return the states of the present take, and for several that were started together what was when."""
        batch = self._watching.following.batch
        together = Timeline(batch, most=MOST_ROWS)._repr_html_() if len(batch) > 1 else ""
        return States(self._take())._repr_html_() + together

    def _take(self) -> Generation | None:
        """The newest take, until a person has brought another one on the stage."""
        batch, showing = self._watching.following.batch, self._watching.showing
        newest = batch[-1] if batch else None
        return newest if newest is not None and showing.follow_newest else showing.current or newest

    def _texts(self) -> dict[str, str]:
        """Return the spellings of the request, made anew only when something in them can be another."""
        form, client = self._form, self._account.studio.client
        made_of = (
            form.model, form.request, tuple(form.problems), self._starter.seeds.value, self._watching.shown_seed,
            client.base_url, client.server,
        )  # fmt: skip
        if made_of != self._made_of:
            self._made_of, self._spelled = made_of, self._spell()
        return self._spelled

    def _spell(self) -> dict[str, str]:
        """Return the request as far as it is filled in, in its spellings, and what is to be said of it."""
        whole, notes = self._request()
        body = trimmed(whole)
        if body != whole:
            notes.append("Long values are shortened here; studio.wire(…) gives them whole.")
        studio, model = self._account.studio, self._form.model
        interval = 1.0 if studio.is_simulated else INTERVAL
        wire = Wire(body, studio.client.base_url, model.create_path, model.retrieve_path, interval)
        return {"json": wire.json, "curl": wire.curl, "python": wire.python, "note": " ".join(notes)}

    def _request(self) -> tuple[dict[str, Any], list[str]]:
        """Return the body of the first request, and notes: what is missing, what Generate adds, how many there are."""
        model, values = self._form.model, self._form.request
        try:
            seeds, words = self._starter.read(self._watching.shown_seed), self._starter.words()
        except (SeedsError, VariationError) as error:
            return model.body.read(values, model.id)[0], [f"Not complete: {error}."]
        if self._form.problems:
            problems = "; ".join(map(str, self._form.problems))
            return model.body.read(values, model.id)[0], [f"Not complete: {problems}."]
        notes = []
        if (takes := seeds.count * words.count) > 1:
            notes.append(f"The first of {takes} requests.")
        role = model.role("seed")
        if role is not None and seeds.values:
            values = {**values, role.name: seeds.values[0]}
        elif role is not None and values.get(role.name, -1) == -1:
            notes.append(
                "The seed is left open: Generate draws one and sends it along, so that the take can be made again."
            )
        return first_request(model, values).body, notes
