"""Long histories for tests, written in one go: ``fill(library, 5000)``."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from clips import clip

from seedance_widgets import media
from seedance_widgets.library import Library

NEWEST = 1_790_000_000.0  # seconds since 1970
_INSERT = """
INSERT INTO generations (key, id, model, request, prompt, seed, base_url, create_path, retrieve_path, simulated,
    fingerprint, status, created_at, sending_at, finished_at, ended_at, likeness, usd, rating, picked, paths, clip)
VALUES (:key, :key, 'vendor/model', :request, :prompt, :seed, 'http://b', '/c', '/r', 0, :key, 'completed', :at, :at,
    :at + 40, :at + 41, 'like' || :seed, 0.25, :seed % 6, 0, :paths, :clip)
"""


def fill(
    library: Library,
    number: int,
    *,
    prompt: str = "a fox in the snow",
    clips: int = 0,
    name: str = "take",
    newest: float = NEWEST,
) -> list[str]:
    """Write completed takes with the seeds 1 … `number`, and clips of the newest; return the keys, newest first."""
    facts = json.dumps(vars(media.probe(clip())))
    keys = [f"{name}{seed:06}" for seed in range(1, number + 1)]
    rows = [
        {
            "key": key,
            "request": json.dumps({"model": "vendor/model", "prompt": prompt, "seed": seed}),
            "prompt": prompt,
            "seed": seed,
            "at": newest - 600.0 * (number - seed),
            "paths": json.dumps([f"videos/{key}.mp4"]),
            "clip": facts,
        }
        for seed, key in enumerate(keys, 1)
    ]
    with library.database.transaction() as connection:
        connection.executemany(_INSERT, rows)
    for key in keys[number - clips :]:
        shutil.copyfile(clip(), library.clip_path(key))
        _sidecar(library.videos, key)
    return keys[::-1]


def _sidecar(folder: Path, key: str) -> None:
    (folder / f"{key}.json").write_text(json.dumps({"key": key}), "utf-8")
