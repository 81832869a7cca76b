"""Random seeds: the API never tells which one it used, so they are drawn here, and every take can be made again."""

from __future__ import annotations

import math
import secrets
from collections.abc import Mapping
from typing import Any

from .model import Field, Model
from .plain import unpacked

LARGEST_SEED = 2**31 - 1


def with_seed(model: Model, fields: Mapping[str, Any], drawn: int | None = None) -> dict[str, Any]:
    """Fill in a blank or -1 seed: the API never tells which one it used, and every take can be made again.

    Parameters
    ----------
    model : Model
        One without a seed gets none.
    fields : mapping
        What was given.
    drawn : int, optional
        Use this seed where the field allows it, so that the takes of a sweep share it; None = a random one.
    """
    role = model.role("seed")
    if role is None or unpacked(fields.get(role.name)) not in (None, -1, ""):
        return dict(fields)
    usable = drawn is not None and not role.problems(drawn)
    return {**fields, role.name: drawn if usable else random_seeds(role, 1)[0]}


def random_seeds(role: Field, count: int) -> list[int]:
    """Draw different seeds: 0…2³¹−1, inside the field's bounds.

    Parameters
    ----------
    role : Field
        The model's field for the seed.
    count : int
        How many; fewer come back where the field allows no more.
    """
    if role.choices:
        choices = [choice for choice in role.choices if choice != -1] or list(role.choices)
        return secrets.SystemRandom().sample(choices, min(count, len(choices)))
    low = max(0, math.ceil(role.minimum)) if role.minimum is not None else 0
    high = min(LARGEST_SEED, math.floor(role.maximum)) if role.maximum is not None else LARGEST_SEED
    return secrets.SystemRandom().sample(range(low, max(low, high) + 1), min(count, max(low, high) - low + 1))
