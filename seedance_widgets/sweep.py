"""Fields with several values → the grid of requests, all of it checked before the first one is sent."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from .axes import AxisError, axis_values
from .chance import random_seeds
from .combining import Cell, Skip, make_cells, skipper
from .errors import Problem, RequestInvalid
from .groups import unbalanced
from .model import Model, Request, load_model
from .plain import unpacked
from .variations import VariationError, Variations, read_variations

MOST_TAKES = 10_000


@dataclass(frozen=True)
class Sweep:
    """A grid of requests.

    Attributes
    ----------
    axes : dict
        Field name → its values, the seed last: in a grid the last axis goes across.
    cells : tuple of Cell
        In reading order, skipped combinations included.
    title : str
        The prompt, where all share one.
    """

    axes: dict[str, list[Any]]
    cells: tuple[Cell, ...] = field(repr=False)
    title: str = ""

    @property
    def requests(self) -> list[Request]:
        """The requests to send, in reading order."""
        return [cell.request for cell in self.cells if cell.request is not None]

    @property
    def remark(self) -> str:
        """What a person should know of its prompts before they are sent; empty as a rule."""
        return next(filter(None, map(unbalanced, dict.fromkeys(each.prompt for each in self.requests))), "")


def plan_sweep(
    model: Model,
    prompt: Any = None,
    /,
    *,
    skip: Skip | None = None,
    seeds: int | None = None,
    **fields: Any,
) -> Sweep:
    """Unfold fields with several values into the grid of their combinations; nothing is sent.

    Parameters
    ----------
    model : Model
        The model, unless ``model=`` names another one, or several.
    prompt : str or list of str, optional
        Several prompts are an axis. Each group of words such as ``{dragon|phoenix}`` in a prompt is one too: see
        `seedance_widgets.variations`.
    skip : callable, dict or list of dicts, optional
        Combinations to leave out: a function of the axes' values, or the values that they hold.
    seeds : int, optional
        How many different random seeds to draw, as an axis. ``seed=4`` is the seed 4.
    **fields
        The other fields; a list, a tuple, a range, an array, or for numbers a string such as ``"1-4"``, is an axis.

    Raises
    ------
    RequestInvalid
        With every problem of every combination.
    ConfigError
        `skip` is nothing that can be asked.
    """
    models = _models(fields.pop("model", None), model)
    problems: list[Problem] = []
    given = _named(models[0], prompt, fields, seeds, problems)
    words = _vary(models[0], given, problems)
    axes, single = _split(models[0], given, problems)
    if len(models) > 1:
        axes = {"model": [each.id for each in models], **axes}
    axes = _seed_last(models[0], {**(words.axes if words else {}), **axes})
    if math.prod(map(len, axes.values())) > MOST_TAKES:
        problems.append(Problem("", f"these are {math.prod(map(len, axes.values()))} takes; {MOST_TAKES} are the most"))
    if problems:
        raise RequestInvalid(model.id, problems)
    cells = make_cells({each.id: each for each in models}, axes, single, skipper(skip, axes, models), words)
    return Sweep(axes, cells, _title(models[0], single, words))


def plan_form(model: Model, request: Mapping[str, Any], seeds: Sequence[int] = ()) -> Sweep:
    """Unfold the words of a form's prompt and several seeds; all else is sent as it stands there.

    Parameters
    ----------
    model : Model
        The form's.
    request : mapping
        Field name → value.
    seeds : sequence of int
        Several are an axis; empty leaves the seed to the request.

    Raises
    ------
    RequestInvalid
        With every problem.
    """
    problems: list[Problem] = []
    single = dict(request)
    words = _vary(model, single, problems)
    role = model.role("seed")
    axes: dict[str, list[Any]] = {**words.axes} if words else {}
    if role and seeds:
        axes[role.name] = list(seeds)
    count = math.prod(map(len, axes.values()))
    if count > MOST_TAKES:
        problems.append(Problem("", f"these are {count} takes; {MOST_TAKES} are the most"))
    if problems:
        raise RequestInvalid(model.id, problems)
    return Sweep(axes, make_cells({model.id: model}, axes, single, skipper(None), words), _title(model, single, words))


def compared(requests: Sequence[tuple[str, Mapping[str, Any]]]) -> tuple[dict[str, list[Any]], tuple[Cell, ...]]:
    """Tell in what existing requests differ.

    Parameters
    ----------
    requests : sequence of (str, mapping)
        Model and JSON body of each.

    Returns
    -------
    dict
        The one axis, where they differ in exactly one field and everywhere; else empty.
    tuple of Cell
        Each with its values of the fields in which they differ; None where a request leaves one out.
    """
    bodies = [{"model": model, **body} for model, body in requests]
    names = dict.fromkeys(name for body in bodies for name in body)
    differing = [name for name in names if len({json.dumps(body.get(name)) for body in bodies}) > 1]
    cells = tuple(Cell({name: body.get(name) for name in differing}, None) for body in bodies)
    columns = {name: [body.get(name) for body in bodies] for name in differing}
    different = [len({json.dumps(value) for value in values}) == len(bodies) for values in columns.values()]
    return (columns if different == [True] else {}), cells


def _models(asked: Any, default: Model) -> list[Model]:
    """Return the models to sweep over; one, unless a list is given."""
    sources = asked if isinstance(asked, (list, tuple)) else [asked]
    return [default if source is None else load_model(source) for source in sources] or [default]


def _named(
    model: Model, prompt: Any, fields: dict[str, Any], seeds: int | None, problems: list[Problem]
) -> dict[str, Any]:
    """Put prompt and seeds under the names that the model has for them."""
    given = {name: unpacked(value) for name, value in fields.items()}
    if prompt is not None:
        role = model.role("prompt")
        given = {role.name if role else "prompt": unpacked(prompt), **given}
    if seeds is not None:
        role = model.role("seed")
        if role is None:
            problems.append(Problem("seeds", f"{model.id} has no seed"))
        elif isinstance(seeds, bool) or not isinstance(seeds, int) or not 1 <= seeds <= 1000:
            problems.append(Problem("seeds", "must be how many, a whole number from 1 to 1000"))
        elif given.get(role.name) is not None:
            problems.append(Problem("seeds", f"give either seeds= or {role.name}=, not both"))
        else:
            given[role.name] = random_seeds(role, seeds)
    return given


def _vary(model: Model, given: dict[str, Any], problems: list[Problem]) -> Variations | None:
    """Find the words that vary in the prompt; the prompts of a list are unfolded where they stand."""
    role = model.role("prompt")
    prompt = given.get(role.name) if role else None
    if role is None or not isinstance(prompt, (str, list, tuple)):
        return None
    taken = [each.name for each in model.fields]
    try:
        if isinstance(prompt, str):
            return read_variations(prompt, taken, MOST_TAKES)
        unfolded = [read_variations(each).texts() if isinstance(each, str) else [each] for each in prompt]
    except VariationError as error:
        problems.append(Problem(role.name, str(error)))
        return None
    given[role.name] = [text for texts in unfolded for text in texts]
    return None


def _title(model: Model, single: Mapping[str, Any], words: Variations | None) -> str:
    """Return the prompt that all share, with its groups as they were written."""
    role = model.role("prompt")
    title = single.get(role.name, "") if role else ""
    if words is not None:
        title = words.template if words.axes else words.text()
    return title if isinstance(title, str) else ""


def _split(
    model: Model, given: Mapping[str, Any], problems: list[Problem]
) -> tuple[dict[str, list[Any]], dict[str, Any]]:
    """Tell the axes from the single values."""
    by_name = {each.name: each for each in model.fields}
    axes: dict[str, list[Any]] = {}
    single: dict[str, Any] = {}
    for name, value in given.items():
        try:
            values = axis_values(by_name.get(name), value)
        except AxisError as error:
            problems.append(Problem(name, str(error)))
            continue
        if values is None:
            single[name] = value
        else:
            axes[name] = values
    return axes, single


def _seed_last(model: Model, axes: dict[str, list[Any]]) -> dict[str, list[Any]]:
    role = model.role("seed")
    last = {role.name: axes[role.name]} if role and role.name in axes else {}
    return {name: values for name, values in axes.items() if name not in last} | last
