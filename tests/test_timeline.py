"""The drawings of a take's states and of a sweep's timeline tell what was when, in shapes and in words."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ElementTree

import pytest

from seedance_widgets.generation import STATUSES, Generation
from seedance_widgets.moments import lasted, spans, spent
from seedance_widgets.states import States
from seedance_widgets.tickets import Ticket
from seedance_widgets.timeline import MOST, Timeline

BEGAN = 1_700_000_000.0
MOMENTS = ("sending_at", "queued_at", "generating_at", "finished_at", "ended_at")
SECONDS = re.compile(r"\d+ s")
SVG = "{http://www.w3.org/2000/svg}"


def take(status="completed", *after, seed=7, began=BEGAN):
    """A take with these moments, in seconds after its beginning; None: never seen."""
    moments = {name: None if each is None else began + each for name, each in zip(MOMENTS, after, strict=False)}
    ticket = Ticket(f"key-{seed}", "m", {}, "http://host", "/", "/", seed=seed, created_at=began)
    return Generation(ticket, status=status, **moments)


def texts(drawing, tag="text"):
    """What an image says; it must be well-formed."""
    return [each.text for each in ElementTree.fromstring(drawing).iter(f"{SVG}{tag}")]


DONE = take("completed", 1, 2, 5, 35, 36)


def test_the_spans_join_the_moments():
    found = [(span.name, span.start - BEGAN, span.end - BEGAN) for span in spans(DONE)]
    assert found == [
        ("waiting", 0, 1), ("sent", 1, 2), ("queued", 2, 5), ("generating", 5, 35), ("storing", 35, 36),
    ]  # fmt: skip


def test_what_goes_on_ends_now_and_what_was_not_seen_is_left_out():
    assert spent(take("generating", 1, None, 4), BEGAN + 10) == {"waiting": 1, "sent": 3, "generating": 6}
    assert spent(take("planned"), BEGAN + 10) == {"waiting": 10}
    assert spent(take("error", 1, 2, None, None, 5), BEGAN + 10) == {"waiting": 1, "sent": 1, "queued": 3}


def test_a_clock_that_was_set_back_makes_no_negative_time():
    found = spans(take("completed", 1, 5, 3, 8, 6))
    assert all(span.seconds >= 0 for span in found)
    assert [span.start for span in found] == sorted(span.start for span in found)


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0, "0.00 s"), (0.04, "0.04 s"), (3.21, "3.2 s"), (42.4, "42 s"), (185, "3 min 05 s"), (7805, "2 h 10 min")],
)
def test_a_while_in_words(seconds, words):
    assert lasted(seconds) == words


@pytest.mark.parametrize(
    ("status", "lit"),
    [
        ("planned", []),
        ("submitting", ["sent"]),
        ("queued", ["queued"]),
        ("generating", ["generating"]),
        ("downloading", ["completed"]),
        ("completed", ["completed"]),
        ("error", ["error"]),
        ("unconfirmed", ["sent"]),
        ("stopped", []),
    ],
)
def test_the_present_state_is_lit_and_said(status, lit):
    drawn = States(take(status, 1, 2, 5))._repr_svg_()
    bold = [each.text for each in ElementTree.fromstring(drawn).iter(f"{SVG}text") if each.get("font-weight") == "600"]
    assert bold[:-1] == lit
    assert bold[-1].startswith("seed 7 · ")
    assert [name for name in texts(drawn) if name in ("sent", "queued", "generating", "completed", "error")] == [
        "sent", "queued", "generating", "completed", "error",
    ]  # fmt: skip


def test_every_status_has_a_drawing():
    drawn = {status: States(take(status, 1, 2))._repr_svg_() for status in STATUSES}
    assert len(set(drawn.values())) == len(STATUSES)


def test_the_seconds_stand_below_the_states_and_in_the_words():
    states = States(DONE)
    assert {"1.0 s", "3.0 s", "30 s", "stored in 1.0 s"} <= set(texts(states._repr_svg_()))
    assert states.words == "seed 7: completed. sent 1.0 s, queued 3.0 s, generating 30 s, storing 1.0 s."
    assert f'aria-label="{states.words}"' in states._repr_html_()
    assert states.words in repr(states)


def test_without_a_take_the_states_are_explained():
    assert len(texts(States(None)._repr_svg_())) == 5
    assert "completed or error" in States(None).words


def test_a_timeline_has_a_row_for_each_take_and_says_how_each_ended():
    takes = [
        DONE,
        take("error", 1, 2, 5, None, 20, seed=8),
        take("stopped", 1, 2, None, None, 9, seed=9),
        take("unconfirmed", 1, None, None, None, 30, seed=10),
    ]
    line = Timeline(takes, ["one", "two"])
    said = texts(line._repr_svg_())
    assert {"one", "two", "seed 9", "seed 10", "36 s", "error", "stopped", "lost?"} <= set(said)
    assert {"0 s", "5 s", "35 s"} <= set(said)
    assert line.words == "4 takes, 1 completed, 36 s from the first request to the last moment."
    assert "generating 30 s" in texts(line._repr_svg_(), "title")


def test_bars_lie_where_their_moments_are():
    drawn = ElementTree.fromstring(Timeline([DONE])._repr_svg_())
    (bar,) = [
        group.find(f"{SVG}rect")
        for group in drawn.iter(f"{SVG}g")
        if group.findtext(f"{SVG}title") == "generating 30 s"
    ]
    ticks = {each.text: float(each.get("x")) for each in drawn.iter(f"{SVG}text") if SECONDS.fullmatch(each.text or "")}
    assert float(bar.get("x")) == pytest.approx(ticks["5 s"], abs=0.1)
    assert float(bar.get("x")) + float(bar.get("width")) == pytest.approx(ticks["35 s"], abs=0.1)


def test_takes_of_different_days_are_drawn_from_their_own_beginnings():
    line = Timeline([DONE, take("completed", 1, 2, 5, 25, 26, seed=8, began=BEGAN + 90_000)])
    assert not line.together
    assert line.seconds == 36
    assert "each from its own beginning" in texts(line._repr_svg_())


def test_what_is_many_is_counted_and_what_is_none_is_said():
    assert "and 5 more takes" in texts(Timeline([DONE] * (MOST + 5))._repr_svg_())
    assert texts(Timeline([DONE] * 5, most=2)._repr_svg_()).count("36 s") == 2
    assert Timeline([]).words == "No take yet."
    assert texts(Timeline([])._repr_svg_())


def test_names_are_text():
    page = Timeline([DONE], ['<script>alert(1)</script>"'])._repr_html_()
    assert "<script" not in page
    assert '<script>alert(1)</script>"' in texts(page, "title")


def test_a_grid_draws_its_takes(studio):
    grid = studio.sweep("a fox", seed="1-3", resolution=["480p", "720p"])
    grid.wait(30)
    line = grid.timeline()
    assert {"480p · seed 1", "720p · seed 3"} <= set(texts(line._repr_svg_()))
    assert line.words.startswith("6 takes, 6 completed")
    assert grid.generations[0].states().words.startswith("seed 1: completed. sent")
