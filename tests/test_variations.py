"""Words in braces: what varies, what is text, and that every text can be sent."""

from __future__ import annotations

import math
import warnings

import pytest
from hypothesis import given
from hypothesis import strategies as st

import seedance_widgets as sw
from seedance_widgets.errors import RequestInvalid
from seedance_widgets.groups import unbalanced
from seedance_widgets.sweep import plan_form, plan_sweep
from seedance_widgets.variations import VariationError, as_text, read_variations

LITE = sw.load_model("bytedance/seedance-1-0-lite-t2v")
MARKED = st.text(st.sampled_from("{}| ab\n"), max_size=24)
WORDS = st.lists(st.sampled_from(["red", "blue", "old man", "", "7"]), min_size=2, max_size=4, unique=True)


@pytest.mark.parametrize(
    ("template", "texts"),
    [
        ("a {dragon|phoenix}", ["a dragon", "a phoenix"]),
        ("{a|b}{c|d}", ["ac", "ad", "bc", "bd"]),
        ("a {|red} dragon", ["a dragon", "a red dragon"]),
        ("{|red} dragon", ["dragon", "red dragon"]),
        ("a dragon{,| at night}", ["a dragon,", "a dragon at night"]),
        ("a dragon {|at night}", ["a dragon", "a dragon at night"]),
        ("a { dragon | phoenix } flies", ["a dragon flies", "a phoenix flies"]),
        ("first\n{|second}\nthird", ["first\n\nthird", "first\nsecond\nthird"]),
        ("{a {red|blue} dragon|a kite}", ["a red dragon", "a blue dragon", "a kite"]),
        ("{a|a}", ["a"]),
    ],
)
def test_groups_unfold(template, texts):
    assert read_variations(template).texts() == texts


@pytest.mark.parametrize(
    "text", ["{name}", "a | b", "{a|b", "a|b}", "}{", '{"a": {"b": 1}}', "{{name}}", "{{{}}}", "", "  two  spaces "]
)
def test_what_is_no_group_is_sent_as_it_is_written(text):
    found = read_variations(text)
    assert (found.axes, found.texts()) == ({}, [text])


@pytest.mark.parametrize(
    ("template", "text"), [("{{a|b}}", "{a|b}"), ("{{{a|b}}}", "{{a|b}}"), ("x {{a|{b|c}}}", "x {a|{b|c}}")]
)
def test_double_braces_are_braces(template, text):
    assert read_variations(template).texts() == [text]


def test_axes_are_named_by_their_words():
    found = read_variations("{dragon|phoenix} {a|b} {a|b}")
    assert found.axes == {"dragon|phoenix": ["dragon", "phoenix"], "a|b": ["a", "b"], "a|b (2)": ["a", "b"]}
    assert read_variations("{a|b}", taken=["a|b"]).axes == {"a|b (2)": ["a", "b"]}
    (name,) = read_variations("{" + "|".join(f"word{number}" * 9 for number in range(99)) + "}").axes
    assert len(name) <= 60
    assert "|" in name


@given(MARKED)
def test_every_text_can_be_sent(text):
    assert read_variations(as_text(text)).texts() == [text]


@given(MARKED)
def test_what_stands_for_itself_is_written_as_it_is(text):
    assert (as_text(text) == text) == (read_variations(text).texts() == [text])


@given(st.lists(WORDS, min_size=1, max_size=4), st.text(st.characters(exclude_characters="{}|"), max_size=8))
def test_each_combination_is_there_once_and_in_order(groups, between):
    template = between.join("{" + "|".join(words) + "}" for words in groups)
    found = read_variations(template)
    assert list(found.axes.values()) == groups
    assert found.count == math.prod(map(len, groups))
    for index, name in enumerate(found.axes):
        for word in groups[index]:
            assert word in found.text({name: word})


@given(MARKED)
def test_a_prompt_is_never_longer_than_its_template(text):
    found = read_variations(text)
    assert all(len(each) <= len(text) for each in found.texts())
    assert len(found.texts()) <= found.count


@pytest.mark.parametrize(
    ("template", "words"),
    [
        ("{a|b}" * 14, "16384 prompts; 10000 are the most"),
        ("{a|b}" * 20_000, "more than a thousand million"),
        ("{a|" * 5_000 + "}" * 5_000, "deep"),
        ("{" + "|" * 1_000 + "}", "1001 words; 1000 are the most"),
    ],
)
def test_too_many_are_refused_in_words(template, words):
    with pytest.raises(VariationError, match=words):
        read_variations(template)
    with pytest.raises(RequestInvalid, match=words):
        plan_sweep(LITE, template)
    with pytest.raises(RequestInvalid, match=words):
        plan_form(LITE, {"prompt": template})


def test_deep_braces_are_read_in_time():
    text = "{" * 20_000 + "}" * 20_000
    assert read_variations(text).texts() == [text]


# -- sweeps --------------------------------------------------------------------------------------------


def test_words_are_axes_of_a_sweep_with_the_seed_across():
    sweep = plan_sweep(LITE, "a {dragon|phoenix} at {dawn|dusk}", seed=[1, 2], duration=5)
    assert sweep.axes == {"dragon|phoenix": ["dragon", "phoenix"], "dawn|dusk": ["dawn", "dusk"], "seed": [1, 2]}
    assert sweep.title == "a {dragon|phoenix} at {dawn|dusk}"
    assert len(sweep.cells) == 8
    assert {request.prompt for request in sweep.requests} == {
        f"a {who} at {when}" for who in ("dragon", "phoenix") for when in ("dawn", "dusk")
    }
    last = sweep.cells[-1]
    assert last.values == {"dragon|phoenix": "phoenix", "dawn|dusk": "dusk", "seed": 2}
    assert last.request.body == {"model": LITE.id, "prompt": "a phoenix at dusk", "seed": 2, "duration": 5}


def test_words_share_one_seed_where_none_is_given():
    assert len({request.seed for request in plan_sweep(LITE, "{a|b|c} kite").requests}) == 1


def test_combinations_of_words_can_be_left_out():
    left_out = {"dragon|phoenix": "dragon", "dawn|dusk": "dusk"}
    requests = plan_sweep(LITE, "a {dragon|phoenix} at {dawn|dusk}", skip=left_out).requests
    assert [request.prompt for request in requests] == ["a dragon at dawn", "a phoenix at dawn", "a phoenix at dusk"]


def test_prompts_of_a_list_are_unfolded_where_they_stand():
    assert plan_sweep(LITE, ["a {red|blue} kite", "{{a|b}}"]).axes == {"prompt": ["a red kite", "a blue kite", "{a|b}"]}


def test_the_same_prompt_twice_is_refused():
    with pytest.raises(RequestInvalid, match="same take twice"):
        plan_sweep(LITE, "{a|ab}{bc|c}")


def test_a_list_in_a_form_is_no_axis():
    sweep = plan_form(LITE, {"prompt": "{a|b}", "duration": 5}, [3, 4])
    assert sweep.axes == {"a|b": ["a", "b"], "seed": [3, 4]}
    with pytest.raises(RequestInvalid):
        plan_form(LITE, {"prompt": "a", "duration": [5, 10]})


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a {dragon|phoenix} at {dawn|dusk}", ""),
        ('{"lens": {"mm": 35}} and {{a|b}}', ""),
        ("a smile :} and a | b", ""),
        ("a { and more", "a { is not closed"),
        ("a {dragon|phoenix", "a { is not closed"),
        ("a {dragon|{red|green} one", "a { is not closed"),
        ("a dragon|phoenix} at dawn", "a } closes no {"),
        ("a {dragon|phoenix}|lion}", "a } closes no {"),
    ],
)
def test_a_brace_without_its_other_half_is_told(text, words):
    assert unbalanced(text).startswith(words)
    assert bool(unbalanced(text)) == bool(words)
    assert read_variations(text).count >= 1


def test_a_sweep_says_of_a_lone_brace_that_nothing_varies_there(studio):
    with pytest.warns(UserWarning, match="a { is not closed, so it is sent as text"):
        (take,) = studio.sweep("a {dragon|phoenix", seed=1).generations
    assert take.prompt == "a {dragon|phoenix"
    with warnings.catch_warnings(action="error"):
        studio.sweep("a {dragon|phoenix} in {{x|y}}", seed=1)


def test_generate_sends_the_prompt_as_it_is_written(studio):
    with pytest.warns(UserWarning, match="as it is written"):
        take = studio.generate("a {dragon|phoenix}", seed=1)
    assert take.request["prompt"] == take.prompt == "a {dragon|phoenix}"
    assert studio.generate("{name} | {{x}}", seed=1).prompt == "{name} | {{x}}"


def test_a_sweep_keeps_the_prompts_that_were_sent(studio):
    grid = studio.sweep("a {dragon|phoenix} in {{a|b}}", seed=1).wait()
    assert [take.prompt for take in grid.generations] == ["a dragon in {a|b}", "a phoenix in {a|b}"]
    assert [row["dragon|phoenix"] for row in grid.ratings] == ["dragon", "phoenix"]
    assert grid._layout["columns"] == ["dragon", "phoenix"]
    assert [found.prompt for found in studio.library.search("phoenix")] == ["a phoenix in {a|b}"]


def test_headers_are_the_words(studio):
    grid = studio.sweep("{|2} {dragons|kites}", seed=1)
    assert (grid._layout["rows"], grid._layout["columns"]) == (["without", "2"], ["dragons", "kites"])
