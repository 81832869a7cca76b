"""A damaged database is put aside, never overwritten, and what can be known of the clips is known again."""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from seedance_widgets.errors import LibraryError
from seedance_widgets.library import Library
from seedance_widgets.simulator import Simulator
from seedance_widgets.studio import Studio

Damage = Callable[[Path], None]


def garbage(path: Path) -> None:
    path.write_bytes(b"\xde\xad\xbe\xef" * 5000)


def empty(path: Path) -> None:
    path.write_bytes(b"")


def missing(path: Path) -> None:
    path.unlink()


def truncated(path: Path) -> None:
    with path.open("r+b") as file:
        file.truncate(path.stat().st_size // 2)


def cut_in_its_head(path: Path) -> None:
    with path.open("r+b") as file:
        file.truncate(50)


def overwritten(path: Path) -> None:
    """Zeros over all pages but the first two."""
    size = path.stat().st_size
    with path.open("r+b") as file:
        file.seek(8192)
        file.write(bytes(size - 8192))


def another_file(path: Path) -> None:
    path.write_text("<html>Sync conflict</html>" * 100)


PUT_ASIDE = [garbage, truncated, cut_in_its_head, overwritten, another_file]


@pytest.fixture
def filled(make_studio: Callable[..., Studio], simulator: Simulator, tmp_path: Path) -> Path:
    """A library of three takes, closed."""
    with make_studio(simulator) as studio:
        takes = [studio.generate(f"take {seed}", seed=seed) for seed in (1, 2, 3)]
        for take in takes:
            assert take.wait(20.0).status == "completed"
        takes[0].rate(4)
    return tmp_path / "library"


@pytest.mark.parametrize("damage", [*PUT_ASIDE, empty, missing])
def test_the_takes_are_there_again(
    damage: Damage,
    filled: Path,
    simulator: Simulator,
    make_studio: Callable[..., Studio],
) -> None:
    before = Library(filled)
    known = {each.key: (each.id, each.request, each.seed, each.credits, each.paths, each.clip, each.created_at)
             for each in before.recent()}  # fmt: skip
    before.close()
    damage(filled / "library.db")
    with make_studio(simulator) as studio:
        after = studio.library.recent()
        assert {each.status for each in after} == {"completed"}
        assert {
            each.key: (each.id, each.request, each.seed, each.credits, each.paths, each.clip, each.created_at)
            for each in after
        } == known
        assert len(studio.library.notes) == 1
        assert "3 generations" in studio.library.notes[0] or "3 from the files" in studio.library.notes[0]
        made = len(simulator.created)
        assert studio.generate("take 2", seed=2).status == "completed", "the same request is still the same take"
        assert len(simulator.created) == made


@pytest.mark.parametrize("damage", PUT_ASIDE)
def test_the_damaged_file_is_kept_as_it_was(damage: Damage, filled: Path, caplog: pytest.LogCaptureFixture) -> None:
    path = filled / "library.db"
    damage(path)
    Path(f"{path}-wal").write_bytes(b"the log of it")
    whole = path.read_bytes()
    library = Library(filled)
    library.close()
    (aside,) = [each for each in filled.glob("library.db.damaged-*") if not each.name.endswith(("-wal", "-shm"))]
    assert aside.read_bytes() == whole
    assert "put aside" in caplog.text
    assert aside.name in library.notes[0]


def test_a_sound_library_has_nothing_to_say(filled: Path) -> None:
    for _ in range(2):
        library = Library(filled)
        assert library.notes == []
        assert library.recent()[-1].rating == 4
        library.close()
    assert not list(filled.glob("*damaged*"))


def test_what_was_in_flight_is_read_from_the_damaged_file_and_never_sent_blindly(filled: Path) -> None:
    database = sqlite3.connect(filled / "library.db")
    database.execute("UPDATE generations SET status = 'planned', id = NULL, sending_at = NULL WHERE seed = '1'")
    database.execute("UPDATE generations SET status = 'generating' WHERE seed = '2'")
    database.execute("CREATE TABLE ballast AS SELECT randomblob(40000)")
    database.commit()
    database.execute("PRAGMA journal_mode = DELETE")
    database.close()
    with (filled / "library.db").open("r+b") as file:
        file.truncate((filled / "library.db").stat().st_size - 20_000)
    shutil.rmtree(filled / "videos")
    library = Library(filled)
    found = {each.seed: each for each in library.recent()}
    assert found[1].status == "submitting", "it may have been sent: the mark may be what was lost"
    assert found[1].sending_at is not None
    assert found[2].status == "generating"
    assert found[3].rating + found[1].rating == 4, "what people said is there as well"
    library.close()


def test_a_clip_that_is_not_whole_is_fetched_again(
    filled: Path, simulator: Simulator, make_studio: Callable[..., Studio]
) -> None:
    clip = sorted(filled.glob("videos/*.mp4"))[0]
    clip.write_bytes(clip.read_bytes()[:-100])
    garbage(filled / "library.db")
    clip.unlink()
    with make_studio(simulator) as studio:
        generation = studio.library.get(clip.stem)
        assert generation.wait(20.0).status == "completed"
        assert clip.exists()


def test_a_sidecar_that_lies_is_left_out(filled: Path) -> None:
    first, second, _ = sorted(filled.glob("videos/*.json"))
    first.write_text("{half")
    second.write_text(json.dumps({**json.loads(second.read_text()), "key": "../../etc/passwd"}))
    garbage(filled / "library.db")
    library = Library(filled)
    assert len(library) == 1
    library.close()


def test_a_locked_or_newer_database_is_not_damaged(filled: Path) -> None:
    database = sqlite3.connect(filled / "library.db")
    database.execute("PRAGMA user_version = 999")
    database.commit()
    database.close()
    with pytest.raises(LibraryError, match="newer version"):
        Library(filled)
    assert not list(filled.glob("*damaged*"))


def test_what_was_in_flight_outlives_a_database_that_is_gone(
    make_studio: Callable[..., Studio], make_simulator: Callable[..., Simulator], tmp_path: Path
) -> None:
    simulator = make_simulator(speed=1.0)
    with make_studio(simulator) as studio:
        take = studio.generate("a paid take", seed=7)
        while not (tmp_path / "library" / "videos" / f"{take.key}.json").exists():
            assert not take.wait(0.02).done
    for path in (tmp_path / "library").glob("library.db*"):
        path.unlink()
    simulator.advance(1000.0)
    with make_studio(simulator) as studio:
        (found,) = studio.library.recent()
        assert (found.key, found.wait(20.0).status) == (take.key, "completed")
    assert len(simulator.created) == 1
