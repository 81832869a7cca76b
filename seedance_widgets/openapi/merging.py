"""Two resolved schemas that both hold → one (``allOf``, and what stands beside a ``$ref``)."""

from __future__ import annotations

from typing import Any

from ..errors import DocumentError
from ..plain import Part, join_pointer
from .mending import among

Schema = dict[str, Any]

# Of two values, the stricter one holds.
_STRICTER = {
    "minLength": max,
    "minItems": max,
    "minProperties": max,
    "maxLength": min,
    "maxItems": min,
    "maxProperties": min,
}
# Words about a schema, which forbid nothing: the first is as good as the second.
_WORDS = ("title", "description", "default", "format", "deprecated", "example", "examples", "readOnly")


def merge(own: Schema, other: Schema, pointer: tuple[Part, ...], *, own_null: bool = False) -> Schema:
    """Merge two schemas that both hold.

    Parameters
    ----------
    own, other : dict
        Resolved schemas; the words of the first win.
    pointer : tuple
        Where in the document, for the error.
    own_null : bool
        Whether ``nullable`` beside a reference or an allOf opens the whole, which is what people mean by it.

    Raises
    ------
    DocumentError
        When they contradict each other.
    """
    merged = dict(own)
    for key, value in other.items():
        if key not in merged:
            merged[key] = value
        elif key not in _WORDS:
            _combine(merged, key, value, pointer)
    _bounds(merged, own, other)
    _null(merged, own, other, own_null)
    return merged


def _combine(merged: Schema, key: str, value: Any, pointer: tuple[Part, ...]) -> None:
    have = merged[key]
    if key in _STRICTER:
        merged[key] = _STRICTER[key](have, value)
    elif key == "type":
        merged[key] = _type(have, value, pointer)
    elif key == "enum":
        merged[key] = _common(have, value, pointer)
    elif key == "required":
        merged[key] = [*have, *(name for name in value if name not in have)]
    elif key == "properties":
        merged[key] = _properties(have, value, pointer)
    elif key == "items":
        merged[key] = merge(have, value, (*pointer, key))
    elif key == "additionalProperties":
        merged[key] = _additional(have, value, pointer)
    elif key == "allOf":
        merged[key] = [*have, *value]
    elif key in ("anyOf", "oneOf", "not", "pattern", "multipleOf", "uniqueItems") and have != value:
        merged["allOf"] = [*merged.get("allOf", []), {key: value}]


def _type(one: str, other: str, pointer: tuple[Part, ...]) -> str:
    if one == other:
        return one
    if {one, other} == {"integer", "number"}:
        return "integer"
    raise DocumentError(f"{join_pointer(pointer)}: contradicts itself: it must be {one} and {other} at once.")


def _common(one: list[Any], other: list[Any], pointer: tuple[Part, ...]) -> list[Any]:
    both = [value for value in one if among(value, other)]
    if not both:
        raise DocumentError(f"{join_pointer(pointer)}: contradicts itself: its lists of values share none.")
    return both


def _properties(one: Schema, other: Schema, pointer: tuple[Part, ...]) -> Schema:
    both = dict(one)
    for name, schema in other.items():
        both[name] = merge(both[name], schema, (*pointer, "properties", name)) if name in both else schema
    return both


def _additional(one: Any, other: Any, pointer: tuple[Part, ...]) -> Any:
    if isinstance(one, dict) and isinstance(other, dict):
        return merge(one, other, (*pointer, "additionalProperties"))
    if one is False or other is False:
        return False
    return other if one is True else one


def _bounds(merged: Schema, own: Schema, other: Schema) -> None:
    """Take the stricter bound together with whether it is itself allowed."""
    for bound, exclusive, sign in (("minimum", "exclusiveMinimum", 1), ("maximum", "exclusiveMaximum", -1)):
        stated = [each for each in (own, other) if bound in each]
        if not stated:
            continue
        strict = max(stated, key=lambda each: (sign * each[bound], each.get(exclusive, False)))
        merged[bound] = strict[bound]
        merged.pop(exclusive, None)
        if strict.get(exclusive):
            merged[exclusive] = True


def _null(merged: Schema, own: Schema, other: Schema, own_null: bool) -> None:
    """Null fits the whole when it fits both, or when it was said beside the reference on purpose."""
    fits = [bool(each.get("nullable")) for each in (own, other) if "type" in each or "nullable" in each]
    merged.pop("nullable", None)
    if (own_null and own.get("nullable")) or (fits and all(fits)):
        merged["nullable"] = True
