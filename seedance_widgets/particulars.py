"""One take as the gallery's page sees it: what stands on its tile, and all that is known of it; money in words."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from .browsing import Totals
from .captions import price
from .cells import cell
from .status import duration
from .usage import size

if TYPE_CHECKING:
    from .generation import Generation

LONGEST_PROMPT = 200  # characters on a tile; the details have all of it


def row(take: Generation, path: Path | None, *, binned: bool) -> dict[str, Any]:
    """Return what the page needs to draw a take's tile.

    Parameters
    ----------
    take : Generation
        Any.
    path : Path or None
        Where its clip lies; None where there is none.
    binned : bool
        Whether it is in the bin.
    """
    facts = cell(take, {}, place=(0, 0, 0))
    return facts | {
        "prompt": take.prompt[:LONGEST_PROMPT],
        "model": take.model,
        "made": f"{take.created_at.astimezone():%Y-%m-%d %H:%M}",
        "simulated": take.ticket.simulated,
        "noted": bool(take.note),
        "binned": binned,
        "missing": take.status == "completed" and path is None,
    }


def details(take: Generation, path: Path | None) -> list[tuple[str, str]]:
    """Return what is known of a take beside its prompt and request: names, and words for people."""
    clip: Any = take.clip
    shape = f"{clip.width}×{clip.height} · {clip.duration:.1f} s · {clip.frames} frames" if clip else ""
    took = duration(take.elapsed) if take.status == "completed" else ""
    error = f"{take.error['name']}: {take.error['message']}" if take.error else ""
    return [
        ("Model", take.model),
        ("Seed", "" if take.seed is None else str(take.seed)),
        ("Status", take.status),
        ("Reason", error or take.detail),
        ("Clip", shape),
        ("Size", size(path.stat().st_size) if path else ""),
        ("Cost", price(take)),
        ("Asked for", f"{take.created_at.astimezone():%Y-%m-%d %H:%M:%S}"),
        ("Took", took),
        ("File", path.name if path else ""),
        ("Key", take.key),
        ("API id", take.id or ""),
    ]


def money(totals: Totals) -> str:
    """Return what takes cost in words: real and play money are never added up."""
    real = f"${totals.usd:,.2f}" if totals.usd else ""
    play = f"${totals.simulated_usd:,.2f} simulated" if totals.simulated_usd else ""
    return " + ".join(part for part in (real, play) if part)
