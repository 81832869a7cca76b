"""The area of a view where what went wrong is said in words, with buttons for what can be done about it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from html import escape
from typing import TYPE_CHECKING, NamedTuple

import ipywidgets as widgets

from .light import LightBox
from .looks import put

if TYPE_CHECKING:
    from .controls.kit import Kit


class Offer(NamedTuple):
    """Something that a person can do with one press.

    Attributes
    ----------
    text, tooltip : str
        On the button, and more about it.
    act : callable
        Takes the button.
    """

    text: str
    tooltip: str
    act: Callable[[object], object]


class Notice(LightBox):
    """Words and buttons; empty most of the time, and then it takes no room.

    Parameters
    ----------
    kit : Kit
        The looks that it shares.
    """

    def __init__(self, kit: Kit) -> None:
        self._kit = kit
        self._shown: tuple[object, ...] = ()
        super().__init__(_dom_classes=("sw-notice",))

    @property
    def text(self) -> str:
        """What is said now, as plain text; empty when nothing is."""
        return " ".join(str(part) for part in self._shown[:2])

    def show(self, title: str, text: str, offers: Sequence[Offer] = (), *, grave: bool = True) -> None:
        """Say something; the same once more changes nothing.

        Parameters
        ----------
        title, text : str
            Plain text, whatever it holds.
        offers : sequence of Offer
            The buttons.
        grave : bool
            Whether it is an error.
        """
        wanted = (title, text, grave, *(offer.text for offer in offers))
        if wanted == self._shown:
            return
        role = "alert" if grave else "status"
        html = f'<div role="{role}"><b>{escape(title)}</b> <span>{escape(text)}</span></div>'
        row = self._kit.make(widgets.HBox, "sw-offers", children=tuple(map(self._button, offers)))
        put(self, (self._kit.make(widgets.HTML, "sw-words", value=html), row))
        self._dom_classes = ("sw-notice", "sw-grave") if grave else ("sw-notice",)
        self._shown = wanted  # last, so that whoever reads the text finds the buttons there

    def clear(self) -> None:
        """Say nothing any more."""
        if self._shown:
            self._shown = ()
            put(self, ())

    def _button(self, offer: Offer) -> widgets.Button:
        button = self._kit.make(widgets.Button, "sw-act", description=offer.text, tooltip=offer.tooltip)
        button.on_click(offer.act)
        return button
