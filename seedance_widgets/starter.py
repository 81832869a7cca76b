"""What starts takes: Generate, Stop, the "Seeds" box, and the line about the money."""

from __future__ import annotations

from collections.abc import Callable
from html import escape
from typing import TYPE_CHECKING, Any

import ipywidgets as widgets

from .ledger import cost_words, money_html
from .seeds import SUGGESTIONS, TOOLTIP, Seeds, SeedsError, read_seeds

if TYPE_CHECKING:
    from .account import Account
    from .controls.kit import Kit
    from .form import RequestForm
    from .guard import Guard
    from .ledger import Ledger

IDLE = "nothing is in flight"


class Starter:
    """The row of buttons and the line below it.

    Parameters
    ----------
    kit : Kit
        The looks that they share.
    guard : Guard
        Runs the callbacks.
    form : RequestForm
        What is to be sent.
    submit, stop : callable
        What the buttons do.
    changed : callable
        Called when another number of takes is asked for.

    Attributes
    ----------
    generate, stop : ipywidgets.Button
    seeds : ipywidgets.Combobox
        How many takes, or with which seeds; empty is one take.
    money : ipywidgets.HTML
        What it will cost and what is left, or what is wrong with the seeds.
    problem : str
        What is wrong with the seeds; empty: nothing.
    """

    def __init__(
        self,
        kit: Kit,
        guard: Guard,
        form: RequestForm,
        *,
        submit: Callable[[], object],
        stop: Callable[[], object],
        changed: Callable[[], object],
    ) -> None:
        self._form = form
        self.problem = ""
        self._last: Any = (None, None, None)
        self.generate = kit.make(widgets.Button, "sw-act", "sw-generate", description="Generate ▶", disabled=True)
        self.generate.on_click(guard.pressed(submit))
        self.stop = kit.make(widgets.Button, "sw-act", "sw-stop", description="Stop", tooltip=IDLE, disabled=True)
        self.stop.on_click(guard.pressed(stop))
        self.seeds = kit.make(
            widgets.Combobox, "sw-seeds", placeholder="1", options=SUGGESTIONS, **kit.words("Seeds", TOOLTIP)
        )
        self.seeds.observe(guard(lambda _change: changed()), "value")
        self.money = kit.make(widgets.HTML, "sw-money", value=" ")
        buttons = kit.make(widgets.HBox, "sw-row", "sw-act-row", children=(self.generate, self.stop, self.seeds))
        self.widgets = (buttons, self.money)

    def read(self, shown: int | None) -> Seeds:
        """Return what the box asks for; raises SeedsError.

        Parameters
        ----------
        shown : int or None
            The seed of the take on the stage: "this one" where the form leaves it open.
        """
        role = self._form.model.role("seed")
        if role is None:
            return Seeds()
        own = self._form.request.get(role.name)
        present = own if isinstance(own, int) and not isinstance(own, bool) and own != -1 else shown
        return read_seeds(self.seeds.value, role, present)

    def tell(self, account: Account, shown: int | None, *, live: bool) -> None:
        """Show what is true now; what is the same sends nothing.

        Parameters
        ----------
        account : Account
            Where requests go, and what is known of the money.
        shown : int or None
            The seed of the take on the stage.
        live : bool
            Whether something is in flight.
        """
        try:
            seeds, self.problem = self.read(shown), ""
        except SeedsError as error:
            seeds, self.problem = Seeds(), str(error)
        self._tell_buttons(seeds, account.may_send, live)
        gone = self._form.model.role("seed") is None
        self.seeds._dom_classes = ("sw-seeds", "sw-gone") if gone else ("sw-seeds",)
        if self.problem:
            text = escape(f"Seeds: {self.problem}", quote=True)
            self.money.value = f'<span class="sw-wrong" role="status" title="{text}">{text}</span>'
        else:
            self.money.value = self._money(account.ledger, seeds, account.studio.is_simulated)

    def _tell_buttons(self, seeds: Seeds, may_send: bool, live: bool) -> None:
        """Switch the buttons, and let their tooltips say why one is off."""
        problems = [*map(str, self._form.problems), *([f"Seeds: {self.problem}"] if self.problem else [])]
        why = "; ".join(problems) if may_send else "there is no API key yet"
        self.generate.disabled = bool(why)
        many = f"send it as {seeds.words}, shown side by side" if seeds.count > 1 else "send this request"
        self.generate.tooltip = f"Not yet: {why}" if why else many
        self.stop.disabled = not live
        self.stop.tooltip = "stop watching; the API has no cancel and goes on" if live else IDLE

    def _money(self, ledger: Ledger, seeds: Seeds, simulated: bool) -> str:
        request = self._request()
        if request is None:
            return money_html("", ledger, None, simulated=simulated)
        usd = ledger.price(request)
        cost = cost_words(usd, seeds.count, simulated=simulated, waits=ledger.waits)
        return money_html(cost, ledger, None if usd is None else usd * seeds.count, simulated=simulated)

    def _request(self) -> Any:
        """Return the form's request, made only when it is another one; None where it cannot be sent."""
        model, values, request = self._last
        if model is not self._form.model or values is not self._form.request:
            model, values = self._form.model, self._form.request
            request = None if self._form.problems else model.request(**values)
            self._last = (model, values, request)
        return request
