"""HTTP answers that are no success → typed errors, in words a person can act on."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from .errors import (
    ApiError,
    AuthenticationError,
    NotFound,
    OutOfCredits,
    RateLimited,
    ServerError,
    UnexpectedReply,
)
from .reply import read_error, straight
from .transport import Answer

LONGEST_MESSAGE = 1_000
WITHDRAWN_WORDS = ("withdrawn", "deprecated", "no longer available", "discontinued", "not available")
MODEL_ADVICE = "The model may have been withdrawn: choose another one; studio.models() lists them."


def api_error(answer: Answer, what: str) -> ApiError:
    """Return the typed error for an answer whose status is not 2xx.

    Parameters
    ----------
    answer : Answer
        The answer, read to its end.
    what : str
        The beginning of the sentence: which request it was.
    """
    status = answer.status
    message = _message(answer)
    if 300 <= status < 400:
        return unexpected(answer, what, "it is a redirect, which is not followed, so that the key stays here")
    kind, advice = _kind(status, message)
    quoted = f" The API says: {message}" if message else ""
    error = kind(
        f"{what} was answered with HTTP {status}.{quoted} {advice}".strip(),
        status=status,
        message=message,
        request_id=_request_id(answer),
    )
    if isinstance(error, RateLimited):
        error.retry_after = retry_after(answer.headers.get("retry-after"))
    return error


def _kind(status: int, message: str) -> tuple[type[ApiError], str]:
    """Return the class for a status, and what to do now."""
    if status == 401:
        return AuthenticationError, "The API key is missing, wrong or disabled: set the right one."
    if status == 403:
        return OutOfCredits, "The balance does not cover it, or the key may not do this: top up the account."
    if status == 404:
        return NotFound, MODEL_ADVICE if "model" in message.lower() else "The API does not know it."
    if status == 429:
        return RateLimited, "Too many requests: wait a little."
    if status >= 500:
        return ServerError, "The API is in trouble; it asks to try again in a few minutes."
    words = message.lower()
    withdrawn = "model" in words and any(word in words for word in WITHDRAWN_WORDS)
    return ApiError, MODEL_ADVICE if withdrawn else "The request was refused; change it and send it again."


def unexpected(answer: Answer, what: str, why: str) -> UnexpectedReply:
    """Return the error for an answer that is not of the documented shape."""
    return UnexpectedReply(
        f"{what} was answered with HTTP {answer.status}, but the answer cannot be used: {why}.",
        status=answer.status,
        message=" ".join(answer.text[:200].split()),
        request_id=_request_id(answer),
    )


def retry_after(header: str | None, now: datetime | None = None) -> float | None:
    """Read a Retry-After header, which holds seconds or a date; None where it holds neither."""
    if not header:
        return None
    try:
        seconds = float(header)
    except ValueError:
        seconds = _until(header, now or datetime.now(UTC))
    return max(0.0, seconds) if abs(seconds) < float("inf") else None


def _until(date: str, now: datetime) -> float:
    try:
        moment = parsedate_to_datetime(date)
    except (ValueError, TypeError, IndexError):
        return float("inf")
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return (aware - now).total_seconds()


def _message(answer: Answer) -> str:
    """Return the API's own words; an HTML page of a gateway is left out."""
    body = _json_object(answer.text)
    if body is None:
        return "" if "<" in answer.text else straight(" ".join(answer.text.split()))[:LONGEST_MESSAGE]
    message = body.get("message") or body.get("error") or body.get("detail")
    if isinstance(message, str):
        return straight(message)[:LONGEST_MESSAGE]
    error = read_error({"detail": message} if isinstance(message, list) else message)
    return error["message"][:LONGEST_MESSAGE] if error else ""


def _request_id(answer: Answer) -> str | None:
    body = _json_object(answer.text) or {}
    found = body.get("requestId") or answer.headers.get("x-request-id")
    return str(found)[:200] if found else None


def _json_object(text: str) -> Mapping[str, Any] | None:
    try:
        body = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return body if isinstance(body, dict) else None
