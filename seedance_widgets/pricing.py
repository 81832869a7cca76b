"""What a request will cost, from the price list of the API's catalogue, as far as that can be told ahead."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .model import Model, Request

CREDITS_PER_USD = 2_000_000  # the API's documentation
PER_SECOND = frozenset({"second", "seconds", "sec", "s"})
PER_MINUTE = frozenset({"minute", "minutes", "min"})
PER_CLIP = frozenset({"video", "clip", "generation", "request", "item", "unit", "call", "run"})


def price_of(request: Request, pricing: object) -> float | None:
    """Return what a request will cost, in USD.

    Parameters
    ----------
    request : Request
        A valid request.
    pricing : mapping
        The ``pricing`` of the model's entry in ``/v1/models``: of kind ``fixed`` (units: price, per, measure),
        ``variants`` (dimensions, and a rate for each combination) or ``variable``.

    Returns
    -------
    float or None
        None where it cannot be told ahead, and where the list has a shape that is not known: no price is better
        than a wrong one.
    """
    if not isinstance(pricing, Mapping):
        return None
    if pricing.get("kind") == "fixed" and isinstance(pricing.get("units"), list):
        prices = [_unit_price(request, unit) for unit in pricing["units"]]
        return None if not prices or None in prices else sum(price for price in prices if price is not None)
    if pricing.get("kind") == "variants" and isinstance(pricing.get("variants"), list):
        return _variant_price(request, pricing)
    return None


def _variant_price(request: Request, pricing: Mapping[str, Any]) -> float | None:
    """Take the most particular variant that fits; several that fit equally and differ tell nothing."""
    listed = pricing.get("dimensions")
    dimensions = [name for name in listed if isinstance(name, str)] if isinstance(listed, list) else []
    fitting: list[tuple[int, float | None]] = []
    for variant in pricing["variants"]:
        if isinstance(variant, Mapping):
            when = variant.get("when")
            conditions = when if isinstance(when, Mapping) else {n: variant[n] for n in dimensions if n in variant}
            if all(_fits(request, name, wanted) for name, wanted in conditions.items()):
                fitting.append((len(conditions), _unit_price(request, variant)))
    if not fitting:
        return None
    most = max(count for count, _ in fitting)
    prices = {price for count, price in fitting if count == most}
    return prices.pop() if len(prices) == 1 else None


def _fits(request: Request, name: str, wanted: object) -> bool:
    """Compare as text: price lists write 5 and "5", True and "true"."""
    value = value_of(request.model, request.body, name)
    return value is not None and str(value).lower() == str(wanted).lower()


def value_of(model: Model, body: Mapping[str, Any], name: str) -> Any:
    """Return a field's value in a body, or what the API takes when nothing is sent; None where not known."""
    if name in body:
        return body[name]
    return next((field.default for field in model.fields if field.name == name), None)


def _unit_price(request: Request, unit: object) -> float | None:
    if not isinstance(unit, Mapping):
        return None
    price, per = _number(unit.get("price")), _number(unit.get("per", 1))
    amount = _amount(request, unit.get("measure") or unit.get("unit") or unit.get("name"))
    return None if price is None or not per or amount is None else price * amount / per


def _amount(request: Request, measure: object) -> float | None:
    """Return how many units a request takes: seconds of its clip, or one."""
    word = str(measure or "").strip().lower()
    if word in PER_CLIP:
        return 1.0
    if word not in PER_SECOND | PER_MINUTE:
        return None
    role = request.model.role("duration")
    seconds = None if role is None else _number(value_of(request.model, request.body, role.name))
    if seconds is None or seconds <= 0:
        return None
    return seconds / 60 if word in PER_MINUTE else seconds


def _number(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        return None
    try:
        number = float(value)
    except (ValueError, OverflowError):
        return None
    return number if abs(number) < float("inf") else None


def dollars(usd: float) -> str:
    """Return an amount of USD as people write it: two places, more where it is less than a cent."""
    return f"${usd:.2f}" if usd >= 0.01 or usd == 0 else f"${usd:.4f}"


def credit(usd: float) -> str:
    """Return the same amount in the API's credits."""
    return f"{round(usd * CREDITS_PER_USD):,} credits"
