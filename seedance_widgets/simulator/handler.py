"""What all calls of the simulated API share: faults on the way in and out, the key, the shape of errors.

Imports tornado, so only a started simulator imports this.
"""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Mapping
from email.utils import formatdate
from typing import Any
from urllib.parse import urlsplit

from tornado.web import RequestHandler

from . import replies
from .faults import Fault
from .records import iso
from .service import Refused, Service, client_id

SERVER = "seedance-simulator"

_HOST = re.compile(r"[A-Za-z0-9._-]{1,253}(?::\d{1,5})?|\[[0-9A-Fa-f:.]{2,45}\](?::\d{1,5})?")
_PREFIX = re.compile(r"(?:/[A-Za-z0-9._~%@+-]{1,200}){1,20}/?")
_EARLY = ("refuse", "redirect", "html", "server_error", "rate_limit")
_LATE = ("drop", "slow", "half_json")


class Handler(RequestHandler):
    """What all calls share: faults on the way in and out, the key, the shape of errors."""

    room = ""
    needs_key = False

    def initialize(self, service: Service, prefix: str) -> None:
        """Tornado's constructor for what the routes pass along."""
        self.service, self.prefix = service, prefix
        self.account = ""
        self.noted = False

    def set_default_headers(self) -> None:
        """Every answer says whose it is, so that a client can tell at any address."""
        self.set_header("Server", SERVER)
        self.set_header("X-Simulator", SERVER)
        self.set_header("Content-Type", "application/json; charset=utf-8")

    @property
    def base(self) -> str:
        """The service's address as the caller sees it: what a proxy in between says, else what was asked."""
        host = self.forwarded("Host", _HOST) or self.request.host
        return f"{self.request.protocol}://{host}{self.prefix or self.forwarded('Prefix', _PREFIX).rstrip('/')}"

    def forwarded(self, name: str, shape: re.Pattern[str]) -> str:
        """What the first proxy says of the caller's address; empty where it says nothing, or nonsense."""
        said = self.request.headers.get(f"X-Forwarded-{name}", "").partition(",")[0].strip()
        return said if shape.fullmatch(said) else ""

    @property
    def machine(self) -> str:
        """Where the caller is, as far as a proxy in between tells."""
        return str(self.request.remote_ip)

    @property
    def client_request_id(self) -> str | None:
        """The caller's own id of this request, as far as it is one."""
        return client_id(self.request.headers.get("X-Client-Request-Id", ""))

    def facts(self) -> dict[str, Any]:
        """What a fault can know this call by."""
        return {"client_request_id": self.client_request_id}

    async def prepare(self) -> None:
        """Everything that can end a call before it is processed."""
        if self.client_request_id:
            self.set_header("x-client-request-id", self.client_request_id)
        struck = self.service.faults.strike(self.room, _EARLY, self.facts()) if self.room else {}
        if struck:
            self.stumble(next(struck[name] for name in _EARLY if name in struck))
        elif self.needs_key:
            self.admit()

    def admit(self) -> None:
        """Let the call in, or answer it with 401 or 429."""
        try:
            self.account = self.service.account(self.request.headers.get("Authorization", ""))
        except Refused as refused:
            self.fail(refused.status, refused.message)
            return
        wait = self.service.throttle(self.account, logs=self.room == "logs")
        if wait:
            self.set_header("Retry-After", str(max(1, round(wait + 0.5))))
            self.fail(429, "Too Many Requests")

    def stumble(self, fault: Fault) -> None:
        """Answer as a fault has it; nothing is processed."""
        if fault.name == "refuse":
            self.hang_up()
        elif fault.name == "redirect":
            self.set_status(307)
            self.set_header("Location", str(fault.value or self.elsewhere()))
            self.finish()
        elif fault.name == "html":
            self.set_header("Content-Type", "text/html; charset=utf-8")
            self.finish(replies.HTML_PAGE)
        elif fault.name == "rate_limit":
            self.retry_after(str(1 if fault.value is None else fault.value))
            self.fail(429, "Too Many Requests")
        else:
            self.fail(int(fault.value or 503), "Something went wrong. Try again in a few minutes.")

    def retry_after(self, value: str) -> None:
        """Say when to come back: in seconds, as a date 2 s from now, or not at all."""
        if value == "date":
            value = formatdate(time.time() + 2.0, usegmt=True)
        if value != "none":
            self.set_header("Retry-After", value)

    def elsewhere(self) -> str:
        """The same machine under another name, where nothing answers but 404."""
        here = urlsplit(f"//{self.request.host}")
        name = "127.0.0.1" if here.hostname == "localhost" else "localhost"
        return f"{self.request.protocol}://{name}:{here.port or 80}{self.prefix}/elsewhere"

    async def answer(self, reply: Any, struck: Mapping[str, Fault] | None = None, status: int = 200) -> None:
        """Send a reply, unless a fault keeps it back."""
        struck = dict(struck or {}) | self.service.faults.strike(self.room, _LATE, self.facts())
        if "slow" in struck:
            await asyncio.sleep(float(struck["slow"].value or 5.0))
        if "drop" in struck:
            self.hang_up()
            return
        text = replies.dumps(reply)
        self.set_status(status)
        self.finish(text[: len(text) // 2] if "half_json" in struck else text)

    def fail(self, status: int, message: str) -> None:
        """Answer with an error in the API's shape."""
        world = self.service.world
        self.set_status(status)
        path = self.request.uri or self.request.path
        self.finish(replies.dumps(replies.problem(status, message, path, world.request_id(), iso(world.wall()))))

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        """Tornado's own errors, in the API's shape."""
        self.fail(status_code, f"Cannot {self.request.method} {self.request.path}: {self._reason}")

    def finish(self, chunk: Any = None) -> Any:
        """Send the answer; it is on record before the caller can have it."""
        self.note(self.get_status())
        return super().finish(chunk)

    def hang_up(self) -> None:
        """Close the connection without another byte."""
        self.note(0)
        self.detach().close()

    def note(self, status: int) -> None:
        """Put the call on record, once: its path without prefix and query."""
        if not self.noted:
            self.noted = True
            self.service.saw(str(self.request.method), self.request.path.removeprefix(self.prefix), status)
