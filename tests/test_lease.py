from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from seedance_widgets import lease
from seedance_widgets.database import Database
from seedance_widgets.lease import Leases, alive, host_name, process_start

HOLDER = """
import sys
from pathlib import Path
from seedance_widgets.database import Database
from seedance_widgets.lease import Leases
leases = Leases(Database(Path(sys.argv[1])))
print(leases.claim(sys.argv[2]), flush=True)
sys.stdin.readline()
"""


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "library.db"
    database = Database(path)
    for key in ("k1", "k2"):
        database.execute(
            "INSERT INTO generations (key, model, request, prompt, base_url, create_path, retrieve_path, simulated,"
            " fingerprint, status, created_at, likeness) VALUES (?, 'm', '{}', '', '', '', '', 0, '', 'queued', 0, '')",
            (key,),
        )
    return path


def leases(path):
    return Leases(Database(path))


def owner(path, key="k1"):
    return Database(path).rows("SELECT owner FROM generations WHERE key = ?", (key,))[0]["owner"]


def test_one_at_a_time(path):
    first, second = leases(path), leases(path)
    assert first.claim("k1")
    assert first.claim("k1")
    assert not second.claim("k1")
    assert second.claim("k2")
    first.release("k1")
    assert second.claim("k1")
    assert not first.claim("k1")


def test_nobody_claims_what_is_not_there(path):
    assert not leases(path).claim("nothing")


def test_only_the_owner_gives_back(path):
    first, second = leases(path), leases(path)
    first.claim("k1")
    second.release("k1")
    assert owner(path) == first.me.id


def test_of_many_that_claim_at_once_one_gets_it(path):
    many = [leases(path) for _ in range(8)]
    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(lambda each: each.claim("k1"), many)) == 1


def test_leaving_gives_everything_back_for_good(path):
    first, second = leases(path), leases(path)
    first.claim("k1")
    first.claim("k2")
    first.leave()
    assert owner(path) is None
    assert not first.claim("k1")  # a step that was still under way takes nothing back
    first.beat()
    assert second.claim("k1")
    assert second.claim("k2")
    assert not second.database.rows("SELECT * FROM runners WHERE id = ?", (first.me.id,))


@pytest.fixture
def holder(path):
    """Another process that has claimed k1."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(path), "k1"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout.readline().strip() == "True"
    yield process
    process.kill()
    process.wait()
    process.stdin.close()
    process.stdout.close()


def test_a_living_process_keeps_what_it_has_and_a_killed_one_loses_it_at_once(path, holder):
    mine = leases(path)
    assert not mine.claim("k1")
    holder.kill()
    holder.wait()
    assert mine.claim("k1")


def test_a_killed_one_that_nobody_has_waited_for_is_dead_too(path, holder):
    mine = leases(path)
    holder.kill()
    deadline = time.monotonic() + 10
    while process_start(holder.pid) and time.monotonic() < deadline:  # a zombie: there, but at an end
        time.sleep(0.005)
    assert mine.claim("k1")


def test_another_process_of_the_same_number_is_not_the_owner(path):
    mine, dead = leases(path), leases(path)
    dead.claim("k1")
    # The owner's number is now ours, but it was started at another time.
    mine.database.execute("UPDATE runners SET pid = ?, started = '1' WHERE id = ?", (os.getpid(), dead.me.id))
    assert mine.claim("k1")


def test_a_silent_runner_on_another_machine_is_given_up_after_a_while(path, monkeypatch):
    mine, far = leases(path), leases(path)
    far.claim("k1")
    mine.database.execute("UPDATE runners SET host = 'elsewhere' WHERE id = ?", (far.me.id,))
    assert not mine.claim("k1")
    monkeypatch.setattr(lease, "STALE", 0.0)
    assert mine.claim("k1")


def test_a_far_clock_that_is_wrong_by_days_changes_nothing(path):
    mine, far = leases(path), leases(path)
    far.claim("k1")
    for day in (-5, 5):
        mine.database.execute(
            "UPDATE runners SET host = 'elsewhere', beat = ? WHERE id = ?", (time.time() + day * 86_400, far.me.id)
        )
        assert not mine.claim("k1")


def test_one_that_was_asleep_asks_before_it_goes_on(path):
    slept, other = leases(path), leases(path)
    slept.claim("k1")
    assert slept.holds("k1")
    slept._beat_at -= 100.0
    slept._beat_day -= 100.0
    other.database.execute("UPDATE generations SET owner = ? WHERE key = 'k1'", (other.me.id,))
    other.beat()
    slept.beat()  # the scheduling thread awakes first, and tells the others that it lives
    assert not slept.holds("k1")
    assert owner(path) == other.me.id


def test_holding_is_not_asked_of_the_disk_each_time(path):
    mine = leases(path)
    mine.claim("k1")
    mine.database.execute("UPDATE generations SET owner = NULL")
    assert mine.holds("k1")
    assert not leases(path).holds("nothing")


def test_processes_are_told_apart_by_number_and_start():
    start = process_start(os.getpid())
    assert start not in ("", "?")
    assert process_start(2**22 + 1) == ""
    assert alive(host_name(), os.getpid(), start, 0.0)
    assert not alive(host_name(), os.getpid(), start + "1", 0.0)
    assert not alive(host_name(), 2**22 + 1, "5", 0.0)
    assert not alive(host_name(), os.getpid(), start, lease.HUNG + 1)
    assert alive("elsewhere", 1, "5", lease.STALE / 2)
    assert not alive("elsewhere", 1, "5", lease.STALE + 1)


def test_heartbeats_of_many_threads_are_one_row(path):
    mine = leases(path)
    threads = [threading.Thread(target=mine.beat) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(mine.database.rows("SELECT * FROM runners")) == 1
