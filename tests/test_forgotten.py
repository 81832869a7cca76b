"""A simulator forgets at its end: what it had in the making is told so, and no real take is touched."""

from __future__ import annotations

import os
import signal
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from seedance_widgets import forgotten
from seedance_widgets.check import check
from seedance_widgets.cli import main
from seedance_widgets.library import Library
from seedance_widgets.simulator import Simulator
from seedance_widgets.studio import Studio
from seedance_widgets.trouble import trouble
from seedance_widgets.waiting import wait_until

_KERNEL = """
import sys, time
import seedance_widgets as sw
studio = sw.Studio.simulated(library=sys.argv[1], speed=0.01, poll_interval=0.02)
take = studio.generate("a kite", seed=7)
while take.status != "queued":
    time.sleep(0.02)
print(take.key, flush=True)
time.sleep(30)
"""


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "library"


@pytest.fixture
def killed(home: Path) -> str:
    """The key of a take whose kernel was killed, and with it its simulator."""
    kernel = subprocess.Popen([sys.executable, "-c", _KERNEL, str(home)], stdout=subprocess.PIPE, text=True)
    assert kernel.stdout is not None
    key = kernel.stdout.readline().strip()
    os.kill(kernel.pid, signal.SIGKILL)
    kernel.communicate()
    return key


@pytest.fixture
def simulated() -> Iterator[Callable[..., Studio]]:
    opened: list[Studio] = []

    def make(home: Path, **options: object) -> Studio:
        opened.append(Studio.simulated(**{"library": home, "poll_interval": 0.02, "speed": 1000.0, **options}))
        return opened[-1]

    yield make
    for studio in opened:
        studio.close()


def status(home: Path, key: str) -> str:
    with closing(sqlite3.connect(home / "library.db")) as database:
        return str(database.execute("SELECT status FROM generations WHERE key = ?", (key,)).fetchone()[0])


def free_url() -> str:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{probe.getsockname()[1]}"


def test_what_a_killed_simulator_had_in_the_making_is_ended_in_words(
    killed: str, home: Path, simulated: Callable[..., Studio]
) -> None:
    (home / "videos" / f"{killed}.mp4.part").write_bytes(b"half")
    studio = simulated(home)
    take = studio.library.get(killed)
    assert take.status == "error"
    assert take.error is not None
    assert "it forgets at its end" in take.error["message"]
    assert "cost nothing" in take.error["message"]
    said = trouble(take)
    assert said is not None
    assert (said.title, said.offers) == ("The simulator has ended", ())
    assert studio.resume() == []
    assert check(studio.library).ok
    assert studio.generate("a kite", seed=7).wait(20.0).status == "completed"
    assert studio.library.bin.put(take) == {}


def test_the_check_and_the_list_say_so_before_and_promise_nothing(
    killed: str, home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    report = str(check(home))
    assert "1 queued, simulated: a simulator forgets at its end" in report
    assert "resume goes on" not in report
    assert main(["list", "--library", str(home)]) == 0
    assert "1 simulated, not finished: a simulator forgets at its end" in capsys.readouterr().out
    assert status(home, killed) == "queued"


def test_of_a_real_take_both_say_what_they_said(
    killed: str, home: Path, capsys: pytest.CaptureFixture[str], simulated: Callable[..., Studio]
) -> None:
    with closing(sqlite3.connect(home / "library.db")) as database:
        database.execute("UPDATE generations SET simulated = 0")
        database.commit()
    assert "1 queued: on their way; resume goes on" in str(check(home))
    main(["list", "--library", str(home)])
    assert "forgets" not in capsys.readouterr().out
    simulated(home).resume()
    assert status(home, killed) == "queued"


def test_a_take_of_a_simulator_that_answers_is_left_alone(
    make_simulator: Callable[..., Simulator], make_studio: Callable[..., Studio], simulated: Callable[..., Studio]
) -> None:
    slow = make_simulator(speed=0.01)
    with make_studio(slow) as first:
        take = first.generate("a kite")
        assert wait_until(lambda _: take.status == "queued", 20.0)
        home = first.library.path
    simulated(home)
    assert status(home, take.key) == "queued"


def test_a_take_that_a_living_kernel_watches_is_left_alone(
    make_studio: Callable[..., Studio], simulated: Callable[..., Studio]
) -> None:
    with Simulator(speed=0.01) as slow:
        first = make_studio(slow)
        take = first.generate("a kite")
        assert wait_until(lambda _: take.status == "queued", 20.0)
    assert forgotten.has_ended(slow.url)
    simulated(first.library.path)
    assert status(first.library.path, take.key) == "queued"


def test_a_take_in_hand_is_seen_to_move(killed: str, home: Path, simulated: Callable[..., Studio]) -> None:
    studio = simulated(home, resume=False)
    take = studio.library.get(killed)
    assert take.status == "queued"
    studio.resume()
    assert take.status == "error"


@pytest.mark.parametrize(
    "url", ["https://api.aimlapi.com", "http://192.0.2.1:8765", "http://127.0.0.1", "", "http://["]
)
def test_only_a_closed_port_of_this_computer_has_ended(url: str) -> None:
    assert not forgotten.has_ended(url)


def test_a_closed_port_has_ended_and_an_open_one_has_not(simulator: Simulator) -> None:
    assert forgotten.has_ended(free_url())
    assert forgotten.has_ended(free_url().replace("127.0.0.1", "localhost"))
    assert not forgotten.has_ended(simulator.url)


def test_a_disk_that_refuses_keeps_no_studio_from_opening(
    killed: str, home: Path, simulated: Callable[..., Studio], monkeypatch: pytest.MonkeyPatch
) -> None:
    with closing(sqlite3.connect(home / "library.db")) as database:
        database.execute(
            "CREATE TRIGGER full BEFORE UPDATE ON generations BEGIN SELECT RAISE(FAIL, 'disk is full'); END"
        )
        database.commit()
    assert isinstance(simulated(home).library, Library)
    assert status(home, killed) == "queued"
