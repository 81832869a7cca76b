"""A sweep without a widget: its takes, and the files that are made of them. For terminals and scripts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from .generation import Generation
from .sweep import Sweep

if TYPE_CHECKING:
    from .studio import Studio


class Batch:
    """The takes of a sweep, one for each cell. A Grid is the same with a page.

    Parameters
    ----------
    sweep : Sweep
        The axes and the cells.
    places : sequence of Generation or None
        The take of each cell; None where the combination is left out.
    tell : callable, optional
        Called as ``tell(words, fraction)`` while a file is written.
    """

    def __init__(
        self,
        sweep: Sweep,
        places: Sequence[Generation | None],
        tell: Callable[[str, float | None], object] | None = None,
    ) -> None:
        self.sweep = sweep
        self.places = list(places)
        self._tell = tell

    @classmethod
    def started(
        cls,
        studio: Studio,
        sweep: Sweep,
        *,
        again: bool = False,
        tell: Callable[[str, float | None], object] | None = None,
    ) -> Batch:
        """Start every take of a sweep that is not there or in flight already.

        Parameters
        ----------
        studio : Studio
            Where the takes are made and kept.
        sweep : Sweep
            What to make.
        again : bool
            True makes, and pays for, all of them.
        tell : callable, optional
            As of Batch.
        """
        group = uuid4().hex
        places = [
            None if cell.request is None else studio.start(cell.request, again=again, group=group)
            for cell in sweep.cells
        ]
        return cls(sweep, places, tell)

    @property
    def generations(self) -> list[Generation]:
        """The takes in reading order."""
        return [take for take in self.places if take is not None]

    def tell(self, words: str, fraction: float | None = None) -> None:
        """Pass on what is being written, and how far it is (0…1)."""
        if self._tell is not None:
            self._tell(words, fraction)

    def save(self, path: str | Path, **options: Any) -> Path:
        """Write the takes to a file; its ending decides what: see `Grid.save`."""
        from . import sharing

        return sharing.save(self, path, **options)
