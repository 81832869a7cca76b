"""What changed between two requests: in words, in HTML, and word by word."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seedance_widgets.differences import Difference, differences, word_changes

TEXTS = st.one_of(
    st.text(max_size=20), st.lists(st.sampled_from(["a", "red", "kite", ",", "夜空"]), max_size=9).map(" ".join)
)
HOSTILE = "<img src=x onerror=alert(1)> & so on"


def test_fields_are_told_in_order():
    before = {"prompt": "a kite", "seed": 7, "resolution": "480p", "watermark": True, "tags": [1, 2]}
    after = {"prompt": "a kite", "seed": 8, "resolution": "720p", "tags": [1, 3], "camera_fixed": False}
    found = differences(before, after)
    assert [each.name for each in found] == ["seed", "resolution", "watermark", "tags", "camera_fixed"]
    assert str(found).split(", ", 2) == [
        "seed 7 → 8",
        "resolution 480p → 720p",
        "watermark true → not set, tags [1, 2] → [1, 3], camera fixed not set → false",
    ]


def test_the_same_is_nothing():
    found = differences({"prompt": "a kite", "seed": 7}, {"seed": 7, "prompt": "a kite"})
    assert (list(found), str(found), repr(found)) == ([], "nothing", "<Differences: nothing>")


def test_kinds_of_values_are_told_apart():
    assert len(differences({"a": 1, "b": 1, "c": None}, {"a": True, "b": 1.0})) == 2


@pytest.mark.parametrize(
    ("before", "after", "text", "html"),
    [
        ("a kite at dusk", "a kite at dawn", "“dusk” → “dawn”", "a kite at <del>dusk</del> <ins>dawn</ins>"),
        ("a kite", "a red kite", "+ “red”", "a <ins>red</ins> kite"),
        ("a red kite, far away", "a kite, far", "− “red”, − “away”", "a <del>red</del> kite, far <del>away</del>"),
        (
            "one two three four five",
            "one two three four six",
            "“five” → “six”",
            "… three four <del>five</del> <ins>six</ins>",
        ),
        ("塔の上の竜 夜", "塔の上の鳥 夜", "“竜” → “鳥”", "… 上の <del>竜</del> <ins>鳥</ins> 夜"),
    ],
)
def test_words_that_changed_are_marked(before, after, text, html):
    difference = Difference("prompt", before, after)
    assert str(difference) == f"prompt {text}"
    assert difference.html() == f"prompt {html}"


@given(TEXTS, TEXTS)
def test_the_later_text_can_be_read_from_the_changes(before, after):
    changes = word_changes(before, after)
    assert "".join(change.new for change in changes) == after
    assert "".join("".join(change.gone for change in changes).split()) == "".join(before.split())


@given(TEXTS)
def test_a_text_does_not_differ_from_itself(text):
    assert all(change.is_none for change in word_changes(text, text))
    assert differences({"prompt": text}, {"prompt": text}) == ()


@given(TEXTS, TEXTS, TEXTS)
def test_text_is_text(one, other, name):
    (difference,) = differences({name: f"{HOSTILE} {one}"}, {name: f"{one} other {HOSTILE} {other}"})
    marks = ("<del>", "</del>", "<ins>", "</ins>")
    html = difference.html()
    for mark in marks:
        html = html.replace(mark, "")
    assert "<" not in html


def test_long_texts_are_compared_in_time():
    changes = word_changes("a b " * 20_000, "b c " * 20_000)
    assert "".join(change.new for change in changes) == "b c " * 20_000


def test_takes_tell_how_they_differ(studio):
    one = studio.generate("a kite at dusk", seed=7, resolution="480p")
    other = studio.generate("a kite at dawn", seed=8, resolution="480p", duration=5)
    assert str(other.differs_from(one)) == "prompt “dusk” → “dawn”, seed 7 → 8, duration not set → 5"
    assert not one.differs_from(one)
    assert studio.compare(one, other).differences() == other.differs_from(one)
    elsewhere = studio.generate("a kite at dusk", seed=7, resolution="480p", model="bytedance/seedance-1-5-pro")
    assert [each.name for each in elsewhere.differs_from(one)] == ["model"]
