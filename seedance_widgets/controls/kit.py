"""What the controls of one form share: its desk, its looks, and the words on the labels.

Every ipywidgets widget comes with a Layout and a Style, each a model of its own in the browser and a message
to open it. Ours come without (see ``light.py``); how they look is said by CSS classes.
"""

from __future__ import annotations

import re
from functools import cache
from html import escape
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Protocol

import ipywidgets as widgets

from ..light import light
from .exact import Desk

if TYPE_CHECKING:
    from ..model import Field
    from ..sources import Sources
    from .base import Control

ORIGINS = 16  # data URLs whose words are kept
# What a person calls a field, where the API's name for it says less.
LABELS = {"aspect_ratio": "Shape", "camera_fixed": "Fixed camera"}


class Builder(Protocol):
    """Picks and builds the control of a field."""

    def __call__(
        self, field: Field, kit: Kit, *, role: str = "", label: str | None = None, opened: bool = False
    ) -> Control:
        """Build it."""


# What MathJax leaves alone, in JupyterLab and in older pages.
NO_MATHEMATICS = ("mathjax_ignore", "tex2jax_ignore")


class Kit:
    """The desk, the shared Layout and Styles, and the builder of controls, for one form.

    Parameters
    ----------
    desk : Desk
        Where the form's changes are settled.
    control_for : Builder
        Builds the controls inside nested ones.
    sources : Sources, optional
        Offers takes of a library to the fields of images and video.
    """

    def __init__(self, desk: Desk, control_for: Builder, sources: Sources | None = None) -> None:
        self.desk = desk
        self.control_for = control_for
        self.sources = sources
        self.origins: dict[str, str] = {}  # data URL → what it is, in words
        self.revealed = False

    def make(self, kind: Any, *classes: str, **traits: Any) -> Any:
        """Make a widget of that kind with these CSS classes, dressed by nothing else."""
        return light(kind)(_dom_classes=classes, **traits)

    def button(self, text: str, tooltip: str, *classes: str, **traits: Any) -> widgets.Button:
        """Make a quiet button."""
        return self.make(widgets.Button, "sw-button", *classes, description=text, tooltip=tooltip, **traits)

    def line(self, *classes: str, **traits: Any) -> widgets.Label:
        """Make a line of plain text. Elsewhere a Label sets what stands between two dollar signs as mathematics."""
        return self.make(widgets.Label, *classes, *NO_MATHEMATICS, **traits)

    def words(self, label: str, tooltip: str) -> dict[str, Any]:
        """Return the traits of a label with a tooltip; without a label the tooltip is the control's own.

        The label is the browser's ``<label>`` of the control. ipywidgets gives most of them no tooltip, so it
        goes into the label's text.
        """
        if not label:
            return {"tooltip": tooltip}
        title = escape(tooltip, quote=True)
        text = f'<span title="{title}">{escape(label)}</span>'
        return {"description": text, "description_allow_html": True}

    def heading(self, text: str, tooltip: str) -> widgets.HTML:
        """Make the label of a control that has none of its own."""
        title = escape(tooltip, quote=True)
        return self.make(
            widgets.HTML, "sw-heading", value=f'<span class="sw-label" title="{title}">{escape(text)}</span>'
        )

    def remember(self, address: str, words: str) -> None:
        """Remember what a data URL is, for the field that shows it; of the newest few."""
        self.origins[address] = words
        if len(self.origins) > ORIGINS:
            del self.origins[next(iter(self.origins))]


def label_of(field: Field, role: str = "") -> str:
    """Return the label of a field: its name in words, with a star where it is required."""
    words = re.sub(r"[_\W]+", " ", field.name).strip()
    words = re.sub(r"(?<=\w) (?:url|uri)(s?)$", r"\1", words, flags=re.I)  # image_urls are images to a person
    words = re.sub(r"\b(url|id|fps|cfg)(s?)\b", lambda found: found[1].upper() + found[2], words, flags=re.I)
    text = LABELS.get(role) or words[:1].upper() + words[1:] or field.name
    return f"{text} *" if field.required else text


def tooltip_of(field: Field) -> str:
    """Return what a person is told about a field: its name in the API, and what the document says."""
    parts = [field.name, "(required)" if field.required else "", f"· {field.description}"]
    if not field.description:
        parts.pop()
    return " ".join(part for part in parts if part)


def written(value: Any) -> str:
    """Return a value as a box shows it: text as it is, anything else as JSON."""
    import json

    if not isinstance(value, str):
        try:
            value = json.dumps(value, ensure_ascii=False, default=repr)
        except (ValueError, TypeError, RecursionError):
            value = repr(value)
    return value.encode("utf-8", "replace").decode("utf-8")  # half a character cannot travel to the page


def short(value: Any, limit: int = 60) -> str:
    """Return a value as it is written, cut to ``limit`` characters."""
    text = written(value)
    return text if len(text) <= limit else text[: limit - 1] + "…"


@cache
def stylesheet() -> str:
    """Return the style sheet of the widgets as one ``<style>`` element."""
    css = files("seedance_widgets").joinpath("static", "widgets.css").read_text("utf-8")
    return f"<style>{css}</style>"
