"""Controls around a control: alternatives, and what may be null."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import ipywidgets as widgets

from .base import Control
from .exact import UNSET
from .kit import Kit, short, tooltip_of
from .nested import NestedControl, close_tree

if TYPE_CHECKING:
    from ..model import Field


class VariantControl(NestedControl):
    """Alternatives: which one, and its control below."""

    def build(self) -> Sequence[widgets.Widget]:
        """Make the choice and the place below it."""
        self.inner: Control | None = None
        names = unique([variant_name(field) for field in self.field.variants])
        self.choice = self.kit.make(
            widgets.Dropdown,
            "sw-box",
            "sw-choice",
            options=("not set", *names),
            index=0,
            **self.kit.words(self.label, self.tooltip_text),
        )
        self.choice.observe(self._chosen, "index")
        self.frame = self.kit.make(widgets.VBox, "sw-variant")
        return [self.kit.make(widgets.HBox, "sw-row", children=(self.choice, self._note)), self.frame]

    def parts(self) -> Iterator[tuple[tuple[str | int, ...], Control]]:
        """Yield the chosen alternative; it stands where the field stands."""
        if self.inner is not None:
            yield (), self.inner

    def show(self, value: Any) -> None:
        """Choose the first alternative that the value fits, or else the first of its type."""
        place = None if value is UNSET else fitting(self.field.variants, value)
        self._open(place)
        if self.inner is not None:
            self.inner.hold(value)

    def read(self) -> Any:
        """Return the value of the chosen alternative."""
        return UNSET if self.inner is None else self.inner.value

    def _open(self, place: int | None) -> None:
        index = 0 if place is None else place + 1
        old, self.inner = self.inner, None
        if place is not None and old is not None and old.field is self.field.variants[place]:
            self.choice.index = index
            self.inner = old
            return
        self.choice.index = index
        if place is not None:
            field = self.field.variants[place]
            self.inner = self.adopt(self.kit.control_for(field, self.kit, label="", opened=True))
        self.frame.children = () if self.inner is None else (self.inner,)
        if old is not None:
            close_tree(old)

    def _chosen(self, change: Any) -> None:
        """Swap the control; the value goes along where it fits."""
        with self.desk:
            if self._showing:
                return
            value, place = self.value, change["new"] - 1
            with self._quietly():
                self._open(place if place >= 0 else None)
                fits = value is not UNSET and self.inner is not None and not self.inner.field.problems(value)
                if self.inner is not None and fits:
                    self.inner.hold(value)
            self.edited()


def variant_name(field: Field) -> str:
    """Return what an alternative is called: its title, or its type and what sets it apart."""
    if field.title:
        return str(field.title)
    kinds = {"string": "text", "array": "list", "object": "object", "boolean": "yes or no", "": "JSON"}
    name = kinds.get(field.type, field.type)
    single = [part.choices[0] for part in field.properties if len(part.choices) == 1]
    details = single or [part.name for part in field.properties if part.required] or list(field.choices)
    return f"{name}: {short(', '.join(map(str, details[:4])), 40)}" if details else name


def unique(names: Sequence[str]) -> list[str]:
    """Return names that are all different: the second "object" is "object (2)"."""
    seen: dict[str, int] = {}
    for name in names:
        seen[name] = seen.get(name, 0) + 1
    counts: dict[str, int] = {}
    named = []
    for name in names:
        counts[name] = counts.get(name, 0) + 1
        named.append(f"{name} ({counts[name]})" if seen[name] > 1 else name)
    return named


def fitting(variants: Sequence[Field], value: Any) -> int:
    """Return which alternative a value is: the first without problems, else of its type, else the first."""
    types = {str: "string", bool: "boolean", int: "integer", float: "number", list: "array", dict: "object"}
    for position, field in enumerate(variants):
        if not field.problems(value) and (value is not None or field.nullable or not field.type):
            return position
    same_type = [place for place, field in enumerate(variants) if field.type == types.get(type(value))]
    return same_type[0] if same_type else 0


class NullableControl(NestedControl):
    """A control beside a button that says null, for a field where null is a value."""

    def __init__(self, field: Field, kit: Kit, *, inner: Control, **kwargs: Any) -> None:
        self.inner, self.wide, self.rank = inner, inner.wide, inner.rank
        super().__init__(field, kit, **kwargs)

    def build(self) -> Sequence[widgets.Widget]:
        """Make the button beside the control."""
        self.adopt(self.inner)
        self.null = self.kit.make(
            widgets.ToggleButton,
            "sw-button",
            description="null",
            tooltip=f"send null · {tooltip_of(self.field)}",
        )
        self.null.observe(self._pressed, "value")
        return [self.kit.make(widgets.HBox, "sw-item", children=(self.inner, self.null, self._note))]

    def parts(self) -> Iterator[tuple[tuple[str | int, ...], Control]]:
        """Yield the control; it stands where the field stands."""
        yield (), self.inner

    def show(self, value: Any) -> None:
        """Press the button for null, else show the value."""
        self.null.value = value is None
        self.inner.hold(UNSET if value is None else value)

    def read(self) -> Any:
        """Return null while the button is pressed and nothing else is said."""
        return None if self.null.value else self.inner.value

    def part_edited(self) -> None:
        """Let go of null when a person says something else."""
        with self.desk:
            if not self._showing:
                with self._quietly():
                    self.null.value = False
                self.edited()

    def _pressed(self, change: Any) -> None:
        with self.desk:
            if not self._showing:
                if change["new"]:
                    with self._quietly():
                        self.inner.hold(UNSET)
                self.edited()
