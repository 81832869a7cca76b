"""Every combination of the axes → the cells of a grid, with their requests; and which combinations are left out."""

from __future__ import annotations

import itertools
import json
import secrets
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from .chance import LARGEST_SEED, with_seed
from .errors import ConfigError, Problem, RequestInvalid
from .model import Model, Request
from .variations import Variations

Skip = Callable[[dict[str, Any]], bool] | Mapping[str, Any] | Iterable[Mapping[str, Any]]


@dataclass(frozen=True)
class Cell:
    """One place of the grid.

    Attributes
    ----------
    values : dict
        Its value on each axis.
    request : Request or None
        What is sent; None where the combination is skipped.
    """

    values: dict[str, Any]
    request: Request | None


def make_cells(
    models: Mapping[str, Model],
    axes: dict[str, list[Any]],
    single: dict[str, Any],
    skip: Callable[..., bool],
    words: Variations | None,
) -> tuple[Cell, ...]:
    """Make every cell's request; a blank seed is drawn once, so that the cells differ in the axes only.

    Parameters
    ----------
    models : mapping
        Id → model; several are an axis of that name.
    axes : dict
        Field name → its values.
    single : dict
        The values that all cells share.
    skip : callable
        Tells of the values of a cell whether it is left out.
    words : Variations, optional
        The prompt, where words in it vary.

    Returns
    -------
    tuple of Cell
        In reading order: the last axis changes first.

    Raises
    ------
    RequestInvalid
        With every problem of every combination, and what would be made twice.
    """
    problems: dict[Problem, None] = {}
    seen: dict[str, dict[str, Any]] = {}
    drawn = secrets.randbelow(LARGEST_SEED + 1)
    cells = []
    for combination in itertools.product(*axes.values()):
        values = dict(zip(axes, combination, strict=True))
        if skip(dict(values)):
            cells.append(Cell(values, None))
            continue
        fields = {**single, **_fields(models, values, words)}
        model = models[fields.pop("model")] if len(models) > 1 else next(iter(models.values()))
        try:
            request = model.request(**with_seed(model, fields, drawn))
        except RequestInvalid as error:
            problems |= dict.fromkeys(error.problems)
            continue
        cells.append(Cell(values, request))
        mark = json.dumps([model.id, request.body], sort_keys=True)
        if mark in seen:
            problems[Problem(_where(values), f"the same take twice: {_said(values)} and {_said(seen[mark])}")] = None
        seen[mark] = values
    if problems:
        raise RequestInvalid(", ".join(models), problems)
    return tuple(cells)


def _fields(models: Mapping[str, Model], values: dict[str, Any], words: Variations | None) -> dict[str, Any]:
    """Return the fields that a combination sets: words become the prompt."""
    if words is None:
        return values
    role = next(iter(models.values())).role("prompt")
    own = {name: value for name, value in values.items() if name not in words.axes}
    return {**own, role.name: words.text(values)} if role else own


def _where(values: Mapping[str, Any]) -> str:
    return list(values)[-1] if values else ""


def _said(values: Mapping[str, Any]) -> str:
    return ", ".join(f"{name} {value}" for name, value in values.items())


def skipper(
    skip: Skip | None, axes: Iterable[str] = (), models: Iterable[Model] = ()
) -> Callable[[dict[str, Any]], bool]:
    """Return a function that tells whether a combination is left out.

    Parameters
    ----------
    skip : callable, dict or list of dicts, optional
        As of `plan_sweep`.
    axes : iterable of str
        The names that a combination has.
    models : iterable of Model
        Whose fields may be named besides.

    Raises
    ------
    ConfigError
        `skip` is nothing that can be asked, or names what nothing here has.
    """
    if skip is None:
        return lambda values: False
    if callable(skip):
        return lambda values: bool(skip(values))
    unwanted = [skip] if isinstance(skip, Mapping) else list(skip)
    if not all(isinstance(each, Mapping) for each in unwanted):
        raise ConfigError("skip= takes a function, or dicts such as {'resolution': '1080p', 'seed': 3}.")
    known = {"model", *axes, *(field.name for model in models for field in model.fields)}
    for name in dict.fromkeys(str(name) for each in unwanted for name in each):
        if name not in known:
            raise ConfigError(
                f"skip= names {name!r}, which is no field; the axes here are: {', '.join(axes) or 'none'}."
            )
    return lambda values: any(_matches(values, each) for each in unwanted)


def _matches(values: Mapping[str, Any], unwanted: Mapping[str, Any]) -> bool:
    return bool(unwanted) and all(values.get(name) == value for name, value in unwanted.items())
