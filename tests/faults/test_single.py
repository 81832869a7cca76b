"""Each fault alone: what the generation says of it, that the clip comes home, and that it is made once."""

from __future__ import annotations

import errno
import os
import sqlite3
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from harness import Life, clip_bytes, count, open_studio, simulator

from seedance_widgets import download
from seedance_widgets.client import LogPage
from seedance_widgets.errors import LibraryError
from seedance_widgets.generation import Generation
from seedance_widgets.library import Library
from seedance_widgets.simulator import Simulator
from seedance_widgets.studio import Studio

PROMPT, SEED = "one fault at a time", 7
SWEEP = [(PROMPT, SEED)]


@pytest.fixture
def server() -> Iterator[Simulator]:
    with simulator(speed=1000.0, log_delay=0.1) as running:
        yield running


@pytest.fixture
def studio(server: Simulator, tmp_path: Path) -> Iterator[Studio]:
    life = Life(server.url, server.token, str(tmp_path), SWEEP, lookup_time=0.5, patience=0.3, interval=0.02)
    with open_studio(life) as opened:
        yield opened


def ask(studio: Studio, **fields: Any) -> Generation:
    return studio.generate(PROMPT, seed=SEED, **fields)


def seen(generation: Generation) -> set[str]:
    """The statuses and details that an observer is told of."""
    told: set[str] = set()
    generation.observe(lambda change: told.add(str(change.new)), names=["status", "detail"])
    return told


def until(true: Callable[[], bool], seconds: float = 10.0) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "it never came to that"
        time.sleep(0.005)


COMES_HOME = [
    "drop:post", "error_after_create:post", "half_json:post", "no_id:post", "slow:post:seconds=0.5",
    "rate_limit:post:retry_after=0", "rate_limit:post:retry_after=date", "rate_limit:post:retry_after=none",
    "drop:get", "refuse:get", "slow:get:seconds=0.5", "rate_limit:get:retry_after=0", "server_error:get:status=500",
    "server_error:get:status=502", "server_error:get:status=504", "half_json:get", "html:get", "redirect:get",
    "odd_error:post:shape=beside",
    "video_list:get", "video_strings:get", "no_video:get", "no_meta:get", "forget:get",
    "drop:clip", "refuse:clip", "expired_url:clip", "cut:clip:bytes=5000", "cut:clip:bytes=0", "html_clip:clip",
    "empty_clip:clip", "server_error:clip", "slow:clip:seconds=0.5", "redirect:clip:to=file:///etc/passwd",
]  # fmt: skip


@pytest.mark.parametrize("fault", COMES_HOME)
def test_after_one_or_two_of_a_fault_the_clip_is_home_and_was_made_once(
    fault: str, server: Simulator, studio: Studio, tmp_path: Path
) -> None:
    server.inject(f"{fault}:times={1 if ':post' in fault else 2}")
    generation = ask(studio).wait(20.0)
    assert server.struck(fault.partition(":")[0]) > 0
    assert (generation.status, generation.error) == ("completed", None), generation.detail
    assert generation.path is not None
    assert generation.path.read_bytes() == clip_bytes(PROMPT, SEED)
    found = count(server, tmp_path, SWEEP)
    assert found.clean, found
    assert found.submitted == 1


@pytest.mark.parametrize("fault", ["refuse:post", "server_error:post", "html:post", "redirect:post"])
def test_what_may_have_arrived_and_is_not_in_the_log_is_for_a_person(
    fault: str, server: Simulator, studio: Studio
) -> None:
    server.inject(f"{fault}:times=1")
    generation = ask(studio)
    told = seen(generation)
    assert generation.wait(20.0).status == "unconfirmed"
    assert "looking for the answer" in told | {generation.detail}
    assert server.created == [], "and is not sent again by itself"
    assert "charged" in (generation.error or {})["message"]
    assert ask(studio) is generation, "nor by the same request again"
    generation.look_again()
    assert generation.wait(20.0).status == "unconfirmed"
    generation.send_again()
    assert generation.wait(20.0).status == "completed"
    assert len(server.created) == 1


def test_a_lost_answer_is_found_though_its_row_is_late(tmp_path: Path) -> None:
    with simulator(speed=1000.0, log_delay=1.0, faults="drop:post:times=1") as server:
        life = Life(server.url, server.token, str(tmp_path), SWEEP, lookup_time=3.0)
        with open_studio(life) as studio:
            assert ask(studio).wait(20.0).status == "completed"
        assert len(server.created) == 1


@pytest.mark.parametrize("status", [404, 403])
def test_a_log_that_cannot_be_had_is_said(status: int, server: Simulator, studio: Studio) -> None:
    server.inject("drop:post:times=1")
    server.inject(f"server_error:logs:status={status}")
    generation = ask(studio).wait(20.0)
    assert generation.status == "unconfirmed"
    assert f"cannot be had (HTTP {status})" in generation.detail
    server.heal()
    generation.look_again()
    assert generation.wait(20.0).status == "completed"
    assert len(server.created) == 1


def test_while_the_log_cannot_be_read_nothing_is_concluded(server: Simulator, studio: Studio) -> None:
    server.inject("drop:post:times=1")
    server.inject("drop:logs")
    generation = ask(studio)
    time.sleep(1.5)  # longer than a look-up takes
    assert generation.status == "submitting"
    server.heal()
    assert generation.wait(20.0).status == "completed"
    assert len(server.created) == 1


def test_a_row_of_a_refused_try_does_not_pass_for_the_accepted_one(tmp_path: Path) -> None:
    with simulator(speed=1000.0, log_delay=0.5) as server:
        life = Life(server.url, server.token, str(tmp_path), SWEEP, lookup_time=2.0)
        with open_studio(life, resume=False) as studio:
            pages = studio.client.log_page

            def with_refusal(*args: Any, **options: Any) -> Any:
                rows, more = pages(*args, **options)
                refusal = {"status": "failed", "inference_id": "refused", "client_request_id": generation.key}
                return LogPage([*rows, refusal], more)

            server.inject("drop:post:times=1")
            studio.client.log_page = with_refusal  # type: ignore[method-assign]
            generation = ask(studio)
            assert generation.wait(20.0).status == "completed"
            assert generation.id == server.created[0].id


def test_a_generation_that_failed_says_why_and_may_be_made_again(server: Simulator, studio: Studio) -> None:
    server.inject("fail:post:times=1:message=too menacing")
    generation = ask(studio).wait(20.0)
    assert generation.status == "error"
    assert "too menacing" in (generation.error or {})["message"]
    assert ask(studio).wait(20.0).status == "completed"


def test_a_forgotten_generation_ends_in_words_but_not_at_once(server: Simulator, studio: Studio) -> None:
    server.inject("forget:get")
    begun = time.monotonic()
    generation = ask(studio).wait(30.0)
    assert generation.status == "error"
    assert time.monotonic() - begun >= studio.runner.steps.gone_time
    assert "404" in (generation.error or {})["message"]


def test_many_disturbed_looks_leave_the_patience_for_a_missing_address_alone(server: Simulator, studio: Studio) -> None:
    server.inject("server_error:get:times=12")
    server.inject("no_video:get:times=3")
    assert ask(studio).wait(30.0).status == "completed"


def test_completed_without_a_clip_for_good_can_be_resumed(server: Simulator, studio: Studio) -> None:
    server.inject("no_video:get")
    generation = ask(studio).wait(30.0)
    assert generation.status == "stopped"
    assert "no address" in (generation.error or {})["message"]
    server.heal()
    assert ask(studio) is generation
    assert generation.wait(20.0).status == "completed"
    assert len(server.created) == 1


def test_a_wrong_key_pauses_the_watching_and_the_right_one_goes_on(server: Simulator, studio: Studio) -> None:
    server.inject("no_video:get")
    generation = ask(studio)
    until(lambda: generation.id is not None)
    studio.client.set_key("sk-wrong-0123456789")
    until(lambda: "watching is paused" in generation.detail)
    assert not generation.done
    server.heal()
    studio.use_key(server.token)
    assert generation.wait(20.0).status == "completed"


def test_a_dead_address_sends_nothing_and_the_request_leaves_once_it_is_back(server: Simulator, studio: Studio) -> None:
    server.stop()
    generation = ask(studio)
    time.sleep(0.4)
    assert generation.status == "planned"
    assert "nothing was sent" in generation.detail
    server.start()
    assert generation.wait(20.0).status == "completed"
    assert len(server.created) == 1


# The disk ---------------------------------------------------------------------------------------------------


def full(*_: object, **__: object) -> None:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


@pytest.mark.parametrize(
    ("owner", "name"),
    [(download, "_write"), (download, "_settle"), (download._Part, "remember"), (os, "fsync")],
)
def test_a_full_disk_under_the_clip_stops_it_and_resume_brings_it_home(
    owner: Any, name: str, server: Simulator, studio: Studio, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(owner, name, full)
    generation = ask(studio).wait(20.0)
    assert generation.status == "stopped"
    assert "full" in (generation.error or {})["message"] or "No space" in (generation.error or {})["message"]
    assert list(tmp_path.glob("videos/*.mp4")) == [], "nothing half-written keeps a clip's name"
    monkeypatch.undo()
    studio.resume()
    assert generation.wait(20.0).status == "completed"
    assert count(server, tmp_path, SWEEP).clean
    assert len(server.created) == 1


@pytest.mark.parametrize("nth", range(1, 7))
def test_a_full_disk_at_any_write_of_the_database_pays_for_nothing_twice(
    nth: int, server: Simulator, studio: Studio, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole, calls = Library.update, 0

    def update(self: Library, generation: Generation, **facts: object) -> None:
        nonlocal calls
        calls += 1
        if calls in (nth, nth + 1):  # the step's own write, and that of the status that says so
            raise LibraryError("The disk is full.") from sqlite3.OperationalError("database or disk is full")
        whole(self, generation, **facts)

    monkeypatch.setattr(Library, "update", update)
    generation = ask(studio).wait(20.0)
    assert generation.status in ("stopped", "completed")
    monkeypatch.undo()
    assert ask(studio) is generation
    assert generation.wait(20.0).status == "completed"
    assert len(server.created) == 1
    assert count(server, tmp_path, SWEEP).clean


def test_a_full_disk_before_the_mark_sends_nothing(
    server: Simulator, studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> bool:
        raise LibraryError("The disk is full.")

    monkeypatch.setattr(Library, "mark_sending", refuse)
    generation = ask(studio).wait(20.0)
    assert generation.status == "stopped"
    assert server.created == []
    monkeypatch.undo()
    assert ask(studio).wait(20.0).status == "completed"
    assert len(server.created) == 1


def test_a_folder_that_is_gone_is_said_and_can_come_back(server: Simulator, studio: Studio, tmp_path: Path) -> None:
    videos = tmp_path / "videos"
    videos.rename(tmp_path / "elsewhere")
    generation = ask(studio).wait(20.0)
    assert generation.status == "stopped"
    assert "gone" in (generation.error or {})["message"] or "No such" in (generation.error or {})["message"]
    (tmp_path / "elsewhere").rename(videos)
    studio.resume()
    assert generation.wait(20.0).status == "completed"
    assert len(server.created) == 1


# The clock --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("days", [-1, 1])
def test_the_clock_may_jump_by_a_day(
    days: int, server: Simulator, studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.inject("slow:post:seconds=0.4")
    server.inject("drop:post:times=1")
    real: Callable[[], float] = time.time
    generation = ask(studio)
    time.sleep(0.2)
    monkeypatch.setattr(time, "time", lambda: real() + days * 86_400)
    second = studio.generate("after the jump", seed=1)
    assert [generation.wait(20.0).status, second.wait(20.0).status] == ["completed", "completed"]
    assert generation.elapsed >= 0.0
    assert len(server.created) == 2


# Power ------------------------------------------------------------------------------------------------------


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="only here is it told which file is written")
def test_each_thing_is_on_the_disk_before_the_next_one_says_so(
    server: Simulator, studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The order in which bytes reach the disk is what a power cut leaves behind."""
    order: list[str] = []

    def noted(owner: Any, name: str, words: Callable[..., str]) -> None:
        whole = getattr(owner, name)

        def wrapped(*args: Any, **kwargs: Any) -> Any:
            order.append(words(*args, **kwargs))
            return whole(*args, **kwargs)

        monkeypatch.setattr(owner, name, wrapped)

    def opened(handle: int) -> str:
        name = Path(os.readlink(f"/proc/self/fd/{handle}")).name
        return name.partition(".")[2] or name

    noted(os, "fsync", lambda handle: f"fsync {opened(handle)}")
    noted(download, "_settle", lambda part, path: "rename the clip")
    noted(Library, "mark_sending", lambda *_: "mark")
    noted(type(studio.client), "send", lambda *_: "POST")
    noted(Library, "update", lambda *_, **facts: " ".join(name for name in ("id", "paths") if name in facts))
    generation = ask(studio).wait(20.0)
    steps = [step for step in order if step]
    assert generation.status == "completed"
    assert steps == [
        "mark", "POST", "id", "fsync json.part",
        "fsync json.part", "fsync mp4.part", "rename the clip", "fsync videos", "paths",
    ]  # fmt: skip
    with studio.library.database.use() as connection:
        assert connection.execute("PRAGMA synchronous").fetchone()[0] == 2, "each commit is on the disk: FULL"
