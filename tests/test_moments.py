"""The moments at which a take was sent, queued, generating and done are kept, and earlier libraries are read."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing

import pytest
from panels import until

from seedance_widgets import migrations
from seedance_widgets.library import Library

MOMENTS = ("sending_at", "queued_at", "generating_at", "finished_at", "ended_at")


def moments(generation):
    return [getattr(generation, name) for name in MOMENTS]


@pytest.fixture
def taken(make_simulator, make_studio, tmp_path):
    """A take that was seen in every state, and the folder of its library, closed."""
    simulator = make_simulator(clock=lambda: 0.0, speed=1.0)
    with make_studio(simulator) as studio:
        take = studio.generate("a fox", seed=1)
        for status in ("queued", "generating"):
            until(lambda status=status: take.status == status)
            simulator.advance(15.0 if status == "queued" else 3600.0)
        take.result(20)
    return take, tmp_path / "library"


def test_each_moment_is_kept_in_order(taken):
    take, folder = taken
    assert None not in moments(take)
    assert moments(take) == sorted(moments(take))
    with closing(Library(folder)) as library:
        assert moments(library.get(take.key)) == moments(take)


def test_they_outlive_the_database(taken):
    take, folder = taken
    (folder / "library.db").unlink()
    with closing(Library(folder)) as library:
        assert moments(library.get(take.key))[:4] == moments(take)[:4]


def test_a_sidecar_of_an_earlier_version_is_read_without_them(taken):
    take, folder = taken
    (folder / "library.db").unlink()
    sidecar = folder / "videos" / f"{take.key}.json"
    facts = json.loads(sidecar.read_text())
    sidecar.write_text(json.dumps({name: facts[name] for name in facts if name not in ("queued_at", "generating_at")}))
    with closing(Library(folder)) as library:
        found = library.get(take.key)
        assert (found.status, found.queued_at, found.generating_at) == ("completed", None, None)
        assert found.finished_at == take.finished_at


def test_a_library_of_the_first_step_is_brought_to_this_one(tmp_path):
    folder = tmp_path / "old"
    folder.mkdir()
    with closing(sqlite3.connect(folder / "library.db")) as database:
        database.executescript(migrations.STEPS[0] + "PRAGMA user_version = 1;")
        database.execute(
            "INSERT INTO generations (key, model, request, prompt, base_url, create_path, retrieve_path, simulated, "
            "fingerprint, status, created_at, likeness) VALUES ('k', 'm', '{}', 'old', 'u', '/', '/', 1, 'f', "
            "'error', 1.0, '')"
        )
        database.commit()
    with closing(Library(folder)) as library:
        found = library.get("k")
        assert (found.prompt, found.queued_at, found.generating_at) == ("old", None, None)
