"""The background thread: decides when which generation takes its next step, and lets a small pool take it.

It starts with the first generation and needs nobody: the cell that asked is free at once. Views hear of changes on a
dispatch thread of their own, so that a slow observer delays no look and no download.
"""

from __future__ import annotations

import heapq
import itertools
import logging
import threading
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from functools import partial

from . import polling
from .client import Client
from .errors import ConfigError, LibraryError
from .generation import Generation
from .library import Library
from .progress import Progress
from .steps import Journey, Steps
from .threads import Workers, start_thread
from .waiting import wait_until

logger = logging.getLogger(__name__)

FOLLOW = 1.0  # seconds between two looks at what another kernel is doing
LONGEST_NAP = 1.0  # seconds; the scheduling thread wakes at least this often, for the heartbeat


class Runner:
    """Watches generations in the background.

    Parameters
    ----------
    client : Client
        Where they are sent and asked for.
    library : Library
        Where they are kept.
    interval : float, optional
        Seconds between two looks at one generation; None = adaptive.
    timeout : float
        Seconds of watching, from start or resume; then a generation is ``stopped`` and can be resumed.
    max_requests : int
        HTTP calls at once.
    """

    def __init__(
        self,
        client: Client,
        library: Library,
        *,
        interval: float | None = None,
        timeout: float = 1800.0,
        max_requests: int = 8,
    ) -> None:
        self.library = library
        self.timeout = timeout
        self.steps = Steps(client, library, interval)
        self._workers = Workers("seedance-worker", max_requests)
        self._dispatch = Workers("seedance-dispatch", 1)
        self._condition = threading.Condition()
        self._journeys: dict[str, Journey] = {}
        self._due: list[tuple[float, int, str]] = []
        self._count = itertools.count()
        self._thread: threading.Thread | None = None
        self._closed = False
        library.watcher = self

    # What the Studio asks -----------------------------------------------------------------------------------

    def watch(self, generation: Generation, *, may_send: bool = False) -> None:
        """Watch a generation until it is done; a stopped one is taken up again.

        Parameters
        ----------
        generation : Generation
            Any of the library's.
        may_send : bool
            Whether a planned one may be sent. Without it nothing leaves that costs.

        Raises
        ------
        ConfigError
            This runner is closed, or the generation was deleted.
        """
        if generation.done and self.library.bin.holds(generation.key):
            raise ConfigError(f"{generation!r} is in the bin: library.bin.restore({generation.key!r}) brings it back.")
        generation.watcher = self
        with self._condition:
            self.check_open()
            journey = self._journeys.setdefault(generation.key, Journey(generation))
            journey.may_send |= may_send
            journey.deadline = time.monotonic() + self.timeout
            with journey.lock:
                journey.stop_asked = False
                self._take_up(journey)
            if not journey.busy:
                self._schedule(journey, 0.0)
            journey.again = journey.busy
            self._ensure_thread()

    def check_open(self) -> None:
        """Raise ConfigError where this runner is closed."""
        if self._closed:
            raise ConfigError("This Studio is closed: open a new one.")

    def _take_up(self, journey: Journey) -> None:
        """Bring a stopped or unconfirmed generation back to where it was."""
        generation = journey.generation
        if not journey.unsaved and not journey.busy:
            with suppress(LibraryError):
                self.library.reload(generation)  # another kernel may have moved it since
        if generation.status not in ("stopped", "unconfirmed"):
            return
        sent = "submitting" if journey.unsaved.get("sending_at", generation.sending_at) else "planned"
        status = "generating" if generation.id else sent
        journey.looking_since = None
        moved: dict[str, object] = {"status": status, "error": None, "ended_at": None, "detail": ""}
        if journey.unsaved.get("status") not in ("completed", "error"):  # how it ended may only wait for the disk
            journey.unsaved |= {**moved, "stopped_by": None}
        generation.apply(**moved)

    def _schedule(self, journey: Journey, wait: float) -> None:
        """Put a generation's next step in line; it takes the place of one that was there."""
        journey.entry, journey.due = next(self._count), time.monotonic() + wait
        heapq.heappush(self._due, (journey.due, journey.entry, journey.generation.key))
        self._condition.notify_all()

    @property
    def watched(self) -> list[Generation]:
        """What is in flight now; what is planned and may not be sent is not."""
        with self._condition:
            return [
                journey.generation
                for journey in self._journeys.values()
                if not journey.generation.done and (journey.may_send or journey.generation.status != "planned")
            ]

    def wait(self, timeout: float | None = None) -> bool:
        """Wait until nothing is in flight any more; False at the timeout, or when this runner is closed meanwhile."""

        def over(seconds: float) -> bool:
            if self.watched and not self._closed:
                time.sleep(seconds)
            return self._closed or not self.watched

        return wait_until(over, timeout) and not self.watched

    def hurry(self) -> None:
        """Look at everything now: a new key was set, or the machine is online again."""
        with self._condition:
            now = time.monotonic()
            self._due = [(now, count, key) for _, count, key in self._due]
            heapq.heapify(self._due)
            self._condition.notify_all()

    def close(self) -> None:
        """Stop watching at once; everything stays unfinished in the library, for the next Studio."""
        with self._condition:
            if self._closed:
                return
            self._closed = self.steps.closed = True
            self._condition.notify_all()
        self._workers.close()
        self._dispatch.close()

    # What a Generation asks (its Watcher) -------------------------------------------------------------------

    def stop(self, generation: Generation) -> None:
        """Stop watching a generation; the API goes on with it."""
        with self._condition:
            journey = self._journeys.get(generation.key) or Journey(generation)
        if journey.mine or self._claims(generation):
            self.steps.stop(journey)
        else:
            generation.apply(status="stopped", detail="not watched here any more", ended_at=time.time())

    def _claims(self, generation: Generation) -> bool:
        try:
            return self.library.leases.claim(generation.key)
        except LibraryError:
            return True  # nobody else can claim it on this disk either; the step says what is wrong

    def look_again(self, generation: Generation) -> None:
        """Look for the lost answer of an unconfirmed generation once more."""
        if generation.status == "unconfirmed":
            self.watch(generation)

    def send_again(self, generation: Generation) -> None:
        """Send an unconfirmed or failed generation again: a person has decided so."""
        if generation.status in ("unconfirmed", "error") and generation.id is None:
            self.library.take_back(generation)
        self.watch(generation, may_send=True)

    def progress(self, generation: Generation) -> Progress:
        """Return how far a generation is, learned from earlier ones like it."""
        return polling.progress(generation.elapsed, self.steps.durations(generation))

    def dispatch(self, job: Callable[[], object]) -> None:
        """Call observers on the dispatch thread, one after the other."""
        self._dispatch.submit(job)

    # The thread ---------------------------------------------------------------------------------------------

    def _ensure_thread(self) -> None:
        if self._thread is None or not self._thread.is_alive():
            self._thread = start_thread("seedance-runner", self._run)

    def _run(self) -> None:
        while not self._closed:
            try:
                self._heartbeat()
                for journey in self._next_due():
                    self._workers.submit(partial(self._step, journey), journey.rank)
            except BaseException:
                logger.exception("The scheduling thread stumbled; it goes on")
                time.sleep(0.1)

    def _heartbeat(self) -> None:
        """Tell other kernels that this one is at work; a disk that refuses is met by the steps themselves."""
        if self._journeys:
            with suppress(LibraryError):
                self.library.leases.beat_if_due()

    def _next_due(self) -> Iterable[Journey]:
        """Sleep until something is due, and return it."""
        with self._condition:
            nap = LONGEST_NAP if self._journeys else None
            if self._due:
                nap = min(LONGEST_NAP, max(0.0, self._due[0][0] - time.monotonic()))
            if nap != 0.0 and not self._closed:
                self._condition.wait(nap)
            due = []
            while self._due and self._due[0][0] <= time.monotonic():
                _, entry, key = heapq.heappop(self._due)
                journey = self._journeys.get(key)
                if journey is not None and journey.entry == entry:
                    due.append(journey)
            return due

    def _step(self, journey: Journey) -> None:
        """Take one step on a worker's thread, and put the next one in line."""
        with self._condition:
            current = self._journeys.get(journey.generation.key) is journey
            if journey.busy or self._closed or not current:
                return
            journey.busy = True
        wait = self._guarded(journey)
        with self._condition:
            journey.busy = False
            if journey.again or wait is not None:
                self._schedule(journey, 0.0 if journey.again else wait or 0.0)
                journey.again = False
            elif not journey.unsaved:
                self._journeys.pop(journey.generation.key, None)
                self._notice_last(journey.generation.ticket.group)

    def _notice_last(self, group: str | None) -> None:
        """Look at the last one of a sweep soon: it is what the person waits for now."""
        left = [
            each
            for each in self._journeys.values()
            if group and each.generation.ticket.group == group and not each.generation.done
        ]
        if len(left) != 1 or left[0].alone_since is not None or left[0].generation.id is None:
            return
        last = left[0]
        last.alone_since = time.monotonic()
        if self.steps.interval is not None or last.turn is not None:
            return
        last.again |= last.busy  # the step under way has its wait already
        if not last.busy and last.due > last.alone_since + polling.LAST:
            self._schedule(last, polling.LAST)

    def _guarded(self, journey: Journey) -> float | None:
        """Take the step; a bug of ours stops one generation, with its name, and never the loop."""
        try:
            return self._owned(journey)
        except BaseException as error:
            if self._closed:
                return None
            logger.exception("A step of %s failed", journey.generation.key)
            words = {"name": type(error).__name__, "message": f"Inside seedance_widgets: {error}"}
            journey.generation.apply(status="stopped", error=words, ended_at=time.time())
            return None

    def _owned(self, journey: Journey) -> float | None:
        """Step if this runner holds the generation; follow what another kernel does with it otherwise."""
        generation = journey.generation
        if generation.done and not journey.unsaved:
            return None
        if not (journey.mine and self._holds(generation)) and not self._claims(generation):
            return self._follow(journey)
        if not journey.mine:
            journey.mine = True
            self._catch_up(journey)
        wait = self.steps.advance(journey)
        if wait is None and not generation.done:  # planned, and may not be sent here: another kernel's person may
            journey.mine = False
            with suppress(LibraryError):
                self.library.leases.release(generation.key)
        return wait

    def _holds(self, generation: Generation) -> bool:
        try:
            return self.library.leases.holds(generation.key)
        except LibraryError:
            return True

    def _catch_up(self, journey: Journey) -> None:
        """Another kernel may have moved it since it was read."""
        if not journey.unsaved:
            with suppress(LibraryError):
                self.library.reload(journey.generation)

    def _follow(self, journey: Journey) -> float | None:
        journey.mine = False
        journey.unsaved = {name: value for name, value in journey.unsaved.items() if name == "id"}
        with suppress(LibraryError):
            self.library.reload(journey.generation)
        return None if journey.generation.done else FOLLOW
