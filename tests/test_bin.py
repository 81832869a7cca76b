"""The bin: what is deleted can be restored, what may be paid for stays, and no interruption leaves half a take."""

from __future__ import annotations

import shutil
import time
from itertools import count

import pytest
from clips import clip

from seedance_widgets import migrations
from seedance_widgets.check import check
from seedance_widgets.database import Database
from seedance_widgets.errors import ConfigError, LibraryError
from seedance_widgets.library import Library
from seedance_widgets.posters import Posters
from seedance_widgets.tickets import Ticket

BASE = "http://api.example"


@pytest.fixture
def library(tmp_path):
    made = Library(tmp_path / "home")
    yield made
    made.close()


def add(library, key, status="completed", *, seed=None, clips=1, **facts):
    """A take with its clips, as the runner leaves it."""
    request = {"model": "vendor/model", "prompt": "a fox", "seed": seed or len(library)}
    ticket = Ticket(key, "vendor/model", request, BASE, "/c", "/r", "a fox", request["seed"], likeness="like")
    take, _ = library.plan(ticket, again=True)
    if status == "completed":
        library.write_sidecar(take, clips)
        facts["paths"] = tuple(library.clip_path(key, number) for number in range(clips))
        for path in facts["paths"]:
            shutil.copyfile(clip(), path)
    library.update(take, status=status, **facts)
    return take


def files(library, folder):
    return sorted(path.name for path in (library.path / folder).glob("*"))


# deleting and restoring


def test_a_deleted_take_is_nowhere_but_in_the_bin(library):
    add(library, "k1", clips=2)
    add(library, "k2")
    assert library.bin.put("k1") == {}
    assert [take.key for take in library.recent()] == ["k2"]
    assert library.search("fox") == library.recent()
    assert len(library) == len(library.bin) == 1
    assert files(library, "bin") == ["k1-2.mp4", "k1.json", "k1.mp4"]
    assert files(library, "videos") == ["k2.json", "k2.mp4"]
    with pytest.raises(KeyError, match=r"in the bin: library\.bin\.restore"):
        library.get("k1")


def test_a_restored_take_is_as_it_was(library):
    take = add(library, "k1", clips=2, usd=0.5)
    take.rate(4)
    before = {path: path.read_bytes() for path in take.paths}
    library.bin.put(take)
    assert library.bin.restore(take) == ["k1"]
    reopened = Library(library.path)
    found = reopened.get("k1")
    assert (found.status, found.rating, found.usd) == ("completed", 4, 0.5)
    assert {path: path.read_bytes() for path in found.paths} == before
    assert files(library, "bin") == []
    assert len(library.bin) == 0
    assert check(library).ok


def test_a_deleted_take_is_no_answer_to_the_same_request(library):
    take = add(library, "k1", seed=7)
    repeated = Ticket("k2", take.model, take.request, BASE, "/c", "/r", "a fox", 7, likeness="like")
    assert library.same(repeated) is take
    library.bin.put(take)
    assert library.same(repeated) is None
    assert library.plan(repeated)[1], "it is made anew"


@pytest.mark.parametrize(
    ("status", "facts", "words"),
    [
        ("planned", {}, "still being made"),
        ("submitting", {"sending_at": 1.0}, "still being made"),
        ("generating", {"id": "x"}, "still being made"),
        ("downloading", {"id": "x", "finished_at": 9.0}, "still being made"),
        ("unconfirmed", {"sending_at": 1.0}, "may have been charged"),
        ("stopped", {"sending_at": 1.0}, "may be charged: resume"),
        ("stopped", {"id": "x", "finished_at": 9.0}, "is charged, and its clip is not here"),
    ],
)
def test_what_may_have_been_paid_for_and_has_no_clip_stays(library, status, facts, words):
    add(library, "k1", status, **facts)
    refused = library.bin.put("k1", "unknown")
    assert words in refused["k1"]
    assert "no such take" in refused["unknown"]
    assert library.get("k1").status == status


@pytest.mark.parametrize(("status", "facts"), [("error", {"id": "x"}), ("error", {}), ("stopped", {})])
def test_what_failed_or_was_never_sent_can_be_deleted(library, status, facts):
    add(library, "k1", status, **facts)
    assert library.bin.put("k1") == {}
    assert library.unfinished() == []
    library.bin.restore("k1")
    assert library.get("k1").status == status


def test_a_deleted_take_can_be_sent_by_nobody(studio, simulator):
    take = add(studio.library, "k1", "stopped")
    studio.library.bin.put(take)
    with pytest.raises(ConfigError, match="in the bin"):
        studio.runner.watch(take, may_send=True)
    failed = add(studio.library, "k2", "error")
    studio.library.bin.put(failed)
    with pytest.raises(ConfigError, match="in the bin"):
        failed.send_again()
    assert not studio.library.mark_sending(take)
    assert studio.resume() == []
    assert not simulator.created


def test_what_is_deleted_while_it_is_about_to_be_sent_ends_without_being_sent(studio, simulator, monkeypatch):
    take = studio.library.plan(studio._ticket(studio.prepare("a fox", seed=1)))[0]
    studio.runner.stop(take)
    send, deleted = studio.library.mark_sending, []

    def delete_first(generation):
        studio.library.update(generation, status="stopped")  # as it stood until a moment ago
        deleted.append(studio.library.bin.put(generation.key))
        return send(generation)

    monkeypatch.setattr(studio.library, "mark_sending", delete_first)
    assert studio.generate("a fox", seed=1) is take
    assert studio.wait(20)
    assert deleted == [{}]
    assert take.status == "stopped"
    assert "bin" in take.detail
    assert not simulator.created
    studio.library.bin.restore(take)
    assert studio.library.get(take.key).status == "stopped"


# emptying


def test_emptying_frees_the_disk_and_forgets_what_was_asked_for_but_not_what_it_cost(library):
    take = add(library, "k1", usd=0.5)
    take.remark("a secret")
    add(library, "k2", usd=0.25)
    posters = Posters(library.path)
    for key in ("k1", "k2"):
        posters.get(key, clip())
    library.bin.put("k1")
    size = library.bin.size
    assert size > clip().stat().st_size
    assert library.bin.empty(everything=True) == size
    assert (library.bin.size, len(library.bin)) == (0, 0)
    assert [key for key in ("k1", "k2") if posters.kept(key)] == ["k2"]
    assert library.spent_since(time.time() - 60) == 0.75
    stored = dict(library.database.rows("SELECT * FROM generations WHERE key = 'k1'")[0])
    assert not any("fox" in str(value) or "secret" in str(value) for value in stored.values())
    assert library.bin.restore("k1") == []
    assert library.these(["k1", "k2"]) == [library.get("k2")]
    assert check(library).ok


def test_only_what_was_asked_for_is_emptied_and_nothing_outside_the_bin(library):
    for key in ("k1", "k2", "k3"):
        add(library, key)
    library.bin.put("k1", "k2")
    library.bin.empty("k1", "k3")
    assert files(library, "bin") == ["k2.json", "k2.mp4"]
    assert library.get("k3").path.exists()
    assert library.bin.restore("k1", "k2") == ["k2"]


@pytest.mark.parametrize("both", [False, True])
def test_a_list_that_happens_to_be_empty_empties_nothing(library, both):
    add(library, "k1")
    library.bin.put("k1")
    with pytest.raises(ConfigError, match=r"bin\.empty\(everything=True\)"):
        library.bin.empty(*(["k1"] if both else []), everything=both)
    assert files(library, "bin") == ["k1.json", "k1.mp4"]
    assert library.bin.restore("k1") == ["k1"]


# what is interrupted


class PowerCut(BaseException):
    """The process ends here."""


def cut_after(monkeypatch, steps):
    """Let the process end before the step of this number: a move, a deletion, or the end of a transaction."""
    counter = count()

    def counted(act):
        def run(*given, **more):
            if next(counter) == steps:
                raise PowerCut
            return act(*given, **more)

        return run

    monkeypatch.setattr("seedance_widgets.wastebin.shutil.move", counted(shutil.move))
    monkeypatch.setattr("seedance_widgets.wastebin.Path.unlink", counted(type(clip()).unlink))
    monkeypatch.setattr("seedance_widgets.wastebin.sync_folder", counted(lambda folder: None))
    return counter


@pytest.mark.parametrize("act", ["put", "restore", "empty"])
@pytest.mark.parametrize("steps", range(9))
def test_whatever_interrupts_it_the_next_opening_finishes_it(library, monkeypatch, act, steps):
    for key in ("k1", "k2"):
        add(library, key)
    if act != "put":
        library.bin.put("k1", "k2")
    with monkeypatch.context() as patch:
        cut_after(patch, steps)
        try:
            getattr(library.bin, act)("k1", "k2")
        except PowerCut:
            report = check(library)
            assert report.ok, report.problems
            assert any("interrupted" in remark for remark in report.remarks)
    reopened = Library(library.path)
    assert (len(reopened), len(reopened.bin)) == {"put": (0, 2), "restore": (2, 0), "empty": (0, 0)}[act]
    both = ["k1.json", "k1.mp4", "k2.json", "k2.mp4"]
    assert files(reopened, "videos") == (both if act == "restore" else [])
    assert files(reopened, "bin") == (both if act == "put" else [])
    report = check(reopened)
    assert report.ok, report.problems
    assert not any("interrupted" in remark for remark in report.remarks)


def test_a_disk_that_refuses_is_told_in_words_and_tried_again_at_the_next_opening(library, monkeypatch):
    add(library, "k1")
    add(library, "k2")

    def refuse(source, target):
        raise PermissionError(13, "Permission denied")

    with monkeypatch.context() as patch:
        patch.setattr("seedance_widgets.wastebin.shutil.move", refuse)
        with pytest.raises(LibraryError, match="Permission denied"):
            library.bin.put("k1")
        again = Library(library.path)
    assert "could not be finished" in again.notes[0]
    assert [take.key for take in again.recent()] == ["k2"], "the history is there all the same"
    assert files(Library(library.path), "bin") == ["k1.json", "k1.mp4"]


# what else knows of it


def test_the_check_tells_of_the_bin(library):
    add(library, "k1")
    add(library, "k2")
    library.bin.put("k1", "k2")
    assert any("2 in the bin" in remark for remark in check(library).remarks)
    (library.path / "bin" / "k1.mp4").unlink()
    (library.path / "bin" / "stranger.mp4").write_bytes(b"")
    problems = " ".join(check(library).problems)
    assert "The clip of k1" in problems
    assert "stranger.mp4 lies in the bin" in problems


def test_a_lost_database_is_made_again_with_the_bin_as_it_was(library):
    for key in ("k1", "k2", "k3"):
        add(library, key)
    library.bin.put("k1", "k2")
    (library.path / "bin" / "k2.mp4").unlink()
    library.close()
    for path in library.path.glob("library.db*"):
        path.unlink()
    found = Library(library.path)
    assert [take.key for take in found.recent()] == ["k3"]
    assert found.unfinished() == []
    assert found.bin.restore("k1", "k2") == ["k1", "k2"]
    assert (found.get("k1").status, found.get("k2").status) == ("completed", "error")
    assert found.get("k1").clip.width == 64


def test_a_library_of_the_first_version_gets_its_bin(tmp_path, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(migrations, "STEPS", migrations.STEPS[:1])
        old = Database(tmp_path / "home" / "library.db")
        old.execute(
            "INSERT INTO generations (key, model, request, prompt, base_url, create_path, retrieve_path, simulated, "
            "fingerprint, status, created_at, likeness) "
            "VALUES ('k1', 'm', '{}', 'p', 'b', '', '', 0, 'f', 'error', 1, '')"
        )
        old.close()
    assert check(tmp_path / "home").generations == 1
    library = Library(tmp_path / "home")
    assert library.bin.put("k1") == {}
    assert len(library.bin) == 1
