"""Presets: a few values under a name, such as "draft 480p 5 s"; two of them are made of the model's own schema."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from .model import Field, Model
from .roles import role_named

LONGEST_VALUE = 1_000  # characters as JSON; what is longer is an uploaded file, which belongs to one request
NOT_KEPT = ("model", "prompt", "seed")  # roles that say which take, not how it is made


@dataclass(frozen=True)
class Preset:
    """Values under a name.

    Attributes
    ----------
    name : str
    fields : dict
        Field name → value, as it is sent.
    own : bool
        Whether a person saved it.
    """

    name: str
    fields: dict[str, Any]
    own: bool = False

    @property
    def words(self) -> str:
        """Its fields and values in one line."""
        return ", ".join(f"{name} {_written(value)}" for name, value in self.fields.items())


@dataclass(frozen=True)
class Applied:
    """What became of a preset: the new request, what was set in it, and what could not be, in words."""

    request: dict[str, Any]
    done: list[str] = field(default_factory=list)
    missed: list[str] = field(default_factory=list)

    @property
    def words(self) -> str:
        """All of it in one or two sentences."""
        done = f"Set: {', '.join(self.done)}." if self.done else "Nothing was set."
        return f"{done} Not set: {'; '.join(self.missed)}." if self.missed else done


def built_in(model: Model) -> list[Preset]:
    """Return the two presets that a model's schema makes: its smallest and shortest clip, its largest and longest."""
    roles = {unit: role for name, unit in _UNITS.items() if (role := model.role(name)) is not None}
    ends = {unit: found for unit, role in roles.items() if (found := _ends(role)) is not None}
    if all(least == most for least, most in ends.values()):
        return []
    return [_made("draft", roles, ends, 0), _made("final", roles, ends, 1)]


_UNITS = {"resolution": "p", "duration": " s"}  # role → what follows a bare number of it


def _made(word: str, roles: Mapping[str, Field], ends: Mapping[str, tuple[Any, Any]], end: int) -> Preset:
    values = {unit: found[end] for unit, found in ends.items()}
    words = [f"{value}{unit if str(value).isdigit() else ''}" for unit, value in values.items()]
    return Preset(" ".join([word, *words]), {roles[unit].name: value for unit, value in values.items()})


def _ends(role: Field) -> tuple[Any, Any] | None:
    """Return the least and the most that a field takes; None where its schema does not tell."""
    values = role.choices or tuple(each for each in (role.minimum, role.maximum) if each is not None)
    sized = [(size, role.whole(value)) for value in values if (size := _size(value)) and not role.problems(value)]
    if not sized or (not role.choices and len(sized) < 2):
        return None
    return min(sized, key=lambda each: each[0])[1], max(sized, key=lambda each: each[0])[1]


def _size(value: Any) -> float:
    """Return how much a value stands for: ``480p``, ``1280x720`` by their short side, ``2K``, ``5``; 0 = unknown."""
    found = re.fullmatch(r"(\d+(?:\.\d+)?)\s*(?:[x×*]\s*(\d+)|(k)|p|s|sec|seconds)?", str(value).strip(), re.IGNORECASE)
    if found is None or isinstance(value, bool):
        return 0.0
    number = float(found[1])
    return min(number, float(found[2])) if found[2] else number * 1000 if found[3] else number


def kept_fields(model: Model, request: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a preset keeps of a request: how a take is made, without prompt, seed and uploaded files."""
    names = {role.name for each in NOT_KEPT if (role := model.role(each)) is not None}
    return {name: value for name, value in request.items() if name not in names and _is_short(value)}


def applied(preset: Preset, model: Model, request: Mapping[str, Any]) -> Applied:
    """Set a preset's fields in a request, as far as the model has them and takes their values.

    Parameters
    ----------
    preset : Preset
    model : Model
        A field that it spells differently is found by its role.
    request : mapping
        What is not in the preset stays.
    """
    result = Applied(dict(request))
    for name, value in preset.fields.items():
        target = _field(model, name)
        problems = target.problems(value) if target else []
        if target is None:
            result.missed.append(f"{name} {_written(value)}, since this model has no such field")
        elif problems:
            result.missed.append(f"{target.name} {problems[0].message}")
        else:
            result.request[target.name] = value
            result.done.append(f"{target.name} {_written(value)}")
    return result


def _field(model: Model, name: str) -> Field | None:
    role = role_named(name)
    exact = next((each for each in model.fields if each.name == name), None)
    return exact or (model.role(role) if role else None)


def _written(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 40 else text[:39] + "…"


def _is_short(value: Any) -> bool:
    return len(json.dumps(value, default=repr)) <= LONGEST_VALUE
