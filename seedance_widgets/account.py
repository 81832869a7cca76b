"""Which Studio a panel works with: the one that it was opened with, or a simulated one at no cost."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .studio import Studio

if TYPE_CHECKING:
    from .model import Model


class Account:
    """The Studio in use, and the way to another one.

    Parameters
    ----------
    studio : Studio
        The one that the panel was opened with. It is never closed here.

    Attributes
    ----------
    studio : Studio
        The one in use.
    home : Studio
        The one that the panel was opened with.
    """

    def __init__(self, studio: Studio) -> None:
        self.home = self.studio = studio
        self._simulated: Studio | None = None

    @property
    def may_send(self) -> bool:
        """Whether requests can be sent; the built-in simulator has its key."""
        return self.studio.client.has_key

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
        """Close the simulated Studio, if there was one."""
        if self._simulated is not None:
            self._simulated.close()
