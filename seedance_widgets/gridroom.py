"""The room below form and clip, where the takes of several seeds are shown side by side."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import ipywidgets as widgets

from .looks import put
from .threads import Workers

if TYPE_CHECKING:
    from .generation import Generation
    from .grid import Grid
    from .guard import Guard
    from .panel import Panel


class GridRoom:
    """Shows the grid of the panel, and hears of every take that comes into it.

    Parameters
    ----------
    panel : Panel
        Where "use this seed" of a cell goes; its looks are shared.
    guard : Guard
        Runs the callbacks.
    came : callable
        Called with the takes that are in the grid now, whenever there may be new ones: after a question about them
        was answered, or after one was tried again.
    """

    def __init__(self, panel: Panel, guard: Guard, came: Callable[[list[Generation]], object]) -> None:
        self._panel, self._kit, self._guard, self._came = panel, panel.form.kit, guard, came
        self._looked, self._workers = guard(self._look), Workers("seedance-grid-room", 1)
        self.grid: Grid | None = None
        self.box = self._kit.make(widgets.VBox, "sw-grid-room")

    def show(self, grid: Grid) -> None:
        """Show this grid in the place of the one before."""
        self._let_go()
        self.grid, grid.panel = grid, self._panel
        grid.observe(self._on_flush, "_cells")  # each message to the page
        close = self._kit.make(widgets.Button, "sw-act", description="close the grid")
        close.tooltip = "its takes stay in the strip and in the library; what is in flight goes on"
        close.on_click(self._guard.pressed(self.fold))
        put(self.box, (grid, close))
        self._look()

    def fold(self) -> None:
        """Show no grid any more."""
        self._let_go()
        put(self.box, ())

    def close(self) -> None:
        """Hear of nothing any more."""
        self._let_go()
        self._workers.close()

    def _on_flush(self, _change: object) -> None:
        """Look at once, or on a thread where our lock is taken: the grid holds its own, and may be being closed."""
        if self._guard.lock.acquire(blocking=False):
            try:
                self._looked()
            finally:
                self._guard.lock.release()
        else:
            self._workers.submit(self._looked)

    def _let_go(self) -> None:
        if self.grid is not None:
            self.grid.unobserve(self._on_flush, "_cells")
            self.grid = None

    def _look(self) -> None:
        if self.grid is not None:
            self._came(self.grid.generations)
