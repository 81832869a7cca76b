"""Several seeds from the panel, what they will cost, models from the API's list, and several clips of one take."""

from __future__ import annotations

import shutil
import threading
from typing import Any

import pytest
from clips import clip
from forms import note, walk
from panels import REQUEST, OpenPanel, made, player_of, press, until

from seedance_widgets.errors import DocumentError
from seedance_widgets.panel import Panel

LITE = "bytedance/seedance-1-0-lite-t2v"
FILM = "acme/film-1"


def document(model_id: str) -> dict[str, Any]:
    """A model without a seed, as a vendor's page describes it."""
    properties = {
        "model": {"type": "string", "enum": [model_id]},
        "prompt": {"type": "string"},
        "mood": {"type": "string", "enum": ["calm", "wild"]},
    }
    schema = {"type": "object", "required": ["model", "prompt"], "properties": properties}
    post = {"requestBody": {"content": {"application/json": {"schema": schema}}}}
    return {
        "openapi": "3.0.3",
        "info": {"title": "t", "version": "1"},
        "paths": {"/v2/video/generations": {"post": post}},
    }


@pytest.fixture
def open_panel(open_panel: OpenPanel) -> OpenPanel:
    """``open_panel(**simulator_options)``: a panel in front of a service that lists one more model."""
    return lambda **options: open_panel(**{"models": [document(FILM)], **options})


def several(panel: Panel, seeds: str, **request: Any) -> list[Any]:
    """Write into the form and into the box, press Generate, and return what came of it."""
    panel.form.request = {**REQUEST, **request}
    panel.seeds.value = seeds
    return panel.submit()


# -- seeds -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ("1-3", "not used: Seeds asks for 3 takes, seeds 1, 2, 3"),
        ("4 random", "not used: Seeds asks for 4 takes, random seeds"),
        ("99-99", ""),
        ("1", ""),
        ("", ""),
        ("nonsense", ""),
    ],
)
def test_a_fixed_seed_says_where_the_box_asks_for_others(open_panel: OpenPanel, asked: str, words: str) -> None:
    panel = open_panel()
    assert panel.seeds.placeholder == "1; or 1-4, 4 random"
    panel.form.request = {**REQUEST, "seed": 99}
    panel.seeds.value = asked
    seed = panel.form.controls["seed"]
    assert words in note(seed)
    assert ("sw-remark" in note(seed)) == bool(words)
    panel.form.request = REQUEST
    assert note(seed) == ""


def test_several_seeds_become_a_grid_in_the_panel(open_panel: OpenPanel) -> None:
    panel = open_panel()
    takes = several(panel, "1-3", seed=99)
    assert [take.seed for take in takes] == [1, 2, 3]
    assert panel.generations == takes
    assert panel.grid.axes == {"seed": [1, 2, 3]}
    assert panel.grid.panel is panel
    assert panel.grid in list(walk(panel))
    until(lambda: panel.status.value == "3 completed")
    bodies = sorted((record.body for record in panel.simulator.created), key=lambda body: body["seed"])
    assert bodies == [{"model": LITE, **REQUEST, "seed": seed} for seed in (1, 2, 3)]
    assert len(panel.strip.cards) == 3


def test_one_is_one_take_with_the_forms_own_seed(open_panel: OpenPanel) -> None:
    panel = open_panel()
    assert [take.seed for take in several(panel, "1", seed=99)] == [99]
    assert [take.seed for take in several(panel, "this one +1", seed=99)] == [100]
    assert panel.grid is None


def test_random_seeds_differ(open_panel: OpenPanel) -> None:
    assert len({take.seed for take in several(open_panel(), "4 random")}) == 4


def test_the_neighbours_are_those_of_the_take_shown_where_the_form_is_open(open_panel: OpenPanel) -> None:
    panel = open_panel()
    made(panel, seed=7)
    until(lambda: player_of(panel))
    assert [take.seed for take in several(panel, "this one +1…+3")] == [8, 9, 10]


def test_what_is_wrong_with_the_seeds_is_said_there_and_nothing_is_sent(open_panel: OpenPanel) -> None:
    panel = open_panel()
    assert several(panel, "1-x") == []
    assert "no span" in panel.money.value
    assert panel.generate_button.disabled
    assert "Seeds" in panel.generate_button.tooltip
    assert panel.simulator.created == []
    panel.seeds.value = "2"
    assert not panel.generate_button.disabled
    assert "no span" not in panel.money.value
    assert "2 takes" in panel.generate_button.tooltip


def test_a_model_without_a_seed_has_no_such_box(open_panel: OpenPanel) -> None:
    panel = open_panel()
    assert "sw-gone" not in panel.seeds._dom_classes
    panel.seeds.value = "4 random"
    panel.choose_model(FILM)
    until(lambda: panel.form.model.id == FILM)
    until(lambda: "sw-gone" in panel.seeds._dom_classes)
    panel.form.request = {"prompt": "a kite"}
    assert len(panel.submit()) == 1


def test_above_sixteen_the_grid_asks_first(open_panel: OpenPanel, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("seedance_widgets.studio.has_front_end", lambda: True)
    panel = open_panel()
    assert several(panel, "1-17") == []
    assert panel.generations == []
    assert panel.simulator.created == []
    panel.grid.start()
    assert len(panel.generations) == 17
    until(lambda: panel.status.value == "17 completed")


def test_a_take_that_is_tried_again_in_the_grid_is_followed_too(open_panel: OpenPanel) -> None:
    panel = open_panel(faults=["fail:times=1"])
    takes = several(panel, "1-2")
    until(lambda: all(take.done for take in takes))
    failed = next(take for take in takes if take.status == "error")
    again = panel.grid.retry(failed)
    until(lambda: again in panel.generations)
    until(lambda: again.status == "completed")


def test_the_same_takes_are_not_bought_twice_unless_asked_for(open_panel: OpenPanel) -> None:
    panel = open_panel()
    takes = several(panel, "1-2")
    until(lambda: panel.status.value == "2 completed")
    assert panel.submit() == takes
    assert "All 2 takes are here already; nothing was sent" in panel.notice.text
    press(panel.notice, "make them again")
    until(lambda: len(panel.simulator.created) == 4)
    assert "here already" not in panel.notice.text


def test_a_grid_that_has_news_waits_for_nobody_who_is_about_to_close_it(open_panel: OpenPanel) -> None:
    panel = open_panel()
    panel.form.request = REQUEST
    panel.seeds.value = "1-2"
    takes = panel.submit()
    until(lambda: all(take.done for take in takes))
    with panel._guard.lock:  # as while Generate or "close the grid" is being done
        news = threading.Thread(target=panel.grid._flush, daemon=True)
        news.start()
        news.join(5)
        assert not news.is_alive()
        panel.grid.close()


def test_a_new_grid_takes_the_place_of_the_one_before(open_panel: OpenPanel) -> None:
    panel = open_panel()
    several(panel, "1-2")
    first = panel.grid
    several(panel, "3-4")
    assert panel.grid is not first
    assert first.comm is None
    press(panel, "close the grid")
    assert panel.grid is None
    assert len(panel.generations) == 4


def test_a_sweep_leaves_the_stage_to_the_take_that_is_shown(open_panel: OpenPanel) -> None:
    panel = open_panel()
    made(panel, seed=7)
    until(lambda: "seed 7 " in panel.stage.caption)
    several(panel, "1-2")
    until(lambda: panel.status.value == "2 completed" and all(card.picture for card in panel.strip.cards))
    assert "seed 7 " in panel.stage.caption


def test_an_empty_stage_gets_the_first_of_them(open_panel: OpenPanel) -> None:
    panel = open_panel()
    several(panel, "1-2")
    until(lambda: player_of(panel))


def test_more_like_a_take_asks_for_its_neighbours(open_panel: OpenPanel) -> None:
    panel = open_panel()
    take = several(panel, "5-6", aspect_ratio="1:1")[0]
    panel.form.request = {"prompt": "something else"}
    panel.more_like(take)
    assert panel.form.request == {**REQUEST, "aspect_ratio": "1:1", "seed": 5}
    assert [each.seed for each in panel.submit()] == [6, 7, 8]


def test_a_cell_reaches_the_panel(open_panel: OpenPanel) -> None:
    panel = open_panel()
    take = several(panel, "5-6")[1]
    panel.grid._handle_custom_msg({"kind": "use_seed", "id": 1, "key": take.key}, [])
    until(lambda: panel.form.request.get("seed") == 6)
    assert panel.seeds.value == ""


# -- the cost ----------------------------------------------------------------------------------------


def test_the_cost_is_told_before_and_the_account_beside_it(open_panel: OpenPanel) -> None:
    panel = open_panel()
    until(lambda: "simulated: balance $100.00" in panel.money.value)
    assert "about" not in panel.money.value
    panel.form.request = REQUEST
    until(lambda: "about $0.09 · 180,000 credits (simulated)" in panel.money.value)
    panel.seeds.value = "4 random"
    assert "4 takes · about $0.36 · 720,000 credits" in panel.money.value
    panel.form.request = {**REQUEST, "duration": 7}
    assert "about" not in panel.money.value
    panel.seeds.value = "4 random"
    panel.form.request = REQUEST
    panel.submit()
    until(lambda: "today $0.36" in panel.money.value)


def test_what_cannot_be_told_ahead_is_known_afterwards(open_panel: OpenPanel) -> None:
    panel = open_panel(faults=["html:models"])
    panel.form.request = REQUEST
    until(lambda: "cost known afterwards" in panel.money.value)
    made(panel, seed=3)
    until(lambda: "about $0.09" in panel.money.value)


def test_a_balance_that_is_too_small_is_a_warning(open_panel: OpenPanel) -> None:
    panel = open_panel(balance_usd=0.2)
    panel.form.request = REQUEST
    until(lambda: "balance $0.20" in panel.money.value and "about" in panel.money.value)
    assert "too little" not in panel.money.value
    panel.seeds.value = "1-3"
    assert "balance $0.20: too little for this" in panel.money.value


def test_typing_sends_the_cost_only_when_it_changes(open_panel: OpenPanel) -> None:
    panel = open_panel()
    panel.form.request = REQUEST
    until(lambda: "about" in panel.money.value and "balance" in panel.money.value)
    seen: list[str] = []
    panel.money.observe(lambda change: seen.append(change["new"]), "value")
    for length in range(1, 20):
        panel.form.request = {**REQUEST, "prompt": "a" * length}
    assert seen == []


# -- models of the API's list --------------------------------------------------------------------------


def words(panel: Panel) -> str:
    return panel.finder.words.value


def found(panel: Panel, text: str) -> list[str]:
    """Search, and return the ids that were found."""
    if not panel.finder.unfolded:
        press(panel, "more")
    panel.finder.box.value = text
    until(lambda: panel.finder.list.options and "found" in words(panel))
    until(lambda: all(text in value for _, value in panel.finder.list.options))
    return [value for _, value in panel.finder.list.options]


def test_a_model_of_the_list_is_searched_and_shown(open_panel: OpenPanel) -> None:
    panel = open_panel()
    panel.form.request = REQUEST
    assert FILM in found(panel, "")
    assert found(panel, "film") == [FILM]
    assert panel.finder.take.disabled
    panel.finder.list.value = FILM
    assert "document" in words(panel)
    press(panel.finder, "use this model")
    until(lambda: panel.form.model.id == FILM)
    assert panel.form.request == {"prompt": REQUEST["prompt"]}
    until(lambda: panel.models.value == FILM)
    assert not panel.finder.unfolded
    until(lambda: panel.notice.text == "")
    assert made_of(panel).status == "completed"


def made_of(panel: Panel) -> Any:
    """Send what is in the form, and wait for it."""
    (generation,) = panel.submit()
    return generation.wait(15)


def test_withdrawn_models_are_marked_in_the_list(open_panel: OpenPanel) -> None:
    panel = open_panel()
    found(panel, "")
    names = {value: name for name, value in panel.finder.list.options}
    assert "withdrawn" in names[LITE]
    assert "withdrawn" not in names[FILM]


def test_a_document_that_cannot_be_had_is_told_and_the_form_stays(
    open_panel: OpenPanel, monkeypatch: pytest.MonkeyPatch
) -> None:
    panel = open_panel()

    def refuse(source: object) -> None:
        raise DocumentError("The page of acme/film-1 is gone.")

    monkeypatch.setattr(panel.studio, "load_model", refuse)
    panel.choose_model(FILM)
    until(lambda: "cannot be read" in panel.notice.text)
    assert panel.form.model.id == LITE
    assert panel.models.value == LITE


def test_a_later_choice_overtakes_one_that_is_being_fetched(
    open_panel: OpenPanel, monkeypatch: pytest.MonkeyPatch
) -> None:
    panel, fetched, go = open_panel(), threading.Event(), threading.Event()
    load = panel.studio.load_model

    def slow(source: Any) -> Any:
        go.wait(10)
        try:
            return load(source)
        finally:
            fetched.set()

    monkeypatch.setattr(panel.studio, "load_model", slow)
    panel.choose_model(FILM)
    assert f"Fetching the document of {FILM}" in panel.notice.text
    panel.models.value = "bytedance/seedance-1-5-pro"
    assert panel.notice.text == ""
    go.set()
    assert fetched.wait(10)
    assert panel.form.model.id == "bytedance/seedance-1-5-pro"


def test_the_request_of_a_model_that_is_not_here_comes_with_its_form(open_panel: OpenPanel, make_studio: Any) -> None:
    panel = open_panel()
    take = panel.studio.generate("a kite", model=FILM, mood="wild")
    panel.use_request(take)
    until(lambda: panel.form.request == {"prompt": "a kite", "mood": "wild"})
    assert panel.form.model.id == FILM


def test_without_the_list_the_bundled_models_are_there_and_it_is_said(open_panel: OpenPanel) -> None:
    panel = open_panel(faults=["html:models"])
    assert LITE in found(panel, "")
    assert "could not be had" in words(panel)


# -- several clips of one take ---------------------------------------------------------------------------


def test_the_clips_of_one_take_are_a_press_away(open_panel: OpenPanel) -> None:
    panel = open_panel()
    generation = made(panel)
    until(lambda: player_of(panel))
    assert panel.stage.clips is None
    first = player_of(panel)
    second = generation.path.with_name(f"{generation.path.stem}-2.mp4")
    shutil.copyfile(clip(48, 64), second)
    panel.studio.library.update(generation, paths=(generation.path, second))
    press(panel.strip, "seed")
    until(lambda: panel.stage.clips is not None)
    assert panel.stage.clips.options == ("1", "2")
    assert "2 clips" in panel.stage.caption
    panel.stage.clips.index = 1
    until(lambda: player_of(panel) != first)
    panel.stage.clips.index = 0
    until(lambda: player_of(panel) == first)
