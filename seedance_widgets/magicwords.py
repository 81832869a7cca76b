"""The body of a ``%%seedance`` cell → the prompt: variables in braces become what they stand for.

- ``{animal}``, ``{shot.lens}``, ``{words[0]}``, ``{speed:.1f}`` stand for what the notebook's variables hold: as text,
  whatever it is, so that no data makes more takes than the cell says.
- ``{dragon|phoenix}`` is left to `variations`: words that vary.
- ``{{`` and ``}}`` are braces that are meant.
"""

from __future__ import annotations

import difflib
import re
import string
from collections.abc import Mapping
from typing import Any

from .variations import as_text

_VARIABLE = re.compile(r"[^\W\d]\w*(?:[.\[].*)?", re.DOTALL)
_FORMATTER = string.Formatter()


def expand(text: str, names: Mapping[str, Any]) -> tuple[str, list[str]]:
    """Put the values of variables into a text.

    Parameters
    ----------
    text : str
        With variables in braces.
    names : mapping
        The variables.

    Returns
    -------
    str
        The text, as far as it could be read.
    list of str
        What is wrong with it, in words.
    """
    parts: list[str] = []
    problems: list[str] = []
    at = 0
    while at < len(text):
        mark = text[at]
        end = _partner(text, at) if mark == "{" else None
        if end is not None and "|" in text[at:end]:
            piece, at = text[at:end], end
        elif mark in "{}" and text.startswith(mark * 2, at):
            piece, at = mark, at + 2
        elif mark == "}" or (mark == "{" and end is None):
            problems.append(_lone(text, at))
            piece, at = mark, at + 1
        elif end is not None:
            piece, at = _value(text[at + 1 : end - 1], names, problems), end
        else:
            piece, at = mark, at + 1
        parts.append(piece)
    return "".join(parts), problems


def _partner(text: str, start: int) -> int | None:
    """Return where the group that begins here ends; None where it does not."""
    depth = 0
    for index in range(start, len(text)):
        depth += {"{": 1, "}": -1}.get(text[index], 0)
        if depth == 0:
            return index + 1
    return None


def _lone(text: str, at: int) -> str:
    mark = text[at]
    where = " ".join(text[max(0, at - 12) : at + 13].split())
    return f"a {mark} without its {'}' if mark == '{' else '{'} in “{where}”: {mark * 2} writes one that is meant"


def _value(inside: str, names: Mapping[str, Any], problems: list[str]) -> str:
    """Return what a variable in braces stands for; what is none stays as it is, and is a problem."""
    whole = f"{{{inside}}}"
    try:
        ((_, name, spec, conversion),) = _FORMATTER.parse(whole)
        name = (name or "").strip()
        if not _VARIABLE.fullmatch(name):
            raise ValueError("that is no variable's name")
        found, _ = _FORMATTER.get_field(name, (), names)
        return as_text(format(_FORMATTER.convert_field(found, conversion) if conversion else found, spec or ""))
    except KeyError as error:
        problems.append(f"{_short(whole)}: {_missing(str(error.args[0]), names)}")
    except Exception as error:  # whatever the variable itself raises
        problems.append(f"{_short(whole)}: {error}; {{{{ and }}}} write braces that are meant")
    return whole


def _missing(name: str, names: Mapping[str, Any]) -> str:
    near = difflib.get_close_matches(name, [each for each in names if isinstance(each, str)], 1)
    meant = f"did you mean {near[0]}? " if near else ""
    return f"there is no variable {name}; {meant}{{{{{name}}}}} writes the braces themselves"


def _short(text: str) -> str:
    return text if len(text) <= 40 else text[:39] + "…"
