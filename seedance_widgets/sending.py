"""From the form to takes: one that goes on the stage, or several seeds and words that go into a grid."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from .captions import name_of
from .notice import Offer
from .seeds import seed_sweep

if TYPE_CHECKING:
    from .account import Account
    from .form import RequestForm
    from .generation import Generation
    from .guard import Guard
    from .remedies import Remedies
    from .starter import Starter
    from .sweep import Sweep
    from .watching import Watching


class Sending:
    """Sends what the form and the "Seeds" box ask for.

    Parameters
    ----------
    account : Account
        The Studio in use.
    form : RequestForm
        The request.
    starter : Starter
        Knows what the "Seeds" box asks for.
    guard, remedies : Guard, Remedies
        Run callbacks, and say what a person should know.
    watching : Watching
        Shows what was started.
    """

    def __init__(
        self,
        account: Account,
        form: RequestForm,
        starter: Starter,
        guard: Guard,
        remedies: Remedies,
        watching: Watching,
    ) -> None:
        self._account, self._form, self._starter = account, form, starter
        self._guard, self._remedies, self._watching = guard, remedies, watching

    def send(self, again: bool = False) -> list[Generation]:
        """Send it, and return what came of it: nothing yet, where the grid asks first.

        Raises
        ------
        SeedanceError
            With what is wrong; nothing was sent.
        """
        self._remedies.hush()
        self._form.reveal()
        began = time.time()
        seeds = self._starter.read(self._watching.shown_seed)
        plan = seed_sweep(self._form.model, self._form.request, seeds)
        takes = self._send_several(plan, again) if len(plan.cells) > 1 else [self._send_one(plan, again)]
        if takes and all(take.ticket.created_at < began for take in takes):
            self._tell_of_repeat(takes)
        return takes

    def _send_one(self, plan: Sweep, again: bool) -> Generation:
        generation = self._account.studio.start(plan.requests[0], again=again)
        self._watching.show_one(generation)
        return generation

    def _send_several(self, plan: Sweep, again: bool) -> list[Generation]:
        grid = self._account.studio.start_sweep(plan, again=again)
        self._watching.show_several(grid)
        return grid.generations

    def _tell_of_repeat(self, takes: list[Generation]) -> None:
        """The same request with the same seed is not bought twice without being asked for."""
        one, done = len(takes) == 1, all(take.done for take in takes)
        subject = f"The same request with {name_of(takes[0])} is" if one else f"All {len(takes)} takes are"
        how = "here already; nothing was sent" if done else "in flight already; nothing more was sent"
        again = self._guard.pressed(lambda: self.send(again=True))
        offer = Offer("make it again" if one else "make them again", "send once more; it is charged once more", again)
        self._remedies.say("The same take" if one else "The same takes", f"{subject} {how}.", offer)
