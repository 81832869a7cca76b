"""The grid: takes beside each other and in step, while the missing ones are still being made. One widget for all."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import anywidget
import traitlets

from . import assets, board, cells
from .answering import Answering
from .generation import Generation
from .keepsake import Keepsake, takes_html
from .model import Request
from .results import Completed, Ratings
from .subshell import hear_at_once
from .sweep import Sweep
from .threads import start_thread

if TYPE_CHECKING:
    from .differences import Differences
    from .studio import Studio
    from .timeline import Timeline

CALM = 4.0  # seconds
COALESCE = 0.1  # seconds; changes within are one message to the page
WATCHED = ["status", "detail", "error", "rating", "picked", "usd", "credits", "clip", "sending_at"]


class Grid(anywidget.AnyWidget):
    """Takes side by side, in step. Made by `Studio.sweep` and `Studio.compare`.

    Parameters
    ----------
    studio : Studio
        Where the takes are made and kept.
    sweep : Sweep
        The axes and the cells.
    start : callable, optional
        Starts a request: ``start(request) -> Generation``.
    check : callable, optional
        Called before the first is started; raises what speaks against it.
    takes : sequence of Generation, optional
        Takes that exist already, one for each cell, instead of `start`.
    ask : str
        A question in words that is answered in the widget before anything is sent; empty = start at once.

    Attributes
    ----------
    generations : list of Generation
        The takes in reading order.
    axes : dict
        Field name → its values.
    panel : widget or None
        The panel that asked for it: where "use this seed" goes.
    """

    _esm = assets.module("grid.js")
    _css = assets.style("grid.css")
    _title = traitlets.Unicode("").tag(sync=True)
    _layout: Any = traitlets.Dict({}).tag(sync=True)
    _cells: Any = traitlets.List([]).tag(sync=True)
    _asks: Any = traitlets.Dict(default_value=None, allow_none=True).tag(sync=True)
    _busy: Any = traitlets.Dict(default_value=None, allow_none=True).tag(sync=True)
    _simulated = traitlets.Bool(False).tag(sync=True)
    _now = traitlets.Float(0.0).tag(sync=True)
    _hides = traitlets.Unicode("").tag(sync=True)

    def __init__(
        self,
        studio: Studio,
        sweep: Sweep,
        *,
        start: Callable[[Request], Generation] | None = None,
        check: Callable[[], object] | None = None,
        takes: Sequence[Generation] = (),
        ask: str = "",
    ) -> None:
        self.studio = studio
        self.sweep = sweep
        self.panel: Any = None
        self._start_one = start or studio.start
        self._check = check or (lambda: None)
        self._guard = threading.RLock()
        self._flushing = False
        self._begun = bool(takes)
        self._takes: list[Generation | None] = [*takes, *[None] * (len(sweep.cells) - len(takes))]
        self._watched: list[Generation] = []
        self._kept = Keepsake(self._fallback, CALM)
        looks = {"_title": sweep.title, "_layout": board.headers(sweep), "_hides": self._kept.rule}
        super().__init__(_simulated=studio.is_simulated, **looks)
        hear_at_once(self)
        self._answering = Answering(self)
        self.on_msg(self._answering.handle)
        for generation in takes:
            self._watch(generation)
        if ask:
            self._asks = {"words": ask}
            self._flush()
        else:
            self.start()

    # The takes ----------------------------------------------------------------------------------------------

    @property
    def generations(self) -> list[Generation]:
        """The takes in reading order; empty until a question about them is answered."""
        return [take for take in self._takes if take is not None]

    @property
    def places(self) -> list[Generation | None]:
        """The take of each cell, in reading order; None where nothing was made."""
        return list(self._takes)

    @property
    def axes(self) -> dict[str, list[Any]]:
        """Field name → its values."""
        return {name: list(values) for name, values in self.sweep.axes.items()}

    @property
    def ratings(self) -> Ratings:
        """What people said of the takes, as a table: a list of dicts with the axes' values, rating, pick and note."""
        return Ratings(
            {**cell.values, "rating": take.rating, "picked": take.picked, "note": take.note, "key": take.key}
            for cell, take in zip(self.sweep.cells, self._takes, strict=True)
            if take is not None
        )

    def take(self, key: str) -> Generation:
        """Return the take with a key; KeyError where this grid has none."""
        for generation in self.generations:
            if generation.key == key:
                return generation
        raise KeyError(f"This grid holds no take {key!r} any more.")

    def start(self) -> None:
        """Start the takes: the answer yes, where a question was asked."""
        with self._guard:
            if not self._begun:
                self._check()
                for index, cell in enumerate(self.sweep.cells):
                    if cell.request is not None and self._takes[index] is None:
                        self._put(index, self._start_one(cell.request))
                self._begun = True
            self._asks = None
        self._flush()

    def cancel(self) -> None:
        """Start nothing: the answer no. `start` still can."""
        with self._guard:
            if not self._begun:
                self._asks = {"words": "Not started. Nothing was sent.", "answered": True}

    def retry(self, generation: Generation) -> Generation:
        """Have another go at a take that did not become a clip.

        A failed one is asked for anew, in its cell; a stopped one is watched again; an unconfirmed one is only looked
        for once more, since it may have been paid for.
        """
        if generation.status == "unconfirmed":
            generation.look_again()
        elif generation.status == "stopped":
            self.studio.runner.watch(generation, may_send=generation.sending_at is None)
        elif generation.status == "error" and generation.id is None:
            generation.send_again()  # provably nothing was made
        elif generation.status == "error":
            return self._replace(generation)
        return generation

    def _replace(self, generation: Generation) -> Generation:
        with self._guard:
            if generation not in self._takes:
                raise KeyError("This take was replaced already.")
            new = self.studio.repeat(generation)
            self._put(self._takes.index(generation), new)
        self._changed()
        return new

    def _put(self, index: int, generation: Generation) -> None:
        self._takes[index] = generation
        self._watch(generation)

    def _watch(self, generation: Generation) -> None:
        self._watched.append(generation)
        generation.observe(self._changed, WATCHED)

    # Waiting ------------------------------------------------------------------------------------------------

    def wait(self, timeout: float | None = None) -> Self:
        """Wait until all takes are done, or for `timeout` seconds; returns itself. The page stays alive meanwhile."""
        deadline = None if timeout is None else time.monotonic() + timeout
        for generation in self.generations:
            generation.wait(None if deadline is None else max(0.0, deadline - time.monotonic()))
        return self

    def as_completed(self) -> Completed:
        """Go through the takes as they become done: ``async for`` or plain ``for``."""
        return Completed(self.generations)

    def timeline(self) -> Timeline:
        """Return a picture of what was when: each take sent, queued, generating, stored. It stays as it is now."""
        from .timeline import Timeline

        pairs = [(take, board.label(cell.values)) for take, cell in zip(self._takes, self.sweep.cells, strict=True)]
        made = [(take, label) for take, label in pairs if take is not None]
        return Timeline([take for take, _ in made], [label for _, label in made])

    # What the page sees -------------------------------------------------------------------------------------

    def _changed(self, change: object = None) -> None:
        """Tell the page soon; changes that come together are one message."""
        with self._guard:
            if self._flushing:
                return
            self._flushing = True
        start_thread("seedance-grid", self._flush_soon)

    def _flush_soon(self) -> None:
        time.sleep(COALESCE)
        self._flush()

    def _flush(self) -> None:
        with self._guard:
            self._flushing = False
            if self.comm is None:  # closed meanwhile
                return
            told = [self._cell(index) for index in range(len(self._takes))]
            if told == self._cells:  # news of a take may come after what it tells was shown
                return
            self._now = time.time()
            self._cells = told
        self._kept.refresh()

    def _cell(self, index: int) -> dict[str, Any]:
        take, cell = self._takes[index], self.sweep.cells[index]
        return cells.cell(
            take,
            cell.values,
            place=board.place(self.sweep, index),
            status="skipped" if cell.request is None else "asking",
            request=cell.request.body if cell.request else None,
        )

    def tell(self, words: str, fraction: float | None = None) -> None:
        """Show in the page what is being written, and how far it is (0…1, None = unknown); no words: nothing."""
        self._busy = {"words": words, "fraction": fraction} if words else None

    def differences(self, one: int = 0, other: int = 1) -> Differences:
        """Return what changed from one take's request to another's, by their places: see `Generation.differs_from`."""
        return self.generations[other].differs_from(self.generations[one])

    # Keeping ------------------------------------------------------------------------------------------------

    def show(self) -> None:
        """Leave plain videos with captions as cell output: they stay in the saved notebook, without a kernel."""
        from . import sharing

        sharing.show(self)

    def save(self, path: str | Path, **options: Any) -> Path:
        """Write the grid to a file; its ending decides what.

        Parameters
        ----------
        path : str or path
            ``x.html`` (one page that plays in step from a double click), ``x.mp4`` (one labelled tiled clip),
            ``x.png`` (a contact sheet), ``x.gif``, or a folder, ending with ``/`` (clips, requests as JSON, a CSV).
        **options
            ``theme="light"`` and ``width=`` (pixels) for clip, sheet and GIF; ``moments=3`` for the sheet, ``fps=`` for
            the GIF.

        Returns
        -------
        Path
            What was written.
        """
        from . import sharing

        return sharing.save(self, path, **options)

    def close(self) -> None:
        """Let go of the takes; the page gives its clips back. What is in flight goes on in the Studio."""
        takes, self._watched = self._watched, []
        for generation in takes:
            generation.unobserve(self._changed, WATCHED)
        self._answering.close()
        with self._guard:
            super().close()

    def _repr_mimebundle_(self, **kwargs: Any) -> Any:
        """Return the live view, and for pages without a kernel the list of the takes."""
        bundle = super()._repr_mimebundle_(**kwargs)
        data = bundle[0] if isinstance(bundle, tuple) else bundle
        if data:
            data["text/html"] = self._fallback()
        return bundle

    def _ipython_display_(self) -> None:
        self._kept.present(self, super()._repr_mimebundle_())

    def _fallback(self) -> str:
        items = "".join(f"<li>{escape(cell['label'])}: {escape(cell['words'])}</li>" for cell in self._cells[:100])
        done = [take for take in self.generations if take.status == "completed"]
        pictures = takes_html(done, self.sweep.title) if done else f"<p>{escape(self.sweep.title)}</p>"
        return (
            f"{pictures}<ul>{items}</ul><p>Run the cell again to see the takes; those that exist are not made twice. "
            "<code>grid.show()</code> leaves videos that need no kernel.</p>"
        )

    def __repr__(self) -> str:
        done = sum(take.status == "completed" for take in self.generations)
        axes = ", ".join(f"{name} × {len(values)}" for name, values in self.sweep.axes.items())
        return f"<Grid {self.sweep.title[:40]!r}: {axes or 'no axis'}, {done} of {len(self.generations)} done>"
