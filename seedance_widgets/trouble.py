"""What is wrong with a generation, in words, and what a person can do about it now."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from .settings import NO_KEY

if TYPE_CHECKING:
    from .generation import Generation

TITLES = {
    "ConfigError": "Something is not set up",
    "DocumentError": "The model's document cannot be read",
    "RequestInvalid": "The request is not valid",
    "ApiError": "The API refused the request",
    "AuthenticationError": "The API refused the key",
    "OutOfCredits": "Out of credits",
    "NotFound": "The API does not know it",
    "RateLimited": "Too many requests",
    "ServerError": "The API is in trouble",
    "UnexpectedReply": "The API's answer cannot be used",
    "ConnectionFailed": "No connection",
    "DownloadFailed": "The clip could not be fetched",
    "LibraryError": "The library cannot be written",
    "Unconfirmed": "The answer was lost",
}
# What a person may do; the panel knows how.
LOOK, AGAIN, RESUME, RETRY, KEY, SUCCESSOR = "look", "again", "resume", "retry", "key", "successor"
ABOUT_THE_MODEL = frozenset({"ApiError", "NotFound", "OutOfCredits"})
FREE = "A failed generation is not charged. Change the prompt or the seed, and generate again."


@dataclass(frozen=True)
class Trouble:
    """What is wrong, and what can be done.

    Attributes
    ----------
    title, text : str
        In words; plain text.
    offers : tuple of str
        What a person can do with one press: ``look`` for the lost answer again, send ``again`` though it may be
        charged twice, ``resume`` the watching, ``retry`` what provably created nothing, give another ``key``,
        take the model's ``successor``.
    grave : bool
        Whether something failed; False for what a person did.
    """

    title: str
    text: str
    offers: tuple[str, ...] = ()
    grave: bool = True


def trouble(generation: Generation, *, withdrawn: bool = False) -> Trouble | None:
    """Return what is wrong with a generation; None where nothing is.

    Parameters
    ----------
    generation : Generation
        Any.
    withdrawn : bool
        Whether its model is listed as withdrawn, so that a refusal is likely about the model.
    """
    if generation.status == "unconfirmed":
        message = (generation.error or {}).get("message") or generation.detail
        return Trouble(TITLES["Unconfirmed"], message, (LOOK, AGAIN))
    if generation.status == "stopped":
        return _stopped(generation)
    if generation.status == "error":
        return _failed(generation, withdrawn)
    if generation.detail.startswith("watching is paused"):
        return Trouble("Watching is paused", generation.detail, (KEY,))
    return None


def _stopped(generation: Generation) -> Trouble:
    if generation.error:
        error = generation.error
        text = f"{error['message']} It can be resumed: nothing is sent again."
        return Trouble(TITLES.get(error["name"], "Stopped"), text, (RESUME,))
    if generation.sending_at is None and generation.id is None:
        return Trouble("Stopped before it was sent", "Nothing was charged.", (RESUME,), grave=False)
    text = "The API has no cancel: it goes on there, and may be charged. Resume to fetch its clip."
    return Trouble("Not watched any more", text, (RESUME,), grave=False)


def _failed(generation: Generation, withdrawn: bool) -> Trouble:
    error = generation.error or {"name": "", "message": generation.detail}
    name, message = error["name"], error["message"]
    if name == "Forgotten":  # with its address: sending it there once more would go astray
        return Trouble("The simulator has ended", message)
    if name not in TITLES:
        return Trouble("The generation failed", f"{_named(name, message)} {FREE}")
    offers: tuple[str, ...] = ()
    if name in ABOUT_THE_MODEL and (withdrawn or "withdrawn" in message):
        offers = (SUCCESSOR,)
    if name == "AuthenticationError" or message == NO_KEY:
        offers = (KEY,)
    if generation.id is None:  # it created nothing, so that sending it once more costs nothing twice
        offers = (*offers, RETRY)
    return Trouble(TITLES[name], message, offers)


def _named(name: str, message: str) -> str:
    text = message if message.endswith((".", "!", "?")) else f"{message}."
    return text if name in ("", "Error", "error") or name in message else f"{name}: {text}"
