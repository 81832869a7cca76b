"""What is typed in a command line for a field → its values, by the model's schema.

Numbers may be spans (``1-4``, ``1-10 (+3)``, ``1-100 [5]``), and what has a list of choices, numbers and yes-or-no take
several values with commas. Text is never split: a comma belongs to it. Lists and objects are written as JSON.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from .axes import AxisError, axis_values
from .field import Field

_SWITCH = {"true": True, "yes": True, "on": True, "false": False, "no": False, "off": False}


def typed_value(field: Field, texts: Sequence[str]) -> Any:
    """Return what a field was given: one value, or a list of them, which is an axis.

    Parameters
    ----------
    field : Field
        Whose values they are.
    texts : sequence of str
        What was typed, once or several times.

    Raises
    ------
    AxisError
        A text that cannot be read, in words. What is no valid value is not refused here: the model says so better.
    """
    if field.takes("array"):
        return _listed(field, texts)
    values = [value for text in texts for value in typed_values(field, text)]
    return values[0] if len(values) == 1 else values


def typed_values(field: Field, text: str) -> list[Any]:
    """Return the values that one text stands for."""
    if field.choices:
        return _chosen(field, text)
    if field.takes("boolean") and not field.takes("string"):
        return [_SWITCH.get(part.strip().lower(), part.strip()) for part in text.split(",")]
    numbers = axis_values(field, text)
    if numbers is not None:
        return numbers
    return [text if field.takes("string") else _json(field, text)]


def _chosen(field: Field, text: str) -> list[Any]:
    """Return choices; a whole text that is one wins over one that is split at its commas."""
    known = {_spelled(choice): choice for choice in field.choices}
    parts = [text.strip()] if text.strip() in known else [part.strip() for part in text.split(",")]
    if all(part in known for part in parts):
        return [known[part] for part in parts]
    if field.takes("string"):
        return list(parts)
    return axis_values(field, text) or list(parts)


def _spelled(choice: Any) -> str:
    return choice if isinstance(choice, str) else json.dumps(choice)


def _listed(field: Field, texts: Sequence[str]) -> list[Any]:
    """Return the list that a list field is given: its items one by one, or as JSON. Lists in a list are an axis."""
    read = [_json(field, text) if text.lstrip().startswith("[") else [text] for text in texts]
    lists = [each for each in read if isinstance(each, list)]
    return lists[0] if len(lists) == 1 else [item for each in lists for item in each]


def _json(field: Field, text: str) -> Any:
    """Read JSON; a plain word stays one, so that the model can say what it takes instead."""
    try:
        return json.loads(text)
    except ValueError:
        if text.lstrip().startswith(("{", "[")):
            raise AxisError(f"{text[:60]!r} is no JSON, which a field of type {field.kind} takes") from None
        return text
