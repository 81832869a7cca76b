"""Prompts in the panel: words that vary."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from panels import REQUEST, press, until

from seedance_widgets import grid as grid_module
from seedance_widgets.panel import Panel

LITE = "bytedance/seedance-1-0-lite-t2v"
OpenPanel = Callable[..., Panel]


@pytest.fixture
def open_panel(make_simulator: Any, make_studio: Any) -> Iterator[OpenPanel]:
    """``open_panel(studio_options, **simulator_options)``: a panel; ``panel.simulator`` is what it talks to."""
    panels: list[Panel] = []

    def make(studio: dict[str, Any] | None = None, **options: Any) -> Panel:
        simulator = make_simulator(**options)
        panel = make_studio(simulator, **(studio or {})).panel()
        panel.simulator = simulator
        panels.append(panel)
        return panel

    yield make
    for panel in panels:
        panel.close()


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


def test_seeds_are_one_more_axis(open_panel: OpenPanel) -> None:
    panel = open_panel()
    panel.form.request = {**REQUEST, "prompt": "a {dragon|phoenix}"}
    panel.seeds.value = "1-3"
    assert "6 takes (2 words × 3 seeds)" in panel.money.value
    panel.submit()
    assert panel.grid.axes == {"dragon|phoenix": ["dragon", "phoenix"], "seed": [1, 2, 3]}


def test_many_words_ask_first(open_panel: OpenPanel, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(grid_module, "has_front_end", lambda: True)
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
