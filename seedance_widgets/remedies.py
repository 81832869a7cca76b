"""What is wrong and what can be done: picks what the notice says, and makes the buttons for it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

from .captions import name_of
from .errors import DocumentError, RequestInvalid
from .model import Model, load_model
from .notice import Notice, Offer
from .trouble import AGAIN, KEY, LOOK, RESUME, RETRY, SUCCESSOR, TITLES, Trouble, trouble

if TYPE_CHECKING:
    from .generation import Generation
    from .guard import Guard

Act = Callable[[], object]


class Said(NamedTuple):
    """Words of the panel itself, with their buttons."""

    title: str
    text: str
    offers: tuple[Offer, ...] = ()
    grave: bool = False


class Remedies:
    """Fills the notice: with the panel's own words, else with the trouble of the take shown, else of the newest.

    Parameters
    ----------
    notice : Notice
        Where it is said.
    guard : Guard
        Runs the callbacks.
    choose_model : callable
        Takes the id of a model.
    open_access : callable
        Opens the key box.
    retell : callable
        Calls `tell` once more.
    """

    def __init__(
        self,
        notice: Notice,
        guard: Guard,
        *,
        choose_model: Callable[[str], object],
        open_access: Act,
        retell: Act,
    ) -> None:
        self._notice, self._guard = notice, guard
        self._choose_model, self._open_access, self._retell = choose_model, open_access, retell
        self._said: Said | None = None
        self._dismissed: set[str] = set()

    def say(self, title: str, text: str, *offers: Offer, grave: bool = False) -> None:
        """Say something of the panel itself, until it is dismissed or overtaken."""
        self._said = Said(title, text, offers, grave)
        self._say_it(self._said)

    def mention(self, words: str) -> None:
        """Say what is going on with another model; no words: nothing any more."""
        self.hush()
        if words:
            self.say("Another model", words)
        self._retell()

    def complain(self, error: Exception) -> None:
        """Say what a callback raised."""
        name = type(error).__name__
        text = str(error) if name in TITLES else f"{name}: {error}"
        if isinstance(error, RequestInvalid):
            text = "; ".join(map(str, error.problems)) + ". Nothing was sent."
        self.say(TITLES.get(name, "Something went wrong here"), text, grave=True)

    def hush(self) -> None:
        """Take back what the panel itself said."""
        self._said = None

    def seen(self, generations: Iterable[Generation]) -> None:
        """Speak no more of what failed or was stopped so far; an unconfirmed one may have cost money."""
        self._dismissed |= {each.key for each in generations if each.status in ("error", "stopped")}

    def speak_of(self, generation: Generation) -> None:
        """Speak of a take again, though it was dismissed."""
        self._dismissed.discard(generation.key)

    def tell(self, current: Generation | None, takes: list[Generation], model: Model) -> None:
        """Say what is true now.

        Parameters
        ----------
        current : Generation or None
            The take that is shown.
        takes : list of Generation
            All that are followed, oldest first.
        model : Model
            The one that the form shows.
        """
        if self._said is not None:
            self._say_it(self._said)
            return
        for generation in ([current] if current else []) + takes[::-1]:
            withdrawn, successor = successor_of(generation.model, model)
            found = trouble(generation, withdrawn=withdrawn)
            if found is not None and generation.key not in self._dismissed:
                title = f"{found.title} ({name_of(generation)})" if len(takes) > 1 else found.title
                offers = (*self._offers(found, generation, successor), self._dismissal(generation))
                self._notice.show(title, found.text, offers, grave=found.grave)
                return
        self._notice.clear()

    def _say_it(self, said: Said) -> None:
        self._notice.show(said.title, said.text, (*said.offers, self._dismissal(None)), grave=said.grave)

    def _offers(self, found: Trouble, generation: Generation, successor: str | None) -> list[Offer]:
        rows = [self._row(each, generation, successor) for each in found.offers]
        return [Offer(text, tooltip, self._guard.pressed(act)) for text, tooltip, act in filter(None, rows)]

    def _row(self, offer: str, generation: Generation, successor: str | None) -> tuple[str, str, Act] | None:
        """Return the words, the tooltip and the deed of an offer."""
        unsent = generation.sending_at is None and generation.id is None
        watch = partial(_watch, generation, may_send=unsent)
        return {
            LOOK: ("look again", "ask the API's log once more; sends nothing", generation.look_again),
            AGAIN: (
                "send again (may be charged twice)",
                "if the first one did arrive, both are charged",
                generation.send_again,
            ),
            RESUME: ("send now", "it was never sent", watch)
            if unsent
            else ("resume", "watch it again; sends nothing", watch),
            RETRY: ("try again", "send the same request; nothing was made or charged so far", generation.send_again),
            KEY: ("set the key", "open the key box", self._open_access),
            SUCCESSOR: (
                f"switch to {successor}",
                "what both models share is kept",
                partial(self._take_successor, generation, successor),
            )
            if successor
            else None,
        }[offer]

    def _take_successor(self, generation: Generation, successor: str) -> None:
        self._dismissed.add(generation.key)
        self._choose_model(successor)

    def _dismissal(self, generation: Generation | None) -> Offer:
        def dismiss() -> None:
            self._said = None
            if generation is not None:
                self._dismissed.add(generation.key)
            self._retell()

        return Offer("dismiss", "take these words away", self._guard.pressed(dismiss))


def _watch(generation: Generation, *, may_send: bool) -> None:
    watcher: Any = generation.watcher
    watcher.watch(generation, may_send=may_send)


def successor_of(model_id: str, known: Model) -> tuple[bool, str | None]:
    """Return whether a model is listed as withdrawn, and which one to take instead."""
    try:
        model = known if known.id == model_id else load_model(model_id)
    except DocumentError:  # a model of the person's own that is not shown any more
        return False, None
    return bool(model.withdrawn), model.successor
