"""The simulated API over HTTP: the two calls, the lists beside them, and the routes."""

from __future__ import annotations

import json
import re
from typing import Any
from urllib.parse import quote

from tornado.web import Application, HTTPError, RequestHandler

from . import page, replies
from .clip_handler import ClipHandler
from .handler import Handler
from .log_handler import Logs
from .records import COMPLETED, CREDITS_PER_USD, ERROR, QUEUED, Job
from .service import Refused, Service

_ON_POST = ("error_after_create", "no_id", "odd_status")
_ON_GET = ("odd_status", "video_list", "video_strings", "no_video", "no_meta")


class Generations(Handler):
    """The two calls: POST creates a generation, GET asks for it."""

    needs_key = True

    def initialize(self, service: Service, prefix: str) -> None:
        """Which of the two it is decides which faults can meet it."""
        super().initialize(service, prefix)
        self.room = {"POST": "post", "GET": "get"}.get(str(self.request.method), "")
        self.body = self.read_body() if self.room == "post" else None

    def read_body(self) -> Any:
        """The JSON that came in; None when it is none."""
        try:
            return json.loads(self.request.body)
        except ValueError:
            return None

    @property
    def generation_id(self) -> str:
        """The id that a GET asks for."""
        return self.get_query_argument("generation_id", "", strip=False)

    def facts(self) -> dict[str, Any]:
        """A generation is known by its request, also when it is only asked for."""
        if self.room == "post":
            return {"client_request_id": self.client_request_id, **self.service.said(self.body)}
        job = self.service.world.jobs.get(self.generation_id)
        return self.service.facts(job) if job else {"id": self.generation_id}

    async def post(self) -> None:
        """Create a generation."""
        try:
            job = self.service.create(self.account, self.body, self.client_request_id, self.machine)
        except Refused as refused:
            if refused.inference_id:
                self.set_header("x-inference-id", refused.inference_id)
            self.fail(refused.status, refused.message)
            return
        struck = self.service.faults.strike("post", _ON_POST, self.facts(), lambda fault: replies.fits(fault, QUEUED))
        if "error_after_create" in struck:
            self.fail(int(struck["error_after_create"].value or 500), "Internal server error")
            return
        if "no_id" not in struck:
            self.set_header("x-inference-id", job.id)
        self.price(job, QUEUED)
        reply = replies.generation(job, QUEUED, None, usage=True)
        await self.answer(replies.twist(reply, struck), struck)

    async def get(self) -> None:
        """Ask for a generation."""
        if not self.generation_id:
            self.fail(400, "Query validation error\ngeneration_id: is required.")
            return
        if self.service.faults.strike("get", ("forget",), self.facts()):
            self.fail(404, f"Generation {self.generation_id[:200]!r} was not found.")
            return
        try:
            job, status = self.service.look(self.account, self.generation_id)
        except Refused as refused:
            self.fail(refused.status, refused.message)
            return
        await self.report(job, status)

    async def report(self, job: Job, status: str) -> None:
        """Say how a generation stands."""
        struck = self.service.faults.strike("get", _ON_GET, self.facts(), lambda fault: replies.fits(fault, status))
        self.set_header("x-inference-id", job.id)
        url = self.service.clip_url(self.base, job) if status == COMPLETED else None
        over = status in (COMPLETED, ERROR)
        if over:
            self.price(job, status)
        reply = replies.generation(job, status, url, usage=over)
        await self.answer(replies.twist(reply, struck), struck)

    def price(self, job: Job, status: str) -> None:
        """What it costs, as headers."""
        used = replies.cost(job, status)["credits_used"]
        self.set_header("x-aimlapi-credits-used", str(used))
        self.set_header("x-aimlapi-usd-spent", f"{used / CREDITS_PER_USD:.9f}")


class Models(Handler):
    """GET /v1/models: the catalogue; needs no key."""

    room = "models"

    async def get(self) -> None:
        """The models that the query asks for."""
        query = {key: self.get_query_arguments(key) for key in self.request.query_arguments}
        await self.answer({"object": "list", "data": self.service.shelf.catalogue(self.base, query)})


class Document(Handler):
    """GET /docs-json/…: the OpenAPI document of a model."""

    room = "models"

    async def get(self, model_id: str) -> None:
        """The document; tornado adds the ETag and answers 304."""
        model = self.service.shelf.get(model_id)
        if model is None:
            self.fail(404, f"There is no document of {model_id[:200]!r}.")
            return
        await self.answer(model.document)


class Billing(Handler):
    """GET /v2/billing: the balance."""

    room = "billing"
    needs_key = True

    async def get(self) -> None:
        """The balance in dollars."""
        balance = self.service.world.balance_usd(self.account)
        await self.answer({"current_balance": round(balance, 6), "currency": "USD"})


class Page(Handler):
    """GET /: what is going on, for people."""

    def initialize(self, service: Service, prefix: str, board: page.Board) -> None:  # type: ignore[override]
        """One board serves all who look."""
        super().initialize(service, prefix)
        self.board = board

    def get(self) -> None:
        """The page."""
        self.set_header("Content-Type", "text/html; charset=utf-8")
        self.set_header("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'")
        self.set_header("X-Content-Type-Options", "nosniff")
        self.finish(self.board.html())


class Nothing(Handler):
    """Any other address."""

    async def prepare(self) -> None:
        """Answers 404."""
        raise HTTPError(404)


def application(service: Service, prefix: str) -> Application:
    """The routes, with and without the prefix: some proxies strip it, and some do not."""
    paths = ["/v2/video/generations", "/v1/video/generations", "/video/generations", *service.shelf.paths]
    calls = "|".join([*map(re.escape, paths), "/v2/generate/video/[^/]+/generation"])
    passed = {"service": service, "prefix": prefix}
    stem = f"(?:{re.escape(quote(prefix))})?"
    routes: list[tuple[str, type[RequestHandler]]] = [
        (f"(?:{calls})/?", Generations),
        ("/v2/logs/?", Logs),
        ("/v1/models/?", Models),
        ("/docs-json/(.+)", Document),
        ("/v2/billing/?", Billing),
        (r"/clips/([^/]+)\.mp4", ClipHandler),
    ]
    return Application(
        [
            *((stem + route, handler, passed) for route, handler in routes),
            (f"{stem}/?", Page, {**passed, "board": page.Board(service)}),
        ],
        default_handler_class=Nothing,
        default_handler_args=passed,
        log_function=lambda handler: None,  # the calls are on record; a notebook wants no log lines
    )
