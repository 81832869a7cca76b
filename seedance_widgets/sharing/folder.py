"""The clips themselves in a folder, with what they were made of beside them: JSON for programs, a CSV for tables."""

from __future__ import annotations

import csv
import json
import re
import shutil
import unicodedata
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from .exhibit import Exhibit, Spot

__all__ = ["estimate", "folder", "slug"]

_LONGEST = 60  # letters of a name; paths are short on some systems
_FORMULA = ("=", "+", "-", "@", "\t", "\r")  # what tables take for a formula at the beginning of a cell


def folder(exhibit: Exhibit, path: Path, tell: Callable[[float], object]) -> None:
    """Fill a folder: each take's clip and its request (the exact JSON that was sent), ``grid.json``, ``takes.csv``.

    Parameters
    ----------
    exhibit : Exhibit
        The takes; those without a clip are in the lists only.
    path : Path
        An existing folder.
    tell : callable
        Told the part that is done.

    Raises
    ------
    OSError
        The disk refuses.
    """
    takes = [(spot, _name(number, spot, len(exhibit.spots))) for number, spot in enumerate(exhibit.spots, 1)]
    rows = []
    for number, (spot, name) in enumerate(takes, 1):
        files = _copy(spot, path, name)
        if spot.take is not None:
            rows.append(_facts(spot, files))
            _write_json(path / f"{name}.json", spot.take.request)
        tell(number / len(takes))
    about = {"title": exhibit.title, "columns": exhibit.columns, "rows": exhibit.rows, "blocks": exhibit.blocks}
    _write_json(path / "grid.json", {**about, "takes": rows})
    _write_csv(path / "takes.csv", rows)


def estimate(exhibit: Exhibit) -> float:
    """Return how many bytes the files will have, to a few thousand."""
    return exhibit.bytes + 1_000 * len(exhibit.spots)


def slug(text: str, longest: int = _LONGEST) -> str:
    """Return a text as part of a file's name: ASCII letters, digits and hyphens; empty where none is left."""
    plain = unicodedata.normalize("NFKD", text[:400]).encode("ascii", "ignore").decode().lower()
    words = "-".join(re.findall(r"[a-z0-9]+", plain))
    return words if len(words) <= longest else words[:longest].rpartition("-")[0] or words[:longest]


def _name(number: int, spot: Spot, count: int) -> str:
    """Return a name that sorts in reading order, tells the take, and is no word that a system keeps for itself."""
    seed = "" if spot.take is None or spot.take.seed is None else f"seed {spot.take.seed}"
    told = f"{spot.label} {seed}" if seed not in spot.label else spot.label
    key = spot.take.key[:12] if spot.take else "none"
    return f"{number:0{len(str(count))}d}-{slug(told) or slug(key)}"


def _copy(spot: Spot, folder: Path, name: str) -> list[str]:
    if spot.path is None or spot.take is None:
        return []
    files = []
    for number, source in enumerate(spot.take.paths, 1):
        files.append(f"{name}{f'-{number}' if number > 1 else ''}{source.suffix}")
        shutil.copyfile(source, folder / files[-1])
    return files


def _facts(spot: Spot, files: list[str]) -> dict[str, Any]:
    """Return what is known of a take; no path of this machine is among it."""
    take, clip = spot.take, spot.clip
    assert take is not None
    return {
        "file": " ".join(files),
        "values": spot.values,
        "status": take.status,
        "model": take.model,
        "prompt": take.prompt,
        "seed": take.seed,
        "rating": take.rating,
        "picked": take.picked,
        "note": take.note,
        "width": clip.width if clip else None,
        "height": clip.height if clip else None,
        "fps": round(clip.fps, 3) if clip else None,
        "seconds": round(clip.duration, 3) if clip else None,
        "usd": take.usd,
        "credits": take.credits,
        "created_at": take.created_at.isoformat(timespec="seconds"),
        "id": take.id,
        "key": take.key,
    }


def _write_json(path: Path, content: Any) -> None:
    path.write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n", "utf-8", errors="replace")


def _write_csv(path: Path, rows: list[dict[str, Any]]) -> None:
    """Write the table; with the mark that tells spreadsheets that it is UTF-8."""
    flat = [_flat(row) for row in rows]
    names = list(dict.fromkeys(name for row in flat for name in row))
    with path.open("w", encoding="utf-8-sig", errors="replace", newline="") as file:
        writer = csv.DictWriter(file, names)
        writer.writeheader()
        writer.writerows(flat)


def _flat(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return a row with a column for each axis, beside those that every take has."""
    axes = {name: value for name, value in row["values"].items() if name not in row}
    joined = {"file": row["file"], **axes, **{name: value for name, value in row.items() if name != "values"}}
    return {_safe(name): _safe(value) for name, value in joined.items()}


def _safe(value: Any) -> Any:
    """Return a value that no spreadsheet takes for a formula; numbers stay numbers."""
    if value is None or isinstance(value, (bool, int, float)):
        return "" if value is None else value
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return f"'{text}" if text.lstrip(" ").startswith(_FORMULA) else text
