from __future__ import annotations

import asyncio
import logging
import threading
import time
from datetime import UTC, datetime

import pytest
from traitlets import TraitError

from seedance_widgets.errors import ConfigError, GenerationFailed, GenerationTimeout
from seedance_widgets.generation import DONE, STATUSES, Generation
from seedance_widgets.threads import Workers
from seedance_widgets.tickets import Ticket

REQUEST = {"model": "vendor/model", "prompt": "a fox", "seed": 4, "image_urls": ["https://a/b.png"]}


def make(watcher=None, **facts):
    ticket = Ticket(
        key="k1",
        model="vendor/model",
        request=REQUEST,
        base_url="http://x",
        create_path="/c",
        retrieve_path="/r",
        prompt="a fox",
        seed=4,
        created_at=1_000.0,
    )
    return Generation(ticket, watcher=watcher, **facts)


class Watcher:
    """A runner of whom only the dispatch thread is needed."""

    def __init__(self):
        self.workers = Workers("dispatch", 1)
        self.asked = []

    def dispatch(self, job):
        self.workers.submit(job)

    def stop(self, generation):
        self.asked.append(generation)
        generation.apply(status="stopped")

    def settle(self):
        """Return when everything that was dispatched so far is done."""
        over = threading.Event()
        self.workers.submit(over.set)
        assert over.wait(5)


@pytest.fixture
def watcher():
    made = Watcher()
    yield made
    made.workers.close()


# what it is


def test_what_never_changes():
    generation = make()
    assert (generation.key, generation.model, generation.prompt, generation.seed) == ("k1", "vendor/model", "a fox", 4)
    assert generation.request == REQUEST
    assert generation.created_at == datetime.fromtimestamp(1_000.0, UTC)
    assert (generation.status, generation.id, generation.path, generation.paths) == ("planned", None, None, ())
    assert "k1" in repr(generation)


def test_changing_the_request_that_is_shown_changes_nothing():
    generation = make()
    generation.request["prompt"] = "another"
    generation.request["image_urls"].append("https://evil.example")
    assert generation.request == REQUEST
    assert REQUEST["image_urls"] == ["https://a/b.png"]


@pytest.mark.parametrize(
    "name", ["status", "id", "error", "credits", "usd", "paths", "detail", "rating", "picked", "note"]
)
def test_only_the_runner_sets_traits(name):
    with pytest.raises((TraitError, AttributeError)):
        setattr(make(), name, None)


def test_a_status_that_does_not_exist_is_refused():
    with pytest.raises(TraitError):
        make().apply(status="finished")


@pytest.mark.parametrize("status", STATUSES)
def test_done_is_what_ends(status):
    assert make(status=status).done is (status in DONE)


def test_elapsed_runs_from_sending_to_the_end():
    now = time.time()
    assert make().elapsed > 1_000
    assert make(sending_at=now - 5).elapsed == pytest.approx(5, abs=1)
    assert make(sending_at=now - 50, ended_at=now - 20, status="completed").elapsed == pytest.approx(30, abs=1)
    assert make(sending_at=now + 1_000).elapsed == 0.0  # the clock was set back


# observing


def test_observers_hear_every_change_in_order_on_a_thread_of_their_own(watcher):
    generation, heard = make(watcher), []
    generation.observe(lambda change: heard.append((change.new, threading.current_thread().name)), "status")
    for status in ("submitting", "queued", "generating", "downloading", "completed"):
        generation.apply(status=status)
    watcher.settle()
    assert [status for status, _ in heard] == ["submitting", "queued", "generating", "downloading", "completed"]
    assert {name for _, name in heard} == {"dispatch-0"}


def test_whoever_hears_of_a_status_finds_all_that_belongs_to_it(watcher, tmp_path):
    generation, seen = make(watcher), []
    generation.observe(lambda change: seen.append((generation.paths, generation.id, generation.credits)), "status")
    generation.apply(status="completed", paths=(tmp_path,), id="x", credits=5.0)
    watcher.settle()
    assert seen == [((tmp_path,), "x", 5.0)]


@pytest.mark.parametrize("watched", [True, False])
def test_an_observers_exception_keeps_nobody_from_anything(watcher, caplog, watched):
    generation, heard = make(watcher if watched else None), []

    def fail(change):
        raise RuntimeError("a bug of the notebook")

    generation.observe(fail, "status")
    generation.observe(lambda change: heard.append(change.new), "status")
    generation.add_done_callback(fail)
    generation.add_done_callback(lambda _: heard.append("done"))
    with caplog.at_level(logging.ERROR):
        generation.apply(status="queued")
        generation.apply(status="completed")
        watcher.settle()
    assert heard == ["queued", "completed", "done"]
    assert "a bug of the notebook" in caplog.text
    assert generation.wait(0).status == "completed"


def test_an_observer_can_be_taken_off_again_and_hears_once_if_put_on_twice():
    generation, heard = make(), []

    def hear(change):
        heard.append(change.new)

    generation.observe(hear, "status")
    generation.observe(hear, "status")
    generation.apply(status="queued")
    generation.unobserve(hear, "status")
    generation.apply(status="completed")
    assert heard == ["queued"]


def test_a_slow_observer_delays_no_change(watcher):
    generation, gate = make(watcher), threading.Event()
    generation.observe(lambda change: gate.wait(5), "status")
    began = time.monotonic()
    generation.apply(status="queued")
    generation.apply(status="completed")
    assert generation.wait(1).status == "completed"
    assert time.monotonic() - began < 1
    gate.set()


# waiting


def test_wait_returns_itself_at_the_end_or_at_the_timeout():
    generation = make()
    began = time.monotonic()
    assert generation.wait(0.05) is generation
    assert 0.04 < time.monotonic() - began < 1
    assert generation.wait(0) is generation
    threading.Timer(0.02, generation.apply, kwargs={"status": "error"}).start()
    assert generation.wait(5).status == "error"


def test_many_threads_wait_for_one():
    generation, woken = make(), []
    threads = [threading.Thread(target=lambda: woken.append(generation.wait(5).status)) for _ in range(5)]
    for thread in threads:
        thread.start()
    generation.apply(status="completed")
    for thread in threads:
        thread.join()
    assert woken == ["completed"] * 5


def test_one_that_is_taken_up_again_can_be_waited_for_again():
    generation = make(status="stopped")
    generation.apply(status="generating")
    assert generation.wait(0.01).status == "generating"
    generation.apply(status="completed")
    assert generation.wait(0).status == "completed"


def test_result_returns_only_what_is_completed():
    assert make(status="completed").result(0).status == "completed"


@pytest.mark.parametrize(
    ("facts", "kind", "words"),
    [
        ({"status": "generating"}, GenerationTimeout, "not done yet"),
        ({"status": "stopped"}, GenerationTimeout, "resume"),
        ({"status": "error", "error": {"name": "E", "message": "too menacing"}}, GenerationFailed, "too menacing"),
        ({"status": "error"}, GenerationFailed, "without a clip"),
        ({"status": "unconfirmed", "error": {"name": "U", "message": "lost"}}, GenerationFailed, "lost"),
        ({"status": "stopped", "error": {"name": "LibraryError", "message": "full"}}, GenerationFailed, "full"),
    ],
)
def test_result_raises_in_words(facts, kind, words):
    generation = make(**facts)
    with pytest.raises(kind, match=words) as caught:
        generation.result(0)
    assert caught.value.generation is generation
    for show in (generation.video, generation.show):
        with pytest.raises(kind):
            show()


def test_await_and_gather(watcher):
    async def main():
        first, second, third = (make(watcher) for _ in range(3))
        for delay, generation in ((0.03, first), (0.01, second)):
            threading.Timer(delay, generation.apply, kwargs={"status": "completed"}).start()
        third.apply(status="error", error={"name": "E", "message": "no"})
        return (first, second, third), await asyncio.gather(first, second, third, return_exceptions=True)

    made, got = asyncio.run(main())
    assert got[:2] == list(made[:2])
    assert isinstance(got[2], GenerationFailed)


def test_an_await_that_is_given_up_leaves_nothing_that_breaks(watcher, caplog):
    generation = make(watcher)

    async def main():
        with pytest.raises(asyncio.TimeoutError):
            await asyncio.wait_for(generation, 0.01)

    asyncio.run(main())
    generation.apply(status="completed")  # its loop is closed by now
    watcher.settle()
    assert asyncio.run(_awaited(generation)) is generation
    assert not caplog.records


async def _awaited(generation):
    return await generation


def test_done_callbacks_come_once_each_and_at_once_where_it_is_over(watcher):
    generation, heard = make(watcher), []
    generation.add_done_callback(lambda each: heard.append(("first", each.status)))
    generation.add_done_callback(lambda each: heard.append(("second", each.status)))
    generation.apply(status="stopped")
    watcher.settle()
    generation.apply(status="generating")
    generation.apply(status="completed")
    watcher.settle()
    assert heard == [("first", "stopped"), ("second", "stopped")]
    generation.add_done_callback(lambda each: heard.append(("third", each.status)))
    watcher.settle()
    assert heard[-1] == ("third", "completed")


def test_no_done_callback_is_lost_between_two_threads(watcher):
    for _ in range(50):
        generation, heard = make(watcher), []
        adding = threading.Thread(target=lambda g=generation, h=heard: g.add_done_callback(h.append))
        adding.start()
        generation.apply(status="completed")
        adding.join()
        watcher.settle()
        assert heard == [generation]


# what people say and choose


def test_ratings_are_checked_and_kept_where_there_is_a_keeper():
    kept = []

    class Keeper:
        def annotate(self, generation, **said):
            kept.append(said)

    generation = make()
    generation.keeper = Keeper()
    generation.rate(4)
    generation.pick()
    generation.pick(False)
    generation.remark("the tail flickers")
    assert kept == [{"rating": 4}, {"picked": True}, {"picked": False}, {"note": "the tail flickers"}]
    assert (generation.rating, generation.picked, generation.note) == (4, False, "the tail flickers")
    for wrong in (-1, 6, True, 2.5, "5", None):
        with pytest.raises(ValueError, match="0 to 5"):
            generation.rate(wrong)


def test_what_needs_a_studio_says_so():
    for act in ("stop", "look_again", "send_again"):
        with pytest.raises(ConfigError, match="Studio"):
            getattr(make(), act)()


def test_stopping_what_is_over_does_nothing(watcher):
    make(watcher, status="completed").stop()
    assert watcher.asked == []
    running = make(watcher, status="generating")
    running.stop()
    assert running.status == "stopped"


def test_without_a_watcher_only_the_time_is_known():
    progress = make(sending_at=time.time() - 3).progress()
    assert progress.elapsed == pytest.approx(3, abs=1)
    assert (progress.remaining, progress.fraction) == (None, None)
