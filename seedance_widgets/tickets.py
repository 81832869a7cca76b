"""The ticket of a generation: made of a request, it goes into the library before anything is sent."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import uuid4

from .model import Request


@dataclass(frozen=True)
class Ticket:
    """What never changes about a generation, known before anything is sent.

    Attributes
    ----------
    key : str
        Our own id; also the X-Client-Request-Id header.
    model : str
        The model's id.
    request : dict
        The exact JSON body.
    base_url, create_path, retrieve_path : str
        Where it is sent, and where it is asked for.
    prompt : str
        Empty where the model has none.
    seed : int or None
        None where the model has none.
    created_at : float
        Seconds since 1970.
    simulated : bool
        Made by the simulator, at no cost.
    group : str or None
        The sweep that it belongs to.
    likeness : str
        What generations share that take equally long: see `likeness`.
    """

    key: str
    model: str
    request: Mapping[str, Any]
    base_url: str
    create_path: str
    retrieve_path: str
    prompt: str = ""
    seed: int | None = None
    created_at: float = field(default_factory=time.time)
    simulated: bool = False
    group: str | None = None
    likeness: str = ""


def ticket(request: Request, base_url: str, *, simulated: bool, group: str | None = None) -> Ticket:
    """Return the ticket of a request, with a key that is new.

    Parameters
    ----------
    request : Request
        A valid request.
    base_url : str
        Where it will be sent.
    simulated : bool
        Whether that is the simulator.
    group : str, optional
        The sweep that it belongs to.
    """
    return Ticket(
        key=uuid4().hex,
        model=request.model.id,
        request=request.body,
        base_url=base_url,
        create_path=request.model.create_path,
        retrieve_path=request.model.retrieve_path,
        prompt=request.prompt,
        seed=request.seed,
        simulated=simulated,
        group=group,
        likeness=likeness(request),
    )


def renewed(old: Ticket, base_url: str, *, simulated: bool) -> Ticket:
    """Return a new ticket for the same request."""
    return replace(old, key=uuid4().hex, base_url=base_url, created_at=time.time(), simulated=simulated)


def likeness(request: Request) -> str:
    """Return what requests share that take equally long: the model, and their short values but the seed.

    Prompts say nothing of the time; resolution, length and the like do, whatever their names.
    """
    seed = request.model.role("seed")
    telling = {
        name: value
        for name, value in request.body.items()
        if isinstance(value, (bool, int, float, str))
        and len(str(value)) <= 12
        and name != (seed.name if seed else None)
        and value != request.prompt
    }
    return f"{request.model.id} {sorted(telling.items(), key=str)}"
