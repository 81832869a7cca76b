"""What the simulated service keeps of each request, and how its logs show it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

CREDITS_PER_USD = 2_000_000

QUEUED, GENERATING, COMPLETED, ERROR = "queued", "generating", "completed", "error"


@dataclass
class Job:
    """One accepted generation.

    Attributes
    ----------
    id, request_id : str
        The generation's id, and the number of the HTTP call that made it.
    account : str
        The key that it was made with.
    created : float
        Wall-clock time of acceptance, s since 1970.
    accepted, starts, ends : float
        The same moment, the end of the queue and the end of the work, on the service's clock (s).
    credits : int
        What it costs when it completes.
    seed : int
        What decides the clip where the request leaves the seed open.
    whom : str
        Who asked, as far as can be told: people with one key at several machines are several.
    fails : bool
        Whether it ends in error instead of a clip.
    error : object
        What the answer says under ``error`` once it has ended.
    charged : bool
        Whether the account has paid for it.
    """

    id: str
    request_id: str
    account: str
    model: str
    body: dict[str, Any]
    client_request_id: str | None
    created: float
    accepted: float
    starts: float
    ends: float
    credits: int
    seed: int
    whom: str = ""
    fails: bool = False
    error: Any = None
    charged: bool = False

    def status(self, now: float) -> str:
        """Where it stands at a moment of the service's clock."""
        if now < self.starts:
            return QUEUED
        if now < self.ends:
            return GENERATING
        return ERROR if self.fails else COMPLETED


@dataclass(frozen=True)
class Refusal:
    """A request that was not accepted; it stands in the logs as failed and costs nothing."""

    id: str
    request_id: str
    account: str
    model: str
    client_request_id: str | None
    created: float
    accepted: float


@dataclass
class Account:
    """What belongs to one key.

    Attributes
    ----------
    credits : int
        The balance.
    held : int
        What the generations in flight will cost; not taken yet, and not to be spent twice.
    entries : list of Job or Refusal
        Every request, oldest first.
    """

    credits: int
    held: int = 0
    entries: list[Job | Refusal] = field(default_factory=list)


def iso(moment: float) -> str:
    """A wall-clock time (s since 1970) as the API writes it: UTC, to the millisecond."""
    return datetime.fromtimestamp(moment, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def row(entry: Job | Refusal, now: float) -> dict[str, Any]:
    """One row of the logs. What was accepted counts as succeeded from the start, until it fails."""
    paid = entry.credits if isinstance(entry, Job) and entry.charged else 0
    failed = isinstance(entry, Refusal) or entry.status(now) == ERROR
    return {
        "created": iso(entry.created),
        "status": "failed" if failed else "succeeded",
        "origin": "api",
        "model": entry.model,
        "cost": {"usd": paid / CREDITS_PER_USD, "credits": paid},
        "tokens": {"input": 0, "output": 0, "total": 0},
        "request_id": entry.request_id,
        "inference_id": entry.id,
        "client_request_id": entry.client_request_id,
    }
