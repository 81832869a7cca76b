"""What a sweep will cost as far as earlier takes tell, and whether the budget allows it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from .errors import ConfigError
from .generation import Generation
from .library import Library
from .tickets import Ticket


@dataclass(frozen=True)
class Bill:
    """What takes will cost.

    Attributes
    ----------
    takes : int
        All takes of the sweep.
    new : int
        Those that are to be made; the others are in the library already, or in flight.
    usd : float
        What the new ones of known price cost together.
    unpriced : int
        New ones of which nothing is known: none like them was made here before.
    """

    takes: int
    new: int
    usd: float
    unpriced: int

    @property
    def words(self) -> str:
        """The bill in words: ``24 takes, about $7.20``."""
        count = f"{self.takes} take{'s' * (self.takes != 1)}"
        if not self.new:
            return f"{count}, all of them here already: nothing is charged"
        here = f", {self.takes - self.new} of them here already" if self.new < self.takes else ""
        if self.unpriced == self.new:
            return f"{count}{here}; the price is not known yet, since none like them was made here"
        least = "at least" if self.unpriced else "about"
        return f"{count}{here}, {least} ${self.usd:.2f}"


class Purse:
    """What one Studio has spent, and may spend.

    Parameters
    ----------
    library : Library
        Knows what earlier takes cost.
    budget_usd : float or None
        The most; None = no limit.
    """

    def __init__(self, library: Library, budget_usd: float | None) -> None:
        self._library = library
        self._budget = budget_usd
        self._bought: dict[str, Generation] = {}

    def note(self, generation: Generation) -> None:
        """Count a generation that this Studio has sent."""
        self._bought[generation.key] = generation

    @property
    def spent(self) -> float:
        """Dollars: what was charged, and for what is in flight what earlier ones like it cost."""
        return sum(self._cost(generation) for generation in list(self._bought.values()))

    def _cost(self, generation: Generation) -> float:
        if generation.usd is not None:
            return generation.usd
        if generation.status == "error":
            return 0.0
        return self._library.price(generation.ticket.likeness) or 0.0

    def bill(
        self, tickets: Sequence[Ticket], *, again: bool = False, listed: Mapping[str, float | None] | None = None
    ) -> Bill:
        """Return what these would cost; nothing is written or sent.

        Parameters
        ----------
        tickets : sequence of Ticket
            What is to be sent.
        again : bool
            Whether those that exist are bought anew.
        listed : mapping, optional
            Likeness → dollars by the API's price list, for those of which no earlier one is known.
        """
        listed = listed or {}
        new = [ticket for ticket in tickets if again or self._library.same(ticket) is None]
        prices = {
            likeness: paid if (paid := self._library.price(likeness)) is not None else listed.get(likeness)
            for likeness in {ticket.likeness for ticket in new}
        }
        known = [price for ticket in new if (price := prices[ticket.likeness]) is not None]
        return Bill(len(tickets), len(new), sum(known), len(new) - len(known))

    def check(self, bill: Bill) -> None:
        """Refuse what exceeds the budget.

        Raises
        ------
        ConfigError
            Says what it would cost, and what is left.
        """
        if self._budget is None:
            return
        left = self._budget - self.spent
        if bill.usd > left + 1e-9:
            raise ConfigError(
                f"Nothing was sent: {bill.words}, and of the budget of ${self._budget:.2f} there is "
                f"${max(0.0, left):.2f} left. Ask for fewer takes, or open the Studio with a higher budget_usd."
            )
