"""Several values of a field → an axis: lists, ranges, and the strings that image tools write.

For numeric fields a string may hold values and spans, separated by commas: ``"1,2,7"``, ``"1-4"``, ``"1-10 (+3)"`` (in
steps of three), ``"1-100 [5]"`` (five, evenly spaced, both ends included). Text is never split.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

from .model import Field
from .plain import unpacked

LONGEST_AXIS = 1_000
_DASHES = str.maketrans("‐‑–—−", "-----")  # what editors make of a hyphen
_NUMBER = r"[+-]?\d+(?:\.\d+)?"
_SPAN = re.compile(rf"({_NUMBER})\s*-\s*({_NUMBER})\s*(?:\(\s*({_NUMBER})\s*\)|\[\s*(\d+)\s*\])?")


class AxisError(ValueError):
    """What is wrong with an axis, in words."""


def axis_values(field: Field | None, value: Any) -> list[Any] | None:
    """Return the values of an axis, or None where the value is a single one.

    Parameters
    ----------
    field : Field or None
        The field that they are for; None where the model has no such field.
    value : object
        What was given.

    Returns
    -------
    list or None
        For a field that is itself a list, only a list of lists is an axis.

    Raises
    ------
    AxisError
        Empty, too long, or a span that cannot be read.
    """
    if isinstance(value, range):
        return _checked(value)
    if isinstance(value, (list, tuple)):
        if field is not None and field.takes("array") and not _is_list_of_lists(value):
            return None
        return _checked(value)
    if isinstance(value, str) and field is not None and _is_numeric(field):
        return _read_numbers(value, whole=not field.takes("number"))
    return None


def _is_list_of_lists(value: list[Any] | tuple[Any, ...]) -> bool:
    return bool(value) and all(isinstance(each, (list, tuple)) for each in value)


def _is_numeric(field: Field) -> bool:
    return (field.takes("integer") or field.takes("number")) and not field.takes("string")


def _checked(values: Any) -> list[Any]:
    if not len(values):
        raise AxisError("the axis is empty: give at least one value")
    if len(values) > LONGEST_AXIS:
        raise AxisError(f"the axis has {len(values)} values; {LONGEST_AXIS} are the most")
    return [unpacked(each) for each in values]


def _read_numbers(text: str, *, whole: bool) -> list[Any] | None:
    """Read values and spans; None where it is one word, which the model itself then checks."""
    parts = [part.strip() for part in text.translate(_DASHES).split(",")]
    if not text.strip():
        return None
    if len(parts) == 1 and not re.match(_NUMBER, parts[0]):
        return None
    return _checked([_plain(number, whole) for part in parts for number in _read_part(part)])


def _read_part(part: str) -> Iterator[Fraction]:
    if re.fullmatch(_NUMBER, part):
        yield Fraction(part)
        return
    span = _SPAN.fullmatch(part)
    if span is None:
        raise AxisError(f"{part!r} is no number and no span: write 1-4, 1,2,7, 1-10 (+3) or 1-100 [5]")
    first, last, step, count = span.groups()
    yield from _spaced(Fraction(first), Fraction(last), step, count)


def _spaced(first: Fraction, last: Fraction, step: str | None, count: str | None) -> Iterator[Fraction]:
    """Go from the first to the last, up or down, in steps of a size or in a number of values."""
    if count is not None:
        number = int(count)
        if not 1 <= number <= LONGEST_AXIS:
            raise AxisError(f"[{count}] must ask for 1 to {LONGEST_AXIS} values")
        width = (last - first) / (number - 1) if number > 1 else Fraction(0)
        yield from (first + index * width for index in range(number))
        return
    size = abs(Fraction(step)) if step else Fraction(1)
    if not size:
        raise AxisError("a step of 0 never arrives")
    number = int(abs(last - first) / size) + 1
    if number > LONGEST_AXIS:
        raise AxisError(f"the span has {number} values; {LONGEST_AXIS} are the most")
    direction = size if last >= first else -size
    yield from (first + index * direction for index in range(number))


def _plain(number: Fraction, whole: bool) -> int | float:
    """Return a Python number; for a whole-number field evenly spaced values are rounded."""
    if number.denominator == 1:
        return int(number)
    return round(number) if whole else float(number)
