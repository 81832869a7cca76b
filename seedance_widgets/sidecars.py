"""What lies beside each clip ``<key>.mp4``: ``<key>.json``, its sidecar, and the row of the database made of it again.

What was asked for, where, under which id, at what price: enough to understand a clip without the database. Stars, picks
and notes stand in the database only.
"""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from . import mp4
from .errors import DownloadFailed, SeedanceError
from .generation import Generation

logger = logging.getLogger(__name__)

NUMBERS = ("credits", "usd", "sending_at", "finished_at")
MOMENTS = ("queued_at", "generating_at")  # not in what earlier versions wrote
TEXTS = ("key", "model", "base_url", "create_path", "retrieve_path", "fingerprint", "likeness")


def describe(generation: Generation, fingerprint: str, clips: int) -> dict[str, Any]:
    """Return what a generation's sidecar holds: enough to make its row again.

    Parameters
    ----------
    generation : Generation
        With its id, times and price as far as they are known.
    fingerprint : str
        What it shares with the same request.
    clips : int
        How many clips it has.
    """
    ticket = generation.ticket
    return {
        "key": generation.key,
        "id": generation.id,
        "model": generation.model,
        "request": generation.request,
        "prompt": generation.prompt.encode("utf-8", "replace").decode(),
        "seed": generation.seed,
        "base_url": ticket.base_url,
        "create_path": ticket.create_path,
        "retrieve_path": ticket.retrieve_path,
        "simulated": ticket.simulated,
        "sweep": ticket.group,
        "likeness": ticket.likeness,
        "fingerprint": fingerprint,
        "created_at": generation.created_at.isoformat(),
        **{name: getattr(generation, name) for name in (*NUMBERS, *MOMENTS)},
        "clips": clips,
    }


def rows(folder: Path) -> Iterator[dict[str, Any]]:
    """Rows made of the sidecars that can be read."""
    for path in files(folder):
        try:
            facts = json.loads(path.read_text(encoding="utf-8"))
            if facts["key"] == path.stem:
                yield _row(folder, facts, binned=path.parent.name == "bin")
        except (OSError, ValueError, KeyError, TypeError):
            logger.warning("The sidecar %s cannot be read; its clip stays where it is", path)


def files(folder: Path) -> list[Path]:
    """Return the sidecars in a library, those in its bin last."""
    return [*sorted((folder / "videos").glob("*.json")), *sorted((folder / "bin").glob("*.json"))]


def _row(folder: Path, facts: Mapping[str, Any], *, binned: bool = False) -> dict[str, Any]:
    """Return the row that a sidecar tells of: completed when all its clips are whole, else to be fetched again.

    What was deleted is never fetched again: it stays in the bin, as failed where it has no clip.
    """
    row: dict[str, Any] = {name: str(facts[name]) for name in TEXTS}
    row |= {name: None if facts[name] is None else float(facts[name]) for name in NUMBERS}
    row |= {name: None if facts.get(name) is None else float(facts[name]) for name in MOMENTS}
    row |= {
        "id": None if facts["id"] is None else str(facts["id"]),
        "request": json.dumps(dict(facts["request"])),
        "prompt": str(facts["prompt"]),
        "seed": None if facts["seed"] is None else str(int(facts["seed"])),
        "simulated": bool(facts["simulated"]),
        "sweep": facts["sweep"],
        "created_at": datetime.fromisoformat(facts["created_at"]).timestamp(),
    }
    paths = clip_paths(folder, row["key"], int(facts["clips"]))
    places = [folder / "bin" / path.name for path in paths] if binned else paths
    row |= {"binned_at": time.time() if binned else None}
    if not all(map(_whole, places)):
        return {**row, "status": "error" if binned else "generating"}
    return {
        **row,
        "status": "completed",
        "paths": json.dumps([path.relative_to(folder).as_posix() for path in paths]),
        "clip": _clip(places[0]),
        "ended_at": row["finished_at"] or time.time(),
    }


def clip_paths(folder: Path, key: str, number: int = 1) -> list[Path]:
    """Return where the clips of a generation lie: ``<key>.mp4``, ``<key>-2.mp4`` and so on."""
    names = [key, *(f"{key}-{index}" for index in range(2, max(1, number) + 1))]
    return [folder / "videos" / f"{name}.mp4" for name in names]


def _whole(path: Path) -> bool:
    try:
        mp4.whole(path)
    except DownloadFailed:
        return False
    return True


def _clip(path: Path) -> str | None:
    """Read from the file what the clip is, as the database keeps it."""
    from . import media

    try:
        return json.dumps(vars(media.probe(path)))
    except SeedanceError:
        return None
