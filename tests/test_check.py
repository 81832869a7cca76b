"""The check says what is wrong with a library, in words, and changes nothing."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from seedance_widgets.check import check, run
from seedance_widgets.studio import Studio


@pytest.fixture
def folder(make_studio: Callable[..., Studio], tmp_path: Path) -> Path:
    """A library of two takes, closed."""
    with make_studio() as studio:
        for seed in (1, 2):
            assert studio.generate("take", seed=seed).wait(20.0).status == "completed"
        assert check(studio.library).ok
    return tmp_path / "library"


def clip(folder: Path) -> Path:
    return sorted(folder.glob("videos/*.mp4"))[0]


def files(folder: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in folder.rglob("*") if path.is_file() and path.suffix != ".db-shm"}


def test_a_whole_library_is_in_order(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = files(folder)
    assert run(folder) == 0
    said = capsys.readouterr().out
    assert "2 generations, 2 clips that are whole" in said
    assert "in order" in said
    assert {name: body for name, body in files(folder).items() if not name.endswith("-wal")} == before


def cut(folder: Path) -> str:
    clip(folder).write_bytes(clip(folder).read_bytes()[:-10])
    return "cut short"


def gone(folder: Path) -> str:
    clip(folder).unlink()
    return "is missing; within a day"


def web_page(folder: Path) -> str:
    clip(folder).write_text("<!doctype html><html></html>")
    return "a web page"


def no_sidecar(folder: Path) -> str:
    clip(folder).with_suffix(".json").unlink()
    return "sidecar"


def wrong_sidecar(folder: Path) -> str:
    clip(folder).with_suffix(".json").write_text("[")
    return "cannot be read"


def leftover(folder: Path) -> str:
    (folder / "videos" / f"{clip(folder).name}.part").write_bytes(b"half")
    return "left over"


def stranger(folder: Path) -> str:
    (folder / "videos" / "stranger.mp4").write_bytes(clip(folder).read_bytes())
    return "stranger.mp4 has no row"


def garbage(folder: Path) -> str:
    (folder / "library.db").write_bytes(b"garbage" * 1000)
    return "database"


def no_library(folder: Path) -> str:
    (folder / "library.db").unlink()
    return "There is no library"


@pytest.mark.parametrize(
    "harm", [cut, gone, web_page, no_sidecar, wrong_sidecar, leftover, stranger, garbage, no_library]
)
def test_each_harm_is_said_in_words(
    harm: Callable[[Path], str], folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = harm(folder)
    before = files(folder)
    assert run(folder) == 1
    assert words in capsys.readouterr().out
    assert {name: body for name, body in files(folder).items() if not name.endswith("-wal")} == before
    assert not list(folder.glob("*damaged*"))


def test_what_is_unfinished_is_a_remark_and_no_harm(folder: Path) -> None:
    import sqlite3

    path = clip(folder)
    database = sqlite3.connect(folder / "library.db")
    database.execute("UPDATE generations SET status = 'downloading', paths = '[]' WHERE key = ?", (path.stem,))
    database.commit()
    database.close()
    path.rename(f"{path}.part")
    report = check(folder)
    assert report.ok, report.problems
    assert any("1 downloading" in remark for remark in report.remarks)


def test_a_library_that_nobody_has_used_yet_is_no_problem_and_no_folder_is_made(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(tmp_path / "nowhere") == 0
    assert "nothing is there yet" in capsys.readouterr().out
    assert not (tmp_path / "nowhere").exists()


def test_one_problem_is_one(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    clip(folder).unlink()
    assert run(folder) == 1
    assert capsys.readouterr().out.splitlines()[-1] == "1 problem."
    for path in folder.glob("videos/*.mp4"):
        path.unlink()
    assert run(folder) == 1
    assert capsys.readouterr().out.splitlines()[-1] == "2 problems."
