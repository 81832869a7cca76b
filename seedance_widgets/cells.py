"""One cell of the grid as the page sees it: plain facts of a generation, and the words for them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from . import board
from .captions import name_of, price
from .generation import Generation
from .status import word
from .trouble import trouble

USUAL = (16, 9)  # the shape of a frame where the request does not tell
LONGEST_REASON = 400  # characters
_RATIO = re.compile(r"(\d{1,4}):(\d{1,4})")


def cell(
    generation: Generation | None,
    values: Mapping[str, Any],
    *,
    place: tuple[int, int, int],
    status: str = "",
    request: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Return what the page needs to draw one cell.

    Parameters
    ----------
    generation : Generation or None
        None for a skipped combination, or one that waits for a yes.
    values : mapping
        Its value on each axis.
    place : (int, int, int)
        Block, row and column.
    status : str
        ``skipped`` or ``asking`` where there is no generation.
    request : mapping, optional
        What would be sent, where there is no generation yet.
    """
    label = board.label(values)
    facts = {"place": list(place), "label": label}
    if generation is not None:
        return facts | _moving(generation) | {"caption": caption(generation, label)}
    return facts | {
        "key": "",
        "name": f"Place {label}",
        "status": status,
        "words": "left out" if status == "skipped" else "waits for your answer",
        "ratio": ratio((request or {}).values()),
        "rating": 0,
        "picked": False,
    }


def _moving(generation: Generation) -> dict[str, Any]:
    progress = None if generation.done else generation.progress()  # asks the library how long ones like it took
    words, reason, resend = _said(generation)
    return {
        "key": generation.key,
        "name": name(generation),
        "status": generation.status,
        "words": words,
        "reason": reason,
        "resend": resend,
        "since": generation.sending_at,
        "expected": progress.elapsed + progress.remaining if progress and progress.remaining is not None else None,
        "ratio": ratio(generation.request.values()),
        "rating": generation.rating,
        "picked": generation.picked,
        "clip": clip(generation),
    }


def caption(generation: Generation, label: str = "") -> str:
    """Return what a clip is, in one line: seed, size and length as read from the file, price.

    Parameters
    ----------
    generation : Generation
        The take; without a clip there is nothing to say.
    label : str
        What its cell says already.
    """
    if generation.status != "completed":
        return ""
    facts: Any = generation.clip
    parts = [] if name_of(generation) in label else [name_of(generation)]
    if facts is not None:
        parts += [f"{facts.width}×{facts.height}", f"{facts.duration:.1f} s"]
    parts.append(price(generation).removesuffix(" (simulated)"))  # the grid's head says so
    return " · ".join(part for part in parts if part)


def name(generation: Generation) -> str:
    """Return the accessible name of a take's cell."""
    return f"Take {generation.key[:6]}" if generation.seed is None else f"Take seed {generation.seed}"


def _said(generation: Generation) -> tuple[str, str, bool]:
    """Return how it is doing in a few words, why, and whether another try would send something."""
    found = trouble(generation) if generation.done else None
    if found is None:
        return word(generation.status), generation.detail, False
    resend = generation.status == "error" or (generation.sending_at is None and generation.id is None)
    return found.title, found.text[:LONGEST_REASON], resend


def ratio(values: Iterable[object]) -> list[int]:
    """Return the shape of the frame that a request asks for; whatever its field is called, it is written 16:9."""
    for value in values:
        found = _RATIO.fullmatch(value) if isinstance(value, str) else None
        if found and int(found[1]) and int(found[2]):
            return [int(found[1]), int(found[2])]
    return list(USUAL)


def clip(generation: Generation) -> dict[str, Any] | None:
    """Return what the file says of itself, for the player; None until it is there."""
    if generation.status != "completed":
        return None
    facts: Any = generation.clip
    if facts is None:  # a format that could not be read here; the browser may know it
        return {"bytes": 0, "fps": 24, "frames": 0, "seconds": 0, "audio": False}
    return {
        "bytes": facts.bytes,
        "fps": round(facts.fps, 3),
        "frames": facts.frames,
        "seconds": round(facts.duration, 4),
        "audio": facts.has_audio,
    }
