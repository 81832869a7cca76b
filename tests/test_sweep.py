"""Sweeps: fields with several values, checked before anything is sent."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import seedance_widgets as sw
from seedance_widgets.axes import AxisError, axis_values
from seedance_widgets.errors import ConfigError, RequestInvalid
from seedance_widgets.sweep import plan_sweep

LITE = sw.load_model("bytedance/seedance-1-0-lite-t2v")
PRO = sw.load_model("bytedance/seedance-1-5-pro")


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("1-4", [1, 2, 3, 4]),
        ("1,2,7", [1, 2, 7]),
        ("1-10 (+3)", [1, 4, 7, 10]),
        ("1-100 [5]", [1, 26, 50, 75, 100]),
        ("4-1", [4, 3, 2, 1]),
        ("7", [7]),
        ("1-3, 7, 10-12", [1, 2, 3, 7, 10, 11, 12]),
        (" 5 - 6 ", [5, 6]),
        ("1–4, 7−9", [1, 2, 3, 4, 7, 8, 9]),
        ("4294967294-4294967295", [4294967294, 4294967295]),
    ],
)
def test_spans_for_numbers(text, values):
    sweep = plan_sweep(LITE, "a dragon", seed=text)
    assert sweep.axes == {"seed": values}
    assert [request.body["seed"] for request in sweep.requests] == values


@pytest.mark.parametrize("text", ["1-4x", "1-10 (+0)", "1,,2", "1-5000", "1-100 [0]", "1-9 [5000]"])
def test_a_span_that_cannot_be_read_says_so_at_its_field(text):
    with pytest.raises(RequestInvalid) as caught:
        plan_sweep(LITE, "a dragon", seed=text)
    assert [problem.path for problem in caught.value.problems] == ["seed"]


def test_text_is_never_split():
    assert plan_sweep(LITE, "1-4, 7", seed=1).axes == {}
    assert plan_sweep(LITE, "1-4, 7", seed=1).requests[0].prompt == "1-4, 7"


def test_lists_tuples_and_ranges_are_axes_and_the_seed_goes_across():
    sweep = plan_sweep(LITE, "a dragon", seed=range(1, 4), resolution=["480p", "720p"])
    assert sweep.axes == {"resolution": ["480p", "720p"], "seed": [1, 2, 3]}
    got = [(cell.values["resolution"], cell.values["seed"]) for cell in sweep.cells]
    assert got == [("480p", 1), ("480p", 2), ("480p", 3), ("720p", 1), ("720p", 2), ("720p", 3)]
    assert sweep.title == "a dragon"


def test_arrays_are_axes_and_leave_no_numbers_of_their_own_behind():
    sweep = plan_sweep(LITE, np.array(["a {red|blue} fox", "a cat"]), seed=np.arange(1, 3), resolution="480p")
    assert sweep.axes == {"prompt": ["a red fox", "a blue fox", "a cat"], "seed": [1, 2]}
    assert {type(seed) for seed in sweep.axes["seed"]} == {int}
    assert [cell.values["seed"] for cell in plan_sweep(LITE, "a fox", seed=[np.int64(3), 4]).cells] == [3, 4]
    with pytest.raises(RequestInvalid, match=r"seed: must be a whole number, not \[1, 1\]"):
        plan_sweep(LITE, "a fox", seed=np.ones((2, 2), int))


def test_several_prompts_are_an_axis():
    sweep = plan_sweep(LITE, ["a dragon", "a phoenix"], seed=(1, 2))
    assert sweep.axes == {"prompt": ["a dragon", "a phoenix"], "seed": [1, 2]}
    assert sweep.title == ""


def test_seeds_asks_for_different_random_ones():
    sweep = plan_sweep(LITE, "a dragon", seeds=6)
    seeds = sweep.axes["seed"]
    assert len(set(seeds)) == 6
    assert all(0 <= seed < 2**31 for seed in seeds)


def test_a_blank_seed_is_drawn_once_so_that_cells_differ_in_their_axes_only():
    sweep = plan_sweep(LITE, "a dragon", resolution=["480p", "720p"])
    assert len({request.body["seed"] for request in sweep.requests}) == 1


def test_several_models_are_an_axis():
    sweep = plan_sweep(LITE, "a dragon", model=[LITE.id, PRO.id], seed="1-2")
    assert sweep.axes == {"model": [LITE.id, PRO.id], "seed": [1, 2]}
    assert [request.model.id for request in sweep.requests] == [LITE.id, LITE.id, PRO.id, PRO.id]


def test_a_list_field_needs_a_list_of_lists_to_be_an_axis():
    model = sw.load_model("bytedance/seedance-2-0")
    one = plan_sweep(model, "a", image_urls=["https://a/1.png", "https://a/2.png"], seed=1)
    assert one.axes == {}
    two = plan_sweep(model, "a", image_urls=[["https://a/1.png"], ["https://a/2.png"]], seed=1)
    assert [request.body["image_urls"] for request in two.requests] == [["https://a/1.png"], ["https://a/2.png"]]


@pytest.mark.parametrize(
    ("skip", "left"),
    [
        ({"resolution": "720p", "seed": 2}, 3),
        ([{"resolution": "720p"}, {"seed": 1}], 1),
        (lambda values: values["seed"] == 1, 2),
        (None, 4),
    ],
)
def test_combinations_are_skipped(skip, left):
    sweep = plan_sweep(LITE, "a", resolution=["480p", "720p"], seed="1-2", skip=skip)
    assert len(sweep.requests) == left
    assert len(sweep.cells) == 4


def test_every_problem_is_found_before_anything_is_sent():
    with pytest.raises(RequestInvalid) as caught:
        plan_sweep(LITE, "a", resolution=["480p", "8k"], sed=7, seed=[1, "x"])
    assert {problem.path for problem in caught.value.problems} == {"resolution", "sed", "seed"}


@pytest.mark.parametrize(
    ("fields", "path"),
    [
        ({"seed": []}, "seed"),
        ({"seed": [1, 2, 1]}, "seed"),
        ({"seeds": 0}, "seeds"),
        ({"seeds": True}, "seeds"),
        ({"seeds": 2, "seed": 3}, "seeds"),
        ({"seed": range(999), "duration": range(999)}, ""),
    ],
)
def test_what_makes_no_grid_is_refused(fields, path):
    with pytest.raises(RequestInvalid) as caught:
        plan_sweep(LITE, "a", **fields)
    assert [problem.path for problem in caught.value.problems] == [path]


def test_a_skip_that_cannot_be_asked_is_refused():
    with pytest.raises(ConfigError, match="skip="):
        plan_sweep(LITE, "a", seed="1-2", skip=["480p"])


def test_a_skip_of_what_is_no_field_is_refused_since_it_would_leave_nothing_out():
    with pytest.raises(ConfigError, match="skip= names 'sed', which is no field; the axes here are: seed"):
        plan_sweep(LITE, "a", seed="1-2", duration=5, skip=[{"duration": 10}, {"seed": 1, "sed": 1}])


@given(first=st.integers(-50, 50), last=st.integers(-50, 50), step=st.integers(1, 20))
def test_a_span_goes_from_first_to_last_in_its_steps(first, last, step):
    field = LITE.field("seed")
    values = axis_values(field, f"{first}-{last} (+{step})" if last >= 0 else f"{first} - {last} ({step})")
    assert values[0] == first
    assert min(first, last) <= values[-1] <= max(first, last)
    assert {abs(b - a) for a, b in itertools.pairwise(values)} <= {step}
    assert abs(last - values[-1]) < step


@given(st.text(max_size=30))
def test_any_text_is_values_one_value_or_an_error_in_words(text):
    error = ""
    try:
        values = axis_values(LITE.field("seed"), text)
    except AxisError as caught:
        values, error = None, str(caught)
    assert values is None or all(isinstance(value, int) for value in values)
    assert "Error" not in error
