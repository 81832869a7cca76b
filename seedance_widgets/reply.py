"""An answer of the API about one generation, read in every shape that has been seen.

The published schema says ``{id, status, video: {url} | null, error: {name, message} | null, meta}``. Published
samples go beyond it: other status words, lists of videos, errors that are strings or validation lists.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

PENDING = {
    "queued": "queued",
    "waiting": "queued",
    "active": "generating",
    "generating": "generating",
    "processing": "generating",
    "running": "generating",
    "uploading": "generating",
}
COMPLETED = frozenset({"completed", "succeeded"})
FAILED = frozenset({"error", "failed", "cancelled", "unknown"})
LONGEST_TEXT = 4_000
# Characters that turn the direction of the text after them, which may be a sentence of ours.
_TURNS = dict.fromkeys([*range(0x202A, 0x202F), *range(0x2066, 0x206A)])
DEEPEST_VIDEO = 4  # a list of lists of objects, and one more


@dataclass(frozen=True)
class Reply:
    """What the API says of one generation.

    Attributes
    ----------
    id : str
        The generation's id.
    status : str
        ``queued``, ``generating``, ``completed`` or ``error``; a word that nobody knows is left as it is and
        means that the generation is still pending.
    video_urls : tuple of str
        Addresses of the clips, http(s) only; empty until completed.
    error : dict or None
        ``{"name", "message"}``. It may stand beside ``completed``: the status decides.
    credits, usd : float or None
        What was charged, where the answer tells.
    raw : dict
        The answer itself.
    """

    id: str
    status: str
    video_urls: tuple[str, ...] = ()
    error: dict[str, str] | None = None
    credits: float | None = None
    usd: float | None = None
    raw: dict[str, Any] = field(default_factory=dict, repr=False)

    @property
    def pending(self) -> bool:
        """Whether the generation is still on its way."""
        return self.status not in ("completed", "error")


def read_reply(body: Mapping[str, Any], headers: Mapping[str, str] | None = None) -> Reply:
    """Read an answer; the headers fill in what its body leaves out (id, credits, dollars)."""
    headers = headers or {}
    usage = _usage(body)
    return Reply(
        id=_text(body.get("id")) or _text(headers.get("x-inference-id")),
        status=read_status(body.get("status")),
        video_urls=tuple(dict.fromkeys(_video_urls(body.get("video")))),
        error=read_error(body.get("error")),
        credits=_number(usage.get("credits_used"), headers.get("x-aimlapi-credits-used")),
        usd=_number(usage.get("usd_spent"), headers.get("x-aimlapi-usd-spent")),
        raw=dict(body),
    )


def read_status(status: object) -> str:
    """Return the documented word for a status; an unknown word stays as it is, a missing one is ``queued``."""
    word = _text(status).strip()[:80]
    plain = word.lower()
    if plain in COMPLETED:
        return "completed"
    if plain in FAILED:
        return "error"
    return PENDING.get(plain, word or "queued")


def straight(text: str) -> str:
    """Return a text of the API without the marks that would turn the direction of what is said around it."""
    return text.translate(_TURNS)


def read_error(error: object) -> dict[str, str] | None:
    """Return ``{"name", "message"}`` for an error of any shape; None where there is none."""
    read = _read_error(error)
    return None if read is None else {name: straight(words) for name, words in read.items()}


def _read_error(error: object) -> dict[str, str] | None:
    if not error:
        return None
    if isinstance(error, Mapping):
        if isinstance(error.get("detail"), list):
            return {"name": "ValidationError", "message": "; ".join(_details(error["detail"]))[:LONGEST_TEXT]}
        name = _text(error.get("name")) or _text(error.get("code")) or "Error"
        message = _text(error.get("message")) or _text(error.get("detail")) or _text(error.get("msg"))
        return {"name": name[:200], "message": message[:LONGEST_TEXT] or "the API gave no reason"}
    return {"name": "Error", "message": _text(error)[:LONGEST_TEXT]}


def _details(details: list[Any]) -> Iterator[str]:
    for detail in details:
        if isinstance(detail, Mapping):
            where = detail.get("loc")
            place = ".".join(_text(part) for part in where) if isinstance(where, list) else _text(where)
            yield f"{place}: {_text(detail.get('msg'))}" if place else _text(detail.get("msg"))
        else:
            yield _text(detail)


def _video_urls(video: object, depth: int = 0) -> Iterator[str]:
    """Addresses in an object, a list of objects, a list of strings or a string; only http(s) ones count."""
    if isinstance(video, str) and is_web_address(video):
        yield video
    elif depth == DEEPEST_VIDEO:
        return
    elif isinstance(video, Mapping):
        yield from _video_urls(video.get("url"), depth + 1)
    elif isinstance(video, list):
        for each in video:
            yield from _video_urls(each, depth + 1)


def is_web_address(url: str) -> bool:
    """Whether it is an absolute http(s) address: nothing else is ever opened."""
    try:
        parts = urlsplit(url)
        return parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        return False


def _usage(body: Mapping[str, Any]) -> Mapping[str, Any]:
    meta = body.get("meta")
    usage = meta.get("usage") if isinstance(meta, Mapping) else None
    return usage if isinstance(usage, Mapping) else {}


def _number(*candidates: object) -> float | None:
    """Return the first candidate that is a finite number or reads like one."""
    for candidate in candidates:
        if isinstance(candidate, bool) or not isinstance(candidate, (int, float, str)):
            continue
        try:
            number = float(candidate)
        except (ValueError, OverflowError):
            continue
        if abs(number) < float("inf"):
            return number
    return None


def _text(value: object) -> str:
    if value is None or isinstance(value, bool):
        return ""
    try:
        return value if isinstance(value, str) else str(value)
    except RecursionError:  # nested absurdly deep: it says nothing to anybody
        return ""
