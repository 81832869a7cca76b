"""Steps of a generation whose id is not known: submit it, find its lost answer.

Here the money is spent. A POST leaves only after its mark is written, and is repeated only when it provably never
left, or was refused with 429.
"""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from typing import Any

from .bookkeeping import Journey
from .errors import (
    ApiError,
    AuthenticationError,
    ConfigError,
    ConnectionFailed,
    NotFound,
    OutOfCredits,
    RateLimited,
    SeedanceError,
    ServerError,
    UnexpectedReply,
)
from .generation import Generation
from .looking import Looking
from .polling import LONGEST

POST_TRIES = 8  # of one that provably never left, or was refused with 429
LOG_PAGE = 100
LOG_PAGES = 50
LOG_PATIENCE = 5  # so many times the time of a look-up, where the log gives no usable answer
CLOCK_SKEW = timedelta(hours=1)
LOOKING = "looking for the answer"
OPEN_OUTCOME = (ServerError, UnexpectedReply)


class Submitting(Looking):
    """Sends generations, and finds lost answers again."""

    def _submit(self, journey: Journey) -> float | None:
        generation = journey.generation
        with journey.lock:
            if not self.library.mark_sending(generation):
                if self.library.bin.holds(generation.key):  # deleted since a person asked for it once more
                    return self._end(journey, "stopped", detail="it is in the bin", by="person")
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
        return min(self.first_lookup * 2.0 ** min(journey.lookups, 8), LONGEST)

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


def _log_span(generation: Generation) -> dict[str, Any]:
    """Ask for the last day; for an older request, for the day after it was sent."""
    sent = datetime.fromtimestamp(generation.sending_at or generation.ticket.created_at, UTC)
    if datetime.now(UTC) - sent < timedelta(hours=20):
        return {"period": "24h"}
    return {"start": (sent - CLOCK_SKEW).isoformat(), "end": (sent + timedelta(hours=25)).isoformat()}
