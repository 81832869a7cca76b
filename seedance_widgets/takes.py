"""Takes as people see them in a panel: the card of each, the strip of earlier ones, and the copy that is saved."""

from __future__ import annotations

import re
import shutil
from contextlib import suppress
from html import escape
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import ipywidgets as widgets

from .captions import caption, name_of, poster_html
from .errors import GenerationFailed, LibraryError
from .light import LightBox
from .looks import join_when_filled
from .status import word

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from .controls.kit import Kit
    from .generation import Generation

MOST_CARDS = 60  # in a strip; older takes are in the library


def save_clip(generation: Generation, folder: Path | None = None) -> list[Path]:
    """Copy a take's clips into a folder, under names that tell what they are; nothing is overwritten.

    Parameters
    ----------
    generation : Generation
        A completed one.
    folder : Path, optional
        None = the current one, which is the notebook's.

    Returns
    -------
    list of Path
        The copies.

    Raises
    ------
    GenerationFailed
        There is no clip.
    LibraryError
        The copy could not be made.
    """
    if not generation.paths:
        raise GenerationFailed(f"{generation!r} has no clip to save.", generation)
    folder = folder or Path.cwd()
    try:
        return [_copied(path, folder, _stem(generation)) for path in generation.paths]
    except OSError as error:
        reason = error.strerror or error
        raise LibraryError(f"The clip could not be copied to {folder}: {reason}. It is safe in the library.") from error


def _stem(generation: Generation) -> str:
    words = re.findall(r"[a-z0-9]+", generation.prompt.lower())[:6]
    return "-".join(["seedance", *words, name_of(generation).replace(" ", "-")])[:90]


def _copied(path: Path, folder: Path, stem: str) -> Path:
    """Copy under a passing name first, so that a full disk leaves no half clip under a good one."""
    names = (folder / f"{stem}{f'-{number}' if number > 1 else ''}{path.suffix}" for number in count(1))
    target = next(name for name in names if not name.exists())
    part = folder / f".{uuid4().hex}.part"
    try:
        shutil.copyfile(path, part)
        part.replace(target)
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)
    return target


class Card(LightBox):
    """A small take: its picture or what it is at, and its name as a button that brings it back.

    Parameters
    ----------
    generation : Generation
        The take.
    kit : Kit
        The looks that it shares.
    choose : callable
        Called with the generation when the card is pressed.
    does : str
        What pressing it does, for the tooltip.
    """

    def __init__(
        self,
        generation: Generation,
        kit: Kit,
        choose: Callable[[Generation], object],
        *,
        does: str = "show this take",
    ) -> None:
        self.generation = generation
        self._does = does
        self.picture = b""
        self.current = False
        self._image = kit.make(widgets.HTML, "sw-still")
        self.button = kit.make(widgets.Button, "sw-name", description=name_of(generation))
        self.button.on_click(lambda _button: choose(generation))
        super().__init__(children=(self._image, self.button))
        self.update()

    def update(self, *, picture: bytes | None = None, current: bool | None = None) -> None:
        """Show what is true now; only what differs travels to the page."""
        self.picture = self.picture if picture is None else picture
        self.current = self.current if current is None else current
        generation = self.generation
        state = f"sw-{generation.status}"
        self._dom_classes = ("sw-card", state, "sw-current") if self.current else ("sw-card", state)
        image = poster_html(self.picture, f"a frame of {name_of(generation)}")
        self._image.value = (image or f"<span>{escape(word(generation.status))}</span>") + marks_html(generation)
        self.button.tooltip = f"{caption(generation)}: {self._does}"


def marks_html(generation: Generation) -> str:
    """Return what a person said of a take, as small marks."""
    stars = f"★{generation.rating}" if generation.rating else ""
    marks = " ".join(mark for mark in (stars, "✓" if generation.picked else "") if mark)
    return f"<b>{marks}</b>" if marks else ""


class Strip(LightBox):
    """The takes of a panel, newest first.

    Parameters
    ----------
    kit : Kit
        The looks that it shares.
    choose : callable
        Called with the generation whose card is pressed.
    """

    def __init__(self, kit: Kit, choose: Callable[[Generation], object]) -> None:
        self._kit = kit
        self._choose = choose
        self._note = kit.make(widgets.HTML, "sw-strip-note")
        self._row = kit.make(widgets.HBox, "sw-cards")
        super().__init__(children=(self._note, self._row), _dom_classes=("sw-strip",))

    def join_when_filled(self, box: Any) -> None:
        """Let it join a box once there is a take, or something to be said of some."""
        join_when_filled(self, box, self._row, self._note)

    @property
    def cards(self) -> tuple[Card, ...]:
        """The cards, newest first."""
        cards: tuple[Card, ...] = self._row.children
        return cards

    def card(self, generation: Generation) -> Card | None:
        """Return the card of a take; None where it has none."""
        return next((card for card in self.cards if card.generation is generation), None)

    def add(self, generations: Iterable[Generation]) -> None:
        """Put takes at the beginning; the last of them comes first."""
        new = [Card(generation, self._kit, self._choose) for generation in generations if not self.card(generation)]
        cards = (*reversed(new), *self.cards)
        self._row.children = cards[:MOST_CARDS]
        for card in cards[MOST_CARDS:]:
            close_card(card)

    def update(self, generation: Generation, **shown: Any) -> None:
        """Show what is true of a take now."""
        card = self.card(generation)
        if card is not None:
            card.update(**shown)

    def mark(self, generation: Generation | None) -> None:
        """Mark the take that is shown large."""
        for card in self.cards:
            card.update(current=card.generation is generation)

    def say(self, text: str) -> None:
        """Show a line above the cards; empty: none."""
        self._note.value = escape(text)


def close_card(card: Card) -> None:
    """Close a card and what is in it."""
    for child in card.children:
        child.close()
    card.close()
