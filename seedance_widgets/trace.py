"""The trace: each HTTP exchange as it happens, kept for people to look at; the key is never in it.

The client writes into its trace all the time: that costs some microseconds an exchange, only the latest are held, and a
trouble in it touches nobody else. What is kept is the text as it went over the wire; it is made readable when somebody
looks.
"""

from __future__ import annotations

import itertools
import logging
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import Any, Self
from urllib.parse import urlencode, urlsplit

from . import legible
from .errors import SeedanceError
from .exchange import Exchange
from .threads import Workers

logger = logging.getLogger(__name__)

MOST = 200  # exchanges that are kept
LONGEST = 100_000  # characters of a body that are kept
HIDDEN_KEY = "Bearer •••"
LONGEST_DRAIN = 5.0  # seconds
_OUR_NAME = "X-Client-Request-Id"
_THREAD = "seedance-trace"
_TROUBLE = "An exchange could not be traced"


class Trace:
    """The latest exchanges, oldest first. Thread-safe.

    ``print(trace)`` shows them as lines, and as a cell's last value it is a table.

    Parameters
    ----------
    most : int
        How many are kept.
    """

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._last = 0
        self._kept: dict[int, Exchange] = {}
        self._branches: tuple[Trace, ...] = ()
        self._observers: tuple[Callable[[Exchange], object], ...] = ()
        self._workers: Workers | None = None
        self._lock = threading.Lock()

    @property
    def exchanges(self) -> list[Exchange]:
        """What is kept, oldest first."""
        with self._lock:
            return list(self._kept.values())

    def clear(self) -> None:
        """Forget what is kept."""
        with self._lock:
            self._kept.clear()

    def __len__(self) -> int:
        return len(self._kept)

    def __iter__(self) -> Iterator[Exchange]:
        return iter(self.exchanges)

    def __str__(self) -> str:
        return "\n".join(map(str, self.exchanges)) or "no HTTP exchange yet"

    def __repr__(self) -> str:
        return f"<Trace of {len(self)} HTTP exchanges>"

    def _repr_html_(self) -> str:
        from .remarks import table_html

        return table_html(self.exchanges)

    # Listening ----------------------------------------------------------------------------------------------

    def observe(self, callback: Callable[[Exchange], object]) -> None:
        """Have ``callback(exchange)`` called when one begins and when it ends, on a thread of its own."""
        with self._lock:
            if self._workers is None:
                self._workers = Workers(_THREAD, 1)
                self._workers.submit(lambda: None)  # starts it here: a print belongs to the cell that asked for it
            self._observers = (*self._observers, callback)

    def unobserve(self, callback: Callable[[Exchange], object]) -> None:
        """Call it no more."""
        with self._lock:
            self._observers = tuple(each for each in self._observers if each != callback)
            if not self._observers and self._workers is not None:
                self._workers.close()
                self._workers = None

    def close(self) -> None:
        """Call nobody any more, and let the thread end that did."""
        with self._lock:
            workers, self._workers, self._observers = self._workers, None, ()
        if workers is not None:
            workers.close()

    @contextmanager
    def branch(self, each: Callable[[Exchange], object] | None = None) -> Iterator[Self]:
        """Give a trace of what happens inside a ``with`` block only.

        Parameters
        ----------
        each : callable, optional
            Called with each exchange that has ended, `print` for example; all calls are done when the block is left.
        """
        branch = type(self)(self._most)

        def ended(exchange: Exchange) -> None:
            if each is not None and exchange.done:
                each(exchange)

        branch.observe(ended)
        with self._lock:
            self._branches = (*self._branches, branch)
        try:
            yield branch
        finally:
            with self._lock:
                self._branches = tuple(other for other in self._branches if other is not branch)
            branch._drain()
            branch.unobserve(ended)

    def _drain(self) -> None:
        """Wait until the observers have heard of everything so far, unless one of them takes too long."""
        heard, workers = threading.Event(), self._workers
        if workers is not None:
            workers.submit(heard.set)
            heard.wait(LONGEST_DRAIN)

    # What the client does -----------------------------------------------------------------------------------

    def begin(
        self,
        method: str,
        url: str,
        *,
        hide: Callable[[str], str] = str,
        has_key: bool = False,
        headers: Mapping[str, str] | None = None,
        params: Mapping[str, str | None] | None = None,
        data: bytes = b"",
    ) -> Note:
        """Write down that a request is about to leave.

        Parameters
        ----------
        method, url : str
            What is called.
        hide : callable
            Takes the key out of a text.
        has_key : bool
            Whether a key goes along.
        headers, params : mapping, optional
            What goes along with it.
        data : bytes
            The body.
        """
        try:
            parts = urlsplit(url)
            query = urlencode({name: value for name, value in (params or {}).items() if value is not None})
            path = hide(parts.path + (f"?{query}" if query else "?•••" if parts.query else ""))
            shown = {"Authorization": HIDDEN_KEY} if has_key else {}
            shown |= {name: hide(value) for name, value in (headers or {}).items()}
            with self._lock:
                self._last = number = self._last + 1
            body = _cut(hide(data.decode("utf-8", "replace")))
            exchange = Exchange(number, time.time(), method, parts.netloc.rpartition("@")[2], path, shown, body)
            exchange = replace(exchange, attempt=1 + self._earlier(exchange))
            self._put(exchange)
            return Note(self, exchange)
        except Exception:  # a look at the wire must not cost what goes over it
            logger.exception(_TROUBLE)
            return Note(self, None)

    def _earlier(self, exchange: Exchange) -> int:
        """How many POSTs of the same request are kept."""
        name = exchange.headers.get(_OUR_NAME)
        if exchange.method != "POST" or not name:
            return 0
        return sum(each.method == "POST" and each.headers.get(_OUR_NAME) == name for each in self.exchanges)

    def _put(self, exchange: Exchange) -> None:
        with self._lock:
            self._kept[exchange.number] = exchange
            while len(self._kept) > self._most:
                self._kept.pop(next(iter(self._kept)))
            branches, observers, workers = self._branches, self._observers, self._workers
        for branch in branches:
            branch._put(exchange)
        for observer in observers if workers is not None else ():
            workers.submit(lambda observer=observer: observer(exchange))  # type: ignore[union-attr,misc]


class Note:
    """One exchange under way; written down again once it ends.

    Parameters
    ----------
    trace : Trace
        Where to.
    exchange : Exchange or None
        As it began; None: it could not be traced.
    """

    def __init__(self, trace: Trace, exchange: Exchange | None) -> None:
        self._trace, self._exchange = trace, exchange
        self._began = time.perf_counter()

    def answered(self, status: int, headers: Mapping[str, str], text: str, tries: int = 1) -> None:
        """Write down the answer; the key is hidden in it already."""
        kept = {name.lower(): value[:300] for name, value in itertools.islice(headers.items(), 40)}
        kept.pop("set-cookie", None)
        self._end(status=status, answer_headers=kept, answer=_cut(text), tries=tries)

    def failed(self, error: BaseException) -> None:
        """Write down why there is no usable answer; of errors that are not ours the name only, they quote too much."""
        self._end(failure=str(error) if isinstance(error, SeedanceError) else type(error).__name__)

    def _end(self, **facts: Any) -> None:
        exchange, self._exchange = self._exchange, None
        try:
            if exchange is not None:
                self._trace._put(replace(exchange, seconds=time.perf_counter() - self._began, **facts))
        except Exception:
            logger.exception(_TROUBLE)


def _cut(text: str) -> str:
    """Keep of a long text what can be read: pictures and clips in it shortened first."""
    return text if len(text) <= LONGEST else legible.shortened(text)[:LONGEST]
