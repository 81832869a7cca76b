from __future__ import annotations

import json
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import comm
import pytest
from comm.base_comm import BaseComm
from forms import shown, walk
from panels import REQUEST, OpenPanel, buttons, made, player_of, press, until

import seedance_widgets as sw
from seedance_widgets.errors import LibraryError
from seedance_widgets.studio import Studio

LITE = "bytedance/seedance-1-0-lite-t2v"
NEXT = "bytedance/seedance-1-5-pro"


@pytest.fixture
def real(monkeypatch: pytest.MonkeyPatch) -> None:
    """No server counts as the simulator, so that the panel behaves as against the real address."""
    monkeypatch.setattr(Studio, "is_simulated", False)


# -- sending -----------------------------------------------------------------------------------------


def test_a_fresh_panel_is_ready_and_says_why_generate_is_off(open_panel: OpenPanel) -> None:
    panel = open_panel()
    assert isinstance(panel, sw.Panel)
    assert panel.status.value == "ready"
    assert panel.generate_button.disabled
    assert "prompt" in panel.generate_button.tooltip
    assert panel.stop_button.disabled
    assert panel.generations == []
    panel.form.request = REQUEST
    assert not panel.generate_button.disabled


def test_generate_sends_the_request_and_the_clip_plays_in_the_panel(open_panel: OpenPanel) -> None:
    panel = open_panel()
    generation = made(panel, seed=7)
    assert generation.status == "completed"
    assert panel.status.value.startswith("completed in")
    assert panel.generations == [generation]
    assert [record.body for record in panel.simulator.created] == [{"model": LITE, **REQUEST, "seed": 7}]
    until(lambda: player_of(panel))
    assert "<video" in player_of(panel)
    assert "base64," in player_of(panel)
    assert panel.stage.clip.outputs[0]["data"]["text/plain"] == "<IPython.core.display.Video object>"
    words = panel.stage.caption
    assert "seed 7" in words
    assert "64×48" in words  # as the file is, not as the request says
    assert "0.5 s" in words


def test_submit_does_what_generate_does(open_panel: OpenPanel) -> None:
    panel = open_panel()
    panel.form.request = REQUEST
    (generation,) = panel.submit()
    assert panel.generations == [generation]
    assert generation.wait(15).status == "completed"
    assert isinstance(generation.seed, int)


def test_submit_of_what_cannot_be_sent_says_why_and_sends_nothing(open_panel: OpenPanel) -> None:
    panel = open_panel()
    panel.form.request = {"prompt": "a", "duration": 7}
    assert panel.submit() == []
    assert "duration" in panel.notice.text
    assert "5" in panel.notice.text
    assert panel.generations == []
    assert not [method for method, _, _ in panel.simulator.requests if method == "POST"]


def test_a_long_clip_is_linked_beside_the_notebook(
    open_panel: OpenPanel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    panel = open_panel()
    with sw.options.set(embed_cap=10):
        made(panel)
        until(lambda: player_of(panel))
    assert "base64" not in player_of(panel).split("poster=")[0]
    assert 'src="seedance_media/' in player_of(panel)


def test_the_same_take_is_not_bought_twice_unless_asked_for(open_panel: OpenPanel) -> None:
    panel = open_panel()
    first = made(panel, seed=7)
    assert panel.submit() == [first]
    assert len(panel.simulator.created) == 1
    assert "nothing was sent" in panel.notice.text
    press(panel.notice, "make it again")
    assert len(panel.generations) == 2
    until(lambda: len(panel.simulator.created) == 2)


def test_several_in_flight_are_counted(open_panel: OpenPanel) -> None:
    panel = open_panel(speed=1.0)
    panel.form.request = REQUEST
    for _ in range(3):
        panel.submit()
    assert not panel.generate_button.disabled
    until(lambda: all(each.status == "generating" for each in panel.generations) or panel.simulator.advance(1.0))
    until(lambda: panel.status.value.startswith("3 generating"))
    panel.generations[0].stop()
    until(lambda: panel.status.value.startswith("2 generating · 1 done"))
    panel.simulator.advance(1000)
    until(lambda: "2 completed" in panel.status.value)


def test_stop_stops_watching_and_resume_fetches_the_clip(open_panel: OpenPanel) -> None:
    panel = open_panel(speed=1.0)
    panel.form.request = REQUEST
    (generation,) = panel.submit()
    until(lambda: generation.id)
    press(panel, "Stop")
    until(lambda: panel.status.value.startswith("stopped") and "no cancel" in panel.notice.text)
    panel.simulator.advance(1000)
    press(panel.notice, "resume")
    until(lambda: panel.status.value.startswith("completed"))
    assert len(panel.simulator.created) == 1
    until(lambda: panel.notice.text == "")


def test_many_threads_may_submit_at_once(open_panel: OpenPanel) -> None:
    panel = open_panel()
    panel.form.request = REQUEST
    threads = [threading.Thread(target=panel.submit) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    until(lambda: panel.status.value == "8 completed")
    assert len({generation.seed for generation in panel.generations}) == 8
    assert len(panel.strip.cards) == 8


# -- troubles ----------------------------------------------------------------------------------------


def test_a_failed_generation_is_told_in_the_apis_words(open_panel: OpenPanel) -> None:
    panel = open_panel(faults=["fail:message=<b>no dragons</b>"])
    generation = made(panel)
    assert generation.status == "error"
    assert panel.status.value.startswith("error")
    until(lambda: "<b>no dragons</b>" in panel.notice.text)
    assert "not charged" in panel.notice.text
    html = next(child.value for child in walk(panel.notice) if child._view_name == "HTMLView")
    assert "<b>no dragons</b>" not in html
    assert "&lt;b&gt;no dragons" in html
    press(panel.notice, "dismiss")
    assert panel.notice.text == ""


@pytest.mark.parametrize(
    ("options", "studio", "words", "offer"),
    [
        ({}, {"api_key": "wrong"}, "refused the key", "set the key"),
        ({"balance_usd": 0.0}, {}, "Out of credits", "try again"),
        ({"withdrawn": [LITE]}, {}, "withdrawn", f"switch to {NEXT}"),
        ({"faults": ["rate_limit:retry_after=0"]}, {}, "Too many requests", "try again"),
    ],
)
def test_a_refusal_says_what_to_do(
    make_simulator: Any, tmp_path: Path, options: Any, studio: Any, words: str, offer: str
) -> None:
    simulator = make_simulator(**options)
    given = {"api_key": simulator.token, "library": tmp_path / "library", "poll_interval": 0.02, **studio}
    with Studio(base_url=simulator.url, **given) as opened:
        panel = opened.panel()
        made(panel)
        until(lambda: words in panel.notice.text)
        assert offer in buttons(panel.notice)
        assert simulator.created == []
        panel.close()


def test_without_a_network_nothing_is_sent_and_trying_again_works(open_panel: OpenPanel) -> None:
    panel = open_panel()
    panel.simulator.stop()
    generation = made(panel)
    until(lambda: "No connection" in panel.notice.text)
    panel.simulator.start()
    press(panel.notice, "try again")
    until(lambda: generation.status == "completed")
    until(lambda: panel.notice.text == "")
    assert len(panel.simulator.created) == 1


def test_the_successor_is_one_press_away_and_keeps_the_request(open_panel: OpenPanel) -> None:
    panel = open_panel(withdrawn=[LITE])
    made(panel)
    until(lambda: panel.notice.text)
    press(panel.notice, "switch to")
    assert panel.form.model.id == NEXT
    assert panel.form.request["prompt"] == REQUEST["prompt"]
    until(lambda: panel.notice.text == "")
    assert made(panel).status == "completed"


def test_an_unconfirmed_take_lets_the_person_decide(open_panel: OpenPanel) -> None:
    panel = open_panel(faults=["drop:post", "drop:logs"])
    panel.studio.runner.steps.lookup_time = 0.05
    generation = made(panel)
    assert generation.status == "unconfirmed"
    until(lambda: "charged twice" in panel.notice.text)
    assert buttons(panel.notice)[:2] == ["look again", "send again (may be charged twice)"]
    assert len(panel.simulator.created) == 1
    panel.simulator.heal()
    press(panel.notice, "look again")
    until(lambda: generation.status == "completed")
    assert len(panel.simulator.created) == 1
    until(lambda: panel.notice.text == "")


def test_an_unconfirmed_take_is_sent_again_only_when_asked_for(open_panel: OpenPanel) -> None:
    panel = open_panel(faults=["drop:post:times=1", "drop:logs"])
    panel.studio.runner.steps.lookup_time = 0.05
    generation = made(panel)
    until(lambda: panel.notice.text)
    press(panel.notice, "send again")
    until(lambda: generation.status == "completed")
    assert len(panel.simulator.created) == 2


def test_an_unconfirmed_take_is_still_told_after_another_one(open_panel: OpenPanel) -> None:
    panel = open_panel(faults=["drop:post:times=1", "drop:logs"])
    panel.studio.runner.steps.lookup_time = 0.05
    made(panel)
    made(panel)
    until(lambda: player_of(panel))
    assert "The answer was lost" in panel.notice.text


def test_a_library_that_takes_nothing_is_told(open_panel: OpenPanel, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise LibraryError("The disk is full: make room and try again.")

    panel = open_panel()
    panel.form.request = REQUEST
    monkeypatch.setattr(panel.studio.library, "plan", full)
    assert panel.submit() == []
    assert "The disk is full" in panel.notice.text


def test_what_a_callback_raises_reaches_the_person(open_panel: OpenPanel, monkeypatch: pytest.MonkeyPatch) -> None:
    panel = open_panel()
    panel.form.request = REQUEST
    monkeypatch.setattr(panel.studio, "start", lambda *_, **__: 1 / 0)
    press(panel, "Generate")
    assert "ZeroDivisionError: division by zero" in panel.notice.text


def test_a_clip_that_is_gone_is_told(open_panel: OpenPanel) -> None:
    panel = open_panel()
    generation = made(panel)
    until(lambda: player_of(panel))
    generation.path.unlink()
    press(panel.strip.cards[0], "seed")
    until(lambda: panel.notice.text)
    assert str(generation.path) in panel.notice.text


def test_a_closed_studio_is_told(open_panel: OpenPanel) -> None:
    panel = open_panel()
    panel.form.request = REQUEST
    panel.studio.close()
    assert panel.submit() == []
    assert panel.notice.text


# -- takes -------------------------------------------------------------------------------------------


def test_a_press_brings_an_earlier_take_back(open_panel: OpenPanel) -> None:
    panel = open_panel()
    first, second = made(panel, seed=1), made(panel, seed=2)
    assert [card.generation for card in panel.strip.cards] == [second, first]
    until(lambda: "seed 2 " in panel.stage.caption)
    press(panel.strip, "seed 1")
    until(lambda: "seed 1 " in panel.stage.caption)
    assert [card.button.description for card in panel.strip.cards if card.current] == ["seed 1"]


def test_the_strip_stays_where_it_is_when_the_first_clip_comes(open_panel: OpenPanel) -> None:
    panel = open_panel(clock=lambda: 0.0)
    assert len(panel.stage.children) == 1, "only the room of the clip"
    panel.form.request = {"prompt": "a fox", "seed": 1}
    (take,) = panel.submit()
    before = panel.stage.children
    assert before[-1] is panel.strip
    until(lambda: take.id is not None)
    panel.simulator.advance(500)
    take.wait(20)
    until(lambda: "seed 1 " in panel.stage.caption)
    assert panel.stage.children == before, "a page makes anew what stands behind a new widget"


def test_a_take_gives_the_form_its_seed_or_its_whole_request(open_panel: OpenPanel) -> None:
    panel = open_panel()
    made(panel, seed=11, aspect_ratio="1:1")
    until(lambda: panel.stage.caption)
    panel.form.request = {"prompt": "something else"}
    press(panel.stage, "use this seed")
    assert panel.form.request == {"prompt": "something else", "seed": 11}
    panel.form.set_model(NEXT)
    press(panel.stage, "use this request")
    assert panel.form.model.id == LITE
    assert panel.form.request == {**REQUEST, "seed": 11, "aspect_ratio": "1:1"}


def test_stars_and_picks_are_kept(open_panel: OpenPanel) -> None:
    panel = open_panel()
    generation = made(panel)
    until(lambda: panel.stage.caption)
    press(panel.stage, "4 stars")
    next(child for child in walk(panel.stage) if child._view_name == "ToggleButtonView").value = True
    kept = panel.studio.library.get(generation.key)
    assert (kept.rating, kept.picked) == (4, True)
    until(lambda: "★4 ✓" in walk_html(panel.strip))
    press(panel.stage, "4 stars")
    assert generation.rating == 0


def test_save_copies_the_clip_and_says_where(
    open_panel: OpenPanel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "here"
    folder.mkdir()
    monkeypatch.chdir(folder)
    panel = open_panel()
    generation = made(panel, seed=3)
    until(lambda: panel.stage.caption)
    press(panel.stage, "save")
    (copy,) = folder.iterdir()
    assert copy.name == "seedance-a-lighthouse-at-dusk-seed-3.mp4"
    assert copy.read_bytes() == generation.path.read_bytes()
    assert copy.name in panel.notice.text


def test_what_is_unfinished_from_earlier_is_shown(make_simulator: Any, make_studio: Any) -> None:
    simulator = make_simulator(speed=1.0)
    before = make_studio(simulator)
    generation = before.generate(**REQUEST)
    until(lambda: generation.id)
    before.close()
    panel = make_studio(simulator).panel()
    assert "1 unfinished take from earlier is being watched" in walk_html(panel.strip)
    assert panel.generations == []
    simulator.advance(1000)
    until(lambda: panel.status.value.startswith("completed"))
    until(lambda: "unfinished" not in walk_html(panel.strip))
    until(lambda: player_of(panel))
    panel.close()


# -- model and looks ---------------------------------------------------------------------------------


def test_the_list_of_models_and_the_form_follow_each_other(open_panel: OpenPanel) -> None:
    panel = open_panel()
    panel.form.request = REQUEST
    assert set(sw.models()) <= {value for _, value in panel.models.options}
    panel.models.value = NEXT
    assert panel.form.model.id == NEXT
    assert panel.form.request["prompt"] == REQUEST["prompt"]
    panel.form.set_model(LITE)
    assert panel.models.value == LITE
    assert "withdrawn" in dict(map(reversed, panel.models.options))[LITE]


def test_a_withdrawn_model_is_told_calmly_with_its_successor(open_panel: OpenPanel, real: None) -> None:
    panel = open_panel()
    assert "withdrawn since 2026-06" in panel.withdrawn.children[0].value
    left = next(each for each in panel.children if "sw-left" in each._dom_classes)
    assert left.children[0].children[0] is panel.withdrawn  # Tab comes to it before it comes to the form
    press(panel.withdrawn, f"switch to {NEXT}")
    assert panel.form.model.id == NEXT
    assert panel.withdrawn.children == ()


def test_the_simulator_needs_no_such_line() -> None:
    with Studio.simulated(speed=1000) as studio:
        panel = studio.panel()
        assert panel.withdrawn.children == ()
        panel.close()


def test_progress_is_known_or_said_to_be_unknown(open_panel: OpenPanel, tmp_path: Path) -> None:
    panel = open_panel(speed=1.0)
    panel.form.request = REQUEST
    (generation,) = panel.submit()
    until(lambda: generation.status == "generating" or panel.simulator.advance(1.0))
    until(lambda: "sw-unknown" in walk_html(panel))
    assert "aria-valuenow" not in walk_html(panel)
    panel.studio.runner.steps._durations[generation.ticket.likeness] = [100.0, 110.0, 120.0]
    until(lambda: "aria-valuenow" in walk_html(panel))
    assert "left" in panel.status.value


def test_the_room_of_the_clip_has_the_shape_that_the_form_asks_for(open_panel: OpenPanel) -> None:
    panel = open_panel()
    assert "aspect-ratio:16/9" in walk_html(panel.stage)
    panel.form.request = {**REQUEST, "aspect_ratio": "9:16"}
    assert "aspect-ratio:9/16" in walk_html(panel.stage)


def test_a_page_without_a_kernel_shows_the_latest_take(open_panel: OpenPanel) -> None:
    panel = open_panel()
    assert "<img" not in panel._repr_mimebundle_()["text/html"]
    made(panel, prompt="<script>alert(1)</script>")
    until(lambda: panel.strip.cards[0].picture)
    bundle = panel._repr_mimebundle_()
    assert "<script>" not in bundle["text/html"]
    assert "data:image/jpeg;base64," in bundle["text/html"]
    assert "64×48" in bundle["text/html"]
    assert len(json.dumps(bundle)) < 30_000


# -- budgets and the end -----------------------------------------------------------------------------


def test_a_panel_opens_with_few_messages(make_studio: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    class Wire(BaseComm):
        def publish_msg(self, kind: str, *_: object, **__: object) -> None:
            sent.append(kind)

    sent: list[str] = []
    studio = make_studio()
    monkeypatch.setattr(comm, "create_comm", Wire)
    panel = studio.panel()
    assert sent == [], "nobody sees it yet"
    shown(panel)
    opened = sent.count("comm_open")
    assert opened > 0
    assert len(sent) <= 37, "more of them wait for each other on their way: see `seedance_widgets.light`"
    panel.close()
    assert sent.count("comm_close") == opened


def test_nothing_heavy_is_loaded_before_something_is_generated(tmp_path: Path) -> None:
    code = (
        "import sys, seedance_widgets as sw\n"
        f"panel = sw.Studio('key', 'http://127.0.0.1:9', library={str(tmp_path)!r}).panel()\n"
        "heavy = {'av', 'numpy', 'PIL', 'anywidget', 'matplotlib', 'tornado.httpserver'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.strip() == "[]"


def test_what_is_the_same_sends_nothing(open_panel: OpenPanel, monkeypatch: pytest.MonkeyPatch) -> None:
    class Wire(BaseComm):
        def publish_msg(self, msg_type: str, data: Any = None, *_: object, **__: object) -> None:
            if msg_type == "comm_msg":
                sent.append(data)

    sent: list[Any] = []
    monkeypatch.setattr(comm, "create_comm", Wire)
    panel = open_panel()
    made(panel, seed=1)
    until(lambda: panel.strip.cards[0].picture and player_of(panel))
    sent.clear()
    panel._tell()
    panel.form.request = dict(panel.form.request)
    assert sent == []


def test_the_clock_stands_while_nothing_is_in_flight(open_panel: OpenPanel) -> None:
    def ticking() -> bool:
        return any(thread.name == "seedance-ticker" for thread in threading.enumerate())

    panel = open_panel(speed=1.0)
    assert not ticking()
    panel.form.request = REQUEST
    (generation,) = panel.submit()
    assert ticking()
    until(lambda: generation.id)
    panel.simulator.advance(1000)
    until(lambda: panel.status.value.startswith("completed"))
    until(lambda: not ticking())


def test_a_closed_panel_hears_nothing_more_and_the_generation_goes_on(open_panel: OpenPanel) -> None:
    panel = open_panel(speed=1.0)
    panel.form.request = REQUEST
    (generation,) = panel.submit()
    until(lambda: generation.id)
    panel.close()
    panel.close()
    before = panel.status.value
    panel.simulator.advance(1000)
    assert generation.wait(15).status == "completed"
    assert panel.status.value == before
    assert panel.stage.clip.outputs == ()


def walk_html(widget: Any) -> str:
    """Return all HTML of a widget."""
    return " ".join(child.value for child in walk(widget) if child._view_name == "HTMLView")


# -- while a cell is running -------------------------------------------------------------------------


class RememberingComm(BaseComm):
    """A comm as of ipykernel 7.4: it sends replies to the shell that sent last."""

    def publish_msg(self, *_: object, **__: object) -> None:
        self._reply_subshell_id = None  # the main shell, which is busy

    def _reply_subshell_for(self, default: str) -> Any:
        return getattr(self, "_reply_subshell_id", default)


def test_whatever_the_panel_shows_hears_clicks_while_a_cell_is_running(
    open_panel: OpenPanel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(comm, "create_comm", RememberingComm)
    panel = shown(open_panel(faults=["fail:whom=dragon"]))
    made(panel)
    until(lambda: player_of(panel))
    made(panel, prompt="a dragon")
    until(lambda: buttons(panel.notice))
    panel.access.toggle()
    panel.form.set_model(NEXT)
    seen = list(walk(panel))
    assert {"Stop", "dismiss", "save", "Use this key"} <= set(buttons(panel))
    assert {widget.comm._reply_subshell_for("the page's own") for widget in seen} == {"the page's own"}
