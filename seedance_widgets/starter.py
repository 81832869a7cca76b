"""What starts takes: Generate, Stop, the "Seeds" box, and the line about the money."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from html import escape
from typing import TYPE_CHECKING, Any

import ipywidgets as widgets

from .ledger import cost_words, money_html
from .seeds import SUGGESTIONS, TOOLTIP, Seeds, SeedsError, read_seeds
from .sweep import MOST_TAKES
from .variations import VariationError, Variations, read_variations

if TYPE_CHECKING:
    from .account import Account
    from .controls.kit import Kit
    from .form import RequestForm
    from .guard import Guard
    from .ledger import Ledger
    from .model import Model, Request

IDLE = "nothing is in flight"


class Starter:
    """The buttons that start and stop takes, how many, and the line below them.

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
        What it will cost and what is left, or what is wrong with the seeds or the words in braces; empty at first.
    widgets : tuple of widgets
        Generate, Stop and Seeds, which stand beside each other.
    problem : str
        What is wrong with the seeds or the words; empty: nothing.
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
            widgets.Combobox,
            "sw-seeds",
            placeholder="1; or 1-4, 4 random",
            options=SUGGESTIONS,
            **kit.words("Seeds", TOOLTIP),
        )
        self.seeds.observe(guard(lambda _change: changed()), "value")
        self.money = kit.make(widgets.HTML, "sw-money", value="<span></span><span></span>")
        self.widgets = (self.generate, self.stop, self.seeds)

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
        self.problem = ""
        seeds, words = self._asked(shown)
        takes = seeds.count * words.count
        if takes > MOST_TAKES:
            self.problem = f"These are {takes} takes; {MOST_TAKES} are the most"
        self._tell_buttons(seeds, words, account.may_send, live)
        gone = self._form.model.role("seed") is None
        self._tell_override(seeds)
        self.seeds._dom_classes = ("sw-seeds", "sw-gone") if gone else ("sw-seeds",)
        if self.problem:
            text = escape(self.problem, quote=True)
            self.money.value = f'<span class="sw-wrong" role="status" title="{text}">{text}</span>'
        else:
            self.money.value = self._money(account.ledger, seeds, words, account.studio.is_simulated)

    def _tell_override(self, seeds: Seeds) -> None:
        """Say beside a seed that is fixed in the form that the box asks for other ones."""
        role = self._form.model.role("seed")
        control = self._form.controls.get(role.name) if role else None
        if role is None or control is None:
            return
        own = self._form.request.get(role.name)
        other = (seeds.count > 1 or bool(seeds.values)) and own not in (None, -1) and seeds.values != (own,)
        control.hint(f"not used: Seeds asks for {seeds.words}" if other else "")

    def words(self) -> Variations:
        """Return the form's prompt with the words that vary in it; raises VariationError."""
        role = self._form.model.role("prompt")
        prompt = self._form.request.get(role.name) if role else None
        names = [field.name for field in self._form.model.fields]
        return read_variations(prompt if isinstance(prompt, str) else "", names, MOST_TAKES)

    def _asked(self, shown: int | None) -> tuple[Seeds, Variations]:
        """Return what is asked for; what cannot be read is told in `problem`."""
        try:
            seeds = self.read(shown)
        except SeedsError as error:
            seeds, self.problem = Seeds(), f"Seeds: {error}"
        try:
            words = self.words()
        except VariationError as error:
            words, self.problem = read_variations(""), f"Prompt: {error}"
        return seeds, words

    def _tell_buttons(self, seeds: Seeds, words: Variations, may_send: bool, live: bool) -> None:
        """Switch the buttons, and let their tooltips say why one is off."""
        problems = [*map(str, self._form.problems), *([self.problem] if self.problem else [])]
        why = "; ".join(problems) if may_send else "there is no API key yet"
        self.generate.disabled = bool(why)
        self.generate.tooltip = f"Not yet: {why}" if why else deed(seeds, words)
        self.stop.disabled = not live
        self.stop.tooltip = "stop watching; the API has no cancel and goes on" if live else IDLE

    def _money(self, ledger: Ledger, seeds: Seeds, words: Variations, simulated: bool) -> str:
        request = self._request()
        if request is None:
            return money_html("", ledger, None, simulated=simulated)
        usd, takes = ledger.price(request), seeds.count * words.count
        cost = cost_words(usd, takes, made_of=made_of(seeds, words), simulated=simulated, waits=ledger.waits)
        return money_html(cost, ledger, None if usd is None else usd * takes, simulated=simulated)

    def _request(self) -> Any:
        """Return the first request that would be sent, made anew when it is another one; None where none can be."""
        model, values, request = self._last
        if model is not self._form.model or values is not self._form.request:
            model, values = self._form.model, self._form.request
            request = None if self._form.problems or self.problem else first_request(model, values)
            self._last = (model, values, request)
        return request


def first_request(model: Model, values: Mapping[str, Any]) -> Request:
    """Return the first of the requests that a form stands for, as its words in braces unfold."""
    role = model.role("prompt")
    prompt = values.get(role.name) if role else None
    own = {role.name: read_variations(prompt).text()} if role and isinstance(prompt, str) else {}
    return model.request(**{**values, **own})


def deed(seeds: Seeds, words: Variations) -> str:
    """Return what Generate will do, for its tooltip."""
    if words.count == 1:
        return f"send it as {seeds.words}, shown side by side" if seeds.count > 1 else "send this request"
    each = f", each with {seeds.words}" if seeds.count > 1 else ""
    return f"send it as {words.count} prompts, {' × '.join(words.axes)}{each}, shown side by side"


def made_of(seeds: Seeds, words: Variations) -> str:
    """Return what makes the takes so many: ``2 × 2 words``, ``2 × 2 words × 3 seeds``; seeds alone say nothing new."""
    if words.count == 1:
        return ""
    counts = " × ".join(str(len(each)) for each in words.axes.values())
    return f"{counts} words" + (f" × {seeds.count} seeds" if seeds.count > 1 else "")
