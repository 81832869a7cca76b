"""One HTTP exchange over requests: sessions, the bearer key, and the proof of whether anything was sent."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http.cookiejar import DefaultCookiePolicy
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from requests.auth import AuthBase
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import HTTPError, NewConnectionError
from urllib3.util import Retry

from .errors import ConnectionFailed
from .trace import Trace

HIDDEN = "[key hidden]"
LONGEST_ANSWER_TIME = 300.0  # seconds for one answer in all, so that a dripping server does not hold a worker


class Bearer(AuthBase):
    """Sets the Authorization header, and nothing else ever shows the key.

    Given as `auth`, it also keeps requests from taking another password for the host out of ``.netrc``.
    """

    def __init__(self, key: str | None) -> None:
        self.__key = key

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        """Put the key into one request."""
        if self.__key:
            request.headers["Authorization"] = f"Bearer {self.__key}"
        return request

    @property
    def has_key(self) -> bool:
        """Whether there is a key; the object itself is always true, since requests asks ``.netrc`` for a false one."""
        return bool(self.__key)

    def __repr__(self) -> str:
        return "Bearer(…)" if self.__key else "Bearer(none)"

    def __reduce__(self) -> Any:
        raise TypeError("A key is not pickled.")

    def hide(self, text: str) -> str:
        """Take the key out of a text: some servers repeat it in their error messages, in JSON's escapes too."""
        if not self.__key or len(self.__key) <= 5:
            return text
        for spelling in (self.__key, json.dumps(self.__key)[1:-1]):
            text = text.replace(spelling, HIDDEN)
        return text


class Witness:
    """Sees whether a connection was ever established: before that, nothing can have been sent."""

    established = False


@dataclass(frozen=True)
class Answer:
    """An HTTP answer read to its end; header names in lower case; the key is already hidden in all of it."""

    status: int
    headers: Mapping[str, str]
    text: str
    tries: int = 1


def session(retry: Retry | int, connections: int = 1) -> requests.Session:
    """Return a session without cookies, with a pool of that many connections."""
    made = requests.Session()
    made.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    made.headers["User-Agent"] = "seedance-widgets"
    adapter = HTTPAdapter(pool_connections=4, pool_maxsize=connections, max_retries=retry, pool_block=False)
    made.mount("https://", adapter)
    made.mount("http://", adapter)
    return made


@contextmanager
def post_session() -> Iterator[tuple[requests.Session, Witness]]:
    """Give a session for a single POST over a new connection, and the witness of that connection."""
    witness = Witness()
    with session(Retry(0, redirect=0)) as made:
        for scheme in ("https://", "http://"):
            made.mount(scheme, _WitnessAdapter(witness))
        made.headers["Connection"] = "close"
        yield made, witness


class _WitnessAdapter(HTTPAdapter):
    """An adapter whose connections tell the witness once they are established (TLS and proxy included)."""

    def __init__(self, witness: Witness) -> None:
        self._pools = {
            "http": _witnessed(HTTPConnectionPool, witness),
            "https": _witnessed(HTTPSConnectionPool, witness),
        }
        super().__init__(max_retries=0)

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = self._pools

    def proxy_manager_for(self, *args: Any, **kwargs: Any) -> Any:
        manager = super().proxy_manager_for(*args, **kwargs)
        manager.pool_classes_by_scheme = self._pools
        return manager


def _witnessed(pool_class: Any, witness: Witness) -> Any:
    class Connection(pool_class.ConnectionCls):  # type: ignore[misc]
        def connect(self) -> None:
            super().connect()
            witness.established = True

    class Pool(pool_class):  # type: ignore[misc]
        ConnectionCls = Connection

    return Pool


def exchange(
    session: requests.Session,
    method: str,
    url: str,
    what: str,
    *,
    bearer: Bearer,
    timeout: tuple[float, float],
    largest: int,
    witness: Witness | None = None,
    trace: Trace,
    **options: Any,
) -> Answer:
    """Send one request and read its whole answer; both go into the trace, without the key.

    Raises
    ------
    ConnectionFailed
        Without the exception of requests behind it: that one holds the request, and so the key.
    """
    note = trace.begin(method, url, hide=bearer.hide, has_key=bearer.has_key, **options)
    try:
        with session.request(
            method, url, auth=bearer, timeout=timeout, allow_redirects=False, stream=True, **options
        ) as response:
            text = bearer.hide(_unescaped(_read(response, largest, what)))
            headers = {name.lower(): bearer.hide(value) for name, value in response.headers.items()}
            answer = Answer(response.status_code, headers, text, _tries(response))
    except (requests.RequestException, HTTPError, OSError, ValueError) as error:
        sent = witness.established if witness else not _never_connected(error)
        failure = ConnectionFailed(bearer.hide(_sentence(what, url, error, sent, method)), sent=sent)
    else:
        note.answered(answer.status, answer.headers, answer.text, answer.tries)
        return answer
    note.failed(failure)
    raise failure from None


def _tries(response: requests.Response) -> int:
    """How often urllib3 asked until this answer came: a kept connection may have been closed meanwhile."""
    retries = getattr(response.raw, "retries", None)
    return 1 + len(getattr(retries, "history", ()))


def _never_connected(error: Exception) -> bool:
    """Whether the exception itself says so: enough for the words about a read, not for the money of a POST."""
    reason = getattr(error.args[0], "reason", None) if error.args else None
    return isinstance(error, requests.ConnectTimeout) or isinstance(reason, NewConnectionError)


def _read(response: requests.Response, largest: int, what: str) -> str:
    """Read the body within bounds of size and time."""
    deadline = time.monotonic() + LONGEST_ANSWER_TIME
    body = bytearray()
    # read1 gives what has come so far: the deadline holds for a dripping answer too.
    while block := response.raw.read1(65536, decode_content=True):
        body += block
        if len(body) > largest or time.monotonic() > deadline:
            raise requests.ConnectionError(f"{what}: the answer is too long")
    return body.decode("utf-8", "replace")


def _unescaped(text: str) -> str:
    """Spell JSON without the escapes that it can do without: a repeated key could hide behind them."""
    if "\\" not in text:
        return text
    try:
        return json.dumps(json.loads(text), ensure_ascii=False)
    except (ValueError, RecursionError):
        return text


def _sentence(what: str, url: str, error: Exception, sent: bool, method: str) -> str:
    """Say in words what happened; the exception's own text is left out, since it may quote the request."""
    host = url.split("/")[2]
    if isinstance(error, requests.exceptions.SSLError):
        reason = f"no secure connection to {host} (TLS: the certificate or the handshake failed)"
    elif isinstance(error, requests.exceptions.ProxyError):
        reason = f"the proxy on the way to {host} failed"
    elif isinstance(error, requests.exceptions.ConnectTimeout):
        reason = f"{host} did not take the connection in time"
    elif isinstance(error, requests.exceptions.ReadTimeout):
        reason = f"{host} took the request but did not answer in time"
    elif not sent:
        reason = f"{host} cannot be reached (is this machine online, is the address right?)"
    else:
        reason = f"the connection to {host} broke before the answer was whole"
    if method != "POST":
        return f"{what}: {reason}."
    return f"{what}: {reason}. {'It may have arrived.' if sent else 'Nothing was sent.'}"
