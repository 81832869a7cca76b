"""A generation as a row of the database, and back: what is written of its ticket, and how each fact is stored."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from .tickets import Ticket

# What of a row moves; all else is the ticket's.
MOVING = (
    "id",
    "status",
    "detail",
    "error",
    "credits",
    "usd",
    "paths",
    "clip",
    "rating",
    "picked",
    "note",
    "sending_at",
    "queued_at",
    "generating_at",
    "finished_at",
    "ended_at",
)

INSERT = """
INSERT INTO generations (key, model, request, prompt, seed, base_url, create_path, retrieve_path, simulated,
    fingerprint, sweep, status, created_at, likeness, owner)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'planned', ?, ?, ?)
"""


def columns(ticket: Ticket, mark: str, owner: str) -> tuple[object, ...]:
    """Return the values of `INSERT` for a ticket with its fingerprint, and who owns it."""
    return (
        ticket.key,
        ticket.model,
        json.dumps(ticket.request),
        _storable(ticket.prompt),
        None if ticket.seed is None else str(ticket.seed),  # SQLite's integers end at 2⁶³
        ticket.base_url,
        ticket.create_path,
        ticket.retrieve_path,
        ticket.simulated,
        mark,
        ticket.group,
        ticket.created_at,
        ticket.likeness,
        owner,
    )


def ticket(row: Mapping[str, Any] | sqlite3.Row) -> Ticket:
    """Return the ticket that a row was made of."""
    return Ticket(
        key=row["key"],
        model=row["model"],
        request=json.loads(row["request"]),
        base_url=row["base_url"],
        create_path=row["create_path"],
        retrieve_path=row["retrieve_path"],
        prompt=row["prompt"],
        seed=None if row["seed"] is None else int(row["seed"]),
        created_at=row["created_at"],
        simulated=bool(row["simulated"]),
        group=row["sweep"],
        likeness=row["likeness"],
    )


def facts(row: sqlite3.Row, folder: Path) -> dict[str, Any]:
    """Return what moves of a row as a Generation takes it; clips lie in the library's folder."""
    found = {name: row[name] for name in MOVING}
    found["error"] = json.loads(row["error"]) if row["error"] else None
    found["paths"] = tuple(folder / name for name in json.loads(row["paths"]))
    found["clip"] = read_clip(row["clip"])
    found["picked"] = bool(row["picked"])
    return found


def stored(name: str, value: object, folder: Path) -> object:
    """Return a fact of a Generation as its column holds it."""
    if name == "paths" and isinstance(value, tuple):
        # Relative, so that the folder can be moved.
        return json.dumps([Path(path).relative_to(folder).as_posix() for path in value])
    if name == "clip" and value is not None:
        return json.dumps(vars(value))
    if name == "error":
        return None if value is None else json.dumps(value)
    return _storable(value) if isinstance(value, str) else value


def read_clip(text: str | None) -> object:
    """Return the stored facts about a clip as a media.Clip; None where there are none or of another version."""
    if not text:
        return None
    from .media import Clip

    try:
        return Clip(**json.loads(text))
    except (TypeError, ValueError):
        return None


def fingerprint(ticket: Ticket) -> str:
    """Return what two tickets share that ask for the same take: model, request (with its seed)."""
    canonical = json.dumps([ticket.model, ticket.request], sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def _storable(text: str) -> str:
    """Replace lone surrogates, which no UTF-8 file can hold (the request keeps them, escaped)."""
    return text.encode("utf-8", "replace").decode()
