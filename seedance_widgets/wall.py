"""The wall of posters: the part of the gallery that lives in the page. It holds no takes; it asks for them."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

import anywidget
import traitlets

from . import assets, browsing
from .attendant import Attendant
from .errors import LibraryError
from .threads import start_thread

if TYPE_CHECKING:
    from .gallery import Gallery

LOOK = 0.4  # seconds between two looks at whether something has changed, in this kernel or another one


class Wall(anywidget.AnyWidget):
    """What the page shows of the history; see `Gallery`.

    Parameters
    ----------
    gallery : Gallery
        Whose wall it is.
    search : dict
        What is searched for at the beginning.
    hides : str
        A style by which it hides what stands below it for pages without widgets.
    """

    _esm = assets.module("gallery.js")
    _css = assets.style("gallery.css")
    _search: Any = traitlets.Dict({}).tag(sync=True)
    _busy: Any = traitlets.Dict(default_value=None, allow_none=True).tag(sync=True)
    _simulated = traitlets.Bool(False).tag(sync=True)
    _version = traitlets.Int(0).tag(sync=True)
    _hides = traitlets.Unicode("").tag(sync=True)

    def __init__(self, gallery: Gallery, search: dict[str, Any], *, hides: str = "") -> None:
        self._database = gallery.studio.library.database
        self._ended = threading.Event()
        self._keeping_up = threading.Lock()
        self._looks = False
        super().__init__(_search=search, _hides=hides, _simulated=gallery.studio.is_simulated)
        self._attendant = Attendant(gallery, self)
        self.on_msg(self._attendant.handle)

    def keep_up(self) -> None:
        """Tell the page from now on when the history has changed; it then asks for what it shows."""
        with self._keeping_up:
            if not self._looks:
                self._looks = True
                start_thread("seedance-gallery", self._look)

    def _look(self) -> None:
        """Look at one number, again and again: it moves with every change, whichever kernel made it."""
        try:
            known = browsing.changes(self._database)
            while not self._ended.wait(LOOK) and not self._database.closed:
                number = browsing.changes(self._database)
                if number != known:
                    known = number
                    self._version += 1
        except LibraryError:  # the Studio is closed, or the disk is gone: the next question says so
            self._looks = False

    def tell(self, words: str, fraction: float | None = None) -> None:
        """Show in the page what is being written, and how far it is (0…1, None = unknown); no words: nothing."""
        self._busy = {"words": words, "fraction": fraction} if words else None

    def close(self) -> None:
        """End; the page gives its clips back."""
        self._ended.set()
        self._attendant.close()
        super().close()
