"""The words of the "Seeds" box, and the grid that they stand for."""

from __future__ import annotations

import copy

import pytest

import seedance_widgets as sw
from seedance_widgets.seeds import SUGGESTIONS, Seeds, SeedsError, read_seeds, seed_sweep

MODEL = sw.load_model("bytedance/seedance-1-0-lite-t2v")
SEED = MODEL.role("seed")


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("", Seeds()),
        ("1", Seeds(1)),
        (" 4 random ", Seeds(4)),
        ("4", Seeds(4)),
        ("3 takes", Seeds(3)),
        ("1-4", Seeds(4, (1, 2, 3, 4))),
        ("1,2,7", Seeds(3, (1, 2, 7))),
        ("2, 2, 5-6", Seeds(3, (2, 5, 6))),
        ("1-10 (+3)", Seeds(4, (1, 4, 7, 10))),
        ("1-100 [5]", Seeds(5, (1, 26, 50, 75, 100))),
        ("this one +1…+3", Seeds(3, (43, 44, 45))),
        ("+1...+3", Seeds(3, (43, 44, 45))),
        ("seed+1 … seed+3", Seeds(3, (43, 44, 45))),
        ("this one −1…+1", Seeds(3, (41, 42, 43))),
        ("this one +5", Seeds(1, (47,))),
    ],
)
def test_what_people_write_is_understood(text: str, meant: Seeds) -> None:
    assert read_seeds(text, SEED, 42) == meant


@pytest.mark.parametrize("text", SUGGESTIONS)
def test_what_is_suggested_is_more_than_one_take(text: str) -> None:
    assert read_seeds(text, SEED, 42).count > 1


@pytest.mark.parametrize(
    ("text", "present", "words"),
    [
        ("many", 42, "names no seeds"),
        ("1-x", 42, "no number and no span"),
        ("0", 42, "from 1 to 1000"),
        ("123456", 42, "how many takes"),
        ("-1", 42, "random"),
        ("this one +1…+3", None, "no seed yet"),
        ("this one +0…+2000", 42, "1000 are the most"),
        ("1-5000", 42, "1000 are the most"),
        ("this one −1…+1", 0, "random"),
    ],
)
def test_what_cannot_be_meant_is_said_in_words(text: str, present: int | None, words: str) -> None:
    with pytest.raises(SeedsError) as caught:
        read_seeds(text, SEED, present)
    assert words in str(caught.value)


def test_the_models_own_bounds_hold() -> None:
    document = copy.deepcopy(MODEL.document)
    body = document["paths"][MODEL.create_path]["post"]["requestBody"]
    body["content"]["application/json"]["schema"]["properties"]["seed"]["maximum"] = 100
    bounded = sw.load_model(document)
    with pytest.raises(SeedsError, match="seed 101 "):
        read_seeds("99-101", bounded.role("seed"), None)


def test_seeds_in_words() -> None:
    assert Seeds().words == "1 take"
    assert Seeds(4).words == "4 takes, random seeds"
    assert Seeds(1, (7,)).words == "1 take, seed 7"
    assert Seeds(9, tuple(range(1, 10))).words == "9 takes, seeds 1, 2, 3, …, 9"


def test_the_grid_differs_in_the_seed_only() -> None:
    request = {"prompt": "a kite", "duration": 5, "seed": 99}
    sweep = seed_sweep(MODEL, request, Seeds(2, (1, 2)))
    assert sweep.axes == {"seed": [1, 2]}
    assert sweep.title == "a kite"
    assert [each.body for each in sweep.requests] == [
        {"model": MODEL.id, "prompt": "a kite", "duration": 5, "seed": seed} for seed in (1, 2)
    ]


def test_seeds_that_are_left_open_are_drawn_and_differ() -> None:
    assert len(set(seed_sweep(MODEL, {"prompt": "a kite"}, Seeds(50)).axes["seed"])) == 50


def test_an_invalid_request_makes_no_grid() -> None:
    with pytest.raises(sw.RequestInvalid):
        seed_sweep(MODEL, {"duration": 7}, Seeds(2, (1, 2)))
