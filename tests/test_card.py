"""The live card of a take, and what stays of widgets in a saved notebook."""

from __future__ import annotations

import json
from types import SimpleNamespace

import pytest
from panels import until

from seedance_widgets.card import TakeCard, card_of
from seedance_widgets.keepsake import MOST, ROOM, WIDGET, Keepsake, takes_html
from seedance_widgets.options import options

HOSTILE = "<img src=x onerror=alert(1)> & <script>"
SMALL = 30_000  # bytes in a saved notebook


@pytest.fixture
def front_end(without_page, monkeypatch):
    """Code runs in the kernel of a page; the rest as of `without_page`."""
    monkeypatch.setenv("JPY_SESSION_NAME", "notebook.ipynb")
    return without_page


@pytest.fixture
def without_page(monkeypatch):
    """Code runs in a kernel; ``shown`` is what it displayed, ``updated`` what became of that later."""
    said = SimpleNamespace(shown=[], updated=[], ends=[])
    events = SimpleNamespace(
        callbacks={"post_run_cell": said.ends}, register=lambda _event, callback: said.ends.append(callback)
    )
    shell = SimpleNamespace(kernel=object(), user_ns={}, events=events)
    monkeypatch.setattr("IPython.core.getipython.get_ipython", lambda: shell)
    for name in ("JPY_SESSION_NAME", "VSCODE_PID", "VOILA_REQUEST_URL", "SERVER_SOFTWARE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("IPython.display.display", lambda data, **more: said.shown.append((data, more)))
    monkeypatch.setattr("IPython.display.update_display", lambda data, **more: said.updated.append((data, more)))
    return said


@pytest.fixture
def slow(make_studio, make_simulator):
    """A Studio whose takes stay in flight."""
    return make_studio(make_simulator(speed=0.01))


def asked(card, **question):
    """Let the page ask; return the answer and its buffers."""
    answers = []
    card.send = lambda content, buffers=None: answers.append((content, buffers))
    card._handle_custom_msg({"id": "1", "key": card.generation.key, **question}, [])
    until(lambda: answers)
    return answers[0]


def facts(card):
    return card._cells[0]


# The card -----------------------------------------------------------------------------------------------------


def test_a_card_follows_its_take_from_the_beginning_to_the_clip(studio):
    take = studio.generate("a lighthouse", seed=7)
    card = TakeCard(take)
    until(lambda: facts(card)["status"] == "completed")
    assert "64×48" in facts(card)["caption"]
    assert facts(card)["prompt"] == "a lighthouse"
    answer, buffers = asked(card, kind="clip")
    assert (answer["ok"], answer["type"], buffers) == (True, "video/mp4", [take.path.read_bytes()])
    card.close()


def test_what_is_said_of_a_take_on_its_card_is_kept(studio):
    take = studio.generate("a lighthouse").wait(20)
    card = TakeCard(take)
    assert asked(card, kind="rate", stars=4)[0]["ok"]
    assert asked(card, kind="pick", picked=True)[0]["ok"]
    kept = studio.library.get(take.key)
    assert (kept.rating, kept.picked) == (4, True)
    until(lambda: facts(card)["rating"] == 4)


def test_stop_and_going_on(slow):
    take = slow.generate("a lighthouse")
    card = TakeCard(take)
    asked(card, kind="stop")
    assert take.wait(10).status == "stopped"
    until(lambda: facts(card)["status"] == "stopped")
    asked(card, kind="retry")
    assert not take.done


def test_a_failed_take_says_why_and_a_refusal_is_an_answer(make_studio, make_simulator):
    studio = make_studio(make_simulator(faults=["fail:times=1"]))
    take = studio.generate("a lighthouse").wait(20)
    card = TakeCard(take)
    assert take.status == "error"
    assert facts(card)["reason"]
    assert facts(card)["over"]  # no button: what the API has failed is asked for anew by the cell
    answer, _ = asked(card, kind="retry")
    assert (answer["ok"], "Run the cell again" in answer["error"]) == (False, True)
    assert not asked(card, kind="clip")[0]["ok"]
    assert not asked(card, kind="rate", stars=4, key="another")[0]["ok"]


def test_a_card_answers_nothing_but_what_a_card_asks(studio):
    card = TakeCard(studio.generate("a lighthouse").wait(20))
    sent = []
    card.send = lambda *given: sent.append(given)
    for kind in ("save", "start", "use_seed", "cancel"):
        card._handle_custom_msg({"kind": kind, "id": "1"}, [])
    assert sent == []


def test_the_card_is_drawn_as_the_options_say(studio):
    take = studio.generate("a lighthouse").wait(20)
    with options.set(width=300, autoplay=False, posters=False):
        card = TakeCard(take)
    assert (card._layout["width"], card._layout["autoplay"], card._layout["posters"]) == (300, False, False)


def test_a_card_that_is_shown_once_more_takes_the_options_of_then(studio, front_end):
    take = studio.generate("a lighthouse").wait(20)
    take._ipython_display_()
    with options.set(width=640, loop=False):
        take._ipython_display_()
    assert (card_of(take)._layout["width"], card_of(take)._layout["loop"]) == (640, False)


def test_the_state_of_a_card_is_small(studio):
    card = TakeCard(studio.generate("a lighthouse").wait(20))
    until(lambda: card._still)
    assert len(json.dumps(card.get_state(), default=str)) < SMALL


def test_a_take_that_is_shown_twice_is_one_widget_until_it_is_closed(studio):
    take = studio.generate("a lighthouse").wait(20)
    card = card_of(take)
    assert card_of(take) is card
    card.close()
    assert card_of(take) is not card


# How a generation shows itself --------------------------------------------------------------------------------


def test_in_a_notebook_a_generation_is_a_card_and_a_picture_for_later(studio, front_end):
    take = studio.generate(HOSTILE, seed=3)
    take._ipython_display_()
    (live, _), (_, more) = front_end.shown
    assert live[WIDGET]["model_id"] == card_of(take).model_id
    take.wait(20)
    until(lambda: front_end.updated)
    until(lambda: "<img" in front_end.updated[-1][0]["text/html"])
    later, where = front_end.updated[-1]
    assert where["display_id"] == more["display_id"]
    assert "64×48" in later["text/html"]
    assert HOSTILE not in later["text/html"]
    assert "<script>" not in later["text/html"]
    assert len(later["text/html"]) < SMALL


def test_without_a_page_pictures_come_at_the_end_of_the_cell_and_never_between_two(studio, without_page):
    take = studio.generate("a kite")
    take._ipython_display_()
    take.wait(20)
    until(lambda: card_of(take)._still)
    assert without_page.updated == []
    (end,) = without_page.ends
    end(None)
    end(None)
    (later,) = [data["text/html"] for data, _ in without_page.updated if "a kite" in data["text/html"]]
    assert "<img" in later


def test_in_a_page_no_cell_waits_for_pictures(studio, front_end):
    studio.generate("a kite").wait(20)._ipython_display_()
    assert front_end.ends == []


def test_data_for_other_pages_hold_text_html_and_widget(studio, front_end):
    take = studio.generate("a lighthouse", seed=3).wait(20)
    data, _ = take._repr_mimebundle_()
    assert {"text/plain", "text/html", WIDGET} <= set(data)
    assert "data:image/jpeg" in data["text/html"]


def test_in_a_terminal_a_generation_is_a_line(studio, capsys):
    take = studio.generate("a lighthouse", seed=3).wait(20)
    take._ipython_display_()
    assert capsys.readouterr().out == f"{take!r}\n"
    assert WIDGET not in take._repr_mimebundle_()[0]
    assert "a lighthouse" in take._repr_html_()


def test_grid_and_panel_leave_pictures_too(studio, front_end):
    grid = studio.sweep("a dragon", seed="1-2").wait(20)
    grid._ipython_display_()
    panel = studio.panel()
    panel._ipython_display_()
    until(lambda: any(data["text/html"].count("<img") == 2 for data, _ in front_end.updated))
    assert any("seed 1" in data["text/html"] for data, _ in front_end.updated)
    panel.form.request = {"prompt": "a kite"}
    panel.submit()[0].wait(20)
    until(lambda: any("a kite" in data["text/html"] and "<img" in data["text/html"] for data, _ in front_end.updated))
    assert ".sw-kept-" in grid._hides
    assert ".sw-kept-" in panel.children[0].children[0].value, "with the title"


# Keepsakes ----------------------------------------------------------------------------------------------------


def test_what_was_never_shown_is_never_brought_up_to_date(front_end):
    made = []
    Keepsake(lambda: made.append(1) or "").refresh()
    assert made == []


def test_many_takes_share_the_room_and_the_rest_is_counted(studio):
    takes = studio.sweep("a dragon", seed=f"1-{MOST + 3}", confirm=False).wait(30).generations
    html = takes_html(takes, "a dragon")
    assert html.count("<figure") == MOST
    assert "and 3 more takes" in html
    assert html.count("a dragon") == 1
    assert len(html) < ROOM * 4 / 3 + MOST * 400


def test_without_posters_the_words_stay(studio):
    take = studio.generate("a lighthouse").wait(20)
    with options.set(posters=False):
        html = takes_html([take])
    assert "<img" not in html
    assert "a lighthouse" in html
