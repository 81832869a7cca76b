from __future__ import annotations

import contextvars
import logging
import sys
import threading
import time

import pytest

from seedance_widgets.threads import Workers, start_thread


def test_a_thread_starts_in_the_context_of_its_cell_and_is_a_daemon():
    variable = contextvars.ContextVar("cell", default="none")
    variable.set("cell 3")
    seen = []
    thread = start_thread("x", lambda: seen.append(variable.get()))
    thread.join(5)
    assert seen == ["cell 3"]
    assert thread.daemon


def test_one_worker_takes_jobs_strictly_in_order():
    workers, seen, done = Workers("x", 1), [], threading.Event()
    for number in range(500):
        workers.submit(lambda number=number: seen.append(number))
    workers.submit(done.set)
    assert done.wait(5)
    assert seen == list(range(500))
    workers.close()


def test_what_ranks_lower_is_taken_first_and_the_rest_in_the_order_in_which_it_came():
    workers, seen, gate, done = Workers("x", 1), [], threading.Event(), threading.Event()
    workers.submit(lambda: gate.wait(5))
    for name, rank in (("post a", 2), ("post b", 2), ("clip", 1), ("look a", 0), ("look b", 0)):
        workers.submit(lambda name=name: seen.append(name), rank)
    workers.submit(done.set, 3)
    gate.set()
    assert done.wait(5)
    assert seen == ["look a", "look b", "clip", "post a", "post b"]
    workers.close()


def test_each_rank_gets_a_turn_however_many_are_before_it():
    workers, seen, gate = Workers("x", 1, patience=0.0), [], threading.Event()
    busy, done = threading.Event(), threading.Semaphore(0)

    def job(name):
        seen.append(name)
        done.release()

    workers.submit(lambda: (busy.set(), gate.wait(5)))
    assert busy.wait(5)
    for name, rank, number in (("post", 2, 3), ("clip", 1, 5), ("look", 0, 20)):
        for _ in range(number):
            workers.submit(lambda name=name: job(name), rank)
    gate.set()
    for _ in range(28):
        assert done.acquire(timeout=5)
    looks = ["look"] * 3
    assert seen[:16] == [*looks, "clip", *looks, "clip", *looks, "clip", *looks, "post"]
    workers.close()


def test_jobs_that_never_end_to_come_keep_no_other_waiting():
    workers, clip, over = Workers("x", 2), threading.Event(), threading.Event()

    def look():
        if not over.is_set():
            workers.submit(look)

    for _ in range(50):
        workers.submit(look)
    workers.submit(clip.set, 1)
    assert clip.wait(5)
    over.set()
    workers.close()


def test_so_many_jobs_run_at_once_and_no_more():
    workers, running, most = Workers("x", 3), [], []
    gate, done = threading.Event(), threading.Semaphore(0)

    def job():
        running.append(1)
        most.append(len(running))
        gate.wait(5)
        running.pop()
        done.release()

    for _ in range(9):
        workers.submit(job)
    while len(running) < 3:
        time.sleep(0.001)
    gate.set()
    for _ in range(9):
        assert done.acquire(timeout=5)
    assert max(most) == 3
    workers.close()


def test_no_job_waits_while_there_is_room_for_a_thread():
    """A thread that took a job a moment ago must not be mistaken for an idle one."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        for _ in range(150):
            workers, gate, started = Workers("x", 2), threading.Event(), threading.Semaphore(0)
            warm = threading.Event()
            workers.submit(warm.set)
            assert warm.wait(5)

            def job(gate=gate, started=started):
                started.release()
                gate.wait(5)

            workers.submit(job)
            workers.submit(job)
            both = started.acquire(timeout=2) and started.acquire(timeout=2)
            gate.set()
            workers.close()
            assert both
    finally:
        sys.setswitchinterval(before)


@pytest.mark.parametrize("failure", [ValueError("bug"), SystemExit(1), KeyboardInterrupt()])
def test_a_job_that_fails_ends_nothing_and_is_logged(caplog, failure):
    workers, done = Workers("some-name", 1), threading.Event()

    def fail():
        raise failure

    with caplog.at_level(logging.ERROR):
        workers.submit(fail)
        workers.submit(done.set)
        assert done.wait(5)
    assert "some-name" in caplog.text
    workers.close()


def test_closing_does_not_wait_for_a_job_and_ends_the_threads():
    workers, gate, running = Workers("end-of-x", 2), threading.Event(), threading.Event()
    workers.submit(lambda: (running.set(), gate.wait(5)))
    assert running.wait(5)
    began = time.monotonic()
    workers.close()
    assert time.monotonic() - began < 0.5
    gate.set()
    deadline = time.monotonic() + 5
    while any(thread.name.startswith("end-of-x") for thread in threading.enumerate()):
        assert time.monotonic() < deadline
        time.sleep(0.005)


def test_what_is_submitted_after_closing_is_still_done():
    workers, done = Workers("x", 1), threading.Event()
    workers.submit(lambda: None)
    workers.close()
    workers.submit(done.set)
    assert done.wait(5)
