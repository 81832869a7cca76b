"""A value against a resolved schema → every problem, each at its place, in words.

The rules are those of openapi-schema-validator, for OpenAPI 3.0 or 3.1 as the document says. Formats (uri,
uuid) are not enforced: Base64 text and ids stand there too.

Where Jupyter is installed, importing the library takes seconds (it builds a grammar of web addresses that
nobody here asks for). So a value that fits a simple schema beyond doubt is passed without it, and the
library is imported for the first value that is wrong or not simple.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Any

from . import wording
from .errors import Problem
from .openapi.mending import among, type_of
from .plain import join_path

Schema = dict[str, Any]


@cache
def _validator_class(version: str) -> Any:
    import openapi_schema_validator as library

    return library.OAS30Validator if version == "3.0" else library.OAS31Validator


def validator(schema: Schema, version: str) -> Any:
    """Build the validator of one schema; it can be used again and again."""
    return _validator_class(version)(schema)


# Keywords that plainly_fits knows, and those that forbid nothing.
_SIMPLE = {
    *("type", "nullable", "enum", "minimum", "maximum", "minLength", "maxLength", "minItems", "maxItems"),
    *("items", "title", "description", "default", "format", "deprecated"),
}


def plainly_fits(value: Any, schema: Schema) -> bool:
    """Whether a plain value fits a simple schema beyond doubt; False means only that the library must say."""
    kind, wanted = type_of(value), schema.get("type")
    if not schema.keys() <= _SIMPLE or wanted is None:
        return False
    if kind != wanted and (kind, wanted) != ("integer", "number"):
        return False
    if "enum" in schema and not among(value, schema["enum"]):
        return False
    if kind == "array":
        items = schema.get("items")
        inside = _between(len(value), schema, "minItems", "maxItems")
        return inside and items is not None and all(plainly_fits(item, items) for item in value)
    if kind == "string":
        return _between(len(value), schema, "minLength", "maxLength")
    return kind != "object" and (kind == "boolean" or _between(value, schema, "minimum", "maximum"))


def _between(number: Any, schema: Schema, least: str, most: str) -> bool:
    return bool(schema.get(least, number) <= number <= schema.get(most, number))


def check(checker: Any, value: Any, path: str) -> list[Problem]:
    """Check one plain value.

    Parameters
    ----------
    checker : object
        From :func:`validator`.
    value : object
        Plain JSON values only.
    path : str
        The place of the value in the request.
    """
    try:
        errors = list(checker.iter_errors(value))
    except (OverflowError, RecursionError):
        return [Problem(path, "is too large to be checked")]
    return list(dict.fromkeys(_problems(errors, path)))


def _problems(errors: Iterable[Any], path: str) -> Iterable[Problem]:
    errors = list(errors)
    # A value of the wrong type breaks its other rules too, and saying so does not help.
    mistyped = {tuple(error.absolute_path) for error in errors if error.validator == "type"}
    for error in sorted(errors, key=lambda error: [str(part).zfill(6) for part in error.absolute_path]):
        if error.validator == "type" or tuple(error.absolute_path) not in mistyped:
            yield from _explain(error, path)


def _explain(error: Any, path: str) -> Iterable[Problem]:
    here = join_path(path, tuple(error.absolute_path))
    if error.validator == "required":
        yield from _missing(error, here)
    elif error.validator == "additionalProperties":
        yield from _surplus(error, here)
    elif error.validator in ("anyOf", "oneOf"):
        yield from _no_variant(error, path, here)
    else:
        words = wording.sentence(error.validator, error.validator_value, error.instance, error.schema)
        yield Problem(here, words)


def _missing(error: Any, here: str) -> Iterable[Problem]:
    """The library has one error for each missing name, but the name only in its message."""
    for name in error.validator_value:
        if name not in error.instance:
            yield Problem(join_path(here, (name,)), "is required")


def _surplus(error: Any, here: str) -> Iterable[Problem]:
    known = list(error.schema.get("properties", {}))
    for name in error.instance:
        if name not in known:
            yield Problem(join_path(here, (name,)), wording.unknown(name, known))


def _no_variant(error: Any, path: str, here: str) -> Iterable[Problem]:
    """Explain by the alternative that the value comes nearest to."""
    variants = error.validator_value
    if not error.context:  # oneOf, and several fit
        yield Problem(here, f"fits more than one of: {wording.alternatives(variants)}; only one may fit")
        return
    by_variant: dict[int, list[Any]] = {}
    for each in error.context:
        by_variant.setdefault(each.schema_path[0], []).append(each)
    depth = len(error.absolute_path)
    missing = _only_missing(by_variant.values(), error.instance, depth)
    if missing:
        yield Problem(here, "needs " + ", or ".join(missing))
        return
    best = min(by_variant.values(), key=lambda errors: _distance(errors, depth))
    if any(each.validator in ("type", "enum", "const") and len(each.absolute_path) == depth for each in best):
        value = wording.show(error.instance, quote=True)
        yield Problem(here, f"must be {wording.alternatives(variants)}; not {value}")
        return
    yield from _problems(best, path)


def _only_missing(by_variant: Iterable[list[Any]], instance: Any, depth: int) -> list[str]:
    """What each alternative misses, where several of the value's kind miss nothing but names."""
    missing = []
    for errors in by_variant:
        if all(each.validator == "required" and len(each.absolute_path) == depth for each in errors):
            names = [name for name in errors[0].validator_value if name not in instance]
            missing.append(" and ".join(names))
    return list(dict.fromkeys(missing)) if len(missing) > 1 else []


def _distance(errors: list[Any], depth: int) -> tuple[bool, bool, int]:
    """How far a value is from an alternative: another type, another kind of object, how many problems."""
    other_type = any(
        each.validator in ("type", "enum", "const") and len(each.absolute_path) == depth for each in errors
    )
    # {"type": "image", …} says by one single-valued name which alternative is meant.
    other_kind = any(each.validator in ("enum", "const") for each in errors)
    return other_type, other_kind, len(errors)
