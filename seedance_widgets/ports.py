"""What a Generation asks of the rooms around it: who watches it, who keeps it, and how it is shown."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from .generation import Generation
    from .progress import Progress

Bundle = tuple[dict[str, Any], dict[str, Any]]  # display data and their metadata, by MIME type


class Watcher(Protocol):
    """What a Generation asks of the runner that watches it."""

    def stop(self, generation: Generation) -> None:
        """Stop watching it."""

    def look_again(self, generation: Generation) -> None:
        """Look for its lost answer once more."""

    def send_again(self, generation: Generation) -> None:
        """Send it again, as a person decided."""

    def progress(self, generation: Generation) -> Progress:
        """Return how far it is."""

    def dispatch(self, job: Callable[[], object]) -> None:
        """Call observers on a thread of their own."""


class Keeper(Protocol):
    """What a Generation asks of the library that keeps it."""

    def annotate(self, generation: Generation, **said: object) -> None:
        """Keep what people say of it."""


class View(Protocol):
    """How a Generation shows itself in a notebook."""

    def present(self, generation: Generation) -> None:
        """Show it as a cell's output."""

    def bundle(self, generation: Generation) -> Bundle:
        """Return its display data."""
