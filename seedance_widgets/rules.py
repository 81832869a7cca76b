"""A plain value against a resolved schema: which rules it breaks, and where.

The vocabulary is closed: documents are resolved and mended by :mod:`openapi`, and what stands in a resolved schema is
checked here. Formats (uri, uuid) are not enforced: Base64 text and ids stand there too. That it agrees with
openapi-schema-validator is a property test; that library itself costs a notebook seconds to import, for the grammar of
web addresses that nobody here asks for, at the very moment of somebody's first wrong key.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from .openapi.mending import among, same, type_of
from .plain import Part

Schema = dict[str, Any]
Path = tuple[Part, ...]


@dataclass(frozen=True)
class Broken:
    """One rule that a value breaks.

    Attributes
    ----------
    keyword : str
        Of the schema: ``minimum``, ``required`` …
    limit : object
        What the schema says there.
    value : object
        What breaks it.
    schema : dict
        The schema that holds the keyword.
    path : tuple
        Where the value stands.
    variants : tuple of list of Broken
        For anyOf and oneOf what each alternative finds wrong; empty where several fit.
    """

    keyword: str
    limit: Any
    value: Any
    schema: Schema
    path: Path = ()
    variants: tuple[list[Broken], ...] = ()


def broken(value: Any, schema: Schema, path: Path = ()) -> Iterator[Broken]:
    """Find every rule that a value breaks.

    Parameters
    ----------
    value : object
        Plain JSON values only.
    schema : dict
        Resolved; "or null" and exclusive bounds in the way of OpenAPI 3.0 or 3.1.
    path : tuple
        Where the value stands.
    """
    for keyword, limit in schema.items():
        if keyword in _INSIDE:
            yield from _INSIDE[keyword](value, limit, schema, path)
        elif keyword in _CHOOSING:
            yield from _choose(keyword, value, limit, schema, path)
        elif keyword in _TESTS and not _TESTS[keyword](value, limit, schema):
            yield Broken(keyword, limit, value, schema, path)


def fits(value: Any, schema: Schema) -> bool:
    """Whether a value breaks no rule."""
    return next(broken(value, schema), None) is None


# Rules about the value itself: whether it keeps them. A rule about another type is kept.


def _is_type(value: Any, wanted: Any, schema: Schema) -> bool:
    names = wanted if isinstance(wanted, list) else [wanted]
    kind = type_of(value)
    if kind == "null":
        return "null" in names or schema.get("nullable") is True
    if kind in names or (kind == "integer" and "number" in names):
        return True
    return kind == "number" and "integer" in names and float(value).is_integer()


def _number(test: Callable[[Any, Any, Schema], bool]) -> Callable[[Any, Any, Schema], bool]:
    return lambda value, limit, schema: type_of(value) not in ("integer", "number") or test(value, limit, schema)


def _sized(kind: type[Any], test: Callable[[int, Any], bool]) -> Callable[[Any, Any, Schema], bool]:
    return lambda value, limit, schema: not isinstance(value, kind) or test(len(value), limit)


def _least(value: Any, limit: Any, schema: Schema) -> bool:
    return bool(value > limit if schema.get("exclusiveMinimum") is True else value >= limit)


def _most(value: Any, limit: Any, schema: Schema) -> bool:
    return bool(value < limit if schema.get("exclusiveMaximum") is True else value <= limit)


def _multiple(value: Any, step: Any, schema: Schema) -> bool:
    if isinstance(value, int) and isinstance(step, int):
        return value % step == 0
    try:
        times = value / step
    except OverflowError:
        return False
    return math.isfinite(times) and math.isclose(times, round(times), rel_tol=1e-9)  # 0.3 is three times 0.1


def _unique(value: Any, wanted: Any, schema: Schema) -> bool:
    if not isinstance(value, list) or not wanted:
        return True
    return not any(same(item, other) for place, item in enumerate(value) for other in value[:place])


_TESTS: dict[str, Callable[[Any, Any, Schema], bool]] = {
    "type": _is_type,
    "enum": lambda value, limit, schema: among(value, limit),
    "const": lambda value, limit, schema: same(value, limit),
    "minimum": _number(_least),
    "maximum": _number(_most),
    # 3.0 has a boolean here, which the bound beside it reads; 3.1 a number of its own.
    "exclusiveMinimum": _number(lambda value, limit, schema: isinstance(limit, bool) or value > limit),
    "exclusiveMaximum": _number(lambda value, limit, schema: isinstance(limit, bool) or value < limit),
    "multipleOf": _number(_multiple),
    "minLength": _sized(str, lambda size, limit: size >= limit),
    "maxLength": _sized(str, lambda size, limit: size <= limit),
    "pattern": lambda value, limit, schema: not isinstance(value, str) or re.search(limit, value) is not None,
    "minItems": _sized(list, lambda size, limit: size >= limit),
    "maxItems": _sized(list, lambda size, limit: size <= limit),
    "uniqueItems": _unique,
    "minProperties": _sized(dict, lambda size, limit: size >= limit),
    "maxProperties": _sized(dict, lambda size, limit: size <= limit),
    "required": lambda value, limit, schema: not isinstance(value, dict) or all(name in value for name in limit),
    "not": lambda value, limit, schema: not fits(value, limit),
}


# Rules about what is inside, and rules of which one or all must hold.


def _properties(value: Any, limit: dict[str, Schema], schema: Schema, path: Path) -> Iterator[Broken]:
    if isinstance(value, dict):
        for name, inner in limit.items():
            if name in value:
                yield from broken(value[name], inner, (*path, name))


def _additional(value: Any, limit: Any, schema: Schema, path: Path) -> Iterator[Broken]:
    known = schema.get("properties", {})
    surplus = [name for name in value if name not in known] if isinstance(value, dict) else []
    if limit is False and surplus:
        yield Broken("additionalProperties", limit, value, schema, path)
    elif isinstance(limit, dict):
        for name in surplus:
            yield from broken(value[name], limit, (*path, name))


def _items(value: Any, limit: Schema, schema: Schema, path: Path) -> Iterator[Broken]:
    if isinstance(value, list):
        for place, item in enumerate(value):
            yield from broken(item, limit, (*path, place))


def _all(value: Any, limit: list[Schema], schema: Schema, path: Path) -> Iterator[Broken]:
    for part in limit:
        yield from broken(value, part, path)


_INSIDE: dict[str, Callable[[Any, Any, Schema, Path], Iterator[Broken]]] = {
    "properties": _properties,
    "additionalProperties": _additional,
    "items": _items,
    "allOf": _all,
}

_CHOOSING = ("anyOf", "oneOf")


def _choose(keyword: str, value: Any, limit: list[Schema], schema: Schema, path: Path) -> Iterator[Broken]:
    found = tuple(list(broken(value, variant, path)) for variant in limit)
    fitting = sum(not each for each in found)
    if not fitting:
        yield Broken(keyword, limit, value, schema, path, found)
    elif keyword == "oneOf" and fitting > 1:
        yield Broken(keyword, limit, value, schema, path)
