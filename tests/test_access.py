from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from forms import walk
from panels import REQUEST, buttons, made, press, until

from seedance_widgets.access import badge_html
from seedance_widgets.model import load_model, models
from seedance_widgets.panel import Panel
from seedance_widgets.picker import model_options
from seedance_widgets.studio import Studio

SECRET = "sk-0123456789"


@pytest.fixture
def keyless(make_simulator: Any, tmp_path: Path) -> Iterator[Panel]:
    """A panel without a key, in front of a server that takes SECRET."""
    simulator = make_simulator(token=SECRET)
    with Studio(base_url=simulator.url, library=tmp_path / "library", poll_interval=0.02) as studio:
        panel = studio.panel()
        panel.simulator = simulator
        yield panel
        panel.close()


def words(panel: Panel) -> str:
    return " ".join(child.value for child in walk(panel.access) if child._view_name == "HTMLView")


def type_key(panel: Panel, text: str) -> None:
    """Type a key as the page does: the value arrives when the field is left."""
    panel.access.key.field.set_state({"value": text})


def states(panel: Panel) -> str:
    """All that the page knows, as a notebook with widget state would keep it."""
    return json.dumps([widget.get_state() for widget in (panel, *walk(panel))], default=str)


def test_without_a_key_the_box_is_open_and_says_what_to_do(keyless: Panel) -> None:
    assert keyless.access.unfolded
    assert "There is no API key" in words(keyless)
    assert "AIMLAPI_API_KEY" in words(keyless)
    assert set(buttons(keyless.access)) == {"Use this key", "Use the simulator (no cost)"}
    assert keyless.status.value == "no API key yet"
    keyless.form.request = REQUEST
    assert keyless.generate_button.disabled
    assert "no API key" in keyless.generate_button.tooltip
    assert keyless.submit() == []


def test_a_typed_key_is_used_and_kept_nowhere(keyless: Panel) -> None:
    seen: list[str] = []
    field = keyless.access.key.field
    field.observe(lambda change: seen.append(change["new"]), "value")
    type_key(keyless, SECRET)
    assert field.value == ""
    assert seen[-1] == ""
    assert SECRET not in states(keyless)
    press(keyless.access, "Use this key")
    assert keyless.studio.client.has_key
    assert not keyless.access.unfolded
    assert keyless.status.value == "ready"
    assert made(keyless).status == "completed"
    assert SECRET not in states(keyless)
    assert all(SECRET not in str(value) for value in vars(keyless.access).values())
    assert SECRET.encode() not in b"".join(
        path.read_bytes() for path in keyless.studio.library.path.rglob("*") if path.suffix != ".mp4" and path.is_file()
    )


def test_enter_uses_the_key_too(keyless: Panel) -> None:
    keyless.access.key.field._handle_custom_msg({"event": "submit"}, [])
    type_key(keyless, SECRET)
    assert keyless.studio.client.has_key


def test_leaving_the_field_uses_nothing_yet(keyless: Panel) -> None:
    type_key(keyless, SECRET)
    assert not keyless.studio.client.has_key
    assert "Use this key" in keyless.access.key.field.placeholder


@pytest.mark.parametrize(
    ("typed", "said"), [("", "Paste the key"), ("sk 1 23", "no key has"), ("schlüssel", "no key has")]
)
def test_what_no_key_can_be_is_said_without_repeating_it(keyless: Panel, typed: str, said: str) -> None:
    type_key(keyless, typed)
    press(keyless.access, "Use this key")
    assert said in words(keyless)
    assert not keyless.studio.client.has_key
    assert not typed or typed not in states(keyless)


def test_a_wrong_key_can_be_replaced_and_the_request_sent(keyless: Panel) -> None:
    type_key(keyless, "wrong")
    press(keyless.access, "Use this key")
    generation = made(keyless)
    until(lambda: "set the key" in buttons(keyless.notice))
    press(keyless.notice, "set the key")
    type_key(keyless, SECRET)
    press(keyless.access, "Use this key")
    press(keyless.notice, "try again")
    until(lambda: generation.status == "completed")
    assert len(keyless.simulator.created) == 1


def test_the_simulator_is_one_press_away_and_back(keyless: Panel, monkeypatch: pytest.MonkeyPatch) -> None:
    keyless.form.request = {**REQUEST, "seed": 5}
    home = keyless.studio
    press(keyless.access, "Use the simulator")
    assert keyless.studio is not home
    assert keyless.studio.is_simulated
    assert keyless.form.request == {**REQUEST, "seed": 5}
    assert keyless.studio.library.path == home.library.path / "simulated"
    assert not keyless.generate_button.disabled
    assert "simulator · no cost" in badge_html(keyless.studio)
    assert not keyless.access.unfolded
    keyless.access.toggle()
    press(keyless.access, "Back to")
    assert keyless.studio is home
    assert keyless.access.unfolded
    assert keyless.simulator.requests == []


def test_the_gear_opens_and_closes_the_box(make_studio: Any) -> None:
    studio = make_studio()
    panel = studio.panel()
    assert not panel.access.unfolded
    press(panel, "⚙")
    assert str(studio.library.path) in words(panel)
    assert studio.client.base_url.removeprefix("http://") in words(panel)
    press(panel, "⚙")
    assert not panel.access.unfolded
    panel.close()


def test_in_a_simulated_studio_the_box_asks_for_no_key() -> None:
    with Studio.simulated(speed=1000) as studio:
        panel = studio.panel()
        panel.access.toggle()
        assert "no key, no cost" in words(panel)
        assert buttons(panel.access) == []
        panel.close()


def test_a_strange_folder_is_text(make_studio: Any, tmp_path: Path) -> None:
    studio = make_studio(library=tmp_path / "<b>bold<")
    panel = studio.panel()
    panel.access.toggle()
    assert "<b>bold" not in words(panel)
    panel.close()


def test_the_list_holds_every_bundled_model_and_marks_the_withdrawn() -> None:
    options = model_options()
    assert {value for _, value in options} == set(models())
    for text, model_id in options:
        assert ("withdrawn" in text) == bool(load_model(model_id).withdrawn)
