"""SIGKILL at every instant that matters, and at random ones: nothing is lost, and nothing is paid twice."""

from __future__ import annotations

import os
import random
import signal
import time
from pathlib import Path

import pytest
from harness import DEATHS, Life, count, finish, heard, open_studio, run_sweep, simulator, start

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="kernels are forked here")
SWEEP = [("a dragon above the tallest tower", seed) for seed in (1, 2, 3)]


def _at(dies: str) -> int:
    return 3 if dies == "during the download" else 1  # the third block of the first clip


@pytest.mark.parametrize("dies", DEATHS)
def test_a_kernel_killed_there_loses_nothing_and_pays_for_nothing_twice(dies: str, tmp_path: Path) -> None:
    with simulator(speed=300.0, log_delay=0.1) as server:
        deadly = {"dies": dies, "at": _at(dies), "lookup_time": 0.5, "interval": 0.02}
        life = Life(server.url, server.token, str(tmp_path), SWEEP, **deadly)
        process, _ = start(life)
        process.join(20.0)
        assert process.exitcode == -signal.SIGKILL, "it was to die there"
        with open_studio(life) as studio:
            generations = run_sweep(studio, SWEEP)
            for generation in generations:
                generation.wait(20.0)
            for generation in generations:
                if generation.status == "unconfirmed":  # the one whose POST never left
                    assert generation.key not in {record.client_request_id for record in server.created}
                    generation.send_again()
            assert [generation.wait(20.0).status for generation in generations] == ["completed"] * 3
        found = count(server, tmp_path, SWEEP)
    assert found.clean, found
    assert found.submitted == found.paid == 3


def test_a_clip_that_lies_there_is_not_fetched_again(tmp_path: Path) -> None:
    with simulator() as server:
        life = Life(server.url, server.token, str(tmp_path), SWEEP[:1], dies="after the clip is renamed")
        process, _ = start(life)
        process.join(20.0)
        fetched = sum(path.startswith("/clips/") for _, path, _ in server.requests)
        with open_studio(life) as studio:
            (generation,) = studio.resume()
            assert generation.wait(20.0).status == "completed"
        assert sum(path.startswith("/clips/") for _, path, _ in server.requests) == fetched
        assert not list(tmp_path.glob("videos/*.part*")), "nor does the killed one leave anything behind"


def test_what_was_never_sent_is_planned_and_is_not_sent_by_resume(tmp_path: Path) -> None:
    with simulator() as server:
        life = Life(server.url, server.token, str(tmp_path), SWEEP[:1], dies="after the row, before the mark")
        process, _ = start(life)
        process.join(20.0)
        with open_studio(life) as studio:
            (generation,) = studio.resume()
            time.sleep(0.3)
            assert generation.status == "planned"
            assert generation.sending_at is None
            assert server.created == []


def test_two_kernels_that_run_one_sweep_at_once_send_each_request_once(tmp_path: Path) -> None:
    sweep = [("two kernels", seed) for seed in range(12)]
    with simulator() as server:
        life = Life(server.url, server.token, str(tmp_path), sweep)
        kernels = [start(life) for _ in range(3)]
        told = [receiver.recv() if receiver.poll(60.0) else None for _, receiver in kernels]
        for process, _ in kernels:
            process.join(5.0)
        found = count(server, tmp_path, sweep)
        fetched = [path for _, path, _ in server.requests if path.startswith("/clips/")]
    assert all(each and each["statuses"] == {"completed": 12} for each in told), told
    assert found.clean, found
    assert found.submitted == 12
    assert len(fetched) == 12, "each clip is fetched once, too"


@pytest.mark.parametrize("seed", [1, pytest.param(2, marks=pytest.mark.slow)])
def test_kills_at_random_instants_under_random_faults(seed: int, tmp_path: Path) -> None:
    dice = random.Random(f"kills {seed}")
    sweep: list[tuple[str, int]] = []
    faults = ["drop:post:p=0.2", "error_after_create:p=0.1", "cut:clip:p=0.3:bytes=9000", "server_error:get:p=0.1"]
    with simulator(seed, faults=faults) as server:
        for number in range(4):
            sweep += [(f"life {number}", dice.randrange(1000)) for _ in range(3)]
            process, receiver = start(Life(server.url, server.token, str(tmp_path), sweep))
            process.join(dice.uniform(0.05, 0.6))
            process.kill()
            process.join()
            heard(receiver)
        server.heal()
        told = finish(Life(server.url, server.token, str(tmp_path), sweep, person=True))
        found = count(server, tmp_path, sweep)
        made = {record.client_request_id for record in server.created}
    assert found.clean, found
    assert found.paid == len(set(sweep))
    assert told["sent_again"] >= len(told["unconfirmed"]), told
    assert told["statuses"] == {"completed": len(set(sweep))}
    assert made, "something was made at all"
