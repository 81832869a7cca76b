"""Runner and steps together, as people meet them: a Studio against the simulator over real HTTP."""

from __future__ import annotations

import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest
from clips import clip
from rude import Rude

from seedance_widgets import bookkeeping, looking, polling, submitting
from seedance_widgets.errors import ConfigError, LibraryError
from seedance_widgets.library import Library
from seedance_widgets.simulator import Simulator
from seedance_widgets.studio import Studio

ORDER = ["planned", "submitting", "queued", "generating", "downloading", "completed"]


def until(condition, seconds=15.0):
    """Wait until a condition holds, or fail."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it never came about"
        time.sleep(0.004)


def hurried(studio, lookup=0.4):
    """Let the times that are long for people's sake be short."""
    studio.runner.steps.lookup_time = lookup
    studio.runner.steps.gone_time = 0.0
    studio.runner.steps.first_lookup = 0.02
    return studio


def posts(simulator):
    return sum(method == "POST" for method, _, _ in simulator.requests)


def gets(simulator, path="/v2/video/generations"):
    return sum(method == "GET" and seen == path for method, seen, _ in simulator.requests)


def slow_server(make_simulator, **options):
    """A simulator whose generations end only when the test lets time pass."""
    return make_simulator(clock=lambda: 0.0, **options)


# the way of one generation


def test_observers_see_each_status_in_its_order(studio, simulator):
    studio.client.models()
    generation, heard = studio.generate("a fox", seed=1), []
    generation.observe(lambda change: heard.append(change.new), "status")
    generation.result(20)
    until(lambda: heard and heard[-1] == "completed")
    assert heard == [status for status in ORDER if status in heard]
    assert "downloading" in heard
    (created,) = simulator.created
    assert (generation.id, generation.key) == (created.id, created.client_request_id)
    assert generation.request == created.body
    assert generation.credits > 0
    assert generation.usd > 0
    assert generation.path.read_bytes() == clip(64, 48, frames=12).read_bytes()
    assert (generation.clip.width, generation.clip.height) == (64, 48)
    assert posts(simulator) == 1


def test_the_row_is_written_before_the_post_leaves(make_studio):
    seen = []

    def answer(call):
        if call.method == "POST":
            with_key = call.headers["x-client-request-id"]
            row = studio.library.database.rows("SELECT * FROM generations WHERE key = ?", (with_key,))[0]
            seen.append((row["status"], row["sending_at"] is not None, row["request"]))
        call.answer(400, b'{"message": "no"}')

    with Rude(answer) as server, Studio("key", server.url, library=make_studio().library.path / "own") as studio:
        studio.generate("a fox", seed=1).wait(10)
    assert [(status, marked) for status, marked, _ in seen] == [("submitting", True)]
    assert '"a fox"' in seen[0][2]


def test_several_clips_of_one_generation_are_all_kept(make_studio):
    data = clip(64, 48, frames=12).read_bytes()

    def answer(call):
        if call.method == "POST":
            call.answer(200, b'{"id": "x", "status": "queued"}')
        elif call.path.startswith("/clip"):
            call.answer(200, data)
        else:
            urls = ", ".join(f'{{"url": "{server.url}/clip{number}.mp4"}}' for number in range(3))
            call.answer(200, f'{{"status": "completed", "video": [{urls}]}}'.encode())

    path = make_studio().library.path / "own"
    with Rude(answer) as server, Studio("key", server.url, library=path, poll_interval=0.01) as studio:
        generation = studio.generate("a fox", seed=1).result(20)
        assert len(generation.paths) == 3
        assert len({each.name for each in generation.paths}) == 3
        assert all(each.read_bytes() == data for each in generation.paths)


def test_looks_that_keep_every_worker_busy_hold_up_no_request_and_no_clip(make_studio):
    data = clip(64, 48, frames=12).read_bytes()

    def answer(call):
        if call.method == "POST":
            name = "quick" if b"quick" in call.body else call.headers["x-client-request-id"]
            call.answer(200, f'{{"id": "{name}", "status": "queued"}}'.encode())
        elif call.path.startswith("/clip"):
            call.answer(200, data)
        elif "quick" in call.path:
            call.answer(200, f'{{"status": "completed", "video": {{"url": "{server.url}/clip.mp4"}}}}'.encode())
        else:
            call.answer(200, b'{"status": "generating"}')

    path = make_studio().library.path / "own"
    with (
        Rude(answer) as server,
        Studio("key", server.url, library=path, poll_interval=0.0, max_requests=1) as studio,
    ):
        hung = [studio.generate("hung", seed=seed) for seed in range(40)]
        until(lambda: any(each.status == "generating" for each in hung))
        assert studio.generate("quick", seed=1).wait(40).status == "completed"


def test_an_older_address_of_a_model_is_used_for_both_calls(make_studio, simulator):
    studio = make_studio(simulator)
    request = studio.prepare("a fox", seed=1)
    path = "/v2/generate/video/bytedance/generation"
    object.__setattr__(request.model, "create_path", path)
    object.__setattr__(request.model, "retrieve_path", path)
    studio.start(request).result(20)
    assert {seen for _, seen, _ in simulator.requests if not seen.startswith("/clips")} == {path}


@pytest.mark.parametrize("ids", ["nanoid", "uuid"])
def test_odd_ids_are_no_trouble(make_simulator, make_studio, ids):
    studio = make_studio(make_simulator(ids=ids))
    generation = studio.generate("a fox", seed=1).result(20)
    assert generation.path.parent == studio.library.videos
    assert generation.path.name == f"{generation.key}.mp4"


# what it would repeat


def test_the_same_request_is_not_bought_again(studio, simulator):
    first = studio.generate("a fox", seed=1)
    assert studio.generate("a fox", seed=1) is first  # in flight
    first.result(20)
    assert studio.generate("a fox", seed=1) is first  # completed
    assert len(simulator.created) == 1
    other = studio.generate("a fox", seed=1, again=True)
    assert other is not first
    other.result(20)
    assert studio.generate("a fox", seed=2).key not in (first.key, other.key)
    assert studio.wait(20)
    assert len(simulator.created) == 3


def test_what_ended_in_error_is_asked_anew(make_simulator, make_studio):
    simulator = make_simulator(faults=["fail:times=1:message=too menacing"])
    studio = make_studio(simulator)
    first = studio.generate("a fox", seed=1).wait(20)
    assert (first.status, first.error["message"]) == ("error", "too menacing")
    second = studio.generate("a fox", seed=1)
    assert second is not first
    second.result(20)
    assert len(simulator.created) == 2


def test_many_threads_that_ask_for_the_same_get_the_same(studio, simulator):
    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda _: studio.generate("a fox", seed=1), range(24)))
    assert len({id(each) for each in made}) == 1
    made[0].result(20)
    assert len(simulator.created) == 1


# refusals


def test_a_refused_request_is_an_error_in_the_apis_words(make_simulator, make_studio):
    simulator = make_simulator(withdrawn=["bytedance/seedance-1-0-lite-t2v"])
    generation = make_studio(simulator).generate("a fox", seed=1).wait(20)
    assert generation.status == "error"
    assert "withdrawn" in generation.error["message"]
    assert "choose another" in generation.error["message"]
    assert posts(simulator) == 1


def test_out_of_credits_is_an_error_and_charges_nothing(make_simulator, make_studio):
    simulator = make_simulator(balance_usd=0.0)
    generation = make_studio(simulator).generate("a fox", seed=1).wait(20)
    assert (generation.status, generation.error["name"]) == ("error", "OutOfCredits")
    assert simulator.created == []


def test_a_429_is_waited_out_and_creates_once(make_simulator, make_studio):
    simulator = make_simulator(faults=["rate_limit:post:times=3:retry_after=0.05"])
    make_studio(simulator).generate("a fox", seed=1).result(30)
    assert simulator.struck("rate_limit") == 3
    assert len(simulator.created) == 1


def test_a_429_without_end_becomes_an_error_and_sends_nothing(make_simulator, make_studio, monkeypatch):
    monkeypatch.setattr(submitting, "POST_TRIES", 3)
    simulator = make_simulator(faults=["rate_limit:post:retry_after=0.01"])
    generation = make_studio(simulator).generate("a fox", seed=1).wait(30)
    assert (generation.status, generation.error["name"]) == ("error", "RateLimited")
    assert generation.sending_at is None
    assert simulator.created == []


def test_what_never_left_is_sent_when_the_way_is_open_again(make_simulator, make_studio):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    simulator = Simulator(port, speed=1000.0, renderer=make_simulator()._clips._renderer)
    studio = Studio("simulated", f"http://127.0.0.1:{port}", library=make_studio().library.path, poll_interval=0.05)
    with studio, simulator_later(simulator) as begin:
        generation = studio.generate("a fox", seed=1)
        until(lambda: "nothing was sent" in generation.detail)
        assert generation.status == "planned"
        begin()
        generation.result(20)
    assert len(simulator.created) == 1


@contextmanager
def simulator_later(simulator):
    try:
        yield simulator.start
    finally:
        simulator.stop()


# lost answers


LOST = ["drop:post:times=1", "half_json:post:times=1", "no_id:times=1", "error_after_create:times=1"]


@pytest.mark.parametrize("fault", LOST)
def test_a_lost_answer_is_found_in_the_logs_and_never_sent_again(make_simulator, make_studio, fault):
    simulator = make_simulator(faults=[fault], log_delay=0.3)  # the row comes late
    generation = hurried(make_studio(simulator), lookup=20).generate("a fox", seed=1).result(30)
    (created,) = simulator.created
    assert generation.id == created.id
    assert posts(simulator) == 1
    assert gets(simulator, "/v2/logs") > 1


def test_a_lost_answer_on_a_later_page_is_found(make_simulator, make_studio):
    simulator = make_simulator(faults=["drop:post:times=1:whom=lost"])
    studio = hurried(make_studio(simulator))
    studio.runner.steps.first_lookup = 1.0
    generation = studio.generate("lost", seed=1)
    until(lambda: len(simulator.created) == 1)
    for number in range(120):
        studio.client.send({**generation.request, "prompt": "other", "seed": number}, f"other-{number}")
    assert generation.result(30).id == simulator.created[0].id
    assert posts(simulator) == 121


@pytest.mark.parametrize("fault", ["html:post:times=1", "redirect:post:times=1", "server_error:post:times=1"])
def test_what_the_logs_do_not_show_is_unconfirmed_and_a_persons_choice(make_simulator, make_studio, fault):
    simulator = make_simulator(faults=[fault])
    studio = hurried(make_studio(simulator))
    generation = studio.generate("a fox", seed=1).wait(20)
    assert generation.status == "unconfirmed"
    assert "charged" in generation.error["message"]
    assert studio.generate("a fox", seed=1) is generation  # asking again is no choice
    assert studio.resume() == []
    assert simulator.created == []
    assert posts(simulator) == 1

    generation.look_again()
    assert generation.wait(20).status == "unconfirmed"
    assert posts(simulator) == 1

    generation.send_again()
    assert generation.result(20).error is None
    assert len(simulator.created) == 1
    assert posts(simulator) == 2


def test_looking_again_finds_what_came_late(make_simulator, make_studio):
    simulator = make_simulator(faults=["drop:post:times=1"], log_delay=1000.0)
    studio = hurried(make_studio(simulator))
    generation = studio.generate("a fox", seed=1).wait(20)
    assert generation.status == "unconfirmed"
    simulator.advance(2000)
    generation.look_again()
    assert generation.result(20).id == simulator.created[0].id
    assert posts(simulator) == 1


def test_sending_again_twice_at_once_sends_once(make_simulator, make_studio):
    simulator = make_simulator(faults=["server_error:post:times=1", "slow:post:seconds=0.2"])
    generation = hurried(make_studio(simulator)).generate("a fox", seed=1).wait(20)
    assert generation.status == "unconfirmed"
    with ThreadPoolExecutor(6) as pool:
        list(pool.map(lambda _: generation.send_again(), range(6)))
    generation.result(20)
    generation.send_again()  # an old button of another view
    assert generation.wait(20).status == "completed"
    assert len(simulator.created) == 1


@pytest.mark.parametrize("status", [404, 403])
def test_an_account_without_logs_is_told_so(make_simulator, make_studio, status):
    simulator = make_simulator(faults=["drop:post:times=1", f"server_error:logs:status={status}"])
    generation = hurried(make_studio(simulator)).generate("a fox", seed=1).wait(20)
    assert generation.status == "unconfirmed"
    assert f"HTTP {status}" in generation.error["message"]


def test_a_log_that_cannot_be_read_concludes_nothing(make_simulator, make_studio):
    simulator = make_simulator(faults=["drop:post:times=1", "server_error:logs:times=4"])
    studio = hurried(make_studio(simulator), lookup=0.3)
    generation = studio.generate("a fox", seed=1).result(30)
    assert generation.id == simulator.created[0].id


def test_a_429_row_beside_the_late_row_of_the_accepted_one_is_not_taken_for_it(make_simulator, make_studio):
    simulator = make_simulator(faults=["drop:post:times=1"], log_delay=0.3)
    studio = hurried(make_studio(simulator), lookup=20)
    refused = {"client_request_id": "", "inference_id": "refused", "status": "failed"}
    whole = studio.client.log_page

    def page(*args, **options):
        found = whole(*args, **options)
        return found._replace(rows=[*found.rows, {**refused, "client_request_id": generation.key}])

    studio.client.log_page = page
    generation = studio.generate("a fox", seed=1)
    assert generation.result(30).id == simulator.created[0].id


# looking


@pytest.mark.parametrize(
    "fault",
    ["server_error:get:times=3", "drop:get:times=5", "html:get:times=2", "half_json:get:times=2", "forget:times=4",
     "rate_limit:get:times=2:retry_after=0.05", "redirect:get:times=2", "no_meta", "odd_status", "video_list",
     "video_strings", "no_video:times=3", "odd_error:shape=beside"],
)  # fmt: skip
def test_no_trouble_with_a_look_ends_a_paid_generation(make_simulator, make_studio, fault):
    simulator = make_simulator(faults=[fault])
    generation = make_studio(simulator).generate("a fox", seed=1).result(30)
    assert generation.path.exists()
    assert generation.error is None
    assert generation.credits > 0  # the POST told, whatever the later answers leave out
    assert len(simulator.created) == 1


def test_a_generation_that_the_api_has_forgotten_is_an_error(make_simulator, make_studio):
    simulator = make_simulator(faults=["forget"])
    generation = hurried(make_studio(simulator)).generate("a fox", seed=1).wait(20)
    assert (generation.status, generation.error["name"]) == ("error", "NotFound")
    assert "A simulator forgets at its end" in generation.error["message"]


def test_of_a_real_take_that_is_forgotten_nothing_is_said_about_simulators(make_studio):
    def answer(call):
        call.answer(*((200, b'{"id": "g1", "status": "queued"}') if call.method == "POST" else (404, b"{}")))

    path = make_studio().library.path / "own"
    with Rude(answer) as server, Studio("key", server.url, library=path, poll_interval=0.01) as studio:
        generation = hurried(studio).generate("a fox", seed=1).wait(20)
    assert generation.error["name"] == "NotFound"
    assert "simulator" not in generation.error["message"]


def test_a_status_that_nobody_knows_is_pending_and_shown(make_simulator, make_studio):
    simulator = slow_server(make_simulator, faults=["odd_status:get:status=Moderating"])
    generation = make_studio(simulator).generate("a fox", seed=1)
    until(lambda: "Moderating" in generation.detail)
    assert generation.status == "generating"
    simulator.advance(500)
    generation.result(20)
    assert generation.detail == ""


@pytest.mark.parametrize(("shape", "words"), [("string", "could not be made"), ("detail", "was refused")])
def test_errors_of_other_shapes_are_told(make_simulator, make_studio, shape, words):
    generation = make_studio(make_simulator(faults=[f"odd_error:shape={shape}"])).generate("a fox", seed=1).wait(20)
    assert generation.status == "error"
    assert words in generation.error["message"]


def test_a_key_that_is_refused_pauses_the_watching_until_it_is_changed(make_simulator, make_studio):
    simulator = slow_server(make_simulator)
    studio = make_studio(simulator, poll_interval=0.2)
    generation = studio.generate("a fox", seed=1)
    until(lambda: generation.id)
    studio.client.set_key("revoked")
    until(lambda: "paused" in generation.detail)
    assert generation.status in ("queued", "generating")
    simulator.advance(500)
    studio.use_key(simulator.token)
    assert generation.result(20).path.exists()
    assert len(simulator.created) == 1


def test_completed_without_a_clip_stops_and_can_be_resumed(make_simulator, make_studio, monkeypatch):
    monkeypatch.setattr(looking, "NO_CLIP_TRIES", 3)
    simulator = make_simulator(faults=["no_video"])
    studio = make_studio(simulator)
    generation = studio.generate("a fox", seed=1).wait(20)
    assert generation.status == "stopped"
    simulator.heal()
    studio.resume()
    assert generation.result(20).path.exists()


# fetching


@pytest.mark.parametrize(
    "fault",
    ["cut:times=2:bytes=500", "expired_url:times=2", "html_clip:times=2", "empty_clip:times=2", "drop:clip:times=3",
     "server_error:clip:times=2", "refuse:clip:times=2"],
)  # fmt: skip
def test_a_clip_comes_whole_whatever_happens_on_the_way(make_simulator, make_studio, fault):
    simulator = make_simulator(faults=[fault])
    generation = make_studio(simulator).generate("a fox", seed=1).result(30)
    assert generation.path.read_bytes() == clip(64, 48, frames=12).read_bytes()
    assert len(simulator.created) == 1
    assert [each.suffix for each in sorted(generation.path.parent.iterdir())] == [".json", ".mp4"]


def test_a_clip_that_never_comes_stops_and_can_be_resumed(make_simulator, make_studio, monkeypatch):
    monkeypatch.setattr(looking, "FETCH_TRIES", 2)
    simulator = make_simulator(faults=["html_clip"])
    studio = make_studio(simulator)
    generation = studio.generate("a fox", seed=1).wait(20)
    assert generation.status == "stopped"
    assert "web page" in generation.error["message"]
    simulator.heal()
    assert studio.resume() == [generation]
    assert generation.result(20).error is None
    assert len(simulator.created) == 1


def test_long_trouble_with_looks_uses_up_no_tries_of_the_fetch(make_simulator, make_studio):
    simulator = make_simulator(faults=["server_error:get:times=12", "expired_url:times=1"])
    assert make_studio(simulator).generate("a fox", seed=1).result(30).path.exists()


# stopping and resuming


def test_a_stop_is_kept_and_a_resume_goes_on(make_simulator, make_studio):
    simulator = slow_server(make_simulator)
    studio = make_studio(simulator)
    generation = studio.generate("a fox", seed=1)
    until(lambda: generation.id)
    generation.stop()
    assert generation.wait(5).status == "stopped"
    assert generation.error is None
    row = studio.library.database.rows("SELECT status, stopped_by, owner FROM generations")[0]
    assert tuple(row) == ("stopped", "person", None)
    asked = len(simulator.requests)
    assert studio.wait(5)
    simulator.advance(500)
    assert len(simulator.requests) <= asked + 1
    assert studio.resume() == [generation]
    assert generation.result(20).path.exists()
    assert len(simulator.created) == 1


def test_a_stop_during_the_post_keeps_the_id_and_stays_stopped(make_simulator, make_studio):
    simulator = slow_server(make_simulator, faults=["slow:post:seconds=0.3"])
    studio = make_studio(simulator)
    generation = studio.generate("a fox", seed=1)
    until(lambda: len(simulator.created) == 1)
    generation.stop()
    assert generation.status == "stopped"
    until(lambda: generation.id == simulator.created[0].id)
    until(lambda: not studio.runner._journeys)
    assert generation.status == "stopped"
    assert studio.library.database.rows("SELECT status, id FROM generations")[0]["id"] == generation.id
    simulator.advance(500)
    studio.resume()
    assert generation.result(20).path.exists()
    assert posts(simulator) == 1


def test_a_stop_before_anything_was_sent_sends_nothing(make_simulator, make_studio):
    simulator = make_simulator(faults=["rate_limit:post:retry_after=0.5"])
    studio = make_studio(simulator)
    generation = studio.generate("a fox", seed=1)
    until(lambda: "too many requests" in generation.detail)
    generation.stop()
    assert generation.wait(5).status == "stopped"
    simulator.heal()
    studio.resume()  # watches, and sends nothing that was never sent
    assert studio.wait(5)
    assert generation.status == "planned"
    assert simulator.created == []
    assert studio.generate("a fox", seed=1) is generation  # the person asks for it
    assert generation.result(20).path.exists()
    assert len(simulator.created) == 1


def test_a_resume_after_trouble_with_the_disk_sends_nothing(make_simulator, make_studio, monkeypatch):
    simulator = make_simulator(faults=["rate_limit:post:times=1:retry_after=0.1"])
    studio = make_studio(simulator)

    def refuse(*_, **__):
        raise LibraryError("The disk is full.")

    monkeypatch.setattr(studio.library, "update", refuse)
    generation = studio.generate("a fox", seed=1).wait(20)
    assert (generation.status, generation.error["message"]) == ("stopped", "The disk is full.")
    monkeypatch.undo()
    assert studio.resume() == [generation]
    assert studio.wait(20)
    assert generation.status == "planned"
    assert simulator.created == []
    assert studio.generate("a fox", seed=1).result(20).path.exists()
    assert len(simulator.created) == 1


def test_stop_and_ask_again_at_once_sends_once(make_simulator, make_studio):
    simulator = make_simulator(faults=["rate_limit:post:times=1:retry_after=0.3"])
    studio = make_studio(simulator)
    generation = studio.generate("a fox", seed=1)
    until(lambda: "too many requests" in generation.detail)
    generation.stop()
    assert studio.generate("a fox", seed=1) is generation
    assert generation.result(20).path.exists()
    assert len(simulator.created) == 1


def test_stopping_and_resuming_in_any_order_pays_once(make_simulator, make_studio):
    simulator = make_simulator(speed=100.0, faults=["slow:post:seconds=0.05"])
    studio = make_studio(simulator)
    made = [studio.generate("a fox", seed=seed) for seed in range(6)]

    def trouble(number):
        for _ in range(12):
            made[number].stop()
            studio.resume()

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(trouble, range(6)))
    for generation in made:
        studio.start(studio.prepare("a fox", seed=generation.seed))
    assert studio.wait(30)
    assert [each.status for each in made] == ["completed"] * 6
    assert len(simulator.created) == 6


def test_the_time_of_watching_ends_without_error_and_can_be_prolonged(make_simulator, make_studio):
    simulator = slow_server(make_simulator)
    studio = make_studio(simulator, timeout=0.2)
    generation = studio.generate("a fox", seed=1).wait(20)
    assert (generation.status, generation.error) == ("stopped", None)
    assert studio.wait(5)
    simulator.advance(500)
    studio.runner.timeout = 60
    assert studio.resume() == [generation]
    assert generation.result(20).path.exists()


def test_waiting_for_a_studio(make_simulator, make_studio):
    simulator = slow_server(make_simulator)
    studio = make_studio(simulator)
    assert studio.wait(0) is True
    generation = studio.generate("a fox", seed=1)
    began = time.monotonic()
    assert studio.wait(0.05) is False
    assert time.monotonic() - began < 2
    generation.add_done_callback(lambda _: studio.generate("another", seed=2))
    until(lambda: generation.id)
    later = threading.Timer(0.05, simulator.advance, [500])
    later.start()
    assert generation.wait(20).done
    until(lambda: len(simulator.created) == 2)
    threading.Timer(0.05, simulator.advance, [500]).start()
    assert studio.wait(20) is True
    assert [each.status for each in studio.library.recent()] == ["completed"] * 2


def test_what_is_planned_and_not_asked_for_is_no_reason_to_wait(make_simulator, make_studio):
    simulator = make_simulator()
    first = make_studio(simulator)
    first.library.plan(first._ticket(first.prepare("a fox", seed=1)))
    first.close()
    second = make_studio(simulator)
    assert second.wait(5) is True
    assert [each.status for each in second.library.recent()] == ["planned"]
    assert simulator.created == []


# closing, and who comes after


def test_closing_takes_less_than_a_second_with_calls_under_way(make_simulator, make_studio):
    simulator = make_simulator(faults=["slow:get:seconds=3", "slow:clip:seconds=3"])
    studio = make_studio(simulator)
    made = [studio.generate("a fox", seed=seed) for seed in range(10)]
    until(lambda: len(simulator.created) == 10)
    began = time.monotonic()
    studio.close()
    assert time.monotonic() - began < 1.0
    studio.close()
    assert all(not each.done for each in made)
    with pytest.raises(ConfigError, match="closed"):
        studio.runner.watch(made[0])
    simulator.heal()
    again = make_studio(simulator)
    assert again.wait(30)
    assert {each.status for each in again.library.recent()} == {"completed"}
    assert len(simulator.created) == 10


def test_an_answer_that_comes_after_closing_is_still_kept(make_simulator, make_studio):
    simulator = slow_server(make_simulator, faults=["slow:post:seconds=0.4"])
    studio = make_studio(simulator)
    generation = studio.generate("a fox", seed=1)
    until(lambda: len(simulator.created) == 1)
    studio.close()
    assert generation.id is None
    until(lambda: generation.id == simulator.created[0].id)
    simulator.advance(500)
    assert make_studio(simulator).wait(20)
    (kept,) = make_studio(simulator).library.recent()
    assert (kept.id, kept.status) == (simulator.created[0].id, "completed")
    assert posts(simulator) == 1


def test_a_late_answer_of_a_closed_studio_does_not_undo_what_the_next_one_did(make_simulator, make_studio):
    simulator = make_simulator(faults=["slow:post:seconds=0.8"])
    first = make_studio(simulator)
    late = first.generate("a fox", seed=1)
    until(lambda: len(simulator.created) == 1)
    first.close()
    second = hurried(make_studio(simulator))
    (generation,) = second.library.recent()
    assert generation is not late
    second.resume()
    generation.result(20)
    until(lambda: late.id)
    (row,) = second.library.database.rows("SELECT status, paths FROM generations")
    assert row["status"] == "completed"
    assert row["paths"] != "[]"
    assert posts(simulator) == 1


def test_two_studios_on_one_library_share_the_work_and_pay_once(make_simulator, make_studio):
    simulator = make_simulator(speed=100.0)
    first, second = make_studio(simulator), make_studio(simulator)
    mine = [first.generate("a fox", seed=seed) for seed in range(5)]
    theirs = [second.generate("a fox", seed=seed) for seed in range(5)]
    assert [each.key for each in mine] == [each.key for each in theirs]
    assert all(ours is not other for ours, other in zip(mine, theirs, strict=True))
    for each in (*mine, *theirs):
        assert each.result(20).path.exists()
    assert len(simulator.created) == 5


def test_the_one_who_follows_takes_over_when_the_first_one_closes(make_simulator, make_studio):
    simulator = slow_server(make_simulator)
    first, second = make_studio(simulator), make_studio(simulator, resume=False)
    generation = first.generate("a fox", seed=1)
    until(lambda: generation.id)
    (followed,) = second.resume()
    until(lambda: followed.id)
    first.close()
    simulator.advance(500)
    assert followed.result(20).path.exists()
    assert posts(simulator) == 1


def test_a_planned_one_is_sent_by_whoever_is_asked(make_simulator, make_studio):
    simulator = make_simulator()
    first, second = make_studio(simulator), make_studio(simulator)
    planned, _ = first.library.plan(first._ticket(first.prepare("a fox", seed=1)))
    first.resume()
    assert first.wait(5)
    assert planned.status == "planned"
    assert second.generate("a fox", seed=1).result(20).key == planned.key
    assert len(simulator.created) == 1


def test_studios_at_other_addresses_leave_each_others_alone(make_simulator, make_studio):
    one, other = slow_server(make_simulator), slow_server(make_simulator)
    studio = make_studio(one)
    generation = studio.generate("a fox", seed=1)
    until(lambda: generation.id)
    studio.close()
    elsewhere = make_studio(other)
    assert elsewhere.resume() == []
    assert elsewhere.generate("a fox", seed=1).key != generation.key
    assert gets(other) == 0 or all(status == 200 for _, _, status in other.requests)


def test_opening_does_not_resume_what_a_person_stopped(make_simulator, make_studio):
    simulator = slow_server(make_simulator)
    studio = make_studio(simulator)
    stopped, running = studio.generate("a fox", seed=1), studio.generate("a fox", seed=2)
    until(lambda: stopped.id and running.id)
    stopped.stop()
    studio.close()
    simulator.advance(500)
    opened = make_studio(simulator)
    assert opened.wait(20)
    assert {each.seed: each.status for each in opened.library.recent()} == {1: "stopped", 2: "completed"}
    assert opened.resume() == [opened.library.get(stopped.key)]
    assert opened.wait(20)
    assert opened.library.get(stopped.key).status == "completed"


# many


@pytest.mark.slow
def test_two_hundred_in_flight_all_finish_and_are_created_once(make_simulator, make_studio):
    simulator = make_simulator()
    studio = make_studio(simulator, poll_interval=0.3)
    made = [studio.generate("a fox", seed=seed) for seed in range(200)]
    assert studio.wait(90)
    assert {each.status for each in made} == {"completed"}
    assert sorted(each.body["seed"] for each in simulator.created) == list(range(200))
    assert len({each.client_request_id for each in simulator.created}) == 200


def test_more_in_flight_than_a_rate_limit_takes_all_finish_and_are_created_once(make_simulator, make_studio):
    simulator = make_simulator(rate_limit=20.0)
    studio = make_studio(simulator, poll_interval=0.3)
    made = [studio.generate("a fox", seed=seed) for seed in range(20)]
    assert studio.wait(90)
    assert {each.status for each in made} == {"completed"}
    assert sorted(each.body["seed"] for each in simulator.created) == list(range(20))
    assert 429 in {status for _, _, status in simulator.requests}, "the limit was never met"


def test_every_trouble_at_once_pays_for_nothing_twice(make_simulator, make_studio):
    faults = ["drop:p=0.1", "drop:get:p=0.2", "rate_limit:times=3:retry_after=0.05", "server_error:get:p=0.2",
              "half_json:post:p=0.1", "no_id:p=0.1", "error_after_create:p=0.1", "cut:p=0.3:bytes=300",
              "expired_url:p=0.2", "html_clip:p=0.1", "no_video:p=0.3", "slow:get:p=0.1:seconds=0.05"]  # fmt: skip
    simulator = make_simulator(faults=faults, seed=7)
    studio = hurried(make_studio(simulator), lookup=30)
    made = [studio.generate("a fox", seed=seed) for seed in range(12)]
    assert studio.wait(60)
    assert {each.status for each in made} == {"completed"}
    assert len(simulator.created) == 12
    assert {each.id for each in made} == {each.id for each in simulator.created}


def test_looks_do_not_wait_behind_the_requests_of_a_large_sweep(make_simulator, make_studio):
    simulator = make_simulator(faults=["slow:post:seconds=0.05"])
    studio = make_studio(simulator, max_requests=1)
    made = [studio.generate("a fox", seed=seed) for seed in range(12)]
    assert made[0].wait(20).status == "completed"
    assert made[-1].status == "planned"
    assert studio.wait(30)


def test_the_last_one_of_a_sweep_is_looked_at_sooner(make_simulator, make_studio, monkeypatch):
    monkeypatch.setattr(polling, "LAST", 0.01)
    monkeypatch.setattr(bookkeeping, "SIMULATED_INTERVAL", None)  # as against the service: learned, here 15 s
    simulator = make_simulator(clock=lambda: 0.0)
    studio = make_studio(simulator, poll_interval=None)
    requests = [studio.prepare("a fox", seed=seed) for seed in range(2)]
    made = [studio.start(request, group="one sweep") for request in requests]
    until(lambda: all(each.id for each in made))
    simulator.advance(500)
    while not made[0].wait(0.2).done:
        studio.runner.watch(made[0])  # is looked at now
    assert made[1].wait(10).status == "completed", "it was not due for 15 s"


# the disk


@contextmanager
def failing_writes(monkeypatch, when):
    """Let `Library.update` fail where `when(facts)` says so; a list of what failed."""
    whole, failed = Library.update, []

    def update(self, generation, **facts):
        if when(facts):
            failed.append(facts)
            raise LibraryError("The disk is full.")
        return whole(self, generation, **facts)

    with monkeypatch.context() as patch:
        patch.setattr(Library, "update", update)
        yield failed


def test_an_id_that_the_disk_did_not_take_is_held_and_written_by_resume(make_simulator, make_studio, monkeypatch):
    simulator = make_simulator()
    studio = make_studio(simulator)
    with failing_writes(monkeypatch, lambda facts: True) as failed:
        generation = studio.generate("a fox", seed=1).wait(20)
        assert generation.status == "stopped"
        assert "disk is full" in generation.error["message"]
    assert failed[0]["id"] == simulator.created[0].id
    assert studio.library.database.rows("SELECT id, status FROM generations")[0]["id"] is None
    assert studio.resume() == [generation]
    assert generation.result(20).id == simulator.created[0].id
    assert posts(simulator) == 1
    assert gets(simulator, "/v2/logs") == 0  # the id was still known: nothing had to be looked up


@pytest.mark.parametrize("status", ["queued", "generating", "downloading", "completed"])
def test_a_disk_that_fails_once_at_any_step_costs_nothing(make_simulator, make_studio, monkeypatch, status):
    simulator = make_simulator(speed=200.0)
    studio = make_studio(simulator)
    once = iter([True])
    with failing_writes(monkeypatch, lambda facts: facts.get("status") == status and next(once, False)) as failed:
        generation = studio.generate("a fox", seed=1).wait(20)
        if failed:
            assert generation.status == "stopped"
    assert studio.generate("a fox", seed=1) is generation
    assert generation.result(20).path.exists()
    assert studio.library.database.rows("SELECT status FROM generations")[0]["status"] == "completed"
    assert posts(simulator) == 1


def test_a_refusal_that_the_disk_did_not_take_is_written_by_resume(make_simulator, make_studio, monkeypatch):
    simulator = make_simulator(balance_usd=0.0)
    studio = make_studio(simulator)
    with failing_writes(monkeypatch, lambda facts: True):
        generation = studio.generate("a fox", seed=1).wait(20)
        assert generation.status == "stopped"
    studio.resume()
    assert generation.wait(20).status == "error"
    assert generation.error["name"] == "OutOfCredits"
    assert posts(simulator) == 1


def test_a_disk_that_fails_before_the_post_sends_nothing(make_simulator, make_studio, monkeypatch):
    simulator = make_simulator()
    studio = make_studio(simulator)

    def fail(self, generation):
        raise LibraryError("The disk is full.")

    with monkeypatch.context() as patch:
        patch.setattr(Library, "mark_sending", fail)
        generation = studio.generate("a fox", seed=1).wait(20)
    assert generation.status == "stopped"
    assert simulator.created == []
    assert studio.generate("a fox", seed=1) is generation
    generation.result(20)
    assert len(simulator.created) == 1


def test_a_bug_of_ours_stops_one_generation_and_not_the_others(make_simulator, make_studio, monkeypatch):
    simulator = make_simulator()
    studio = make_studio(simulator)
    whole = Library.write_sidecar

    def buggy(self, generation, *args):
        if generation.seed == 1:
            raise ZeroDivisionError("a bug")
        return whole(self, generation, *args)

    with monkeypatch.context() as patch:
        patch.setattr(Library, "write_sidecar", buggy)
        broken, fine = studio.generate("a fox", seed=1), studio.generate("a fox", seed=2)
        fine.result(20)
        assert broken.wait(20).status == "stopped"
        assert "ZeroDivisionError" in broken.error["name"]
    studio.resume()
    assert broken.result(20).path.exists()
    assert len(simulator.created) == 2
