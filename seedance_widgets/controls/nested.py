"""Controls that hold other controls: groups and lists."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import ipywidgets as widgets

from ..errors import Problem
from ..plain import join_path
from .base import Control
from .exact import UNSET
from .kit import short

if TYPE_CHECKING:
    from ..model import Field


class NestedControl(Control):
    """What the nested kinds share: parts by key, and problems passed on to the part they belong to."""

    wide: bool = True
    note_below: bool = False
    rank: int = 5

    def parts(self) -> Iterator[tuple[tuple[str | int, ...], Control]]:
        """Yield the controls inside, each with the way to its value."""
        raise NotImplementedError

    def adopt(self, part: Control) -> Control:
        """Let edits of a part reach this control."""
        part.owner = self.part_edited
        return part

    def part_edited(self) -> None:
        """Take over what has changed inside."""
        if not self._showing:
            self.edited()

    def tell(self, problems: Sequence[Problem]) -> None:
        """Pass each problem on to the part that it is about; keep the rest."""
        rest = list(problems)
        for way, part in self.parts():
            start = join_path("", way)
            mine = [problem for problem in rest if inside(problem.path, start)]
            rest = [problem for problem in rest if problem not in mine]
            part.tell([Problem(problem.path[len(start) :].lstrip("."), problem.message) for problem in mine])
        super().tell(rest)

    def complaints(self) -> list[Problem]:
        """Return what the parts find wrong."""
        return [
            Problem(below(join_path("", way), problem.path), problem.message)
            for way, part in self.parts()
            for problem in part.complaints()
        ]

    def forget_touch(self) -> None:
        """Count all inside as untouched."""
        super().forget_touch()
        for _, part in self.parts():
            part.forget_touch()


def inside(path: str, start: str) -> bool:
    """Whether a problem's path is at, or below, another."""
    return path.startswith(start) and (not start or path[len(start) :][:1] in ("", ".", "["))


def below(start: str, path: str) -> str:
    """Return a path that begins at ``start`` and goes on."""
    return f"{start}.{path}" if start and path and not path.startswith("[") else start + path


def close_tree(widget: widgets.Widget) -> None:
    """Close a widget and all that it shows."""
    for child in getattr(widget, "children", ()):
        close_tree(child)
    widget.close()


class GroupControl(NestedControl):
    """An object: its parts in a frame. An optional one is shut until it is wanted."""

    def __init__(self, *args: Any, opened: bool = False, **kwargs: Any) -> None:
        self.opened = opened
        self.inner: dict[str, Control] = {}
        self.others: dict[str, Any] = {}
        super().__init__(*args, **kwargs)

    def build(self) -> Sequence[widgets.Widget]:
        """Make the heading and the frame."""
        self.frame = self.kit.make(widgets.VBox, "sw-frame-box")
        head: list[widgets.Widget] = []
        if self.label:
            head.append(self.kit.heading(self.label, self.tooltip_text))
        self.toggle = None if self.opened or self.field.required else self.kit.button("add", "fill this in")
        if self.toggle is not None:
            self.toggle.on_click(self._toggled)
            head.append(self.toggle)
        if not head:
            return [self.frame, self._note]
        return [self.kit.make(widgets.HBox, "sw-row", children=(*head, self._note)), self.frame]

    def parts(self) -> Iterator[tuple[tuple[str | int, ...], Control]]:
        """Yield the parts by name."""
        for name, part in self.inner.items():
            yield (name,), part

    def show(self, value: Any) -> None:
        """Hand the parts of the value to their controls; names that nobody knows are kept."""
        held = value if isinstance(value, Mapping) else {}
        self._open(value is not UNSET or self.toggle is None)
        known = {field.name for field in self.field.properties}
        self.others = {name: item for name, item in held.items() if name not in known}
        for name, part in self.inner.items():
            part.hold(held.get(name, UNSET))

    def read(self) -> Any:
        """Return the object of what is set inside; nothing when nothing is."""
        values = {name: part.value for name, part in self.inner.items() if part.value is not UNSET}
        return {**values, **self.others} or UNSET

    def aside(self) -> str:
        """Name what has no control."""
        return f"also: {short(', '.join(map(str, self.others)))}" if self.others else ""

    def _open(self, wanted: bool) -> None:
        if wanted and not self.inner:
            self.inner = {
                field.name: self.adopt(self.kit.control_for(field, self.kit)) for field in self.field.properties
            }
            self.frame.children = tuple(self.inner.values())
        elif not wanted and self.inner:
            gone, self.inner, self.frame.children = self.inner, {}, ()
            for part in gone.values():
                close_tree(part)
        if self.toggle is not None:
            self.toggle.description = "remove" if self.inner else "add"

    def _toggled(self, _button: object) -> None:
        with self.desk:
            wanted = not self.inner
            with self._quietly():
                self._open(wanted)
                self.others = {}
            self.edited()


class ListControl(NestedControl):
    """A list: one row an item, with buttons to move and remove it, and one to add."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.rows: list[Control] = []
        self._item_field: Field | None = None
        super().__init__(*args, **kwargs)

    def build(self) -> Sequence[widgets.Widget]:
        """Make the heading, the rows' place and the button."""
        cards = self.field.items is not None and bool(self.field.items.properties)  # they need the width
        under = ("sw-under",) if self.label and not cards else ()
        self.frame = self.kit.make(widgets.VBox, "sw-list", *under)
        self.add = self.kit.button("add", f"add an item to {self.label.rstrip(' *') or 'the list'}")
        self.add.on_click(lambda _button: self.append())
        head = [self.kit.heading(self.label, self.tooltip_text)] if self.label else []
        return [self.kit.make(widgets.HBox, "sw-row", children=(*head, self.add, self._note)), self.frame]

    def parts(self) -> Iterator[tuple[tuple[str | int, ...], Control]]:
        """Yield the items that count, by their place in the value."""
        counted = [row for row in self.rows if self._counts(row)]
        for position, row in enumerate(counted):
            yield (position,), row

    def show(self, value: Any) -> None:
        """Make a row of each item."""
        items = list(value) if isinstance(value, (list, tuple)) else []
        while len(self.rows) > len(items):
            close_tree(self.rows.pop().shell)
        while len(self.rows) < len(items):
            self.rows.append(self._row())
        for row, item in zip(self.rows, items, strict=True):
            row.hold(item)
        self._arrange()

    def read(self) -> Any:
        """Return the items; an empty list sends nothing."""
        return [self._item(row) for row in self.rows if self._counts(row)] or UNSET

    def aside(self) -> str:
        """Say how many items there may be."""
        least, most = self.field.min_items, self.field.max_items
        if not most and not least:
            return ""
        return f"{len(self.rows)} of {most}" if most else f"at least {least}"

    def append(self) -> None:
        """Add an empty item."""
        with self.desk:
            with self._quietly():
                self.rows.append(self._row())
                self._arrange()
            self.edited()

    def move(self, row: Control, by: int) -> None:
        """Move an item up or down; at the end nothing happens."""
        with self.desk:
            place = self.rows.index(row)
            target = min(max(place + by, 0), len(self.rows) - 1)
            self.rows.insert(target, self.rows.pop(place))
            self._arrange()
            self.edited()

    def remove(self, row: Control) -> None:
        """Take an item out."""
        with self.desk:
            self.rows.remove(row)
            self._arrange()
            close_tree(row.shell)
            self.edited()

    def _item(self, row: Control) -> Any:
        return {} if row.value is UNSET else row.value

    def _counts(self, row: Control) -> bool:
        """An empty card is an object without parts; an empty box is not yet an item."""
        return row.value is not UNSET or isinstance(row, GroupControl)

    def _row(self) -> Any:
        row: Any = self.adopt(self.kit.control_for(self._of_items(), self.kit, label=""))
        buttons = []
        for text, words, act in (
            ("↑", "move up", lambda _button: self.move(row, -1)),
            ("↓", "move down", lambda _button: self.move(row, 1)),
            ("✕", "remove", lambda _button: self.remove(row)),
        ):
            buttons.append(self.kit.button(text, words, "sw-icon"))
            buttons[-1].on_click(act)
        row.shell = self.kit.make(widgets.HBox, "sw-item", children=(row, *buttons))
        return row

    def _of_items(self) -> Field:
        """Return the field of an item; what the document says of the list holds for it too."""
        items = self.field.items
        if items is None:
            raise LookupError("a list of unknown items is written as JSON")
        if self._item_field is None:
            title, about = items.title or self.field.name, items.description or self.field.description
            self._item_field = dataclasses.replace(items, title=title, description=about)
        return self._item_field

    def _arrange(self) -> None:
        shells = tuple(row.shell for row in self.rows)
        if tuple(self.frame.children) != shells:
            self.frame.children = shells
        self.add.disabled = self.field.max_items is not None and len(self.rows) >= self.field.max_items
