"""Which Studio a panel works with: the one that it was opened with, or a simulated one at no cost."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from .ledger import Ledger
from .studio import Studio

if TYPE_CHECKING:
    from .model import Model


class Account:
    """The Studio in use, and the way to another one.

    Parameters
    ----------
    studio : Studio
        The one that the panel was opened with. It is never closed here.
    news : callable
        Called, on another thread, when more is known of the money.

    Attributes
    ----------
    studio : Studio
        The one in use.
    home : Studio
        The one that the panel was opened with.
    """

    def __init__(self, studio: Studio, news: Callable[[], object]) -> None:
        self.home = self.studio = studio
        self._news = news
        self._ledgers: dict[Studio, Ledger] = {}
        self._simulated: Studio | None = None

    @property
    def may_send(self) -> bool:
        """Whether requests can be sent; the built-in simulator has its key."""
        return self.studio.client.has_key

    @property
    def ledger(self) -> Ledger:
        """The money of the Studio in use."""
        if self.studio not in self._ledgers:
            self._ledgers[self.studio] = Ledger(self.studio, self._news)
        return self._ledgers[self.studio]

    @property
    def takes_key(self) -> bool:
        """Whether there is a key to be given: a server asks for one, even where it is a simulator."""
        return self.home.simulator is None

    @property
    def away(self) -> bool:
        """Whether a person left for the simulator."""
        return self.studio is not self.home

    def use_key(self, key: str) -> None:
        """Use a key from now on, in this process only; raises ConfigError for what no key can be."""
        self.home.use_key(key)
        self.studio = self.home

    def simulate(self, model: Model) -> None:
        """Go on with the built-in simulator; its takes lie in a folder of their own beside the others."""
        if self._simulated is None:
            folder = self.home.library.path / "simulated"
            self._simulated = Studio.simulated(library=folder, model=model)
        self.studio = self._simulated

    def return_home(self) -> None:
        """Go back to the Studio that the panel was opened with."""
        self.studio = self.home

    def close(self) -> None:
        """Ask nothing more about money, and close the simulated Studio, if there was one."""
        for ledger in self._ledgers.values():
            ledger.close()
        if self._simulated is not None:
            self._simulated.close()
