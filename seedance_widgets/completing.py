"""What Tab offers in ``%seedance`` and ``%%seedance``: subcommands, options, and the values that the schema allows."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple

from .magicline import OWN, models_of, spellings
from .model import Field, Model


class Offer(NamedTuple):
    """What can be put in the place of what was begun.

    Attributes
    ----------
    begun : str
        What stands before the cursor already, and is replaced.
    texts : list of str
        What may stand there.
    """

    begun: str
    texts: list[str]


def offer(
    before: str,
    *,
    model: Callable[[str | None], Model],
    models: Callable[[], Iterable[str]],
    commands: Mapping[str, str],
    is_cell: bool,
) -> Offer:
    """Return what may stand at the cursor.

    Parameters
    ----------
    before : str
        The line up to the cursor, without the magic's name.
    model : callable
        Returns a model by its id, or the present one for None.
    models : callable
        Returns the ids of the models that are known.
    commands : mapping
        The subcommands of the line magic.
    is_cell : bool
        Whether it is the first line of a cell, which takes no subcommand.
    """
    words = before.split()
    begun = "" if not words or before[-1:].isspace() else words[-1]
    done = words[:-1] if begun else words
    if not is_cell and not done and not begun.startswith("--"):
        return _begin(begun, [*commands, "--help"])
    if not is_cell and done and done[0] in commands:
        return _begin(begun, models() if done[0] in ("model", "models") else [])
    return _of_options(begun, done, model, models)


def _of_options(
    begun: str, done: Sequence[str], model: Callable[[str | None], Model], models: Callable[[], Iterable[str]]
) -> Offer:
    named = models_of(" ".join(word.replace('"', "").replace("'", "") for word in done))
    present = model(named[0] if named else None)
    known = spellings(present)
    option, mark, text = begun.partition("=")
    if begun.startswith("--") and not mark:
        used = {word.partition("=")[0] for word in done} - {"--model"}
        return _begin(begun, [each for each in _options(known) if each not in used])
    last = option if mark else next((word for word in reversed(done) if word.startswith("--")), "")
    head = f"{option}=" if mark else ""
    whole = text if mark else begun
    listed, comma, part = whole.rpartition(",")
    values = list(models()) if last == "--model" else _values(known.get(last))
    if not values and last in known and known[last] is present.role("seed"):
        values = ["1-4"]
    found = Offer(begun, [head + listed + comma + each for each in values if each.startswith(part)])
    if not begun and (last in ("", "--again", "--confirm", "--yes") or (done and done[-1] != last)):
        return Offer("", [*found.texts, *_options(known)])
    return found


def _options(known: Mapping[str, Field]) -> list[str]:
    """Return each option once, as the API spells it, then our own."""
    return [*dict.fromkeys(f"--{field.name}" for field in known.values()), *OWN]


def _values(field: Field | None) -> list[str]:
    if field is None:
        return []
    if field.choices:
        return [each if isinstance(each, str) else json.dumps(each) for each in field.choices]
    if field.takes("boolean"):
        return ["true", "false"]
    return [
        json.dumps(each) for each in dict.fromkeys((field.default, field.minimum, field.maximum)) if each is not None
    ]


def _begin(begun: str, texts: Iterable[str]) -> Offer:
    return Offer(begun, [each for each in texts if each.startswith(begun)])


def variable(before: str, names: Mapping[str, object]) -> Offer | None:
    """Return the variables that a brace in the prompt may stand for; None where none is begun."""
    found = re.search(r"(?<!\{)\{(\w*)$", before)
    if found is None:
        return None
    plain = [name for name, value in names.items() if not name.startswith("_") and isinstance(value, (str, int, float))]
    return Offer(found[1], sorted(name for name in plain if name.startswith(found[1])))
