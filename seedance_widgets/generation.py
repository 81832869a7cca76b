"""One request and what became of it: observable by traits, waitable from plain code, awaitable from async code.

A Generation is a view of a row of the library that moves. Only the runner moves it (and the library, for what people
say of it); everybody else observes.
"""

from __future__ import annotations

import copy
import logging
import time
from collections.abc import Callable, Generator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from threading import Event, RLock
from typing import TYPE_CHECKING, Any, ClassVar, Self

from traitlets import All, Bool, Dict, Enum, Float, HasTraits, Instance, Int, Unicode
from traitlets import Tuple as TupleTrait

from .errors import ConfigError, GenerationFailed, GenerationTimeout
from .ports import Bundle, Keeper, View, Watcher
from .progress import Progress
from .tickets import Ticket
from .waiting import awaited, wait_for

if TYPE_CHECKING:
    from IPython.display import Video

    from .differences import Differences
    from .states import States

STATUSES = (
    "planned",
    "submitting",
    "queued",
    "generating",
    "downloading",
    "completed",
    "error",
    "unconfirmed",
    "stopped",
)
logger = logging.getLogger(__name__)
DONE = frozenset({"completed", "error", "unconfirmed", "stopped"})
Callback = Callable[["Generation"], object]


class _Guarded:
    """An observer whose exception is logged: it must not keep the observers behind it from hearing."""

    def __init__(self, handler: Callable[[Any], object]) -> None:
        self.handler = handler

    def __call__(self, change: Any) -> None:
        try:
            self.handler(change)
        except Exception:
            logger.exception("An observer of a generation failed")

    def __eq__(self, other: object) -> bool:
        return self.handler == (other.handler if isinstance(other, _Guarded) else other)

    def __hash__(self) -> int:
        return hash(self.handler)


class Generation(HasTraits):
    """One request and what became of it.

    Traits may be observed (``generation.observe(callback, names="status")``); the callbacks run on a thread of
    their own. When a callback hears of a status, everything that belongs to it is set already.

    Attributes
    ----------
    status : str
        ``planned`` (written, provably not sent), ``submitting`` (sent, being sent, or a lost answer is being
        looked up), ``queued``, ``generating``, ``downloading``, ``completed`` (the clip is whole on this disk),
        ``error``, ``unconfirmed`` (it stays open whether the API took it) or ``stopped`` (nobody watches it;
        `resume` does).
    detail : str
        What is going on, in words, where there is more to say than the status.
    id : str or None
        The API's id.
    error : dict or None
        ``{"name", "message"}``.
    credits, usd : float or None
        What was charged.
    paths : tuple of Path
        The clips on this disk.
    rating : int
        0…5 stars.
    picked : bool
        Whether a person picked it.
    note : str
        What a person wrote about it.
    """

    view: ClassVar[View | None] = None  # set by the Studio: this room knows no widgets

    status = Enum(STATUSES, default_value="planned", read_only=True)
    detail = Unicode("", read_only=True)
    id = Unicode(None, allow_none=True, read_only=True)
    error = Dict(None, allow_none=True, read_only=True)
    credits = Float(None, allow_none=True, read_only=True)
    usd = Float(None, allow_none=True, read_only=True)
    paths = TupleTrait((), read_only=True)
    clip = Instance(object, allow_none=True, read_only=True, help="what the file says of itself: media.Clip")
    rating = Int(0, read_only=True)
    picked = Bool(False, read_only=True)
    note = Unicode("", read_only=True)
    sending_at = Float(None, allow_none=True, read_only=True, help="seconds since 1970; marked before the POST")
    queued_at = Float(None, allow_none=True, read_only=True, help="when the API's queued was first seen")
    generating_at = Float(None, allow_none=True, read_only=True, help="when the API's generating was first seen")
    finished_at = Float(None, allow_none=True, read_only=True, help="when the API's completed was seen")
    ended_at = Float(None, allow_none=True, read_only=True)

    def __init__(
        self, ticket: Ticket, keeper: Keeper | None = None, watcher: Watcher | None = None, **facts: object
    ) -> None:
        super().__init__()
        self.ticket = ticket
        self.keeper = keeper
        self.watcher = watcher
        self._lock = RLock()
        self._done = Event()
        self._wakers: list[Callback] = []
        self.apply(**facts)

    # What never changes ------------------------------------------------------------------------------------

    @property
    def key(self) -> str:
        """Our own id, made before anything is sent."""
        return self.ticket.key

    @property
    def model(self) -> str:
        """The model's id."""
        return self.ticket.model

    @property
    def request(self) -> dict[str, Any]:
        """The exact JSON body that is sent; the seed is in it where the model has one."""
        return copy.deepcopy(dict(self.ticket.request))

    @property
    def prompt(self) -> str:
        """The prompt; empty for a model without one."""
        return self.ticket.prompt

    @property
    def seed(self) -> int | None:
        """The seed; None for a model without one."""
        return self.ticket.seed

    @property
    def created_at(self) -> datetime:
        """When it was asked for, in UTC."""
        return datetime.fromtimestamp(self.ticket.created_at, UTC)

    # What moves ---------------------------------------------------------------------------------------------

    @property
    def path(self) -> Path | None:
        """The clip on this disk (the first, where there are several); None until completed."""
        return self.paths[0] if self.paths else None

    @property
    def done(self) -> bool:
        """Whether it is completed, error, unconfirmed or stopped."""
        return self.status in DONE

    @property
    def elapsed(self) -> float:
        """Seconds since it was sent (since it was asked for, until then), up to its end."""
        start = self.sending_at or self.ticket.created_at
        return max(0.0, (self.ended_at if self.done and self.ended_at else time.time()) - start)

    def progress(self) -> Progress:
        """Return how far it is, learned from earlier ones like it; nothing is made up where nothing is known."""
        return self.watcher.progress(self) if self.watcher else Progress(self.elapsed)

    def apply(self, **facts: object) -> None:
        """Set traits; for the runner and the library only. The status comes last, when all else is true."""
        with self._lock:
            status = facts.pop("status", self.status)
            was_done = self._done.is_set()
            for name, value in facts.items():
                self.set_trait(name, value)
            self.set_trait("status", status)
            wakers = self._settle(was_done)
        for waker in wakers:
            waker(self)

    def _settle(self, was_done: bool) -> list[Callback]:
        """Set or clear the event that waiting threads wait for; return whom else to wake."""
        if not self.done:
            self._done.clear()
            return []
        self._done.set()
        if was_done:
            return []
        wakers, self._wakers = self._wakers, []
        return wakers

    def observe(self, handler: Callable[[Any], object], names: Any = All, type: Any = "change") -> None:
        """Have ``handler(change)`` called, as of traitlets; if it raises, that is logged and nobody else misses it."""
        super().observe(_Guarded(handler), names, type)

    def notify_change(self, change: Any) -> None:
        """Hand a change to the observers, on the dispatch thread while somebody watches this generation."""
        call = super().notify_change
        watcher = self.__dict__.get("watcher")
        if watcher is None:
            call(change)
        else:
            watcher.dispatch(lambda: call(change))

    def differs_from(self, other: Generation) -> Differences:
        """Return what changed from another take's request to this one's, field by field, and in prompts word by word.

        It prints as ``seed 7 → 8, resolution 480p → 720p``; ``nothing`` where both ask for the same.
        """
        from .differences import differences

        return differences({"model": other.model, **other.request}, {"model": self.model, **self.request})

    # Waiting ------------------------------------------------------------------------------------------------

    def wait(self, timeout: float | None = None) -> Self:
        """Wait until it is done, or for `timeout` seconds; widgets go on answering meanwhile.

        Never raises but for the interrupt of the kernel, which ends the waiting and not the generation.
        """
        wait_for(self._done, timeout)
        return self

    def result(self, timeout: float | None = None) -> Self:
        """Wait, and return itself when completed.

        Raises
        ------
        GenerationFailed
            It ended without a clip.
        GenerationTimeout
            It is not done within `timeout` seconds, or nobody watches it any more.
        """
        return self.wait(timeout)._checked()

    def add_done_callback(self, callback: Callback) -> None:
        """Call ``callback(generation)`` once it is done, at once if it is already; as of `concurrent.futures`.

        It runs on the dispatch thread; what it raises is logged, and keeps nothing and nobody else from going on.
        """
        guarded = _Guarded(callback)

        def on_dispatch(generation: Generation) -> None:
            if self.watcher is None:
                guarded(generation)
            else:
                self.watcher.dispatch(lambda: guarded(generation))

        self._wake(on_dispatch)

    def _wake(self, waker: Callback) -> None:
        with self._lock:
            if not self.done:
                self._wakers.append(waker)
                return
        waker(self)

    def __await__(self) -> Generator[Any, None, Self]:
        return self._wait_async().__await__()

    async def _wait_async(self) -> Self:
        import asyncio  # a script that awaits nothing does without

        loop = asyncio.get_running_loop()
        finished = loop.create_future()

        def settle() -> None:
            if not finished.done():
                finished.set_result(None)

        def wake(_: Generation) -> None:
            with suppress(RuntimeError):  # the loop was closed meanwhile: nobody waits
                loop.call_soon_threadsafe(settle)

        self._wake(wake)
        await awaited(finished)
        return self._checked()

    def _checked(self) -> Self:
        if self.status == "completed":
            return self
        if not self.done:
            raise GenerationTimeout(f"{self!r} is not done yet; it goes on in the background.", self)
        if self.status == "stopped" and not self.error:
            raise GenerationTimeout(f"Nobody watches {self!r} any more: studio.resume() does.", self)
        error = self.error or {"name": self.status, "message": self.detail}
        raise GenerationFailed(f"{self!r} ended without a clip. {error['name']}: {error['message']}", self)

    # What a person can choose -------------------------------------------------------------------------------

    def stop(self) -> None:
        """Stop watching. The API has no cancel: it goes on there, and `studio.resume()` watches it again."""
        if not self.done:
            self._need_watcher().stop(self)

    def look_again(self) -> None:
        """Look for the lost answer of an unconfirmed generation once more; sends nothing."""
        self._need_watcher().look_again(self)

    def send_again(self) -> None:
        """Send an unconfirmed generation again. If the first one did arrive, both are charged."""
        self._need_watcher().send_again(self)

    def _need_watcher(self) -> Watcher:
        if self.watcher is None:
            raise ConfigError(f"{self!r} belongs to no open Studio: open one on its library.")
        return self.watcher

    def rate(self, stars: int) -> None:
        """Give it 0 to 5 stars, kept in the library."""
        if isinstance(stars, bool) or stars not in range(6):
            raise ValueError(f"Stars are a whole number from 0 to 5, not {stars!r}.")
        self._say(rating=int(stars))

    def pick(self, picked: bool = True) -> None:
        """Pick it, or take the pick back; kept in the library."""
        self._say(picked=bool(picked))

    def remark(self, note: str) -> None:
        """Write a note about it, kept in the library."""
        self._say(note=str(note))

    def _say(self, **said: object) -> None:
        if self.keeper is not None:
            self.keeper.annotate(self, **said)
        self.apply(**said)

    # Showing ------------------------------------------------------------------------------------------------

    def video(self, **options: Any) -> Video:
        """Return the clip as an `IPython.display.Video`; options as of `seedance_widgets.media.video`.

        Raises
        ------
        GenerationFailed, GenerationTimeout
            There is no clip (yet).
        """
        from . import media

        self._checked()
        return media.video(self.paths[0], **options)

    def show(self, **options: Any) -> None:
        """Emit the clips as plain cell output, which stays in the saved notebook and needs no kernel."""
        from IPython.display import display

        from . import media

        self._checked()
        for path in self.paths:
            display(media.video(path, **options))  # type: ignore[no-untyped-call]

    def states(self) -> States:
        """Return the states as a drawing: the present one lit, with the seconds spent in each."""
        from .states import States

        return States(self)

    def _ipython_display_(self) -> None:
        if self.view is None:
            print(repr(self))
        else:
            self.view.present(self)

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> Bundle:
        return ({"text/plain": repr(self)}, {}) if self.view is None else self.view.bundle(self)

    def _repr_html_(self) -> str:
        return str(self._repr_mimebundle_()[0].get("text/html", ""))

    def __repr__(self) -> str:
        seed = "" if self.seed is None else f", seed {self.seed}"
        prompt = self.prompt if len(self.prompt) <= 40 else self.prompt[:39] + "…"
        return f"<Generation {self.key} {self.status}: {prompt!r}{seed}>"
