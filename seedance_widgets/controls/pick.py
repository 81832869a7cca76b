"""Field → control: the one place that decides how a field is shown.

The decision takes the field alone: its type, its choices, its bounds, and whether its words speak of an
address or of text to write. A new kind of control is one class and one line here.
"""

from __future__ import annotations

import dataclasses
import re
from typing import TYPE_CHECKING, Any

from .base import Control
from .choice import (
    FEW,
    MANY,
    ROOM,
    DropdownControl,
    SearchControl,
    SegmentedControl,
    ShapeControl,
    SwitchControl,
)
from .kit import Kit, written
from .media import LinkControl
from .nested import GroupControl, ListControl
from .number import NumberControl, SeedControl
from .table import TableControl, is_table
from .text import JsonControl, LongTextControl, TextControl
from .variant import NullableControl, VariantControl

if TYPE_CHECKING:
    from ..model import Field

_WRITING = re.compile(r"prompt|text|script|lyrics|caption|story|description|instruction|message", re.I)
_ADDRESS = re.compile(r"(^|_)(url|uri|image|photo|picture|mask|video|audio)s?$", re.I)


def control_for(field: Field, kit: Kit, *, role: str = "", label: str | None = None, opened: bool = False) -> Control:
    """Build the control of a field.

    Parameters
    ----------
    field : Field
        What the API says of it.
    kit : Kit
        What the controls of one form share.
    role : str, optional
        The field's role in the model, where it has one.
    label : str, optional
        The label, where it is not the field's name.
    opened : bool, optional
        Show the parts of an object at once.
    """
    if field.nullable:
        plain = dataclasses.replace(field, nullable=False)
        inner = control_for(plain, kit, role=role, label=label, opened=opened)
        return NullableControl(field, kit, inner=inner, role=role, label="")
    kind = kind_for(field, role)
    if kind is GroupControl:
        return GroupControl(field, kit, role=role, label=label, opened=opened or label == "")
    return kind(field, kit, role=role, label=label)


def kind_for(field: Field, role: str = "") -> type[Control]:
    """Return the kind of control that suits a field."""
    if field.variants:
        return VariantControl
    if field.choices:
        return _choice_for(field, role)
    if field.type == "integer" and role == "seed":
        return SeedControl
    kinds: dict[str, Any] = {
        "boolean": SegmentedControl if field.default is None or field.required else SwitchControl,
        "integer": NumberControl,
        "number": NumberControl,
        "string": _text_for(field, role),
        "array": _list_for(field),
        "object": GroupControl if field.properties else JsonControl,
    }
    kind: type[Control] = kinds.get(field.type, JsonControl)
    return kind


def _list_for(field: Field) -> type[Control]:
    if field.items is None:
        return JsonControl
    return TableControl if is_table(field) else ListControl


def _choice_for(field: Field, role: str) -> type[Control]:
    if any(isinstance(value, (list, dict)) for value in field.choices):
        return JsonControl
    if role == "aspect_ratio" and len(field.choices) <= MANY * 2:
        return ShapeControl
    names = [written(value) for value in field.choices]
    if len(names) <= FEW and sum(map(len, names)) <= ROOM:
        return SegmentedControl
    numeric = all(isinstance(value, (int, float)) for value in field.choices)
    return SearchControl if len(names) > MANY and not (numeric and len(names) <= MANY * 4) else DropdownControl


def _text_for(field: Field, role: str) -> type[Control]:
    words = field.name or field.title
    if role == "prompt":
        return LongTextControl
    if field.format == "uri" or _ADDRESS.search(words):
        return LinkControl
    if _WRITING.search(words) or (field.max_length or 0) >= 200:
        return LongTextControl
    return TextControl
