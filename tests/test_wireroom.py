"""The fold at the foot of the panel: the request as it is filled in, the states, the exchanges; shut it is idle."""

from __future__ import annotations

import json
import threading

import pytest
from forms import walk
from panels import REQUEST, made, press, until

from seedance_widgets.wireview import WireView

LITE = "bytedance/seedance-1-0-lite-t2v"
TOKEN = "sk-of-the-test"


@pytest.fixture
def panel(make_studio, make_simulator):
    simulator = make_simulator(token=TOKEN)
    panel = make_studio(simulator).panel()
    panel.form.request = REQUEST
    yield panel
    panel.close()


@pytest.fixture
def rows(monkeypatch):
    """What the pages of views have been told, number → row; a message with all of them begins anew."""
    known = {}

    def send(_self, content, buffers=None):
        if content["anew"]:
            known.clear()
        known.update({row["number"]: row for row in content["rows"]})

    monkeypatch.setattr(WireView, "send", send)
    return known


def unfold(panel):
    """Open the fold, and say what a page says that has drawn it."""
    press(panel, "what is sent")
    view = view_of(panel)
    view._handle_custom_msg({"kind": "ready"}, [])
    return view


def view_of(panel):
    return next((child for child in walk(panel) if isinstance(child, WireView)), None)


def states_of(panel):
    return next(child for child in walk(panel) if "sw-states" in child._dom_classes).value


def body(view):
    return json.loads(view._texts["json"])


def tracing():
    return [thread.name for thread in threading.enumerate() if thread.name.startswith("seedance-trace")]


def test_shut_it_draws_nothing_and_listens_to_nothing(panel, rows):
    others = tracing()
    made(panel, seed=1)
    assert view_of(panel) is None
    assert tracing() == others
    unfold(panel)
    assert view_of(panel) is not None
    until(lambda: len(rows) > 2)  # what was before it was opened
    press(panel, "what is sent")
    assert view_of(panel) is None
    before = len(rows)
    made(panel, seed=2)
    assert len(rows) == before
    until(lambda: tracing() == others)


def test_the_request_follows_the_form(panel):
    view = unfold(panel)
    assert body(view) == {"model": LITE, **REQUEST}
    panel.form.request = {**REQUEST, "prompt": 'a "fox" for $5', "seed": 7}
    assert body(view) == {"model": LITE, **REQUEST, "prompt": 'a "fox" for $5', "seed": 7}
    assert json.dumps('a "fox" for $5') in view._texts["curl"]
    assert '"seed": 7,\n' in view._texts["python"]
    assert panel.studio.client.base_url in view._texts["curl"]
    assert view._texts["note"] == ""
    assert TOKEN not in str(view._texts)


def test_what_generate_adds_or_misses_is_said(panel):
    view = unfold(panel)
    assert "Generate draws one" in view._texts["note"]
    panel.form.request = {"resolution": "480p"}
    assert view._texts["note"].startswith("Not complete: prompt")
    assert body(view) == {"model": LITE, "resolution": "480p"}
    panel.form.request = {**REQUEST, "prompt": "a {dragon|phoenix}"}
    panel.seeds.value = "3-5"
    assert view._texts["note"] == "The first of 6 requests."
    assert (body(view)["prompt"], body(view)["seed"]) == ("a dragon", 3)
    panel.seeds.value = "nonsense"
    assert "Not complete: " in view._texts["note"]


def test_a_picture_in_the_request_is_shortened_in_the_page(panel):
    panel.choose_model("bytedance/seedance-1-0-lite-i2v")
    view = unfold(panel)
    panel.form.request = {"prompt": "it moves", "image_url": "data:image/png;base64," + "A" * 100_000, "seed": 7}
    assert all(len(text) < 10_000 for text in view._texts.values())
    assert "shortened here" in view._texts["note"]
    assert "AAAA… (100022 characters)" in view._texts["json"]


def test_each_exchange_is_told_as_it_happens_without_the_key(panel, rows):
    unfold(panel)
    take = made(panel, seed=1, prompt="<b>a fox</b>")
    until(lambda: any(row["request"].startswith("GET /clips/") and not row["waits"] for row in rows.values()))
    post = next(row for row in rows.values() if row["request"].startswith("POST"))
    assert (post["request"], post["status"], post["remark"]) == ("POST /v2/video/generations", "200", "queued")
    assert post["took"].endswith(" ms")
    assert "Authorization: Bearer •••" in post["sent"]
    assert '"prompt": "<b>a fox</b>"' in post["sent"]
    assert take.id in post["back"]
    assert TOKEN not in json.dumps(list(rows.values()))


def test_trouble_stands_out(panel, rows):
    unfold(panel)
    panel.studio.simulator = None
    panel.studio.client.set_key("sk-a-wrong-key")
    take = made(panel, seed=1)
    assert take.status == "error"
    until(lambda: any(row["status"] == "401" for row in rows.values()))
    wrong = next(row for row in rows.values() if row["status"] == "401")
    assert wrong["wrong"]
    assert wrong["remark"] == "the key was not accepted; nothing was made, nothing is charged"
    until(lambda: "seed 1: error" in states_of(panel))


def test_the_states_are_those_of_the_present_take(make_studio, make_simulator):
    simulator = make_simulator(clock=lambda: 0.0)
    panel = make_studio(simulator).panel()
    unfold(panel)
    assert "The states of a take" in states_of(panel)
    panel.form.request = {**REQUEST, "seed": 5}
    (take,) = panel.submit()
    until(lambda: "seed 5: queued" in states_of(panel))
    simulator.advance(3600)
    until(lambda: "seed 5: completed." in states_of(panel))
    assert take.status == "completed"
    panel.close()


def test_the_first_grid_moves_nothing_that_is_open(panel):
    view = unfold(panel)
    open_ones = panel.children
    panel.seeds.value = "1-2"
    assert all(take.wait(30).status == "completed" for take in panel.submit())
    assert panel.children[: len(open_ones)] == open_ones, "a page makes anew what moves"
    assert view in open_ones
    assert len(panel.children) == len(open_ones) + 1


def test_of_several_takes_it_shows_what_was_when(panel):
    unfold(panel)
    panel.seeds.value = "1-20"
    takes = panel.submit()
    assert "20 takes, " in states_of(panel)
    assert "and 4 more takes" in states_of(panel)
    assert all(take.wait(30).status == "completed" for take in takes)
    until(lambda: "20 takes, 20 completed" in states_of(panel))


def test_in_another_studio_it_shows_the_exchanges_of_that_one(panel, rows):
    unfold(panel)
    home = panel.studio.client
    home.models()
    until(lambda: rows)
    panel.access.unfold()
    press(panel.access, "Use the simulator")
    panel.studio.client.logs()
    home.models()
    until(lambda: any("/v2/logs" in row["request"] for row in rows.values()))
    address = panel.studio.client.base_url.removeprefix("http://")
    assert all(f"Host: {address}" in row["sent"] for row in rows.values())
