"""What went over the wire, as people can read it: JSON laid out, long stretches of base64 and signatures left out."""

from __future__ import annotations

import json
import re
from typing import Any

MOST = 8_000  # characters of a body that are shown
LONGEST_VALUE = 4_000  # characters of one text in a request that is shown

_ENOUGH = 24  # characters of base64
_BASE64 = re.compile(r"[A-Za-z0-9+/_-]{200,}={0,2}")
_SIGNED = re.compile(
    r"(https?://[^\s\"'\\?]+)\?[^\s\"'\\]*(?:signature|token|credential|expires)[^\s\"'\\]*", re.IGNORECASE
)


def shortened(text: str) -> str:
    """Return a text with each long stretch of base64 cut, and what signs an address left out."""
    return _BASE64.sub(_stub, _SIGNED.sub(r"\1?•••", text))


def _stub(found: re.Match[str]) -> str:
    return f"{found[0][:_ENOUGH]}… ({len(found[0])} characters)"


def trimmed(value: Any) -> Any:
    """Return a value of JSON in which no text is longer than can be read: pictures in it, and whole novels."""
    if isinstance(value, str):
        if len(value) <= LONGEST_VALUE:
            return value
        beginning = _BASE64.sub(lambda found: found[0][:_ENOUGH], value[:LONGEST_VALUE])
        return f"{beginning}… ({len(value)} characters)"
    if isinstance(value, dict):
        return {name: trimmed(each) for name, each in value.items()}
    return [trimmed(each) for each in value] if isinstance(value, (list, tuple)) else value


def pretty(text: str, most: int = MOST) -> str:
    """Return a body laid out for reading: JSON indented, all of it shortened, and cut at `most` characters."""
    try:
        laid_out = json.dumps(json.loads(text), indent=2, ensure_ascii=False)
    except (ValueError, RecursionError):
        laid_out = text
    short = shortened(laid_out).encode("utf-8", "replace").decode()
    return short if len(short) <= most else f"{short[:most]}\n… ({len(short) - most} more characters)"
