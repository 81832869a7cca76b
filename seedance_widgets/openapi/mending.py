"""The small repairs of one schema: types, values, defaults, bounds.

The API's documents give a text default to a number, write ``int`` for ``integer``, or quote a bound. Where
the meaning is plain it is taken, and the caller writes a sentence about it. All are pure functions.
"""

from __future__ import annotations

import math
import re
from typing import Any

TYPES = ("string", "integer", "number", "boolean", "array", "object")

# Spellings from other languages that stand where a JSON type should.
_ALIASES = {
    "str": "string",
    "text": "string",
    "int": "integer",
    "int32": "integer",
    "int64": "integer",
    "long": "integer",
    "float": "number",
    "double": "number",
    "decimal": "number",
    "bool": "boolean",
    "list": "array",
    "dict": "object",
    "map": "object",
}

# In this order: a bool is an int to Python.
_KINDS = ((bool, "boolean"), (int, "integer"), (float, "number"), (str, "string"), (list, "array"))

_WHOLE = re.compile(r"[+-]?\d{1,4000}(\.0{1,4000})?")
_DECIMAL = re.compile(r"[+-]?(\d{1,300}(\.\d{0,300})?|\.\d{1,300})([eE][+-]?\d{1,3})?")


def type_name(word: Any) -> str | None:
    """The JSON type that a word means, ``"null"`` included; None when it means none."""
    if not isinstance(word, str):
        return None
    lowered = word.strip().lower()
    if lowered in TYPES or lowered == "null":
        return lowered
    return _ALIASES.get(lowered)


def type_of(value: Any) -> str:
    """The JSON type of a plain value (a bool is no integer here)."""
    if value is None:
        return "null"
    return next((name for kind, name in _KINDS if isinstance(value, kind)), "object")


def common_type(values: list[Any]) -> str | None:
    """The one type that all values have; integers among numbers count as numbers."""
    kinds = {type_of(value) for value in values} - {"null"}
    if kinds == {"integer", "number"}:
        return "number"
    return kinds.pop() if len(kinds) == 1 else None


def coerce(value: Any, kind: str) -> Any:
    """Read a value as the type that the document says it has.

    Raises
    ------
    ValueError
        When it has no plain reading as that type.
    """
    have = type_of(value)
    if have == kind or not kind or (kind == "number" and have == "integer"):
        return value
    if kind == "integer" and have == "number" and value.is_integer():
        return int(value)
    if have == "string":
        return _from_text(value.strip(), kind)
    if kind == "string" and have in ("integer", "number"):
        return str(value)
    raise ValueError(f"{have} is no {kind}")


def _from_text(text: str, kind: str) -> Any:
    if kind in ("integer", "number") and _WHOLE.fullmatch(text):
        return int(text.partition(".")[0])
    if kind == "number" and _DECIMAL.fullmatch(text) and math.isfinite(float(text)):
        return float(text)
    if kind == "boolean" and text.lower() in ("true", "false"):
        return text.lower() == "true"
    raise ValueError(f"{text!r} is no {kind}")


def same(one: Any, other: Any) -> bool:
    """Equality as JSON has it: 1 is not true, and 1 is 1.0."""
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same(one[key], other[key]) for key in one)
    return bool(one == other)


def among(value: Any, values: list[Any]) -> bool:
    """Whether a value is one of several, by JSON's equality."""
    return any(same(value, each) for each in values)


def different(values: list[Any]) -> list[Any]:
    """Each value once, in their order; quick also where there are thousands."""
    seen: set[tuple[bool, Any]] = set()
    kept: list[Any] = []
    nested: list[Any] = []
    for value in values:
        if isinstance(value, (list, dict)):
            if among(value, nested):
                continue
            nested.append(value)
        elif (mark := (isinstance(value, bool), value)) in seen:
            continue
        else:
            seen.add(mark)
        kept.append(value)
    return kept


def regular(pattern: Any) -> bool:
    """Whether a pattern can be compiled here; ECMA's dialect has forms that Python lacks."""
    if not isinstance(pattern, str):
        return False
    try:
        re.compile(pattern)
    except (re.error, RecursionError, OverflowError):
        return False
    return True
