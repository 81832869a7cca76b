"""The live card of one take: what `Studio.generate` returns shows itself so, as the last value of a cell.

One small widget (anywidget): status and bar while the take is made, then poster and clip, caption, stars, Stop. The
clip travels as bytes when the page asks for it, so that the saved notebook holds none.
"""

from __future__ import annotations

import time
from threading import RLock
from typing import Any

import anywidget
import traitlets

from . import assets, cells
from .answering import Answering
from .captions import caption, picture
from .errors import ConfigError
from .following import HEARD
from .generation import Generation
from .keepsake import Keepsake, parts_of, takes_html
from .media import data_url
from .options import options
from .place import has_front_end
from .ports import Bundle
from .subshell import hear_at_once
from .threads import Workers

ASKED = ("clip", "poster", "rate", "pick", "retry", "send_again", "stop")  # what a card's page may ask
STILL = 160  # pixels; for a page without a kernel that kept the state of its widgets
_cards: dict[str, TakeCard] = {}
_cards_lock = RLock()
# Shared by all cards: a notebook may hold a hundred.
_readers = Workers("seedance-cards", 2)


class TakeCard(anywidget.AnyWidget):
    """One take, live. `card_of` returns the one of a generation.

    Parameters
    ----------
    generation : Generation
        The take, done or not.
    """

    _esm = assets.module("card.js")
    _css = assets.style("card.css")
    _cells: Any = traitlets.List([]).tag(sync=True)
    _now = traitlets.Float(0.0).tag(sync=True)
    _layout: Any = traitlets.Dict({}).tag(sync=True)
    _still = traitlets.Unicode("").tag(sync=True)

    def __init__(self, generation: Generation) -> None:
        self.generation = generation
        self._lock = RLock()
        self._closed = False
        self.kept = Keepsake(lambda: takes_html([generation]))
        super().__init__()
        self.look()
        hear_at_once(self)
        self._answering = _CardAnswering(self)
        self.on_msg(self._answering.handle)
        generation.observe(self._changed, HEARD)
        self._tell()

    def look(self) -> None:
        """Let views that are opened from now on be drawn as the options are now."""
        names = ("width", "autoplay", "loop", "muted", "posters")
        self._layout = {name: getattr(options, name) for name in names} | {"hides": self.kept.rule}

    def _changed(self, _change: object) -> None:
        self._tell()

    def _tell(self) -> None:
        """Show what is true now; the page counts the seconds itself."""
        take = self.generation
        with self._lock:
            self._now = time.time()
            said = caption(take) if take.done else ""
            # What the API itself has failed can only be asked for anew, which the cell does when it is run again.
            over = take.status == "error" and take.id is not None
            facts = cells.cell(take, {}, place=(0, 0, 0))
            self._cells = [facts | {"caption": said, "prompt": take.prompt, "over": over}]
        if take.done:
            self.kept.refresh()
        if take.status == "completed" and not self._still:
            _readers.submit(self._draw)

    def _draw(self) -> None:
        image = picture(self.generation, STILL)
        if image:
            self._still = data_url(image, "image/jpeg")

    # What `Answering` asks of the widget whose page it answers ---------------------------------------------

    @property
    def generations(self) -> list[Generation]:
        """The take, as a list of one."""
        return [self.generation]

    def take(self, key: str) -> Generation:
        """Return the take; raises KeyError for the key of another one."""
        if key != self.generation.key:
            raise KeyError("This card shows another take.")
        return self.generation

    def retry(self, generation: Generation) -> Generation:
        """Have another go: watch a stopped one again, look for a lost answer, send again what created nothing."""
        watcher: Any = generation.watcher
        if watcher is None:
            raise ConfigError("This take belongs to no open Studio: open one on its library.")
        if generation.status == "unconfirmed":
            generation.look_again()
        elif generation.status == "stopped":
            watcher.watch(generation, may_send=generation.sending_at is None)
        elif generation.status == "error" and generation.id is None:
            generation.send_again()
        elif generation.status == "error":
            raise ConfigError("Run the cell again: it asks for a new take. A failed one is not charged.")
        return generation

    def close(self) -> None:
        """Let go of the take; what is in flight goes on."""
        if self._closed:
            return
        self._closed = True
        self.generation.unobserve(self._changed, HEARD)
        self._answering.close()
        with _cards_lock:
            _cards.pop(self.generation.key, None)
        super().close()

    def __repr__(self) -> str:
        return repr(self.generation)


class _CardAnswering(Answering):
    """Answers what a card's page asks; clips and posters are read on threads that all cards share."""

    def __init__(self, card: TakeCard) -> None:
        super().__init__(card)
        self._kinds = {kind: self._kinds[kind] for kind in ASKED}
        self._slow = {"clip": _readers, "poster": _readers}


def card_of(generation: Generation) -> TakeCard:
    """Return the card of a generation; shown twice, it is one widget with two views."""
    with _cards_lock:
        found = _cards.get(generation.key)
        if found is None or found.generation is not generation or found.comm is None:
            found = _cards[generation.key] = TakeCard(generation)
        return found


def bundle(generation: Generation) -> Bundle:
    """Return the display data of a generation: the live card, and for pages without a kernel picture and caption."""
    plain = {"text/plain": repr(generation), "text/html": takes_html([generation])}
    if not has_front_end():
        return plain, {}
    data, metadata = parts_of(card_of(generation)._repr_mimebundle_())
    return data | plain, metadata


def present(generation: Generation) -> None:
    """Show a generation as a cell's output."""
    if has_front_end():
        card = card_of(generation)
        card.look()
        card.kept.present(card, card._repr_mimebundle_())
    else:
        print(repr(generation))
