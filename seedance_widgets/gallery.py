"""The gallery: the library as a wall of posters that play when one looks at them, and what is done with the chosen."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import ipywidgets as widgets

from .browsing import Search
from .keepsake import Keepsake
from .looks import put
from .snapshot import PATIENCE, snapshot
from .subshell import hear_at_once
from .wall import Wall

if TYPE_CHECKING:
    from .generation import Generation
    from .grid import Grid
    from .panel import Panel
    from .studio import Studio


AT_ONCE = 0.05  # seconds that a cell spends on pictures for the saved notebook; the others come soon after


class Gallery(widgets.VBox):
    """The history to look at: search, filters, details, stars; compare, export, delete. Made by `Studio.gallery`.

    Parameters
    ----------
    studio : Studio
        Whose library it shows.
    search : Search, optional
        What is searched for at the beginning; None = all, newest first.

    Attributes
    ----------
    grid : Grid or None
        The takes that are compared, below the wall.
    panel : Panel or None
        Where "use this request" goes; one is opened below where there is none.
    """

    def __init__(self, studio: Studio, search: Search | None = None) -> None:
        self.studio = studio
        self.grid: Grid | None = None
        self.panel: Panel | None = None
        self.search = search or Search()
        self._shown = False
        self._kept = Keepsake(self._snapshot)
        usual = asdict(Search())
        begin = {name: value for name, value in asdict(self.search).items() if value != usual[name]}
        self.wall = Wall(self, begin, hides=self._kept.rule)
        self._compared, self._form = widgets.VBox(), widgets.VBox()
        super().__init__(children=(self.wall, self._compared, self._form))
        self.wall.observe(lambda _change: self._kept.refresh(), "_version")
        hear_at_once(self)

    def compare(self, *generations_or_keys: Generation | str) -> Grid:
        """Show takes side by side and in step below the wall: see `Studio.compare`."""
        grid = self.studio.compare(*generations_or_keys)
        grid.panel = self.panel
        put(self._compared, (grid, self._closing("close the comparison", self.fold)))
        self.grid = grid
        return grid

    def fold(self) -> None:
        """Show no comparison any more."""
        self.grid = None
        put(self._compared, ())

    def use_request(self, generation: Generation) -> None:
        """Put a take's whole request into the panel; one is opened below the wall where there is none."""
        if self.panel is None:
            self.panel = self.studio.panel()
            put(self._form, (self.panel, self._closing("close the panel", self._fold_panel)))
        if self.grid is not None:
            self.grid.panel = self.panel
        self.panel.use_request(generation)

    def _fold_panel(self) -> None:
        self.panel = None
        put(self._form, ())

    def _closing(self, words: str, act: Any) -> widgets.Button:
        button = widgets.Button(description=words, layout=widgets.Layout(width="auto", align_self="flex-end"))
        button.on_click(lambda _button: act())
        return button

    def close(self) -> None:
        """Close what is shown; the takes, and what is in flight, stay in the library."""
        self.fold()
        put(self._form, ())
        self.wall.close()
        super().close()

    def _repr_mimebundle_(self, **kwargs: Any) -> Any:
        """Return the live view, and for pages without a kernel the first takes as pictures and words."""
        bundle = super()._repr_mimebundle_(**kwargs)
        if bundle:
            bundle["text/html"] = self._snapshot()
        return bundle

    def _ipython_display_(self) -> None:
        self._kept.present(self, super()._repr_mimebundle_())
        self._kept.refresh()

    def _snapshot(self) -> str:
        """Return what a page without a kernel shows; the first time at once, with the pictures that are there."""
        patience = PATIENCE if self._shown else AT_ONCE
        self._shown = True
        return snapshot(self.studio.library, self.search, patience)

    def __repr__(self) -> str:
        return f"<Gallery of {self.studio.library.path}: {len(self.studio.library)} takes>"
