"""Controls that are typed into: text short and long, and JSON for what has no better form."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import ipywidgets as widgets

from ..errors import Problem
from ..groups import unbalanced
from .base import Control
from .exact import UNSET
from .kit import short, written


class TextControl(Control):
    """One line of text."""

    def build(self) -> Sequence[widgets.Widget]:
        """Make the text box."""
        self.box = self.make_box(widgets.Text)
        return [self.box]

    def make_box(self, kind: type[Any], *classes: str, **traits: Any) -> Any:
        """Make a box whose placeholder says what happens when it stays empty."""
        default = self.field.default
        hint = "" if default is None else f"default: {short(default)}"
        named = self.kit.words(traits.pop("label", self.label), self.tooltip_text)
        box = self.kit.make(kind, "sw-box", *classes, **{"placeholder": hint, **named, **traits})
        self.watch(box)
        return box

    def show(self, value: Any) -> None:
        """Show the text; anything else as JSON."""
        self.box.value = "" if value is UNSET else written(value)

    def read(self) -> Any:
        """Return the text; an empty box sends nothing."""
        return self.box.value or UNSET


class LongTextControl(TextControl):
    """Text of many lines in a box that grows with it, and its length below."""

    wide: bool = True
    rank: int = 5

    def build(self) -> Sequence[widgets.Widget]:
        """Make the text area."""
        self.box = self.make_box(widgets.Textarea, "sw-long", rows=4 if self.role == "prompt" else 2)
        return [self.box]

    def remark(self) -> str:
        """Say of a prompt where words are meant to vary, by the looks of it, and will not."""
        return unbalanced(self.box.value) if self.role == "prompt" else ""

    def aside(self) -> str:
        """Say how long the text is, and how long it may be."""
        count, limit = len(self.box.value), self.field.max_length
        if not count and not limit:
            return ""
        unit = "char" if count == 1 and not limit else "chars"
        return f"{count} of {limit} {unit}" if limit else f"{count} {unit}"


class JsonControl(TextControl):
    """JSON text, for fields of which the document says too little or which are too free for boxes."""

    wide: bool = True
    rank: int = 5
    _flaw = ""

    def build(self) -> Sequence[widgets.Widget]:
        """Make the text area."""
        self.box = self.make_box(widgets.Textarea, "sw-long", "sw-code", rows=2)
        if not self.box.placeholder:
            self.box.placeholder = "JSON"
        return [self.box]

    def show(self, value: Any) -> None:
        """Write the value as JSON, text in quotes."""
        self._flaw = ""
        self.box.value = "" if value is UNSET else json_text(value)

    def read(self) -> Any:
        """Return what the JSON says; text that is no JSON is kept, and told."""
        self._flaw = ""
        text = self.box.value
        if not text.strip():
            return UNSET
        try:
            return json.loads(text)
        except (ValueError, RecursionError) as error:
            place = f"line {error.lineno}, column {error.colno}" if isinstance(error, json.JSONDecodeError) else ""
            self._flaw = "is not JSON yet" + (f" ({place})" if place else "")
            return text

    def complaints(self) -> list[Problem]:
        """Say where the text stops being JSON."""
        return [Problem("", self._flaw)] if self._flaw else []


def json_text(value: Any) -> str:
    """Return a value as JSON, indented where it has parts."""
    if isinstance(value, str):
        return written(json.dumps(value, ensure_ascii=False))
    try:
        return written(json.dumps(value, ensure_ascii=False, indent=1 if value else None))
    except (ValueError, TypeError, RecursionError):
        return written(value)
