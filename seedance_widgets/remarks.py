"""What an HTTP exchange means, in words, and a trace as a table. Pure functions."""

from __future__ import annotations

import json
import time
from collections.abc import Iterable
from html import escape
from http import HTTPStatus
from typing import TYPE_CHECKING

from .legible import pretty

if TYPE_CHECKING:
    from .exchange import Exchange

# What a status means to who asked; for a POST also what it means for the money.
_REFUSED = {
    400: "the body was refused",
    401: "the key was not accepted",
    403: "refused: no credits are left, or the key may not do this",
    404: "not known there",
    429: "too many requests",
}
CLIP = "bytes of video)"  # stands for the clip itself, which nobody can read
_GONE = (403, 404, 410)
_COST_NOTHING = "nothing was made, nothing is charged"
_OPEN = "whether the clip is being made stays open: it is looked up in the log, not sent again"


def remark(exchange: Exchange) -> str:
    """Return what an exchange means; empty where there is nothing to say yet."""
    words = _outcome(exchange) if exchange.done else "waiting for the answer"
    return words if exchange.attempt == 1 else f"try {exchange.attempt} of the same request: {words}"


def _outcome(exchange: Exchange) -> str:
    if exchange.status is None:
        return _unanswered(exchange)
    if 200 <= exchange.status < 300:
        return _success(exchange)
    if exchange.method == "GET" and exchange.status in _GONE and "Authorization" not in exchange.headers:
        return "the address of the clip is good no longer: a fresh one is asked for"
    if exchange.status in _REFUSED:
        return _refused(exchange)
    if exchange.status >= 500:
        return f"trouble on the other side: {_OPEN if exchange.method == 'POST' else 'asked again later'}"
    return "not followed: the key goes to no other address" if 300 <= exchange.status < 400 else "refused"


def _unanswered(exchange: Exchange) -> str:
    """No answer: for a POST it depends on whether anything had left."""
    if exchange.method != "POST":
        return f"{exchange.failure} It costs nothing, so it is asked again."
    # The failure says itself whether the request may have arrived.
    return f"{exchange.failure} {_capital(_OPEN)}." if "may have arrived" in exchange.failure else exchange.failure


def _refused(exchange: Exchange) -> str:
    words = _REFUSED[exchange.status or 0]
    if exchange.status == 429:
        after = exchange.answer_headers.get("retry-after")
        words += f", come back in {after} s" if after and after.isdigit() else ", sent again after a while"
    return f"{words}; {_COST_NOTHING}" if exchange.method == "POST" else words


def _success(exchange: Exchange) -> str:
    parts = [_said(exchange)]
    if exchange.tries > 1:
        parts.append(f"answered at try {exchange.tries}: the connection had broken")
    return " · ".join(part for part in parts if part)


def _said(exchange: Exchange) -> str:
    """Return the status of the generation that an answer tells of."""
    if "/logs" in exchange.path:
        return "the log: here a lost answer is found again"
    try:
        said = json.loads(exchange.answer)
    except (ValueError, RecursionError):
        if exchange.answer.startswith(("{", "[")):
            return "only a part of an answer"
        return exchange.answer.strip("()") if exchange.answer.endswith(CLIP) else ""
    status = said.get("status") if isinstance(said, dict) else None
    return status if isinstance(status, str) else ""


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]


def sent(exchange: Exchange) -> str:
    """Return the head of what was sent, as plain text."""
    return "\n".join([f"{exchange.method} {exchange.path}", f"Host: {exchange.host}", *_lines(exchange.headers)])


def back(exchange: Exchange) -> str:
    """Return the head of what came back, as plain text; where nothing did, why."""
    if not exchange.done:
        return "…"
    if exchange.status is None:
        return f"no answer\n\n{exchange.failure}"
    return "\n".join([f"{exchange.status} {_phrase(exchange.status)}".strip(), *_lines(exchange.answer_headers)])


def bodies(exchange: Exchange) -> str:
    """Return what was sent and what came back, headers and all, as plain text."""
    parts = (sent(exchange), pretty(exchange.body), back(exchange), pretty(exchange.answer))
    return "\n\n".join(part for part in parts if part)


def _phrase(status: int) -> str:
    """Return HTTP's own words for a status."""
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return ""


def _lines(headers: object) -> list[str]:
    return [f"{name}: {value}" for name, value in dict(headers).items()]  # type: ignore[call-overload]


def table_html(exchanges: Iterable[Exchange]) -> str:
    """Return exchanges as a table; each unfolds to what was sent and what came back."""
    rows = "".join(map(_row, exchanges))
    if not rows:
        return "<p>no HTTP exchange yet</p>"
    heads = "".join(f"<th style='text-align:left'>{head}</th>" for head in ("time", "request", "status", "ms", ""))
    return f"<table><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>"


def _row(exchange: Exchange) -> str:
    clock = time.strftime("%H:%M:%S", time.localtime(exchange.started))
    request = f"<code>{escape(exchange.method)} {escape(exchange.path)}</code>"
    whole = f"<details><summary>{request}</summary><pre>{escape(bodies(exchange))}</pre></details>"
    cells = (clock, whole, escape(_status(exchange)), _number(exchange.milliseconds), escape(exchange.remark))
    return "<tr>" + "".join(f"<td style='text-align:left;vertical-align:top'>{cell}</td>" for cell in cells) + "</tr>"


def _status(exchange: Exchange) -> str:
    return str(exchange.status or ("–" if exchange.done else "…"))


def _number(value: int | None) -> str:
    return "…" if value is None else str(value)
