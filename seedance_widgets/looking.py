"""Steps of a generation whose id is known: look at it, fetch its clip."""

from __future__ import annotations

import logging
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

from . import download
from .bookkeeping import Bookkeeping, Journey, error_words
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
)
from .generation import Generation
from .reply import Reply

logger = logging.getLogger(__name__)

GONE_TRIES = 5  # answers of 404 in a row until a generation counts as forgotten
NO_CLIP_TRIES = 10  # looks at a generation that is completed without a clip
FETCH_TRIES = 8
PAUSE = 30.0  # seconds between two looks while the key or the account is refused


class Looking(Bookkeeping):
    """Looks at generations, and fetches their clips. It only asks: nothing here costs."""

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
            return self._end(journey, "error", error=_forgotten(journey.generation, error))
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
            self._note_simulator(generation)
            self._lay_aside(generation)
        self._note_simulator(generation)  # also where the first answer was lost
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
        if getattr(generation, moment := f"{facts['status']}_at") is None:
            facts[moment] = time.time()
        if any(getattr(generation, name) != value for name, value in facts.items()):
            self._keep(journey, **facts)  # most looks bring no news, and each write is a wait for the disk
        return self._wait(journey)

    def _note_simulator(self, generation: Generation) -> None:
        """Remember that it is simulated: before the first answer of an address nobody can know."""
        if not generation.ticket.simulated and "simulator" in self.client.server:
            self.library.mark_simulated(generation)

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
        journey.clips = reply.video_urls  # in a step of its own: looks that are due go first
        return 0.0

    def _bring_home(self, journey: Journey) -> float | None:
        generation = journey.generation
        urls, journey.clips = journey.clips, ()
        try:
            paths = self._fetch(generation, urls)
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
            return self._end(journey, "stopped", error=error_words(error), detail="the clip could not be fetched")
        wait = self._retry_wait(journey.fetches, error)
        self._say(journey, f"{error} Trying again in {wait:.0f} s.")
        return wait


def _forgotten(generation: Generation, error: NotFound) -> dict[str, str]:
    words = error_words(error)
    if generation.ticket.simulated:  # most likely another one has been started at the address of the first
        words["message"] += " A simulator forgets at its end. It cost nothing; it can be made again."
    return words


def _probed(path: Path) -> object:
    """Read from the file what the clip is; a clip that is whole is kept, whatever PyAV or its installation says."""
    try:
        from . import media

        return media.probe(path)
    except Exception as error:
        logger.warning("What %s is cannot be read: %s", path.name, error)
        return None
