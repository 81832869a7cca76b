"""A value against a resolved schema → every problem, each at its place, in words."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from . import wording
from .errors import Problem
from .plain import join_path
from .rules import Broken, Schema, broken


def check(schema: Schema, value: Any, path: str) -> list[Problem]:
    """Check one plain value.

    Parameters
    ----------
    schema : dict
        Resolved.
    value : object
        Plain JSON values only.
    path : str
        The place of the value in the request.
    """
    try:
        found = list(broken(value, schema))
    except (OverflowError, RecursionError):
        return [Problem(path, "is too large to be checked")]
    return list(dict.fromkeys(_problems(found, path)))


def _problems(found: list[Broken], path: str) -> Iterable[Problem]:
    # A value of the wrong type breaks its other rules too, and saying so does not help.
    mistyped = {each.path for each in found if each.keyword == "type"}
    for each in sorted(found, key=lambda each: [str(part).zfill(6) for part in each.path]):
        if each.keyword == "type" or each.path not in mistyped:
            yield from _explain(each, path)


def _explain(each: Broken, path: str) -> Iterable[Problem]:
    here = join_path(path, each.path)
    if each.keyword == "required":
        yield from (Problem(join_path(here, (name,)), "is required") for name in _missing(each))
    elif each.keyword == "additionalProperties":
        yield from _surplus(each, here)
    elif each.keyword in ("anyOf", "oneOf"):
        yield from _no_variant(each, path, here)
    else:
        yield Problem(here, wording.sentence(each.keyword, each.limit, each.value, each.schema))


def _missing(each: Broken) -> list[str]:
    return [name for name in each.limit if name not in each.value]


def _surplus(each: Broken, here: str) -> Iterable[Problem]:
    known = list(each.schema.get("properties", {}))
    for name in each.value:
        if name not in known:
            yield Problem(join_path(here, (name,)), wording.unknown(name, known))


def _no_variant(each: Broken, path: str, here: str) -> Iterable[Problem]:
    """Explain by the alternative that the value comes nearest to."""
    if not each.variants:  # oneOf, and several fit
        yield Problem(here, f"fits more than one of: {wording.alternatives(each.limit)}; only one may fit")
        return
    missing = _only_missing(each)
    if missing:
        yield Problem(here, "needs " + ", or ".join(missing))
        return
    best = min(each.variants, key=lambda found: _distance(found, each.path))
    if any(_of_kind(one, each.path) for one in best):
        value = wording.show(each.value, quote=True)
        yield Problem(here, f"must be {wording.alternatives(each.limit)}; not {value}")
        return
    yield from _problems(best, path)


def _only_missing(each: Broken) -> list[str]:
    """What each alternative misses, where several of the value's kind miss nothing but names."""
    missing = [
        " and ".join(name for one in found for name in _missing(one))
        for found in each.variants
        if all(one.keyword == "required" and one.path == each.path for one in found)
    ]
    return list(dict.fromkeys(missing)) if len(missing) > 1 else []


def _of_kind(one: Broken, path: tuple[str | int, ...]) -> bool:
    """Whether it is the whole value that is of another kind."""
    return one.keyword in ("type", "enum", "const") and one.path == path


def _distance(found: list[Broken], path: tuple[str | int, ...]) -> tuple[bool, bool, int]:
    """How far a value is from an alternative: another type, another kind of object, how many problems."""
    # {"type": "image", …} says by one single-valued name which alternative is meant.
    other_kind = any(one.keyword in ("enum", "const") for one in found)
    return any(_of_kind(one, path) for one in found), other_kind, len(found)
