"""Widgets that open late and undressed behave as any other widget of ipywidgets."""

from __future__ import annotations

import threading
from typing import Any

import ipywidgets as widgets
import pytest
from forms import counted, shown
from ipywidgets.embed import dependency_state, embed_data

from seedance_widgets.light import LightBox, LightRow, light
from seedance_widgets.looks import join_when_filled

Button, Text = light(widgets.Button), light(widgets.Text)


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> Any:
    """The models that are open in the page, id → name."""
    with counted(monkeypatch) as models:
        yield models


def told(widget: Any, monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Return a list that fills with what a widget sends."""
    sent: list[Any] = []
    monkeypatch.setattr(widget, "_send", lambda message, buffers=None: sent.append(message["state"]))
    return sent


def test_what_nobody_sees_is_not_opened(opened: dict[str, str]) -> None:
    box = LightBox([Button(description="one"), LightRow([Text()])])
    assert opened == {}
    shown(box)
    assert list(opened.values()) == ["ButtonModel", "TextModel", "HBoxModel", "VBoxModel"], "a box after its parts"
    shown(box)
    assert len(opened) == 4


def test_what_comes_into_a_box_that_is_seen_is_opened_then(opened: dict[str, str]) -> None:
    box, text = shown(LightBox()), Text()
    assert list(opened.values()) == ["VBoxModel"]
    box.children = (text,)
    assert text.comm.comm_id in opened


def test_it_opens_in_boxes_that_are_not_light_and_in_an_exported_page(opened: dict[str, str]) -> None:
    text = Text(value="a")
    widgets.VBox([text])
    assert text.comm.comm_id in opened
    text = Text(value="b")
    page = embed_data(views=[text], state=dependency_state([text]))
    shown_as = page["view_specs"][0]["model_id"]
    assert page["manager_state"]["state"][shown_as]["state"]["value"] == "b"


def test_what_it_was_told_before_it_is_seen_is_in_its_first_message_only(monkeypatch: pytest.MonkeyPatch) -> None:
    text = Text()
    sent = told(text, monkeypatch)
    text.value = "a"
    shown(text)
    assert sent == []
    text.value = "b"
    assert sent == [{"value": "b"}]


def test_what_another_thread_changes_while_it_opens_reaches_the_page(monkeypatch: pytest.MonkeyPatch) -> None:
    text = Text()
    sent, state_of = told(text, monkeypatch), text.get_state

    def interrupted(*args: Any, **kwargs: Any) -> Any:
        state = state_of(*args, **kwargs)
        if text.comm is None:
            other = threading.Thread(target=setattr, args=(text, "value", "late"))
            other.start()
            other.join()
        return state

    monkeypatch.setattr(text, "get_state", interrupted)
    shown(text)
    assert sent == [{"value": "late"}]


def test_many_threads_that_show_it_open_it_once(opened: dict[str, str]) -> None:
    text = Text()
    threads = [threading.Thread(target=shown, args=(text,)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert list(opened.values()) == ["TextModel"]


def test_its_looks_are_there_when_they_are_asked_for(opened: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    button = shown(Button())
    sent = told(button, monkeypatch)
    repr(button)
    assert list(opened.values()) == ["ButtonModel"]
    button.layout.width = "50%"
    button.style.button_color = "red"
    assert sent == [{"layout": f"IPY_MODEL_{button.layout.model_id}"}, {"style": f"IPY_MODEL_{button.style.model_id}"}]
    assert button.layout.width == "50%"
    assert button.get_state()["layout"] == sent[0]["layout"]
    assert Button().layout is not button.layout


@pytest.mark.parametrize("layout", [{"width": "50%"}, widgets.Layout(width="50%")])
def test_looks_that_are_given_or_assigned_travel(layout: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    given, assigned = Button(layout=layout), shown(Button())
    sent = told(assigned, monkeypatch)
    assigned.layout = layout
    for button in (given, assigned):
        assert button.layout.width == "50%"
        assert button.get_state()["layout"] == f"IPY_MODEL_{button.layout.model_id}"
    assert [list(each) for each in sent] == [["layout"]]


def test_what_is_closed_stays_closed(opened: dict[str, str]) -> None:
    seen, unseen = shown(Button()), Button()
    for button in (seen, unseen):
        button.close()
        button.close()
        assert not (button._repr_mimebundle_ and button._repr_mimebundle_().get("x"))
    assert opened == {}


def test_it_is_of_the_kind_that_it_was_made_from() -> None:
    assert isinstance(Button(), widgets.Button)
    assert light(widgets.Button) is Button
    assert repr(Button(description="go")) == "Button(description='go')"


# -- parts that join late ----------------------------------------------------------------------------


def test_a_part_joins_behind_the_others_once_it_is_filled_and_stays(opened: dict[str, str]) -> None:
    first, note, part = Text(), light(widgets.HTML)(value=""), LightBox()
    box = shown(LightBox([first]))
    join_when_filled(part, box)
    join_when_filled(note, box)
    assert len(opened) == 2
    part.children = (Text(),)
    note.value = "words"
    assert box.children == (first, part, note)
    assert len(opened) == 5
    part.children, note.value = (), ""
    part.children = (Text(),)
    assert box.children == (first, part, note)


def test_a_part_joins_with_what_is_filled_inside_it() -> None:
    row = LightRow()
    part, box = LightBox([row]), LightBox()
    join_when_filled(part, box, row)
    assert box.children == ()
    row.children = (Text(),)
    assert box.children == (part,)
