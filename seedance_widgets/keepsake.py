"""What stays of a widget in the saved notebook: a picture and a caption as plain HTML, in an output of their own.

A widget needs its kernel. What it has made stands below it as an output that pages without widgets show, and that is
brought up to date while takes are done. Where the widget lives it hides that output, by the rule that `rule` returns.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from html import escape
from threading import Lock
from typing import Any
from uuid import uuid4
from weakref import WeakSet

from .captions import card_html, picture
from .generation import Generation
from .place import KERNEL, has_front_end, here
from .threads import Workers

ROOM = 14_000  # bytes of all pictures together: a notebook stays small
WIDTHS = (240, 160, 120, 96)  # pixels; the first at which they find room
PAUSE = 1.0  # seconds between two states of one output: a large sweep changes ten times a second
MOST = 12  # takes; the others are counted
WIDGET = "application/vnd.jupyter.widget-view+json"
_painter = Workers("seedance-keepsakes", 4)  # most of them wait for their second
_shown: WeakSet[Keepsake] = WeakSet()


class Keepsake:
    """The output beside a widget.

    Parameters
    ----------
    html : callable
        Returns what is to be kept; makes pictures, so it is called on a thread of its own.
    calm : float
        Seconds that belong to the living widget first, whose clips are on their way.

    Attributes
    ----------
    rule : str
        The CSS by which the living widget hides it.
    """

    def __init__(self, html: Callable[[], str], calm: float = 0.0) -> None:
        self._html = html
        self._calm = calm
        self._id = uuid4().hex
        self._mark = f"sw-kept-{self._id[:12]}"
        self._said: str | None = None
        self._at_cells = self._waiting = False
        self._published = 0.0  # of the monotonic clock
        self._state: object = None
        self._lock = Lock()
        self.rule = f".{self._mark},.jp-OutputArea-child:has(.{self._mark}){{display:none}}"

    def present(self, widget: object, bundle: Any) -> None:
        """Show a widget as a cell's output, and this below it; in a terminal only its ``repr``.

        Parameters
        ----------
        widget : object
            The widget.
        bundle : dict or tuple
            Its display data as ipywidgets makes them.
        """
        from IPython.display import display

        data, metadata = parts_of(bundle)
        if not has_front_end() or WIDGET not in data:
            print(repr(widget))
            return
        # Pages that keep no state of widgets would show the text in its place.
        live = data | {"text/plain": repr(widget), "text/html": "<span></span>"}
        display(live, metadata=metadata, raw=True)  # type: ignore[no-untyped-call]
        self._said, self._state = self._said or "", None
        self._published = time.monotonic() + self._calm - PAUSE
        display(self._data(), raw=True, display_id=self._id)  # type: ignore[no-untyped-call]
        _shown.add(self)
        self._at_cells = _hear_of_cells()
        self.refresh()

    def refresh(self, state: object = None) -> None:
        """Bring it up to date soon; nothing where it was never shown, or for the same `state` once more."""
        with self._lock:
            if self._said is None or self._at_cells or self._waiting or (state is not None and state == self._state):
                return
            self._waiting, self._state = True, state
        _painter.submit(self._refresh)

    def _refresh(self) -> None:
        time.sleep(max(0.0, self._published + PAUSE - time.monotonic()))
        with self._lock:
            self._waiting = False
        self.publish()

    def publish(self) -> None:
        """Bring it up to date now, where it is not."""
        html = self._html()
        if html == self._said:
            return
        self._said, self._published = html, time.monotonic()
        from IPython.display import update_display

        update_display(self._data(), display_id=self._id, raw=True)  # type: ignore[no-untyped-call]

    def _data(self) -> dict[str, str]:
        return {"text/plain": "", "text/html": f'<div class="{self._mark}">{self._said}</div>'}


def _hear_of_cells() -> bool:
    """Bring everything up to date at the end of each cell, where a notebook runs without a page; return whether.

    nbconvert and papermill take in only what belongs to the cell that runs, and close the kernel after the last one.
    A page takes in what comes from a thread, at any time; there nobody waits for pictures.
    """
    from IPython.core.getipython import get_ipython

    if here() is not KERNEL:
        return False
    shell: Any = get_ipython()
    if _all_up_to_date not in shell.events.callbacks["post_run_cell"]:
        shell.events.register("post_run_cell", _all_up_to_date)
    return True


def _all_up_to_date(_result: object) -> None:
    for keepsake in list(_shown):
        keepsake.publish()


def parts_of(bundle: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return display data and their metadata; empty where a widget is closed."""
    data, metadata = bundle if isinstance(bundle, tuple) else (bundle, {})
    return dict(data or {}), dict(metadata)


def takes_html(takes: Sequence[Generation], title: str = "", note: str = "") -> str:
    """Return takes as plain HTML, the pictures so small that all of them together stay below `ROOM`.

    Parameters
    ----------
    takes : sequence of Generation
        In the order in which they are shown.
    title, note : str
        Plain text above and below them.
    """
    shown = takes[:MOST]
    head = f"<p><b>{escape(title)}</b></p>" if title else ""
    more = f"and {len(takes) - len(shown)} more takes" if len(takes) > len(shown) else ""
    foot = "".join(f"<p><small>{escape(words)}</small></p>" for words in (more, note) if words)
    same = len({take.prompt for take in takes}) < 2 and bool(title)
    figures = [card_html(take, image, prompt=not same) for take, image in zip(shown, _pictures(shown), strict=True)]
    row = f'<div style="display:flex;flex-wrap:wrap;gap:12px">{"".join(figures)}</div>'
    return f"{head}{row}{foot}"


def _pictures(takes: Sequence[Generation]) -> list[bytes]:
    """Return a picture of each take, all of the first size at which they find room."""
    found: list[bytes] = []
    for width in WIDTHS:
        found = [picture(take, width) for take in takes]
        if sum(map(len, found)) <= ROOM:
            return found
    return found
