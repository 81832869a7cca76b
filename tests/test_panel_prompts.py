"""Prompts and requests in the panel: words that vary, undo, recent prompts, presets, what changed, notifications."""

from __future__ import annotations

from html import escape
from typing import Any

import pytest
from forms import counted, note, shown, walk
from panels import REQUEST, OpenPanel, buttons, made, player_of, press, until

from seedance_widgets.panel import Panel

LITE = "bytedance/seedance-1-0-lite-t2v"
HOSTILE = "<img src=x onerror=alert(1)> </select> $x$ & so on"
UNDO_REDO = ("undo", "redo")


# -- words that vary ---------------------------------------------------------------------------------


def test_words_in_braces_become_a_grid(open_panel: OpenPanel) -> None:
    panel = open_panel()
    panel.form.request = {**REQUEST, "prompt": "a {dragon|phoenix} at {dawn|dusk}", "seed": 7}
    assert "4 takes (2 × 2 words)" in panel.money.value
    assert "4 prompts" in panel.generate_button.tooltip
    takes = panel.submit()
    assert [(take.prompt, take.seed) for take in takes] == [
        ("a dragon at dawn", 7),
        ("a dragon at dusk", 7),
        ("a phoenix at dawn", 7),
        ("a phoenix at dusk", 7),
    ]
    assert panel.grid._layout == {"rows": ["dragon", "phoenix"], "columns": ["dawn", "dusk"], "blocks": [""]}
    until(lambda: panel.status.value == "4 completed")
    assert {record.body["prompt"] for record in panel.simulator.created} == {take.prompt for take in takes}


def test_a_lone_brace_is_told_at_the_prompt_and_refuses_nothing(open_panel: OpenPanel) -> None:
    panel = open_panel()
    prompt = panel.form.controls["prompt"]
    panel.form.request = {**REQUEST, "prompt": "a {dragon|phoenix", "seed": 7}
    assert "sw-remark" in note(prompt)
    assert "a { is not closed, so it is sent as text" in note(prompt)
    assert "17 chars" in note(prompt)
    assert not panel.generate_button.disabled
    (take,) = panel.submit()
    assert take.prompt == "a {dragon|phoenix"
    prompt.box.value += "}"
    assert "sw-remark" not in note(prompt)


def test_seeds_are_one_more_axis(open_panel: OpenPanel) -> None:
    panel = open_panel()
    panel.form.request = {**REQUEST, "prompt": "a {dragon|phoenix}"}
    panel.seeds.value = "1-3"
    assert "6 takes (2 words × 3 seeds)" in panel.money.value
    panel.submit()
    assert panel.grid.axes == {"dragon|phoenix": ["dragon", "phoenix"], "seed": [1, 2, 3]}


def test_many_words_ask_first(open_panel: OpenPanel, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("seedance_widgets.studio.has_front_end", lambda: True)
    panel = open_panel()
    panel.form.request = {**REQUEST, "prompt": "{a|b|c} {d|e|f} {g|h}"}
    assert panel.submit() == []
    assert "18 takes" in panel.grid._asks["words"]
    assert panel.simulator.created == []


def test_too_many_words_are_said_and_nothing_is_sent(open_panel: OpenPanel) -> None:
    panel = open_panel()
    panel.form.request = {**REQUEST, "prompt": "{a|b}" * 14}
    assert "16384 prompts" in panel.money.value
    assert panel.generate_button.disabled
    assert panel.submit() == []
    assert "Nothing was sent" in panel.notice.text
    panel.form.request = {**REQUEST, "prompt": "{a|b}" * 7}
    panel.seeds.value = "1-500"
    assert "64000 takes; 10000 are the most" in panel.money.value
    assert panel.submit() == []
    assert panel.simulator.created == []


def test_braces_that_were_sent_as_text_stay_text(open_panel: OpenPanel) -> None:
    panel = open_panel()
    panel.form.request = {**REQUEST, "prompt": "a {{dragon|phoenix}} and {name}", "seed": 1}
    (take,) = panel.submit()
    assert take.prompt == "a {dragon|phoenix} and {name}"
    until(lambda: take.done)
    panel.form.reset()
    panel.use_request(take)
    assert panel.submit() == [take]
    press(panel, "make it again")
    assert [again.prompt for again in panel.generations] == [take.prompt] * 2


# -- undo --------------------------------------------------------------------------------------------


def test_every_change_of_the_request_can_be_undone_and_redone(open_panel: OpenPanel) -> None:
    panel = open_panel()
    assert "undo" not in buttons(panel)
    panel.form.request = REQUEST
    panel.form.controls["resolution"].value = "720p"
    panel.seeds.value = "1-4"
    panel.choose_model("bytedance/seedance-1-5-pro")
    panel.form.reset()
    assert panel.form.request == {}
    seen = []
    for _ in range(5):
        press(panel, "undo")
        seen.append((panel.form.model.id, panel.form.request.get("resolution"), panel.seeds.value))
    assert seen == [
        ("bytedance/seedance-1-5-pro", "720p", "1-4"),
        (LITE, "720p", "1-4"),
        (LITE, "720p", ""),
        (LITE, "480p", ""),
        (LITE, None, ""),
    ]
    assert panel.models.value == LITE
    for _ in range(4):
        press(panel, "redo")
    assert panel.form.model.id == "bytedance/seedance-1-5-pro"
    assert {**REQUEST, "resolution": "720p"}.items() <= panel.form.request.items()


def test_undo_and_redo_are_off_where_there_is_nothing(open_panel: OpenPanel) -> None:
    panel = open_panel()
    panel.form.request = REQUEST
    undo, redo = (next(each for each in walk(panel) if getattr(each, "description", "") == name) for name in UNDO_REDO)
    assert (undo.disabled, redo.disabled) == (False, True)
    press(panel, "undo")
    assert (undo.disabled, redo.disabled) == (True, False)
    assert panel.form.request == {}
    assert undo.tooltip
    assert redo.tooltip


def test_typing_is_undone_in_one_step(open_panel: OpenPanel) -> None:
    panel = open_panel()
    panel.form.request = {"duration": 5}
    for end in range(1, 9):
        panel.form.controls["prompt"].box.value = "a dragon"[:end]
    press(panel, "undo")
    assert panel.form.request == {"duration": 5}
    press(panel, "redo")
    assert panel.form.request == {"duration": 5, "prompt": "a dragon"}


def test_a_request_that_is_used_again_is_one_step(open_panel: OpenPanel) -> None:
    panel = open_panel()
    take = made(panel, seed=3)
    panel.choose_model("bytedance/seedance-1-5-pro")
    panel.seeds.value = "2"
    before = panel.form.request
    panel.use_request(take)
    assert (panel.form.model.id, panel.form.request["seed"], panel.seeds.value) == (LITE, 3, "")
    press(panel, "undo")
    assert (panel.form.model.id, panel.form.request, panel.seeds.value) == ("bytedance/seedance-1-5-pro", before, "2")


# -- recent prompts ----------------------------------------------------------------------------------


def recent(panel: Panel) -> Any:
    """Open the box of recent prompts, and wait until the library was looked into."""
    press(panel, "recent")
    until(lambda: "Looking" not in panel.tools.fold.words.value)
    return panel.tools.fold


def test_recent_prompts_are_listed_searched_and_used(open_panel: OpenPanel) -> None:
    panel = open_panel()
    for prompt in ("a red kite", "a {dragon}", "a red kite", HOSTILE):
        made(panel, prompt=prompt, seed=len(panel.generations))
    box = recent(panel)
    assert box.prompts == [HOSTILE, "a red kite", "a {dragon}"]
    box.list.index = 0
    assert escape(HOSTILE) in box.words.value
    assert "<img" not in box.words.value
    box.search.value = "KITE red"
    until(lambda: box.prompts == ["a red kite"])
    assert box.take.disabled
    box.list.index = 0
    press(panel, "use this prompt")
    assert panel.form.request["prompt"] == "a red kite"
    assert panel.tools.fold is None
    press(panel, "undo")
    assert panel.form.request["prompt"] == HOSTILE


def test_a_recent_prompt_with_braces_stays_text(open_panel: OpenPanel) -> None:
    panel = open_panel()
    made(panel, prompt="{{a|b}}", seed=1)
    box = recent(panel)
    assert box.prompts == ["{a|b}"]
    box.list.index = 0
    panel.form.reset()
    press(panel, "use this prompt")
    assert panel.form.request["prompt"] == "{{a|b}}"


def test_the_box_leaves_nothing_behind(open_panel: OpenPanel, monkeypatch: pytest.MonkeyPatch) -> None:
    with counted(monkeypatch) as opened:
        panel = open_panel()
        panel.form.request = REQUEST
        until(lambda: not panel.withdrawn.children)  # it is known by then that this is a simulator
        before = dict(opened)
        for name in ("recent", "presets", "presets", "recent", "recent"):
            press(panel, name)
        assert opened == before
        panel.close()
        assert opened == {}


# -- presets -----------------------------------------------------------------------------------------


def presets(panel: Panel, name: str) -> Any:
    """Open the box of presets, if it is not, and mark one."""
    if panel.tools.fold is None:
        press(panel, "presets")
    box = panel.tools.fold
    box.list.index = [preset.name for preset in box._presets].index(name)
    return box


def test_presets_of_the_model_are_applied_and_undone(open_panel: OpenPanel) -> None:
    panel = open_panel()
    panel.form.request = {"prompt": "a kite", "duration": 10}
    box = presets(panel, "draft 480p 5 s")
    assert "resolution 480p, duration 5" in box.words.value
    press(panel, "apply")
    assert panel.form.request == {"prompt": "a kite", "resolution": "480p", "duration": 5}
    assert "Set: resolution 480p, duration 5." in box.words.value
    press(panel, "undo")
    assert panel.form.request == {"prompt": "a kite", "duration": 10}


def test_own_presets_are_saved_renamed_and_deleted(open_panel: OpenPanel) -> None:
    panel = open_panel()
    panel.form.request = {**REQUEST, "seed": 4, "watermark": True}
    press(panel, "presets")
    box = panel.tools.fold
    assert (box.save.disabled, box.rename.disabled, box.delete.disabled) == (True, True, True)
    box.name.value = HOSTILE[:50]
    press(panel, "save the form")
    assert "<img" not in box.words.value
    assert box.marked.fields == {"resolution": "480p", "duration": 5, "watermark": True}
    box.name.value = "mine"
    press(panel, "rename")
    assert box.marked.name == "mine"
    panel.choose_model("bytedance/seedance-2-5")
    assert [preset.name for preset in box._presets] == ["draft 480p 4 s", "final 720p 30 s", "mine"]
    panel.form.reset()
    presets(panel, "mine")
    press(panel, "apply")
    assert panel.form.request == {"resolution": "480p", "duration": 5, "watermark": True}
    press(panel, "delete")
    assert "mine is deleted" in box.words.value
    assert len(box._presets) == 2


def test_what_is_wrong_with_presets_is_said_there(open_panel: OpenPanel) -> None:
    panel = open_panel()
    (panel.studio.library.path / "presets.json").write_text("{")
    press(panel, "presets")
    box = panel.tools.fold
    assert "damaged" in box.words.value
    box.name.value = "mine"
    press(panel, "save the form")
    assert "nothing to keep" in box.words.value
    panel.form.request = REQUEST
    press(panel, "save the form")
    assert box.marked.name == "mine"


# -- what changed ------------------------------------------------------------------------------------


def test_what_changed_in_the_form_since_the_take_is_said_below_it(open_panel: OpenPanel) -> None:
    panel = open_panel()
    made(panel, prompt="a {{red|blue}} kite <b>", duration=5)
    until(lambda: player_of(panel))
    assert panel.stage._changes.value == ""  # the seed was left open
    panel.form.request = {**panel.form.request, "prompt": "a green kite <b>", "resolution": "720p", "seed": -1}
    said = panel.stage._changes.value
    assert "changed since this take: resolution 480p → 720p, prompt" in said
    assert "a <del>{red|blue}</del> <ins>green</ins> kite &lt;" in said
    assert "<b>" not in said
    panel.use_request(panel.generations[0])
    assert panel.stage._changes.value == ""


# -- notifications -----------------------------------------------------------------------------------


def bell(panel: Panel, monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Open the box with the switch, switch it on, shut the box, and return the list of what is sent to the page."""
    press(panel, "⚙")
    sent: list[Any] = []
    monkeypatch.setattr(panel._head.bell, "send", sent.append)
    panel._head.bell.on = True
    press(panel, "⚙")
    assert not panel.access.unfolded
    return sent


def test_the_page_is_told_once_when_a_whole_sweep_is_done(open_panel: OpenPanel, monkeypatch: Any) -> None:
    panel = open_panel()
    sent = bell(panel, monkeypatch)
    panel.form.request = {**REQUEST, "prompt": f"{{a|b}} {HOSTILE}"}
    panel.seeds.value = "2"
    panel.submit()
    until(lambda: sent)
    assert [(each["title"], each["body"]) for each in sent] == [
        ("4 takes are done", f"4 completed · a {HOSTILE} and 1 more")
    ]
    panel.seeds.value = ""
    made(panel, seed=5)
    until(lambda: len(sent) == 2)
    assert sent[1]["title"] == "The take is done"


def test_what_fails_is_told_too_and_what_a_person_stops_is_not(open_panel: OpenPanel, monkeypatch: Any) -> None:
    panel = open_panel(speed=100.0, faults=["fail:times=1"])
    sent = bell(panel, monkeypatch)
    made(panel, seed=1)
    until(lambda: sent)
    assert sent[0]["title"] == "The take did not succeed"
    panel.form.request = {**REQUEST, "seed": 2}
    panel.submit()
    panel.stop()
    until(lambda: panel.generations[-1].status == "stopped")
    until(lambda: panel.status.value.startswith("stopped"))
    made(panel, seed=3)
    until(lambda: len(sent) > 1)
    assert [each["title"] for each in sent[1:]] == ["The take is done"]


def test_it_is_off_by_default_and_opens_nothing_until_it_is_wanted(open_panel: OpenPanel, monkeypatch: Any) -> None:
    with counted(monkeypatch) as opened:
        panel = shown(open_panel())
        assert panel._head.bell is None
        press(panel, "⚙")
        switch = panel._head.bell
        assert switch in panel.access.children
        assert switch.on is False
        press(panel, "⚙")
        press(panel, "⚙")
        assert panel._head.bell is switch
        made(panel)
        panel.close()
        assert opened == {}
