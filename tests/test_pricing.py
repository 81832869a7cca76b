"""What a request will cost, told from the API's price list, or not told at all."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

import seedance_widgets as sw
from seedance_widgets.pricing import credit, dollars, price_of

LITE = sw.load_model("bytedance/seedance-1-0-lite-t2v")
TEN = LITE.request(prompt="a dragon", duration=10, resolution="480p")
PLAIN = LITE.request(prompt="a dragon")


def fixed(measure: str, price: object = 0.1, per: object = 1) -> dict:
    return {"kind": "fixed", "units": [{"name": "video", "measure": measure, "price": price, "per": per}]}


@pytest.mark.parametrize(
    ("pricing", "usd"),
    [
        (fixed("second"), 1.0),
        (fixed("second", "0.10"), 1.0),
        (fixed("second", 3, 60), 0.5),
        (fixed("minute", 6), 1.0),
        (fixed("video", 0.3), 0.3),
        (fixed("token"), None),
        (fixed("second", None), None),
        (fixed("second", 0.1, 0), None),
        ({"kind": "variable"}, None),
        ({"kind": "fixed", "units": []}, None),
        ({"kind": "new"}, None),
        (None, None),
        ("0.3", None),
    ],
)
def test_a_fixed_price(pricing, usd):
    assert price_of(TEN, pricing) == (None if usd is None else pytest.approx(usd))


def test_seconds_that_nobody_knows_have_no_price():
    assert price_of(PLAIN, fixed("second")) is None


VARIANTS = {
    "kind": "variants",
    "dimensions": ["resolution", "duration"],
    "variants": [
        {"when": {"resolution": "480p"}, "price": 0.01, "unit": "second", "per": 1},
        {"when": {"resolution": "1080p"}, "price": 0.05, "unit": "second", "per": 1},
        {"when": {"resolution": "480p", "duration": "10"}, "price": 0.09, "unit": "video", "per": 1},
    ],
}


def test_the_variant_that_says_most_is_taken():
    assert price_of(TEN, VARIANTS) == pytest.approx(0.09)
    assert price_of(LITE.request(prompt="a", resolution="480p", duration=5), VARIANTS) == pytest.approx(0.05)


def test_what_is_not_sent_costs_what_its_default_does():
    assert price_of(LITE.request(prompt="a", duration=5), VARIANTS) == pytest.approx(0.25)


def test_a_combination_without_a_price_has_none():
    assert price_of(LITE.request(prompt="a", resolution="720p", duration=5), VARIANTS) is None


def test_variants_whose_values_stand_beside_the_price():
    pricing = {
        "kind": "variants",
        "dimensions": ["resolution"],
        "variants": [{"resolution": "480p", "price": 2, "unit": "clip"}],
    }
    assert price_of(TEN, pricing) == 2


def test_two_prices_for_the_same_are_none():
    twice = [{"when": {}, "price": price, "unit": "video"} for price in (1, 2)]
    assert price_of(TEN, {"kind": "variants", "dimensions": [], "variants": twice}) is None


@pytest.mark.parametrize("dimensions", [True, 3, "resolution", {"resolution": 1}, None])
def test_dimensions_that_are_no_list_name_nothing(dimensions):
    variants = [{"when": {"resolution": "480p"}, "price": 2, "unit": "clip"}]
    assert price_of(TEN, {"kind": "variants", "dimensions": dimensions, "variants": variants}) == 2


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
)


@given(
    st.fixed_dictionaries(
        {"kind": st.sampled_from(["fixed", "variants", "variable"])},
        optional={"units": json_values, "variants": json_values, "dimensions": json_values},
    )
)
def test_a_list_of_any_shape_is_a_price_or_none(pricing):
    price = price_of(TEN, pricing)
    assert price is None or isinstance(price, (int, float))


def test_amounts_as_people_write_them():
    assert [dollars(usd) for usd in (0.3, 12.345, 0.0021, 0)] == ["$0.30", "$12.35", "$0.0021", "$0.00"]
    assert credit(0.3) == "600,000 credits"
