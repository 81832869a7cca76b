"""One page that holds everything: the clips, the grid's own player, and nothing that asks a network for anything."""

from __future__ import annotations

import base64
import hashlib
import json
import warnings
from collections.abc import Callable, Iterator, Mapping
from html import escape
from pathlib import Path
from typing import Any, BinaryIO

from .. import assets, cells
from .exhibit import Exhibit, Spot
from .writing import megabytes

__all__ = ["estimate", "page"]

LARGE = 100_000_000  # bytes; from here on pages open slowly, and few places take them
_CHUNK = 3 * 2**18  # bytes; a multiple of three, so that chunks of base64 join
_TITLE = 120  # letters in the window's title

# Nothing but what the page itself holds; the two hashes are those of its style and of its script.
_POLICY = (
    "default-src 'none'; script-src '{script}'; style-src '{style}'; img-src data: blob:; media-src data: blob:; "
    "base-uri 'none'; form-action 'none'"
)
_STYLE = """
:root { color-scheme: light dark; --page: #fff; --text: #1f1f1f; --quiet: #5c5c5c; }
@media (prefers-color-scheme: dark) { :root { --page: #141414; --text: #e3e3e3; --quiet: #a5a5a5; } }
body { margin: 0; padding: 20px clamp(12px, 2.5vw, 36px) 16px; background: var(--page); color: var(--text);
  font: 14px/1.5 system-ui, sans-serif; }
h1 { margin: 0 0 2px; font-size: 18px; line-height: 1.4; font-weight: 600; max-width: 90ch; overflow-wrap: anywhere; }
p { margin: 0 0 14px; color: var(--quiet); font-size: 13px; }
"""
_START = """
const content = JSON.parse(document.getElementById("content").textContent);
content.clips = {};
for (const part of document.querySelectorAll("script[data-clip]")) {
  Object.defineProperty(content.clips, part.dataset.clip, { get: () => part.textContent });
}
mountPage(document.getElementById("grid"), content);
"""


def page(exhibit: Exhibit, path: Path, tell: Callable[[float], object]) -> None:
    """Write the page.

    Parameters
    ----------
    exhibit : Exhibit
        The takes.
    path : Path
        Where to.
    tell : callable
        Told the part that is done.

    Raises
    ------
    OSError
        The disk refuses.
    """
    expected = estimate(exhibit)
    if expected > LARGE:
        warnings.warn(
            f"The page will have {megabytes(expected)}: it opens slowly, and is too large for most mail. "
            'grid.save("x.mp4") writes one small clip of all takes, "folder/" the clips themselves.',
            stacklevel=4,
        )
    with path.open("wb") as file:
        file.write(_head(exhibit).encode())
        sent = 0
        for spot in exhibit.shown:
            for chunk in _clip(spot):
                sent += file.write(chunk)
                tell(sent / expected)
        file.write(_tail().encode())


def estimate(exhibit: Exhibit) -> float:
    """Return how many bytes the page will have, to a few thousand."""
    return exhibit.bytes * 4 / 3 + len(_script()) + len(_style()) + 2_000 * len(exhibit.spots)


def _head(exhibit: Exhibit) -> str:
    policy = _POLICY.format(script=_hash(_script()), style=_hash(_style()))
    heading = exhibit.title or "Takes side by side"
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{escape(policy)}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="referrer" content="no-referrer">\n'
        f"<title>{escape(heading[:_TITLE])}</title>\n<style>{_style()}</style>\n</head>\n<body>\n"
        f"<h1>{escape(heading)}</h1>\n<p>{escape(exhibit.origin)}</p>\n"
        '<div id="grid"><noscript>The clips of this page need JavaScript to play; it is off here.</noscript></div>\n'
        f'<script type="application/json" id="content">{_json(_content(exhibit))}</script>\n'
    )


def _tail() -> str:
    return f'<script type="module">{_script()}</script>\n</body>\n</html>\n'


def _clip(spot: Spot) -> Iterator[bytes]:
    """Yield a clip as text, in pieces: a page of any size is written with little memory."""
    assert spot.path is not None
    assert spot.take is not None
    yield f'<script type="text/plain" data-clip="{escape(spot.take.key)}">'.encode()
    with spot.path.open("rb") as file:
        yield from _base64(file)
    yield b"</script>\n"


def _base64(file: BinaryIO) -> Iterator[bytes]:
    while chunk := file.read(_CHUNK):
        yield base64.b64encode(chunk)


def _content(exhibit: Exhibit) -> dict[str, Any]:
    return {
        "title": "",  # the page's heading says it, in full
        "layout": {"blocks": exhibit.blocks, "rows": exhibit.rows, "columns": exhibit.columns},
        "cells": [_cell(spot) for spot in exhibit.spots],
        "simulated": any(spot.take.ticket.simulated for spot in exhibit.shown if spot.take),
    }


def _cell(spot: Spot) -> Mapping[str, Any]:
    """Return a cell as the player takes it. What went wrong stays at home: reasons may name files and addresses."""
    facts = cells.cell(spot.take, spot.values, place=spot.place, status="skipped")
    if spot.take is not None:
        request = json.dumps(spot.take.request, indent=2, ensure_ascii=False)
        facts |= {"request": request, "prompt": spot.take.prompt, "reason": "", "since": None, "expected": None}
        facts["caption"] = " · ".join(fact for fact in spot.facts if fact not in spot.label)
    if spot.path is None:
        facts |= {"key": "", "status": "skipped", "words": spot.words, "resend": False, "clip": None}
    return facts


def _json(content: Any) -> str:
    """Return JSON that ends no script and opens none, whatever a prompt holds."""
    return json.dumps(content, ensure_ascii=False).replace("<", "\\u003c").encode("utf-8", "replace").decode()


def _style() -> str:
    return assets.style("grid.css") + _STYLE


def _script() -> str:
    return "\n" + assets.module("page.js") + _START


def _hash(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
