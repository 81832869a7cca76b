"""The trace shows each HTTP exchange as it happens, in words, bounded, and at no cost to the exchange itself."""

from __future__ import annotations

import base64
import json
import logging
import threading
from contextvars import ContextVar

import pytest
from panels import until

import seedance_widgets as sw
from seedance_widgets import legible
from seedance_widgets.remarks import bodies
from seedance_widgets.trace import LONGEST, Trace

GENERATIONS = "/v2/video/generations"


def kept(trace, status, text="", **more):
    """Write one finished exchange into a trace, and return it."""
    trace.begin(more.pop("method", "POST"), "http://host/v2/video/generations", **more).answered(status, {}, text)
    return trace.exchanges[-1]


def test_it_shows_the_way_of_a_take(studio, simulator):
    with sw.trace(studio) as seen:
        take = studio.generate("a fox", seed=1).result(20)
    assert [each.path.partition("?")[0] for each in seen][:2] == [GENERATIONS] * 2
    post, *looks, clip = seen
    assert (post.method, post.status, post.remark) == ("POST", 200, "queued")
    assert json.loads(post.body) == take.request
    assert json.loads(post.answer)["id"] == take.id
    assert post.headers["Authorization"] == "Bearer •••"
    assert post.headers["X-Client-Request-Id"] == take.key
    assert post.answer_headers["x-inference-id"] == take.id
    assert f"127.0.0.1:{simulator.port}" == post.host
    assert {each.method for each in looks} == {"GET"}
    assert looks[-1].path == f"{GENERATIONS}?generation_id={take.id}"
    assert looks[-1].remark == "completed"
    assert clip.path == f"/clips/{take.id}.mp4?•••", "what signs the address is left out"
    assert "Authorization" not in clip.headers
    assert clip.remark == f"{take.path.stat().st_size} bytes of video"
    assert all(each.milliseconds >= 0 for each in seen)
    assert [each.started for each in seen] == sorted(each.started for each in seen)
    assert seen.exchanges == studio.client.trace.exchanges


def test_each_is_told_when_it_ends_and_all_are_told_inside_the_block(studio, capsys):
    told = []
    with sw.trace(studio, told.append) as seen, sw.trace(studio, print):
        studio.generate("a fox", seed=1).result(20)
    assert told == seen.exchanges
    assert capsys.readouterr().out.splitlines() == [str(each) for each in seen]
    studio.client.models()
    assert told == seen.exchanges, "after the block nothing more comes"


def test_what_is_told_belongs_to_the_cell_that_asked_for_it(studio):
    cell, told = ContextVar("cell", default="none"), []
    for number in ("first", "second"):
        cell.set(number)
        with sw.trace(studio, lambda _exchange: told.append(cell.get())):
            studio.client.models()
    assert told == ["first", "second"]


def test_an_observer_hears_of_the_beginning_too_and_cannot_hold_up_a_call(studio):
    heard, go = [], threading.Event()

    def slow(exchange):
        go.wait(20)
        heard.append(exchange)

    studio.client.trace.observe(slow)
    studio.client.models()
    assert heard == []
    go.set()
    until(lambda: len(heard) == 2)
    assert [each.done for each in heard] == [False, True]
    assert heard[0].number == heard[1].number
    assert heard[0].remark == "waiting for the answer"
    studio.client.trace.unobserve(slow)
    studio.client.models()
    assert len(studio.client.trace) == 2
    assert len(heard) == 2


def test_with_the_studio_ends_the_thread_that_told_of_it(make_studio):
    studio, others, told = make_studio(), set(threading.enumerate()), []
    studio.client.trace.observe(told.append)
    (thread,) = (each for each in set(threading.enumerate()) - others if each.name.startswith("seedance-trace"))
    studio.client.models()
    studio.close()
    until(lambda: not thread.is_alive())
    assert len(told) == 2
    studio.client.trace.unobserve(told.append)  # whoever watched may still say so


def test_an_address_cannot_steer_the_terminal():
    trace = Trace()
    trace.begin("GET", "https://host/a\x1b[31m/clip.mp4")
    assert "/a [31m/clip.mp4" in str(trace)
    assert "\x1b" not in str(trace)


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ("rate_limit:post:times=1", ["429", "come back in 1 s; nothing was made", "try 2 of the same request: queued"]),
        ("drop:post:times=1", ["no answer", "It may have arrived", "looked up in the log, not sent again", "/v2/logs"]),
        (
            "error_after_create:post:times=1",
            ["500", "trouble on the other side", "looked up in the log, not sent again"],
        ),
        ("drop:get:times=2", ["It costs nothing, so it is asked again."]),
        ("server_error:get:times=1", ["503", "asked again later"]),
        ("cut:clip:times=1", ["broke off after 1000 bytes", "206"]),
        ("expired_url:clip:times=1", ["403", "a fresh one is asked for"]),
    ],
)
def test_trouble_is_said_in_words(make_simulator, make_studio, fault, words):
    studio = make_studio(make_simulator(faults=fault))
    studio.runner.steps.first_lookup = 0.02
    with sw.trace(studio) as seen:
        assert studio.generate("a fox", seed=1).wait(20).status == "completed"
    assert [each for each in words if each not in str(seen)] == []


def test_a_look_that_was_repeated_at_once_is_told(studio, simulator):
    simulator.inject("drop:billing:times=1")
    with sw.trace(studio) as seen:
        studio.client.balance()
    assert seen.exchanges[0].tries == 2
    assert "answered at try 2" in str(seen)


@pytest.mark.parametrize(
    ("status", "words"),
    [(400, "the body was refused"), (401, "the key was not accepted"), (403, "no credits"), (404, "not known")],
)
def test_a_refused_post_says_that_it_costs_nothing(status, words):
    said = kept(Trace(), status).remark
    assert words in said
    assert said.endswith("nothing was made, nothing is charged")
    assert "charged" not in kept(Trace(), status, method="GET", has_key=True).remark


def test_it_is_bounded_and_can_be_emptied():
    trace = Trace(most=3)
    for number in range(5):
        kept(trace, 200, f'{{"status": "{number}"}}')
    assert [each.remark for each in trace] == ["2", "3", "4"]
    trace.clear()
    assert len(trace) == 0
    assert "no HTTP exchange yet" in str(trace) + trace._repr_html_()


def test_a_picture_in_a_body_is_shortened_and_the_rest_stays():
    picture = base64.b64encode(bytes(range(256)) * 2000).decode()
    body = {"prompt": "a fox", "image_url": f"data:image/png;base64,{picture}", "seed": 7}
    exchange = kept(Trace(), 200, json.dumps({"status": "queued"}), data=json.dumps(body).encode())
    assert len(exchange.body) < LONGEST
    shown = json.loads(legible.pretty(exchange.body))
    assert {**shown, "image_url": ""} == {**body, "image_url": ""}
    assert shown["image_url"] == f"data:image/png;base64,{picture[:24]}… ({len(picture)} characters)"


def test_a_long_answer_is_cut_where_it_is_kept_and_where_it_is_shown():
    exchange = kept(Trace(), 200, "word " * 100_000)
    assert len(exchange.answer) == LONGEST
    assert len(bodies(exchange)) < 10_000
    assert "more characters" in bodies(exchange)


def test_what_comes_from_outside_is_text():
    trace = Trace()
    kept(trace, 500, "<script>alert(1)</script>\x1b[31m", data=b'{"prompt": "<img src=x onerror=alert(1)>"}')
    page = trace._repr_html_()
    assert "<script" not in page
    assert "<img" not in page
    assert "&lt;script&gt;" in page


@pytest.mark.parametrize("which", ["every", "the second"])
def test_a_trouble_of_the_trace_costs_no_call(studio, monkeypatch, caplog, which):
    put = Trace._put

    def broken(self, exchange):
        if which == "every" or exchange.done:
            raise RuntimeError("the trace is broken")
        put(self, exchange)

    monkeypatch.setattr(Trace, "_put", broken)
    with caplog.at_level(logging.CRITICAL):
        assert studio.client.balance() > 0
        assert studio.generate("a fox", seed=1).wait(20).status == "completed"
