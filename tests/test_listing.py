"""Takes, a library and a model as tables: of text, and of HTML in which everything from outside is text."""

from __future__ import annotations

import pytest
from documents import document
from IPython.lib.pretty import pretty

from seedance_widgets.listing import MOST_PICTURES, Listing
from seedance_widgets.model import load_model
from seedance_widgets.options import options

HOSTILE = "<img src=x onerror=alert(1)>"


@pytest.fixture
def library(studio):
    """A library with a completed take, one that failed, and a prompt from an unfriendly place."""
    studio.generate("a lighthouse", seed=1).wait(20).rate(4)
    studio.generate(HOSTILE, seed=2).wait(20)
    return studio.library


def test_a_library_tells_how_many_takes_how_much_room_and_the_latest(library):
    text, html = pretty(library), library._repr_html_()
    for shown in (text, html):
        assert "2 takes (2 completed)" in shown
        assert "kB on the disk" in shown or "MB on the disk" in shown
        assert "a lighthouse" in shown
        assert "★★★★" in shown
    assert html.count("data:image/jpeg") == 2
    assert HOSTILE not in html
    assert "&lt;img" in html
    assert repr(library) == f"<Library {library.path}: 2 generations>"


def test_an_empty_library_has_a_table_too(studio):
    assert "0 takes" in pretty(studio.library)
    assert "<table" in studio.library._repr_html_()


def test_takes_as_a_list_are_a_list_and_a_table(library):
    takes = Listing(library.recent())
    assert takes == library.recent()
    assert len(repr(takes).splitlines()) == 3
    assert HOSTILE not in takes._repr_html_()
    assert (repr(Listing()), "No takes" in Listing()._repr_html_()) == ("no takes", True)
    assert Listing(takes * 10)._repr_html_().count("<img") <= MOST_PICTURES
    with options.set(posters=False):
        assert "<img" not in takes._repr_html_()


def test_control_characters_do_not_steer_a_terminal(studio):
    studio.generate("a \x1b[31mred\x1b[0m kite\nin two lines").wait(20)
    text = pretty(studio.library)
    assert "\x1b" not in text
    assert len(text.splitlines()) == 3


def test_a_model_is_a_table_of_its_fields_as_text():
    text = pretty(load_model())
    assert text.startswith("bytedance/seedance-1-0-lite-t2v (withdrawn since 2026-06)\n")
    (row,) = (line for line in text.splitlines() if line.startswith("resolution"))
    assert row.split()[:6] == ["resolution", "string", "480p,", "720p,", "1080p", "1080p"]
    odd = pretty(load_model(document({"\x1b[31m": {"type": "string", "description": "two\nlines"}})))
    assert "\x1b" not in odd
    assert "two lines" in odd
