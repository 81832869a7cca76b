"""The HTTP calls to the API and nothing else: create, retrieve, download, logs, models, balance.

A POST costs money, so each one opens a connection of its own (a stale pooled one fails just like a lost answer),
follows no redirect and is never repeated here. Whether a failed one may have arrived stands in
``ConnectionFailed.sent``. The key goes to the API's own address only, and into no message.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import requests
from urllib3.util import Retry

from . import download, transport
from .answers import api_error, unexpected
from .errors import ConfigError
from .reply import Reply, read_reply
from .settings import NO_KEY, checked_key, find_base_url
from .trace import Trace

if TYPE_CHECKING:
    from .model import Request

UNIVERSAL_PATH = "/v2/video/generations"
LARGEST_ANSWER = 16 * 2**20  # bytes; an answer about a video is some hundred


class LogPage(NamedTuple):
    """Some rows of the API's log of requests, newest first, and whether more follow."""

    rows: list[dict[str, Any]]
    more: bool


class Client:
    """The API over HTTP. Thread-safe.

    Parameters
    ----------
    base_url : str, optional
        Where the API is; None = ``AIMLAPI_BASE_URL``, else the real one.
    api_key : str, optional
        The bearer key. Without one only the public calls work.
    timeout : (float, float)
        Seconds to wait for a connection, and for the next bytes of an answer.
    connections : int
        How many connections are kept open for polling.

    Attributes
    ----------
    trace : Trace
        The latest HTTP exchanges, the key hidden: what was sent, and what came back.
    """

    def __init__(
        self,
        base_url: str | None = None,
        api_key: str | None = None,
        *,
        timeout: tuple[float, float] = (10.0, 60.0),
        connections: int = 8,
    ) -> None:
        self.base_url = find_base_url(base_url)
        self.timeout = timeout
        self.server = ""
        self._bearer = transport.Bearer(checked_key(api_key) if api_key else None)
        self.trace = Trace()
        # Reads may be repeated at once: a kept-alive connection that the server closed meanwhile is no news.
        retry = Retry(connect=1, read=1, other=0, status=0, redirect=0, backoff_factor=0.1, raise_on_status=False)
        self._session = transport.session(retry, connections)

    def __repr__(self) -> str:
        return f"Client({self.base_url!r}, {'with' if self.has_key else 'without'} a key)"

    @property
    def has_key(self) -> bool:
        """Whether there is a key to send."""
        return self._bearer.has_key

    def set_key(self, api_key: str | None) -> None:
        """Use another key from now on; None takes it away."""
        self._bearer = transport.Bearer(checked_key(api_key.strip()) if api_key else None)

    def create(self, request: Request, key: str) -> Reply:
        """Ask for a generation: the one call that costs money.

        Parameters
        ----------
        request : Request
            From ``model.request(…)``, so it is valid.
        key : str
            Our own id of the generation, sent as ``X-Client-Request-Id``: the way to find a lost answer.

        Raises
        ------
        ConfigError
            No key; nothing was sent.
        RateLimited, ApiError
            The API refused it; nothing was created.
        ConnectionFailed, ServerError, UnexpectedReply
            No usable answer. With ``ConnectionFailed.sent`` False nothing left this machine; all the
            others leave it open whether the generation was created.
        """
        return self.send(request.body, key, request.model.create_path)

    def send(self, body: Mapping[str, Any], key: str, path: str | None = None) -> Reply:
        """Send a body that is known to be valid; otherwise as `create`."""
        self._need_key()
        what = f"The request for {body.get('model', 'a video')}"
        with transport.post_session() as (session, witness):
            answer = self._send(
                session,
                "POST",
                path or UNIVERSAL_PATH,
                what,
                witness=witness,
                data=json.dumps(body, allow_nan=False).encode(),
                headers={"Content-Type": "application/json", "X-Client-Request-Id": key},
            )
            reply = read_reply(self._object(answer, what), answer.headers)
        if not reply.id:
            raise unexpected(answer, what, "it holds no id")
        return reply

    def retrieve(self, id: str, path: str | None = None) -> Reply:
        """Ask how a generation is doing; may be repeated as often as one likes.

        Parameters
        ----------
        id : str
            The API's id of the generation.
        path : str, optional
            The address of the model's document; None = the universal one.
        """
        self._need_key()
        what = f"Asking for generation {id}"
        body = self._get(path or UNIVERSAL_PATH, what, {"generation_id": id})
        return read_reply({"id": id, **body})

    def download(self, url: str, path: str | os.PathLike[str], *, largest: int = download.LARGEST_CLIP) -> Path:
        """Fetch a clip whole, or not at all; the key is not sent along. See `seedance_widgets.download.fetch`."""
        return download.fetch(url, Path(path), timeout=self.timeout, largest=largest, trace=self.trace)

    def logs(
        self,
        period: str | None = "24h",
        limit: int = 100,
        offset: int = 0,
        *,
        start: str | None = None,
        end: str | None = None,
    ) -> list[dict[str, Any]]:
        """Return rows of the API's log of requests, newest first.

        Parameters
        ----------
        period : str
            How far back, ``24h`` for example; not sent where `start` is given.
        limit, offset : int
            The page: at most 100 rows.
        start, end : str, optional
            ISO 8601 instants instead of a period.
        """
        return self.log_page(period, limit, offset, start=start, end=end).rows

    def log_page(
        self,
        period: str | None = "24h",
        limit: int = 100,
        offset: int = 0,
        *,
        start: str | None = None,
        end: str | None = None,
    ) -> LogPage:
        """Return rows of the log as `logs` does, and whether there are more behind them."""
        self._need_key()
        span = {"start": start, "end": end} if start else {"period": period}
        query = {**span, "limit": str(limit), "offset": str(offset)}
        body = self._get("/v2/logs", "Asking for the log of requests", query)
        rows, pages = body.get("data"), body.get("pagination")
        rows = [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []
        more = pages.get("has_more") if isinstance(pages, dict) else None
        return LogPage(rows, more if isinstance(more, bool) else len(rows) >= limit)

    def models(self, **query: str) -> list[dict[str, Any]]:
        """Return the API's list of models (no key needed), filtered by the query's words."""
        rows = self._get("/v1/models", "Asking for the list of models", query).get("data")
        return [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []

    def balance(self) -> float:
        """Return the account's balance in USD."""
        self._need_key()
        what = "Asking for the balance"
        answer = self._send(self._session, "GET", "/v2/billing", what)
        balance = self._object(answer, what).get("current_balance")
        if isinstance(balance, bool) or not isinstance(balance, (int, float)):
            raise unexpected(answer, what, "it holds no balance")
        return float(balance)

    def close(self) -> None:
        """Close the connections that are kept open; whoever observes the trace hears no more."""
        self._session.close()
        self.trace.close()

    def _need_key(self) -> None:
        if not self.has_key:
            raise ConfigError(NO_KEY)

    def _get(self, path: str, what: str, query: Mapping[str, str | None]) -> dict[str, Any]:
        answer = self._send(self._session, "GET", path, what, params=query)
        return self._object(answer, what)

    def _send(
        self,
        session: requests.Session,
        method: str,
        path: str,
        what: str,
        *,
        witness: transport.Witness | None = None,
        **options: Any,
    ) -> transport.Answer:
        """Send one request and read its answer; raise for everything that is not a success."""
        if not path.startswith("/"):  # it would change the host that the key goes to
            raise ConfigError(f"{what}: {path!r:.80} is no path of the API; nothing was sent.")
        answer = transport.exchange(
            session,
            method,
            self.base_url + path,
            what,
            bearer=self._bearer,
            timeout=self.timeout,
            largest=LARGEST_ANSWER,
            witness=witness,
            trace=self.trace,
            **options,
        )
        # A proxy in between puts its own name into the usual header.
        self.server = answer.headers.get("x-simulator") or answer.headers.get("server", "")
        if not 200 <= answer.status < 300:
            raise api_error(answer, what)
        return answer

    @staticmethod
    def _object(answer: transport.Answer, what: str) -> dict[str, Any]:
        try:
            body = json.loads(answer.text)
        except (ValueError, RecursionError):
            raise unexpected(answer, what, "it is no JSON") from None
        if not isinstance(body, dict):
            raise unexpected(answer, what, "it is no JSON object")
        return body
