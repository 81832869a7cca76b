"""Controls that choose among known values: segmented buttons, a list, a searchable box, a switch."""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import escape
from typing import Any

import ipywidgets as widgets

from .base import Control
from .exact import UNSET
from .kit import short, written

FEW, MANY = 5, 12  # up to FEW short choices are buttons, more than MANY words are searched
ROOM = 30  # characters that fit on the buttons of one row


class ChoiceControl(Control):
    """What the choices have in common: the allowed values, and a place for one that is not allowed.

    A value that is not on the list is shown as one more choice, so that a person sees what they got.
    """

    def build(self) -> Sequence[widgets.Widget]:
        """Make the list of choices and its widget."""
        self.choices: tuple[Any, ...] = self.allowed()
        self.names = [written(value) for value in self.choices]
        self.foreign: list[Any] = []
        self.list = self.build_list()
        self.list.observe(self.edited, "index")
        return [self.list]

    def allowed(self) -> tuple[Any, ...]:
        """Return the values to choose from."""
        return self.field.choices

    def build_list(self) -> Any:
        """Make the widget; its ``index`` is what counts, so that 1 and True stay apart."""
        raise NotImplementedError

    def place(self, value: Any) -> int | None:
        """Return the position of a value among the choices; it becomes one of them when it was none."""
        found = self._known(value)
        if found is not None:
            return found
        self.foreign = [value]
        return len(self.choices)

    def name_of(self, position: int) -> str:
        """Return the words for a choice."""
        return self.names[position]

    @property
    def default_place(self) -> int | None:
        """The position of the default among the choices."""
        return None if self.field.default is None else self._known(self.field.default)

    def _known(self, value: Any) -> int | None:
        return next((position for position, known in enumerate(self.choices) if _alike(known, value)), None)

    def value_at(self, position: int) -> Any:
        """Return the value at a position."""
        return (*self.choices, *self.foreign)[position]

    def set_list(self, options: Sequence[str], index: int | None) -> None:
        """Show these options; ipywidgets would pick the first one by itself."""
        with self.list.hold_sync():
            if tuple(self.list.options) != tuple(options):
                self.list.options = tuple(options)
            self.list.index = index


def _alike(known: Any, value: Any) -> bool:
    """Whether a value is a choice: 5.0 is 5, but 1 is not true; what cannot be compared is none."""
    try:
        return bool(known == value) and isinstance(known, bool) == isinstance(value, bool)
    except Exception:  # a signalling NaN, an array
        return False


class SegmentedControl(ChoiceControl):
    """A few choices as buttons side by side; pressing the chosen one again takes it back."""

    bare: bool = True

    def build_list(self) -> Any:
        """Make the buttons."""
        self._fresh = False
        default = self.default_place
        marks = () if default is None else (f"sw-default-{default + 1}",)
        buttons = self.kit.make(
            widgets.ToggleButtons,
            "sw-bare",
            "sw-segments",
            *marks,
            options=tuple(self.name_of(position) for position in range(len(self.choices))),
            index=None,
            **self.kit.words(self.label, self.tooltip_text),
            tooltips=tuple(self._hint(position) for position in range(len(self.choices))),
        )
        buttons.on_msg(self._clicked)
        return buttons

    def name_of(self, position: int) -> str:
        """Return the words on a button: yes and no for a boolean."""
        value = self.value_at(position)
        return {True: "yes", False: "no"}[value] if isinstance(value, bool) else written(value)

    def allowed(self) -> tuple[Any, ...]:
        """Return the values to choose from; a boolean has two."""
        return self.field.choices or (True, False)

    def _hint(self, position: int) -> str:
        name = self.name_of(position)
        if position == self.default_place:
            return f"{name}: the default, what happens when nothing is chosen"
        return name if self.field.required else f"{name}; press again to leave it open"

    def show(self, value: Any) -> None:
        """Press the button of the value, or none."""
        place = None if value is UNSET else self.place(value)
        names = [self.name_of(position) for position in range(len(self.choices))]
        if place == len(self.choices):
            names.append(short(value, 24))
        self.set_list(names, place)

    def edited(self, change: object = None) -> None:
        """Take over the pressed button, and remember that it was pressed just now."""
        with self.desk:
            self._fresh = not self._showing
            super().edited(change)

    def read(self) -> Any:
        """Return the value of the pressed button."""
        return UNSET if self.list.index is None else self.value_at(self.list.index)

    def _clicked(self, _widget: object, content: Any, _buffers: object) -> None:
        """Take the choice back when the pressed button is pressed again.

        The page tells of every click after the change that it made; a click without a change was on the
        chosen one.
        """
        with self.desk:
            if content.get("event") != "click":
                return
            again, self._fresh = not self._fresh, False
            if again and not self.field.required and self.list.index is not None:
                self.list.index = None
                self._fresh = False


class DropdownControl(ChoiceControl):
    """More choices as a list that opens; its first line is that nothing is chosen."""

    def build_list(self) -> Any:
        """Make the list."""
        default = self.default_place
        self.nothing = "choose …" if self.field.required else "not set"
        if default is not None:
            self.nothing = f"default ({short(self.names[default], 40)})"
        elif self.field.default is not None:
            self.nothing = f"default ({short(self.field.default, 40)})"
        return self.kit.make(
            widgets.Dropdown,
            "sw-box",
            options=(self.nothing, *self.names),
            index=0,
            **self.kit.words(self.label, self.tooltip_text),
        )

    def show(self, value: Any) -> None:
        """Show the value's line."""
        place = -1 if value is UNSET else self.place(value)
        more = [short(value)] if place == len(self.choices) else []
        self.set_list((self.nothing, *self.names, *more), None if place is None else place + 1)

    def read(self) -> Any:
        """Return the chosen value."""
        return self.value_at(self.list.index - 1) if self.list.index else UNSET


class ShapeControl(DropdownControl):
    """The shape of the frame: a list, and beside it the outline of the chosen shape."""

    looks = ("sw-shape",)

    def ending(self) -> str:
        """Draw the outline; CSS puts it beside the list."""
        shape = outline(self.field.default if self.value is UNSET else self.value)
        return f'{super().ending()}<span class="sw-outline">{shape}</span>'


def outline(ratio: Any, box: float = 22.0) -> str:
    """Return the outline of a frame ``"16:9"`` in a box of so many pixels; dashed where the shape is open."""
    found = re.fullmatch(r"\s*(\d{1,4})\s*[:x×/]\s*(\d{1,4})\s*", ratio) if isinstance(ratio, str) else None
    width, height = (int(found[1]), int(found[2])) if found else (1, 1)
    if not width or not height:
        width = height = 1
    scale = box / max(width, height)
    size = f"width:{max(4, round(width * scale))}px;height:{max(4, round(height * scale))}px"
    open_shape = "" if found else " sw-open"
    title = escape(ratio, quote=True) if isinstance(ratio, str) else "not set"
    return f'<span class="sw-frame{open_shape}" style="{size}" title="{title}"></span>'


class SearchControl(ChoiceControl):
    """Many choices: a box that completes what is typed."""

    def build(self) -> Sequence[widgets.Widget]:
        """Make the box."""
        self.choices = self.allowed()
        self.names = [written(value) for value in self.choices]
        default = self.field.default
        self.list = self.kit.make(
            widgets.Combobox,
            "sw-box",
            options=tuple(self.names),
            **self.kit.words(self.label, self.tooltip_text),
            placeholder=f"default: {short(default)}" if default is not None else f"one of {len(self.names)}",
        )
        self.watch(self.list)
        return [self.list]

    def show(self, value: Any) -> None:
        """Write the value."""
        self.list.value = "" if value is UNSET else written(value)

    def read(self) -> Any:
        """Return the value that the text names; other text as it is."""
        text = self.list.value.strip()
        if text in self.names:
            return self.choices[self.names.index(text)]
        return text or UNSET


class SwitchControl(Control):
    """A boolean with a default: a box to tick. What equals the default is not sent unless it was assigned."""

    rank: int = 4
    bare: bool = True

    def build(self) -> Sequence[widgets.Widget]:
        """Make the box to tick."""
        self.box = self.kit.make(
            widgets.Checkbox,
            "sw-bare",
            "sw-switch",
            value=bool(self.field.default),
            indent=False,
            **self.kit.words(self.label, f"{self.tooltip_text} · default: {'on' if self.field.default else 'off'}"),
        )
        self.watch(self.box)
        return [self.box]

    def show(self, value: Any) -> None:
        """Tick the box, or show the default."""
        self.box.value = value if isinstance(value, bool) else bool(self.field.default)

    def read(self) -> Any:
        """Return the box's state; nothing when it is the default."""
        return UNSET if self.box.value == bool(self.field.default) else self.box.value
