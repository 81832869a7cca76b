"""What the "Seeds" box means: how many takes, and with which seeds. Pure functions; nothing is drawn or sent here."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .axes import AxisError, axis_values
from .chance import random_seeds
from .errors import SeedanceError
from .model import Field, Model
from .sweep import Sweep, plan_form

MOST = 1000  # takes at once
NEIGHBOURS = "this one +1…+3"
SUGGESTIONS = ("4 random", "1-4", "1,2,7", "1-10 (+3)", NEIGHBOURS)
HOW = "write how many (4 random), which ones (1-4, 1,2,7, 1-10 (+3)), or neighbours (this one +1…+3)"
TOOLTIP = f"how many takes of this request, each with another seed; several are shown side by side: {HOW}"
_COUNT = re.compile(r"(\d+)\s*(?:random|different|takes?)?(?:\s*seeds?)?", re.IGNORECASE)
_OFFSET = r"[+−-]\s*\d+"
_NEIGHBOURS = re.compile(
    rf"(this(?:\s+(?:one|seed))?|seed)?\s*({_OFFSET})(?:\s*(?:…|\.\.\.?|to|–|-)\s*(?:seed)?\s*({_OFFSET}|\d+))?",
    re.IGNORECASE,
)


class SeedsError(SeedanceError):
    """What is wrong with the words in the "Seeds" box."""


@dataclass(frozen=True)
class Seeds:
    """What was asked for.

    Attributes
    ----------
    count : int
        How many takes.
    values : tuple of int
        Their seeds; empty where any will do.
    """

    count: int = 1
    values: tuple[int, ...] = ()

    @property
    def words(self) -> str:
        """The same in words: ``4 takes, seeds 1, 2, 3, 4``."""
        if self.count == 1 and not self.values:
            return "1 take"
        shown = [str(value) for value in self.values]
        if len(shown) > 6:
            shown = [*shown[:3], "…", shown[-1]]
        which = f"seed{'s' * (self.count > 1)} {', '.join(shown)}" if shown else "random seeds"
        return f"{self.count} take{'s' * (self.count > 1)}, {which}"


def read_seeds(text: str, field: Field, present: int | None) -> Seeds:
    """Read what a person wrote.

    Parameters
    ----------
    text : str
        Empty or ``"1"``: one take with the form's own seed. A number, or ``"4 random"``: so many random seeds.
        ``"1-4"``, ``"1,2,7"``, ``"1-10 (+3)"``, ``"1-100 [5]"``: these seeds. ``"this one +1…+3"``: neighbours of the
        present seed.
    field : Field
        The model's seed.
    present : int or None
        The seed of the form, else of the take that is shown.

    Raises
    ------
    SeedsError
        Says what to write instead.
    """
    text = text.strip()
    count, near = _COUNT.fullmatch(text), _NEIGHBOURS.fullmatch(text)
    if not text:
        return Seeds()
    if count:
        return _counted(int(count[1]))
    if near and (near[1] or text.startswith("+")):
        return _checked(_neighbours(present, near[2], near[3] or near[2]), field)
    try:
        values = axis_values(field, text)
    except AxisError as error:
        raise SeedsError(str(error)) from None
    if values is None:
        raise SeedsError(f"{text[:40]!r} names no seeds: {HOW}")
    return _checked(values, field)


def _counted(count: int) -> Seeds:
    if not 1 <= count <= MOST:
        raise SeedsError(f"{count} is how many takes: from 1 to {MOST}. One seed of your own goes into the form")
    return Seeds(count)


def _neighbours(present: int | None, first: str, last: str) -> list[int]:
    if present is None:
        raise SeedsError("there is no seed yet to be neighbours of: set one in the form, or show a take")
    near, far = (int(each.replace("−", "-").replace(" ", "")) for each in (first, last))
    if abs(far - near) >= MOST:
        raise SeedsError(f"these are {abs(far - near) + 1} takes; {MOST} are the most")
    return [present + offset for offset in range(min(near, far), max(near, far) + 1)]


def _checked(values: Sequence[Any], field: Field) -> Seeds:
    """Take each seed once; -1 is the API's word for a random one."""
    if -1 in values:
        raise SeedsError("-1 stands for a random seed: write 4 random, for example")
    for value in values:
        problems = field.problems(value)
        if problems:
            raise SeedsError(f"seed {value} {problems[0].message}")
    once = tuple(dict.fromkeys(values))
    return Seeds(len(once), once)


def seed_sweep(model: Model, request: Mapping[str, Any], seeds: Seeds) -> Sweep:
    """Return the grid of what stands in a form: the words that vary in its prompt, under each of these seeds.

    Parameters
    ----------
    model : Model
        Without a seed only the words make takes.
    request : mapping
        Field name → value.
    seeds : Seeds
        What was asked for; seeds that were left open are drawn now.

    Raises
    ------
    SeedsError
        Several seeds, and the model has none.
    RequestInvalid
        With every problem of the request.
    """
    role = model.role("seed")
    if role is None and seeds.count > 1:
        raise SeedsError(f"{model.id} has no seed")
    if role is None or seeds.count == 1:
        own = {role.name: seeds.values[0]} if role and seeds.values else {}
        return plan_form(model, {**request, **own})
    return plan_form(model, request, seeds.values or random_seeds(role, seeds.count))
