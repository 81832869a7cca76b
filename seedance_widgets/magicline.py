"""The line of a ``%%seedance`` cell → what is asked for: our own options, and the model's fields as options."""

from __future__ import annotations

import difflib
import json
import keyword
import shlex
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from .axes import AxisError
from .model import Field, Model
from .roles import ROLES
from .typed import typed_value

#: Our own options, and what each is for; those with a value first.
OWN = {
    "--name": "keep the take, or the grid, in a variable of this name",
    "--model": "another model; several are an axis",
    "--seeds": "so many different random seeds",
    "--again": "make, and pay for, also what the library has already",
    "--confirm": "ask in the page before anything is sent",
    "--yes": "do not ask, however many they are",
    "--help": "all options, and the fields of the model",
}
VALUED = ("--name", "--model", "--seeds")


@dataclass
class Line:
    """What a line asks for.

    Attributes
    ----------
    own : dict
        Our own options: ``--name`` → the texts behind it.
    fields : dict
        Field name → its value; a list is an axis.
    problems : list of str
        Everything that is wrong, in words.
    """

    own: dict[str, list[str]] = field(default_factory=dict)
    fields: dict[str, Any] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)


def split(line: str) -> tuple[list[tuple[str, list[str]]], list[str]]:
    """Split a line into options with the texts behind each, and what is wrong; what no option precedes has none."""
    try:
        words = shlex.split(line)
    except ValueError:
        return [], ["a quotation mark is not closed"]
    groups: list[tuple[str, list[str]]] = [("", [])]
    for word in words:
        if word.startswith("--") or word == "-h":
            name, mark, value = word.partition("=")
            groups.append(("--help" if word == "-h" else name, [value] if mark else []))
        else:
            groups[-1][1].append(word)
    return [group for group in groups if group != ("", [])], []


def models_of(line: str) -> list[str]:
    """Return the models that a line names."""
    return [text for name, texts in split(line)[0] if name == "--model" for text in texts]


def read(line: str, model: Model) -> Line:
    """Read a line by the schema of a model; raises nothing."""
    groups, problems = split(line)
    asked = Line(problems=problems)
    known = spellings(model)
    typed: dict[str, list[str]] = {}
    for name, texts in groups:
        if name in OWN:
            asked.own.setdefault(name, []).extend(texts)
        elif name in known:
            typed.setdefault(known[name].name, []).extend(texts or _switch(known[name]))
        elif name.startswith("--no-") and (switched := known.get("--" + name[5:])) and switched.takes("boolean"):
            typed.setdefault(switched.name, []).append("false")
        else:
            asked.problems.append(_unknown(name, texts, known))
    _check_own(asked)
    for name, texts in typed.items():
        _read_field(model.field(name), texts, asked)
    return asked


def spellings(model: Model) -> dict[str, Field]:
    """Return every option that means a field: its name, the same with dashes, and what its role is called."""
    found: dict[str, Field] = {}
    for option, each in _spelled(model):
        if option not in OWN:
            found.setdefault(option, each)
    return found


def _spelled(model: Model) -> Iterator[tuple[str, Field]]:
    prompt = model.role("prompt")
    shown = [each for each in model.fields if each not in (prompt, model.role("model"))]
    yield from ((f"--{each.name}", each) for each in shown)
    yield from ((f"--{each.name.replace('_', '-')}", each) for each in shown)
    for role in ROLES:
        each = model.role(role)
        if each in shown:
            yield f"--{role.replace('_', '-')}", each


def _switch(each: Field) -> list[str]:
    """Return what an option without a value says: yes, where that can be meant."""
    return ["true"] if each.takes("boolean") else []


def _check_own(asked: Line) -> None:
    for name, texts in asked.own.items():
        if name in VALUED and not texts:
            asked.problems.append(f"{name}: a value is missing")
        if name not in VALUED and texts:
            asked.problems.append(f"{name} takes no value, and {texts[0]!r} stands behind it")
    name = " ".join(asked.own.get("--name", ["_"]))
    if not name.isidentifier() or keyword.iskeyword(name):
        asked.problems.append(f"--name: {name!r} is no name of a variable")
    seeds = asked.own.get("--seeds", ["1"])
    if seeds and not seeds[-1].isdecimal():
        asked.problems.append(f"--seeds: {seeds[-1]!r} is no number of seeds")
    if {"--confirm", "--yes"} <= set(asked.own):
        asked.problems.append("--confirm and --yes: give one of them")


def _read_field(each: Field, texts: Sequence[str], asked: Line) -> None:
    if not texts:
        asked.problems.append(f"{each.name}: a value is missing")
        return
    try:
        asked.fields[each.name] = typed_value(each, _joined(each, texts))
    except AxisError as error:
        asked.problems.append(f"{each.name}: {error}")


def _joined(each: Field, texts: Sequence[str]) -> list[str]:
    """Put together what belongs together: words of a text, a span and its steps, a list that a variable held."""
    whole = " ".join(texts)
    if each.takes("array") or each.takes("object"):
        return [whole] if whole.startswith(("[", "{")) else list(texts)
    if whole.startswith("["):
        try:
            return [text if isinstance(text, str) else json.dumps(text) for text in json.loads(whole.replace("'", '"'))]
        except ValueError:
            return [whole]
    if each.takes("string") and not each.choices:
        return [whole]
    parts: list[str] = []
    for text in texts:
        if text.startswith(("(", "[")) and parts:
            parts[-1] += f" {text}"
        else:
            parts.append(text)
    return parts


def _unknown(name: str, texts: Sequence[str], known: Mapping[str, Field]) -> str:
    if not name:
        return f"{' '.join(texts)!r} belongs to no option; the prompt is the body of the cell, below this line"
    near = difflib.get_close_matches(name, [*known, *OWN], 1)
    names = dict.fromkeys(f"--{each.name}" for each in known.values())
    return f"{name} is no option; " + (f"did you mean {near[0]}?" if near else f"there are {', '.join([*names, *OWN])}")
