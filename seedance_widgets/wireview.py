"""What goes over the wire as a widget: the request in three spellings, and the exchanges."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable
from functools import partial
from typing import Any

import anywidget
import traitlets

from . import assets
from .exchange import Exchange
from .legible import pretty
from .remarks import back, sent
from .subshell import hear_at_once
from .threads import start_thread
from .trace import Trace

COALESCE = 0.1  # seconds; exchanges within are one message to the page
SHOWN = 100  # exchanges that the page holds
LONGEST_BODY = 4_000  # characters of one body in the page


class WireView(anywidget.AnyWidget):
    """Shows a request and the exchanges of a trace, until it is closed.

    Parameters
    ----------
    trace : Trace
        The client's.
    """

    _esm = assets.module("wire.js")
    _css = assets.style("wire.css")
    _texts: Any = traitlets.Dict({}).tag(sync=True)

    def __init__(self, trace: Trace) -> None:
        self._guard = threading.Lock()
        self._pending: dict[int, Exchange] = {}
        super().__init__()
        hear_at_once(self)
        self.on_msg(self._asked)
        self._listen(trace)

    def tell(self, texts: dict[str, str]) -> None:
        """Show a request's spellings, and a note; what is the same sends nothing."""
        self._texts = texts

    def follow(self, trace: Trace) -> None:
        """Show the exchanges of another client from now on."""
        if trace is not self._trace:
            self._trace.unobserve(self._listener)
            self._listen(trace)
            self._send_rows(trace.exchanges, anew=True)

    def _listen(self, trace: Trace) -> None:
        with self._guard:
            self._trace, self._listener = trace, partial(self._heard, trace)
            self._pending.clear()
        trace.observe(self._listener)

    def _asked(self, _widget: object, content: Any, _buffers: object) -> None:
        """A page has opened this view: it knows nothing yet."""
        if isinstance(content, dict) and content.get("kind") == "ready":
            self._send_rows(self._trace.exchanges, anew=True)

    def _heard(self, trace: Trace, exchange: Exchange) -> None:
        """Tell the page soon; on the trace's own thread."""
        with self._guard:
            if trace is not self._trace:  # it was on its way while another one was chosen
                return
            first = not self._pending
            self._pending[exchange.number] = exchange
        if first:
            start_thread("seedance-wire", self._flush_soon)

    def _flush_soon(self) -> None:
        time.sleep(COALESCE)
        with self._guard:
            pending, self._pending = self._pending, {}
        self._send_rows(pending.values(), anew=False)

    def _send_rows(self, exchanges: Iterable[Exchange], *, anew: bool) -> None:
        if self.comm is not None:  # it may have been closed meanwhile
            rows = [row(exchange) for exchange in list(exchanges)[-SHOWN:]]
            self.send({"kind": "exchanges", "rows": rows, "anew": anew})

    def close(self) -> None:
        """Listen no more."""
        self._trace.unobserve(self._listener)
        super().close()


def row(exchange: Exchange) -> dict[str, Any]:
    """Return an exchange as the page shows it."""
    took = exchange.milliseconds
    return {
        "number": exchange.number,
        "clock": time.strftime("%H:%M:%S", time.localtime(exchange.started)),
        "request": f"{exchange.method} {exchange.path}",
        "status": str(exchange.status or ("none" if exchange.done else "…")),
        "took": "" if took is None else f"{took} ms",
        "remark": exchange.remark,
        "wrong": exchange.done and not 200 <= (exchange.status or 0) < 300,
        "waits": not exchange.done,
        "sent": "\n\n".join(part for part in (sent(exchange), pretty(exchange.body, LONGEST_BODY)) if part),
        "back": "\n\n".join(part for part in (back(exchange), pretty(exchange.answer, LONGEST_BODY)) if part),
    }
