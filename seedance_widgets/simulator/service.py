"""What the simulated API does with a call, whatever carries it: the rules between the wires and the world."""

from __future__ import annotations

import difflib
import hashlib
import hmac
import re
import secrets
import threading
from collections.abc import Mapping
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

from . import brief, replies
from .clips import Clips
from .core import Meter, OutOfCredits, World
from .faults import Faults
from .records import COMPLETED, CREDITS_PER_USD, ERROR, GENERATING, Job
from .scene import Scene
from .shelf import Shelf

_PERSON = re.compile(r"[A-Za-z0-9._@+-]{1,64}")
_CLIENT_ID = re.compile(r"[A-Za-z0-9._:-]{1,128}")
_STAMP = "%Y%m%dT%H%M%SZ"
_REMEMBERED = 20_000


class Refused(Exception):
    """A call that is answered with an error: ``status`` and ``message`` as the API gives them."""

    def __init__(self, status: int, message: str, inference_id: str | None = None) -> None:
        super().__init__(message)
        self.status, self.message, self.inference_id = status, message, inference_id


@dataclass(frozen=True)
class Created:
    """The service's own record of a generation that it accepted: what a client can be held against.

    Attributes
    ----------
    id, model, account : str
        The generation's id, the model's, and the key that paid.
    client_request_id : str or None
        As far as it was one.
    body : dict
        The JSON that came in.
    time : float
        Wall-clock time, s since 1970.
    """

    id: str
    client_request_id: str | None
    body: dict[str, Any]
    model: str
    time: float
    account: str


class Service:
    """The simulated API without HTTP.

    Parameters
    ----------
    world, shelf, clips, faults
        Its parts.
    clip_ttl : float
        How long a clip's address is good, s.
    log_delay : float
        How late rows of the logs appear, s.
    rate_limit : float or None
        Calls a second that each key may make.
    speed : float
        The world's, for the page.
    shared : bool
        Whether others than the person at this computer may see the page: then it shows no prompts.
    """

    def __init__(
        self,
        world: World,
        shelf: Shelf,
        clips: Clips,
        faults: Faults,
        *,
        clip_ttl: float,
        log_delay: float,
        rate_limit: float | None,
        speed: float = 1.0,
        shared: bool = False,
    ) -> None:
        self.world, self.shelf, self.clips, self.faults = world, shelf, clips, faults
        self.clip_ttl, self.log_delay = clip_ttl, log_delay
        self.speed, self.shared = speed, shared
        self.created: list[Created] = []
        self.requests: list[tuple[str, str, int]] = []
        self._secret = secrets.token_bytes(32)
        self._tokens = tuple(world.accounts)
        self._lock = threading.Lock()
        self._calls = _meter(rate_limit)
        self._log_calls = Meter(200, 60.0)

    def saw(self, method: str, path: str, status: int) -> None:
        """Note a call and its answer; 0 where none was given."""
        with self._lock:
            self.requests.append((method, path, status))
            if len(self.requests) > _REMEMBERED:
                del self.requests[: _REMEMBERED // 2]

    def account(self, authorization: str) -> str:
        """The account that a header's key opens. ``TOKEN:name`` opens one of the person's own.

        Raises
        ------
        Refused
            401 for a key that is missing or wrong; 429 for one that is used too often.
        """
        kind, _, key = authorization.partition(" ")
        for known in self._tokens if kind.lower() == "bearer" else ():
            token, name = key.strip()[: len(known)], key.strip()[len(known) :]
            if not hmac.compare_digest(token.encode(), known.encode()):
                continue
            if not name:
                return known
            if name[0] == ":" and _PERSON.fullmatch(name[1:]) and self.world.open_account(known + name):
                return known + name
        raise Refused(401, "This request requires a valid API key.")

    def throttle(self, account: str, *, logs: bool = False) -> float:
        """Seconds that the account has to wait before this call; 0.0 when it may go on."""
        now = self.world.now()
        wait = self._calls.wait(account, now) if self._calls else 0.0
        return wait or (self._log_calls.wait(account, now) if logs else 0.0)

    def create(self, account: str, body: Any, client_request_id: str | None, machine: str = "") -> Job:
        """Check a request and accept it; the machine tells people with one key apart.

        Raises
        ------
        Refused
            400 and 404 for what it says, 403 for what it costs.
        """
        named = body.get("model") if isinstance(body, dict) else None
        name = named if isinstance(named, str) else ""
        try:
            job = self._accept(account, body, name, client_request_id, f"{account} {machine}")
        except Refused as refused:
            refused.inference_id = self.world.refuse(account, name, client_request_id).id
            raise
        with self._lock:
            record = Created(job.id, client_request_id, dict(body), name, job.created, account)
            self.created.append(record)
        return job

    def _accept(self, account: str, body: Any, name: str, client_request_id: str | None, whom: str) -> Job:
        if not isinstance(body, dict):
            raise Refused(400, "Body validation error\nExpected a JSON object.")
        if not name:
            raise Refused(400, "Body validation error\nmodel: is required, as text.")
        model = self.shelf.get(name)
        if model is None:
            close = difflib.get_close_matches(name[:200], self.shelf.ids(), 1)
            hint = f" Did you mean {close[0]}?" if close else ""
            raise Refused(404, f"Model {name[:200]!r} was not found.{hint}")
        if name in self.shelf.withdrawn:
            raise Refused(400, f"Model {name} has been withdrawn; it can no longer be called.")
        problems = model.problems(body)
        if problems:
            raise Refused(400, "\n".join(["Body validation error", *map(str, problems)]))
        try:
            job = self.world.submit(account, name, body, brief.cost(model, body), client_request_id, whom)
        except OutOfCredits as short:
            raise Refused(403, _out_of_credits(short)) from None
        self._doom(job)
        return job

    def _doom(self, job: Job) -> None:
        """Settle at the start whether a generation is one of those that fail."""
        struck = self.faults.strike("post", ("fail", "odd_error"), self.facts(job))
        if "fail" in struck:
            words = struck["fail"].value or "The service could not make this clip."
            job.fails, job.error = True, {"name": "GenerationError", "message": str(words)}
        if "odd_error" in struck:
            job.fails = struck["odd_error"].value != "beside"
            job.error = replies.odd_error(struck["odd_error"], job.body)

    def look(self, account: str, generation_id: str) -> tuple[Job, str]:
        """A generation and the status to report: completed only when its clip lies there.

        Raises
        ------
        Refused
            404 for an id that the account does not have.
        """
        job = self.world.find(account, generation_id)
        if job is None:
            raise Refused(404, f"Generation {generation_id[:200]!r} was not found.")
        status = job.status(self.world.now())
        if job.fails:
            return job, status
        # Drawn from the first look on: nobody waits for a clip that nobody asks about.
        clip = self.clip(job)
        if status != COMPLETED:
            return job, status
        if not clip.done():
            return job, GENERATING
        if clip.exception() is None:
            return job, COMPLETED
        self.world.spoil(job, {"name": "RenderError", "message": f"The clip was not drawn: {clip.exception()}"})
        return job, ERROR

    def clip(self, job: Job) -> Future[Path]:
        """The clip of a generation, there or on its way."""
        return self.clips.want(self.scene(job), job.whom)

    def scene(self, job: Job) -> Scene:
        """What a generation's clip shows."""
        model = self.shelf.get(job.model)
        if model is None:
            raise LookupError(job.model)
        return brief.scene(model, job.body, job.seed)

    def clip_url(self, base: str, job: Job) -> str:
        """A fresh signed address of a clip."""
        date = datetime.fromtimestamp(self.world.wall(), UTC).strftime(_STAMP)
        query = {"X-Tos-Date": date, "X-Tos-Expires": str(max(0, int(self.clip_ttl)))}
        query["X-Tos-Signature"] = self._signature(job.id, query)
        return f"{base}/clips/{quote(job.id, safe='')}.mp4?{urlencode(query)}"

    def signed(self, generation_id: str, query: Mapping[str, str]) -> Job:
        """The generation whose clip an address may fetch.

        Raises
        ------
        Refused
            403 for an address that is forged, altered or out of date.
        """
        given = query.get("X-Tos-Signature", "")
        if not hmac.compare_digest(self._signature(generation_id, query).encode(), given.encode()):
            raise Refused(403, "The request signature we calculated does not match the signature you provided.")
        signed_at = datetime.strptime(query["X-Tos-Date"], _STAMP).replace(tzinfo=UTC)
        ends = signed_at + timedelta(seconds=int(query["X-Tos-Expires"]))
        if self.world.wall() >= ends.timestamp():
            raise Refused(403, "Request has expired.")
        return self.world.jobs[generation_id]

    def _signature(self, generation_id: str, query: Mapping[str, str]) -> str:
        text = "\n".join((generation_id, query.get("X-Tos-Date", ""), query.get("X-Tos-Expires", "")))
        return hmac.new(self._secret, text.encode(), hashlib.sha256).hexdigest()

    def facts(self, job: Job) -> dict[str, Any]:
        """What a fault can know a generation by."""
        return {
            "id": job.id,
            "client_request_id": job.client_request_id,
            **self.said(job.body),
        }

    def said(self, body: Any) -> dict[str, Any]:
        """What a fault can know a request by, valid or not."""
        if not isinstance(body, dict):
            return {}
        name = body.get("model")
        model = self.shelf.get(name) if isinstance(name, str) else None
        prompt = brief.value(model, body, "prompt") if model else None
        return {"model": name, "prompt": prompt, "body": body}


def client_id(text: str) -> str | None:
    """A client request id as the service keeps it: what does not fit its alphabet is silently dropped."""
    return text if _CLIENT_ID.fullmatch(text) else None


def _meter(rate_limit: float | None) -> Meter | None:
    """So many calls a second; fewer than one are one in so many seconds."""
    if rate_limit is None:
        return None
    return Meter(int(rate_limit), 1.0) if rate_limit >= 1 else Meter(1, 1.0 / rate_limit)


def _out_of_credits(short: OutOfCredits) -> str:
    cost, left = short.cost / CREDITS_PER_USD, max(0, short.left) / CREDITS_PER_USD
    return f"You've run out of credits: this generation costs ${cost:.2f}, and ${left:.2f} is left."
