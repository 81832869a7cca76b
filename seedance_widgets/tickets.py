"""A request → the ticket that goes into the library before anything is sent."""

from __future__ import annotations

import time
from dataclasses import replace
from uuid import uuid4

from .client import UNIVERSAL_PATH
from .generation import Ticket
from .model import Request


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
        create_path=request.model.create_path or UNIVERSAL_PATH,
        retrieve_path=request.model.retrieve_path or UNIVERSAL_PATH,
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
