"""What every step of a generation shares: what is remembered, what is written down, and when the next one is due."""

from __future__ import annotations

import math
import random
import threading
import time
from dataclasses import dataclass, field
from typing import Any

from . import polling
from .client import Client
from .errors import LibraryError, RateLimited, SeedanceError
from .generation import Generation
from .library import Library
from .pace import Pace

GONE_TIME = 60.0  # seconds over which a generation must be unknown: a gateway in trouble says 404 as well
SIMULATED_INTERVAL = 1.0  # seconds between two looks at a generation of the simulator
MOST_REQUESTS = 20.0  # a second, over all generations in flight; the API publishes no limit for video
ON_THE_WAY = ("submitting", "queued", "generating", "downloading")


@dataclass
class Journey:
    """What the runner remembers of a generation while it watches it; nothing here must survive the kernel."""

    generation: Generation
    may_send: bool = False
    mine: bool = False
    busy: bool = False
    again: bool = False
    stop_asked: bool = False
    entry: int = -1
    deadline: float = float("inf")  # on the monotonic clock
    tries: int = 0
    gone: int = 0
    gone_since: float = 0.0
    empty: int = 0
    fetches: int = 0
    clips: tuple[str, ...] = ()  # their addresses, while they are to be fetched
    turn: float | None = None
    due: float = float("inf")  # its next step, on the monotonic clock
    known: list[float] | None = None  # how long earlier ones took, as of its first look
    alone_since: float | None = None  # since when the others of its sweep are done
    lookups: int = 0
    looking_since: float | None = None
    answered_since: float | None = None
    unsaved: dict[str, object] = field(default_factory=dict)
    lock: threading.RLock = field(default_factory=threading.RLock)  # a person's stop against a step under way

    @property
    def rank(self) -> int:
        """What goes first: a look is short, a clip is not, and the requests of a large sweep keep all busy for long.

        Each gets its turn all the same: see `Workers.submit`.
        """
        return 1 if self.clips else 2 if self.generation.status == "planned" else 0


class Bookkeeping:
    """The library, the clocks and the ends that all steps share.

    Parameters
    ----------
    client : Client
        Where generations are sent and asked for.
    library : Library
        Where they are kept.
    interval : float, optional
        Seconds between two looks; None = adaptive.
    """

    def __init__(self, client: Client, library: Library, interval: float | None = None) -> None:
        self.client = client
        self.library = library
        self.interval = interval
        pace = polling.DEFAULT_INTERVAL if interval is None else interval
        # A person who fixes the interval has chosen the rate too.
        self.pace = Pace(MOST_REQUESTS if interval is None else math.inf)
        self.first_lookup = min(max(pace, 0.1), 2.0)
        # Rows of the log may come only when the generation itself ends, so the look-up outlasts one.
        self.lookup_time = max(20.0, 18 * pace)
        self.gone_time = min(GONE_TIME, 20 * pace)
        self.closed = False
        self._random = random.Random()
        self._durations: dict[str, list[float]] = {}

    # Ends ---------------------------------------------------------------------------------------------------

    def _fail(self, journey: Journey, error: SeedanceError, **facts: Any) -> float | None:
        return self._end(journey, "error", error=error_words(error), **facts)

    def _end(self, journey: Journey, status: str, *, by: str | None = None, **facts: Any) -> float | None:
        facts = {"detail": "", "error": None, **facts}
        self._keep(journey, status=status, ended_at=time.time(), stopped_by=by, owner=None, **facts)
        journey.mine = False
        return None

    def stop(self, journey: Journey, by: str = "person") -> None:
        """End the watching of a generation; it can be resumed."""
        with journey.lock:
            journey.stop_asked, journey.may_send = True, False  # a resume watches; it sends nothing
            try:
                self._end(journey, "stopped", detail="not watched any more; the API goes on with it", by=by)
            except LibraryError as error:
                self._halt(journey, error)

    def _halt(self, journey: Journey, error: LibraryError) -> float | None:
        """The disk does not keep what happened: hold it here, stop, and say so. `resume` writes it first."""
        facts: dict[str, Any] = {
            "status": "stopped",
            "error": error_words(error),
            "ended_at": time.time(),
            "detail": "",
        }
        journey.mine = journey.may_send = False  # a resume watches; it sends nothing
        try:
            self.library.update(journey.generation, **facts, owner=None)
        except LibraryError:
            journey.generation.apply(**facts)
        return None

    def _keep(self, journey: Journey, **facts: object) -> None:
        """Write facts; where the disk refuses, hold them until it takes them."""
        with journey.lock:
            status = facts.get("status")
            stopped = journey.stop_asked and status not in ("stopped", "completed", "error", "unconfirmed")
            if stopped or (self.closed and status in ON_THE_WAY):
                # A person stopped it during this step, or another Studio may have brought it further since this one
                # was closed: an id or a price is kept, the status is left alone.
                facts = {name: value for name, value in facts.items() if name not in ("status", "detail")}
            journey.unsaved.update(facts)
            self._save(journey)

    def _save(self, journey: Journey) -> None:
        with journey.lock:
            if journey.unsaved:
                self.library.update(journey.generation, **journey.unsaved)  # before anything else is done
                journey.unsaved.clear()

    def _say(self, journey: Journey, detail: str) -> None:
        """Show what is going on; worth no write to the disk."""
        journey.generation.apply(detail=detail)

    # When next ----------------------------------------------------------------------------------------------

    def _wait(self, journey: Journey) -> float:
        generation = journey.generation
        interval = self.interval
        if interval is None and "simulator" in self.client.server:
            interval = SIMULATED_INTERVAL  # it runs at any speed, so that what is known of the service says little
        if journey.known is None:
            # Not learned while it runs: of what was sent together the quick ones end first, and would make the others
            # look overdue.
            journey.known = self.durations(generation)
        wait = polling.next_wait(generation.elapsed, journey.known, interval)
        if journey.alone_since is None or interval is not None:
            return wait
        return min(wait, polling.last_wait(time.monotonic() - journey.alone_since))

    def _retry_wait(self, tries: int, error: SeedanceError) -> float:
        """Wait longer each time; a 429 holds everybody back, and a fixed interval keeps its pace."""
        asked = getattr(error, "retry_after", None)
        wait = polling.retry_wait(tries, asked, self._random.random())
        if isinstance(error, RateLimited):
            self.pace.refused(time.monotonic(), wait)
        elif self.interval is not None:
            wait = min(wait, 4 * self.interval)
        return wait

    def durations(self, generation: Generation) -> list[float]:
        """Return how long earlier generations like this one took, in seconds; asked of the library once."""
        likeness = generation.ticket.likeness
        if likeness not in self._durations:
            self._durations[likeness] = self.library.durations(likeness)
        return self._durations[likeness]


def error_words(error: SeedanceError) -> dict[str, str]:
    """Return an error as a generation keeps it."""
    return {"name": type(error).__name__, "message": str(error)}
