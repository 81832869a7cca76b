"""Takes of the library as what a next one is made from: a take's parts, and the box that offers them to a field."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import ipywidgets as widgets

from . import media, mp4
from .captions import STILL_WIDTH, name_of
from .controls.media import UPLOAD_CAP, data_url, size_in_words
from .decoding import disk
from .errors import ConfigError
from .light import LightBox
from .options import options
from .takes import Card
from .threads import Workers

if TYPE_CHECKING:
    from .account import Account
    from .controls.kit import Kit
    from .generation import Generation

LAST, FIRST, CLIP = "last frame", "first frame", "whole clip"
MOST = 24  # takes that are offered; older ones are a file like any other
LOOKED_AT = 200  # of the newest rows; many of them may have failed
NONE_YET = "There is no finished take in this library yet."
Take = Callable[[str, str], object]


def parts_for(kind: str) -> tuple[str, ...]:
    """Return what of a take suits a field of that kind (image, video, audio, or empty where nothing tells)."""
    return {"image": (LAST, FIRST), "video": (CLIP,), "audio": ()}.get(kind, (LAST, FIRST, CLIP))


def read_part(generation: Generation, part: str) -> tuple[str, str]:
    """Read a part of a take as a data URL. Decodes, so it belongs on a thread.

    Parameters
    ----------
    generation : Generation
        A completed one.
    part : str
        One of `parts_for`.

    Returns
    -------
    address, words : str
        The data URL, and what it is: ``last frame of seed 7``.

    Raises
    ------
    ConfigError
        It is larger than what is sent inside a request.
    DownloadFailed, LibraryError
        The clip cannot be played, or read.
    """
    path = generation.paths[0]
    words = f"{part} of {name_of(generation)}"
    if part == CLIP:
        with disk(path):
            size = path.stat().st_size
            content = path.read_bytes() if size <= UPLOAD_CAP else b""
        kind = f"video/{mp4.kind(path)}"
    else:
        content, kind = media.last_frame(path) if part == LAST else media.first_frame(path), "image/jpeg"
        size = len(content)
    if size > UPLOAD_CAP:
        raise ConfigError(f"The {words} has {size_in_words(size)}; 10 MB is the most that a request carries.")
    return data_url(content, kind), words


class Sources:
    """Offers the takes of the Studio in use to the fields of a form.

    Parameters
    ----------
    account : Account
        The Studio in use.
    """

    def __init__(self, account: Account) -> None:
        self._account = account
        self.workers = Workers("seedance-sources", 1)
        self._reader = Workers("seedance-reading-source", 1)  # what was chosen does not wait behind pictures

    def suit(self, kind: str) -> bool:
        """Whether a take has something for a field of that kind."""
        return bool(parts_for(kind))

    def takes(self) -> list[Generation]:
        """Return the finished takes, newest first; `MOST` at the most."""
        recent = self._account.studio.library.recent(LOOKED_AT)
        return [each for each in recent if each.status == "completed" and each.paths][:MOST]

    def read(self, generation: Generation, part: str, done: Take, failed: Callable[[Exception], object]) -> None:
        """Read a part of a take on a thread, and hand it over there."""

        def job() -> None:
            try:
                found = read_part(generation, part)
            except Exception as error:  # whatever it is, the person reads it
                failed(error)
            else:
                done(*found)

        self._reader.submit(job)

    def offer(self, kind: str, kit: Kit, take: Take, close: Callable[[], object]) -> Offer:
        """Return the box that offers takes to a field.

        Parameters
        ----------
        kind : str
            image, video, or empty where nothing tells.
        kit : Kit
            The looks that it shares.
        take : callable
            Called, on a thread, with the data URL and what it is in words.
        close : callable
            Called when a person wants none of them.
        """
        return Offer(self, parts_for(kind), kit, take, close)

    def close(self) -> None:
        """Read nothing any more."""
        self.workers.close()
        self._reader.close()


class Offer(LightBox):
    """The newest takes as small pictures of what would be taken of each; pressing one takes it.

    Parameters
    ----------
    sources : Sources
        Where the takes come from.
    parts : tuple of str
        What can be taken; the first at first.
    kit : Kit
        The looks that it shares.
    take, close : callable
        As for :meth:`Sources.offer`.
    """

    def __init__(
        self, sources: Sources, parts: tuple[str, ...], kit: Kit, take: Take, close: Callable[[], object]
    ) -> None:
        self._sources, self._kit, self._take = sources, kit, take
        self._closed = False
        self.part = kit.make(widgets.ToggleButtons, "sw-segments", options=parts, description="Take its")
        self.part.tooltips = tuple(f"the {part} of the take that you press" for part in parts)
        self.part.observe(lambda _change: self._develop_all(), "value")
        self.words = kit.line("sw-source-words", value="Looking for takes …")
        shut = kit.button("✕", "take none of them", "sw-icon")
        shut.on_click(lambda _button: close())
        self.row = kit.make(widgets.HBox, "sw-cards")
        head = kit.make(widgets.HBox, "sw-row", children=(self.part, self.words, shut))
        super().__init__(children=(head, self.row), _dom_classes=("sw-source",))
        sources.workers.submit(self._look)

    @property
    def cards(self) -> tuple[Card, ...]:
        """The takes on offer, newest first."""
        cards: tuple[Card, ...] = self.row.children
        return cards

    def close(self) -> None:
        """Close it; what is still being read is dropped."""
        self._closed = True
        super().close()

    def _look(self) -> None:
        try:
            takes = self._sources.takes()
        except Exception as error:
            self._say(error)
            return
        if self._closed:
            return
        cards = [Card(take, self._kit, self._chosen, does="take this one") for take in takes]
        self.row.children = tuple(cards)
        self.words.value = "" if cards else NONE_YET
        self._develop_all()

    def _develop_all(self) -> None:
        """Make the picture of each take: of exactly the frame that would be taken."""
        part = self.part.value
        for card in self.cards:
            self._sources.workers.submit(lambda card=card: self._develop(card, part))  # type: ignore[misc]

    def _develop(self, card: Card, part: str) -> None:
        if self._closed or part != self.part.value or not options.posters:
            return
        path = card.generation.paths[0]
        try:
            picture = media.poster(path, width=STILL_WIDTH, at={LAST: float("inf"), FIRST: 0.0}.get(part))
        except Exception:  # a picture is a comfort: pressing the card tells what is wrong with the clip
            return
        if not self._closed and part == self.part.value:
            card.update(picture=picture)

    def _chosen(self, generation: Generation) -> None:
        self.words.value = "Reading it …"
        self._sources.read(generation, self.part.value, self._came, self._say)

    def _came(self, address: str, words: str) -> None:
        if not self._closed:
            self._take(address, words)

    def _say(self, error: Any) -> None:
        if not self._closed:
            self.words.value = str(error)
