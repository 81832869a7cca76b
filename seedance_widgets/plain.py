"""Any Python value → the plain JSON value that would be sent, and what cannot be sent at all.

People hand in tuples, numpy numbers, enumerations, sets and worse. What has one obvious JSON form gets it;
the rest is a sentence about the place where it stands, never an exception from a JSON encoder later on.
"""

from __future__ import annotations

import math
import numbers
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

Part = str | int

# Real requests are a few dozen values and a few levels. These bounds catch cycles, and documents that
# unfold without end, long before Python's own stack or the memory does.
MAX_DEPTH = 64
MAX_VALUES = 200_000
# str() of a whole number refuses more than 4300 digits; such a number could not be written down as JSON.
MAX_BITS = 14_000


class Trouble(NamedTuple):
    """What cannot be sent: the way to it through names and indexes, and why."""

    parts: tuple[Part, ...]
    message: str


def to_plain(value: Any) -> tuple[Any, list[Trouble]]:
    """Copy a value as plain JSON.

    Returns
    -------
    copy : object
        Only dict, list, str, int, float, bool and None. Tuples became lists, numbers of numpy and the like
        became Python's, names of mappings became str.
    troubles : list of Trouble
        Everything that has no JSON form; empty when ``copy`` is whole.
    """
    copier = _Copier()
    return copier.copy(value, ()), copier.troubles


def unpacked(value: Any) -> Any:
    """Return an array (of numpy, a column of pandas) as a list with numbers of Python, and all else as it is."""
    return value.tolist() if hasattr(type(value), "tolist") and not isinstance(value, memoryview) else value


def join_path(start: str, parts: Sequence[Part]) -> str:
    """Write a place as people do: ``keyframes.frame0``, ``image_urls[2]``."""
    text = start
    for part in parts:
        if isinstance(part, int):
            text += f"[{part}]"
        else:
            text += f".{part}" if text else part
    return text


def join_pointer(parts: Sequence[Part]) -> str:
    """Write a place as a JSON pointer: ``/paths/~1v2~1video~1generations/post``."""
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in parts)


def _halved(text: str) -> bool:
    """Whether a text holds a lone half of a surrogate pair, which no UTF-8 can carry."""
    if text.isascii():
        return False
    try:
        text.encode()
    except UnicodeEncodeError:
        return True
    return False


class _Copier:
    def __init__(self) -> None:
        self.troubles: list[Trouble] = []
        self.count = 0

    def fail(self, parts: tuple[Part, ...], message: str) -> Any:
        self.troubles.append(Trouble(parts, message))
        return None  # stands where the value would

    def copy(self, value: Any, parts: tuple[Part, ...]) -> Any:
        self.count += 1
        if self.count > MAX_VALUES:
            if self.count == MAX_VALUES + 1:
                self.fail(parts[:1], f"holds more than {MAX_VALUES} values")
            return None
        if len(parts) > MAX_DEPTH:
            return self.fail(parts[:1], "is nested too deeply, or holds itself")
        if value is None or isinstance(value, bool):
            return value
        if isinstance(value, str):
            return self.text(value, parts)
        if isinstance(value, dict):  # before the numbers, whose test is slow: documents are mostly these
            return self.mapping(value, parts)
        if isinstance(value, (list, tuple)):
            return [self.copy(item, (*parts, index)) for index, item in enumerate(value)]
        if isinstance(value, numbers.Real):
            return self.number(value, parts)
        if isinstance(value, Mapping):
            return self.mapping(value, parts)
        return self.other(value, parts)

    def text(self, value: str, parts: tuple[Part, ...]) -> str:
        if _halved(value):
            self.fail(parts, "holds half of a character (a lone surrogate), which cannot be sent")
        return str.__str__(value)

    def number(self, value: numbers.Real, parts: tuple[Part, ...]) -> Any:
        try:
            number = int(value) if isinstance(value, numbers.Integral) else float(value)
        except Exception:  # a foreign number class may raise anything
            return self.fail(parts, "is a number that cannot be sent")
        if isinstance(number, int) and number.bit_length() > MAX_BITS:
            self.fail(parts, "is a number of more than 4000 digits, too long to be sent")
        elif isinstance(number, float) and not math.isfinite(number):
            self.fail(parts, f"must be a finite number, not {number}")
        return number

    def mapping(self, value: Mapping[Any, Any], parts: tuple[Part, ...]) -> dict[str, Any]:
        copied: dict[str, Any] = {}
        for key, item in value.items():
            name = self.name(key)
            if name is None:
                self.fail(parts, f"has a name that cannot be sent ({type(key).__name__})")
            else:
                copied[name] = self.copy(item, (*parts, name))
        return copied

    def name(self, key: Any) -> str | None:
        """JSON's names are text; YAML also yields ``200:`` and ``true:``, which have one plain spelling."""
        if isinstance(key, str):
            return None if _halved(key) else str.__str__(key)
        if isinstance(key, bool):
            return "true" if key else "false"
        return str(key) if isinstance(key, int) and key.bit_length() <= MAX_BITS else None

    def other(self, value: Any, parts: tuple[Part, ...]) -> Any:
        kind = type(value)
        if isinstance(value, (bytes, bytearray, memoryview)):
            return self.fail(parts, "is raw bytes, which JSON cannot hold: give a URL, or Base64 text")
        if isinstance(value, (set, frozenset)):
            return self.fail(parts, "is a set, which has no order: give a list")
        try:
            listed = unpacked(value)
        except Exception:  # a foreign class may raise anything
            listed = value
        if listed is not value:
            return self.copy(listed, parts)
        return self.fail(parts, f"is a {kind.__name__}, which cannot be sent as JSON")
