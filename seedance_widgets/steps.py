"""One step of one generation at a time: submit it, find its lost answer, look at it, fetch its clip.

Each step ends with what is true now in the library, and tells when the next one is due. The scheduling is the runner's.
Read the rules of money first: a POST leaves only after its mark is written, and is repeated only when it provably never
left, or was refused with 429.
"""

from __future__ import annotations

import math
import random
import threading
import time
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from . import download, polling
from .client import Client
from .errors import (
    ApiError,
    AuthenticationError,
    ConfigError,
    ConnectionFailed,
    DownloadFailed,
    LibraryError,
    NotFound,
    OutOfCredits,
    RateLimited,
    SeedanceError,
    ServerError,
    UnexpectedReply,
)
from .generation import Generation
from .library import Library
from .pace import Pace
from .reply import Reply

POST_TRIES = 8  # of one that provably never left, or was refused with 429
GONE_TRIES = 5  # answers of 404 in a row until a generation counts as forgotten,
GONE_TIME = 60.0  # over at least so many seconds: a gateway in trouble says 404 as well
NO_CLIP_TRIES = 10  # looks at a generation that is completed without a clip
FETCH_TRIES = 8
LOG_PAGE = 100
LOG_PAGES = 50
LOG_PATIENCE = 5  # so many times the time of a look-up, where the log gives no usable answer
MOST_REQUESTS = 20.0  # a second, over all generations in flight; the API publishes no limit for video
CLOCK_SKEW = timedelta(hours=1)
PAUSE = 30.0  # seconds between two looks while the key or the account is refused

LOOKING = "looking for the answer"
OPEN_OUTCOME = (ServerError, UnexpectedReply)
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
    turn: float | None = None
    lookups: int = 0
    looking_since: float | None = None
    answered_since: float | None = None
    unsaved: dict[str, object] = field(default_factory=dict)
    lock: threading.RLock = field(default_factory=threading.RLock)  # a person's stop against a step under way


class Steps:
    """The steps, for a client and a library.

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

    def advance(self, journey: Journey) -> float | None:
        """Take the next step of a generation; return the seconds until the one after it, None when it is done."""
        try:
            self._save(journey)
            return None if journey.generation.done else self._advance(journey)
        except LibraryError as error:
            return self._halt(journey, error)

    def _advance(self, journey: Journey) -> float | None:
        generation = journey.generation
        if generation.status == "planned" and not journey.may_send:
            return None
        if (wait := self._wait_turn(journey)) > 0:
            return wait
        if generation.status == "planned":
            return self._submit(journey)
        if time.monotonic() > journey.deadline:
            return self._end(journey, "stopped", detail="not done in time; resume() watches it again", by="timeout")
        if generation.id is None:
            return self._look_up(journey)
        return self._look(journey)

    def _wait_turn(self, journey: Journey) -> float:
        """Return the seconds until it is this one's turn to ask the API anything; 0 = now."""
        now = time.monotonic()
        if journey.turn is None or self.pace.held > max(now, journey.turn):
            journey.turn = self.pace.turn(now)
        if journey.turn > now:
            return journey.turn - now
        journey.turn = None
        return 0.0

    # Sending ------------------------------------------------------------------------------------------------

    def _submit(self, journey: Journey) -> float | None:
        generation = journey.generation
        with journey.lock:
            if not self.library.mark_sending(generation):
                journey.mine = False  # another kernel was faster, or a person stopped it
                self.library.reload(generation)
                return self._wait(journey)
        try:
            ticket = generation.ticket
            reply = self.client.send(ticket.request, ticket.key, ticket.create_path)
        except (RateLimited, ConfigError) as error:
            return self._unsent(journey, error)
        except ConnectionFailed as error:
            return self._lost(journey, error) if error.sent else self._unsent(journey, error)
        except OPEN_OUTCOME as error:
            return self._lost(journey, error)
        except ApiError as error:
            return self._fail(journey, error)
        journey.tries = 0
        return self._take(journey, reply)

    def _unsent(self, journey: Journey, error: SeedanceError) -> float | None:
        """It provably created nothing: take the mark back, and try again a bounded number of times."""
        journey.tries += 1
        if journey.tries >= POST_TRIES or isinstance(error, ConfigError):
            return self._fail(journey, error, sending_at=None)
        wait = self._retry_wait(journey.tries, error)
        why = "too many requests" if isinstance(error, RateLimited) else "no connection, nothing was sent"
        detail = f"{why}: trying again in {wait:.0f} s"
        self._keep(journey, status="planned", sending_at=None, detail=detail)
        return wait

    def _lost(self, journey: Journey, error: SeedanceError) -> float:
        """The outcome is open: it may have been created and paid. It is looked up, never sent again."""
        self._keep(journey, status="submitting", detail=LOOKING)
        journey.lookups, journey.looking_since, journey.answered_since = 0, None, None
        return self.first_lookup

    # A lost answer ------------------------------------------------------------------------------------------

    def _look_up(self, journey: Journey) -> float | None:
        """Look for our key in the API's log: rows come late, so more than once, over a bounded while."""
        generation = journey.generation
        now = time.monotonic()
        if journey.looking_since is None:
            journey.looking_since = now
        if generation.detail != LOOKING:
            self._keep(journey, detail=LOOKING)
        try:
            found, refused = self._find_in_logs(generation)
        except (AuthenticationError, ConfigError) as error:
            return self._paused(journey, error)
        except (NotFound, OutOfCredits) as error:
            return self._unconfirmed(journey, f"the API's log cannot be had (HTTP {error.status})")
        except (ApiError, ConnectionFailed) as error:
            return self._no_log(journey, error)
        if journey.answered_since is None:
            journey.answered_since = now
        # Only a log that could be read counts: while the network is gone, nothing is concluded.
        over = time.monotonic() - journey.answered_since > self.lookup_time
        if found or (over and refused):
            self._keep(journey, id=found or refused, status="queued", detail="")
            self._lay_aside(generation)
            return 0.0
        if over:
            return self._unconfirmed(journey, "the API's log does not show it")
        journey.lookups += 1
        return min(self.first_lookup * 2.0 ** min(journey.lookups, 8), polling.LONGEST)

    def _no_log(self, journey: Journey, error: SeedanceError) -> float | None:
        """The log gave no usable answer: this says nothing about the request, so it is given longer."""
        assert journey.looking_since is not None
        journey.tries += 1
        if time.monotonic() - journey.looking_since > LOG_PATIENCE * self.lookup_time:
            return self._unconfirmed(journey, "the API's log cannot be had")
        return self._retry_wait(journey.tries, error)

    def _find_in_logs(self, generation: Generation) -> tuple[str | None, str | None]:
        """Go through the log's pages, newest first, for rows that hold our key.

        Returns the API's id of one that was accepted, and of one that was refused: that may be an earlier try of
        ours, beside which the row of the accepted one is late.
        """
        span, offset, refused = _log_span(generation), 0, None
        for _ in range(LOG_PAGES):
            rows, more = self.client.log_page(limit=LOG_PAGE, offset=offset, **span)
            for row in rows:
                if row.get("client_request_id") == generation.key and row.get("inference_id"):
                    if row.get("status") != "failed":
                        return str(row["inference_id"]), None
                    refused = refused or str(row["inference_id"])
            if not rows or not more:
                break
            offset += len(rows)  # pages may be shorter than asked for
        return None, refused

    def _unconfirmed(self, journey: Journey, why: str) -> float | None:
        message = (
            f"The answer to the request was lost, and {why}. It may have been made and charged. Look again later, "
            "or send it again (it may then be charged twice)."
        )
        error = {"name": "Unconfirmed", "message": message}
        return self._end(journey, "unconfirmed", detail=f"the answer was lost, and {why}", error=error)

    # Looking ------------------------------------------------------------------------------------------------

    def _look(self, journey: Journey) -> float | None:
        generation = journey.generation
        assert generation.id is not None
        try:
            reply = self.client.retrieve(generation.id, generation.ticket.retrieve_path)
        except NotFound as error:
            return self._gone(journey, error)
        except (AuthenticationError, OutOfCredits, ConfigError) as error:
            return self._paused(journey, error)
        except (ApiError, ConnectionFailed) as error:
            return self._disturbed(journey, error)
        return self._take(journey, reply)

    def _paused(self, journey: Journey, error: SeedanceError) -> float:
        """The key or the account is refused: a person can change that, so the watching goes on, slowly."""
        self._say(journey, f"watching is paused: {error}")
        return PAUSE if self.interval is None else min(PAUSE, 20 * self.interval)

    def _gone(self, journey: Journey, error: NotFound) -> float | None:
        now = time.monotonic()
        if not journey.gone:
            journey.gone_since = now
        journey.gone += 1
        if journey.gone >= GONE_TRIES and now - journey.gone_since >= self.gone_time:
            return self._fail(journey, error)
        return self._disturbed(journey, error)

    def _disturbed(self, journey: Journey, error: SeedanceError) -> float:
        """No usable answer to a look: it costs nothing, so it is repeated until the watching ends."""
        journey.tries += 1
        wait = self._retry_wait(journey.tries, error)
        why = "too many requests" if isinstance(error, RateLimited) else "no usable answer"
        self._say(journey, f"{why} (try {journey.tries}); looking again in {wait:.0f} s")
        return wait

    def _take(self, journey: Journey, reply: Reply) -> float | None:
        """Take over what the API says."""
        generation = journey.generation
        self.pace.accepted()
        journey.tries = journey.gone = 0
        facts: dict[str, Any] = {}
        if generation.id is None:
            self._keep(journey, id=reply.id)
            self._lay_aside(generation)
        facts |= {
            name: value
            for name, value in (("credits", reply.credits), ("usd", reply.usd))
            if value is not None and value != getattr(generation, name)
        }
        if reply.status == "error":
            error = reply.error or {"name": "Error", "message": "The API gave no reason."}
            return self._end(journey, "error", error=error, **facts)
        if reply.status == "completed":
            return self._completed(journey, reply, facts)
        known = reply.status in ("queued", "generating")
        facts["status"] = reply.status if known else "generating"
        facts["detail"] = "" if known else f"the API says: {reply.status[:60]}"
        if any(getattr(generation, name) != value for name, value in facts.items()):
            self._keep(journey, **facts)  # most looks bring no news, and each write is a wait for the disk
        return self._wait(journey)

    def _lay_aside(self, generation: Generation) -> None:
        """Write the id of what was paid into a file of its own, too: it outlives a database that is lost."""
        with suppress(LibraryError):
            self.library.write_sidecar(generation)

    # Fetching -----------------------------------------------------------------------------------------------

    def _completed(self, journey: Journey, reply: Reply, facts: dict[str, Any]) -> float | None:
        generation = journey.generation
        if generation.finished_at is None:
            facts["finished_at"] = time.time()
        if not reply.video_urls:
            return self._no_clip(journey, reply, facts)
        self._keep(journey, status="downloading", detail="", **facts)
        try:
            paths = self._fetch(generation, reply.video_urls)
        except (DownloadFailed, ConnectionFailed) as error:
            return self._not_fetched(journey, error)
        self._keep(
            journey,
            status="completed",
            paths=paths,
            clip=_probed(paths[0]),
            error=None,
            detail="",
            ended_at=time.time(),
            owner=None,
        )
        self._durations.pop(generation.ticket.likeness, None)  # there is one more to learn from
        return None

    def _fetch(self, generation: Generation, urls: tuple[str, ...]) -> tuple[Path, ...]:
        """Fetch every clip that is not there already; the sidecar first, so that no clip is ever without."""
        self.library.write_sidecar(generation, len(urls))
        paths = tuple(self.library.clip_path(generation.key, number) for number in range(len(urls)))
        for url, path in zip(urls, paths, strict=True):
            if path.exists():
                download.tidy(path)
            else:
                self.client.download(url, path)
        return paths

    def _no_clip(self, journey: Journey, reply: Reply, facts: dict[str, Any]) -> float | None:
        journey.empty += 1
        if journey.empty >= NO_CLIP_TRIES:
            message = "The API says completed, but gives no address of a clip. Resume later, or ask its support."
            error = {"name": "UnexpectedReply", "message": message}
            journey.empty = 0
            return self._end(journey, "stopped", error=error, detail="completed, but without a clip", **facts)
        self._keep(journey, status="downloading", detail="completed; waiting for the clip's address", **facts)
        return self._wait(journey)

    def _not_fetched(self, journey: Journey, error: SeedanceError) -> float | None:
        """The API still has the clip: ask it for a fresh address, a bounded number of times."""
        journey.fetches += 1
        if journey.fetches >= FETCH_TRIES:
            journey.fetches = 0
            return self._end(journey, "stopped", error=_words(error), detail="the clip could not be fetched")
        wait = self._retry_wait(journey.fetches, error)
        self._say(journey, f"{error} Trying again in {wait:.0f} s.")
        return wait

    # Ends ---------------------------------------------------------------------------------------------------

    def _fail(self, journey: Journey, error: SeedanceError, **facts: Any) -> float | None:
        return self._end(journey, "error", error=_words(error), **facts)

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
            "error": _words(error),
            "ended_at": time.time(),
            "detail": "",
        }
        journey.mine = False
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
        return polling.next_wait(generation.elapsed, self.durations(generation), self.interval)

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


def _log_span(generation: Generation) -> dict[str, Any]:
    """Ask for the last day; for an older request, for the day after it was sent."""
    sent = datetime.fromtimestamp(generation.sending_at or generation.ticket.created_at, UTC)
    if datetime.now(UTC) - sent < timedelta(hours=20):
        return {"period": "24h"}
    return {"start": (sent - CLOCK_SKEW).isoformat(), "end": (sent + timedelta(hours=25)).isoformat()}


def _probed(path: Path) -> object:
    """Read from the file what the clip is; a clip that is whole but that PyAV cannot play is kept all the same."""
    from . import media

    try:
        return media.probe(path)
    except SeedanceError:
        return None


def _words(error: SeedanceError) -> dict[str, str]:
    return {"name": type(error).__name__, "message": str(error)}
