"""What a person can do about a trouble with one press, as buttons of a notice."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from .errors import DocumentError
from .model import Model, load_model
from .notice import Offer
from .trouble import AGAIN, KEY, LOOK, RESUME, RETRY, SUCCESSOR, Trouble

if TYPE_CHECKING:
    from .generation import Generation
    from .guard import Guard
    from .studio import Studio


def offers(
    found: Trouble,
    generation: Generation,
    guard: Guard,
    *,
    studio: Studio,
    successor: str | None,
    take: Callable[[str], object],
    open_access: Callable[[], object],
) -> list[Offer]:
    """Return the buttons for what a trouble offers.

    Parameters
    ----------
    found, generation : Trouble, Generation
        What is wrong, and with which take.
    guard : Guard
        Runs the callbacks.
    studio : Studio
        The one that watches the take.
    successor : str or None
        The model to take instead.
    take, open_access : callable
        Chooses a model; opens the key box.
    """
    never_sent = generation.sending_at is None and generation.id is None

    def resume() -> None:
        studio.runner.watch(generation, may_send=never_sent)

    table = {
        LOOK: ("look again", "ask the API's log once more; sends nothing", generation.look_again),
        AGAIN: (
            "send again (may be charged twice)",
            "if the first one did arrive, both are charged",
            generation.send_again,
        ),
        RESUME: ("send now", "it was not sent yet", resume)
        if never_sent
        else ("resume", "watch it again; sends nothing", resume),
        RETRY: (
            "try again",
            "send the same request once more; nothing was made or charged so far",
            generation.send_again,
        ),
        KEY: ("set the key", "open the key box", open_access),
    }
    if successor:
        table[SUCCESSOR] = (f"switch to {successor}", "what both models share is kept", lambda: take(successor))
    return [
        Offer(text, tip, guard.pressed(act))
        for each in found.offers
        if each in table
        for text, tip, act in [table[each]]
    ]


def successor_of(model_id: str, known: Model) -> tuple[bool, str | None]:
    """Return whether a model is listed as withdrawn, and which one to take instead."""
    try:
        model = known if known.id == model_id else load_model(model_id)
    except DocumentError:  # a model of the person's own that is not shown any more
        return False, None
    return bool(model.withdrawn), model.successor
