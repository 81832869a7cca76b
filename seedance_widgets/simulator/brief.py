"""What a request asks for, read through the model's roles: the scene to draw, and its price."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from .records import CREDITS_PER_USD
from .scene import Scene

if TYPE_CHECKING:
    from ..model import Model

# Dollars for a second of clip: the order of what such models really cost, for teaching about money.
RATES = {"480p": 0.018, "720p": 0.04, "1080p": 0.09, "4k": 0.36}
_MIDDLE = "720p"
_SECONDS = 5.0
_LONGEST = 60.0


def value(model: Model, body: Mapping[str, Any], role: str) -> Any:
    """What the request says for a role, else the document's default; None where there is neither."""
    found = model.role(role)
    if found is None:
        return None
    said = body.get(found.name)
    return found.default if said is None else said


def seconds(model: Model, body: Mapping[str, Any]) -> float:
    """How long the clip will be; 5 s where nothing says."""
    try:
        length = float(str(value(model, body, "duration")).rstrip("s"))
    except ValueError:
        return _SECONDS
    return min(length, _LONGEST) if length > 0 else _SECONDS


def scene(model: Model, body: Mapping[str, Any], open_seed: int) -> Scene:
    """The clip to draw.

    Parameters
    ----------
    model : Model
        Says which field is which.
    body : mapping
        The request.
    open_seed : int
        The seed for a request that names none, or -1.
    """
    seed = value(model, body, "seed")
    return Scene(
        prompt=str(value(model, body, "prompt") or ""),
        seed=seed if isinstance(seed, int) and seed >= 0 else open_seed,
        resolution=str(value(model, body, "resolution") or _MIDDLE),
        aspect_ratio=str(value(model, body, "aspect_ratio") or "16:9"),
        seconds=seconds(model, body),
        camera_fixed=value(model, body, "camera_fixed") is True,
        watermark=value(model, body, "watermark") is True,
        audio=value(model, body, "audio") is True,
    )


def cost(model: Model, body: Mapping[str, Any]) -> int:
    """What a request costs, in credits."""
    rate = _rate(value(model, body, "resolution"))
    return round(rate * seconds(model, body) * CREDITS_PER_USD)


def pricing(model: Model) -> dict[str, Any]:
    """The price list of a model, in the shape of the API's catalogue."""
    found = model.role("resolution")
    if found is None or not found.choices:
        unit = {"name": "video", "measure": "second", "price": _rate(None), "per": 1}
        return {"kind": "fixed", "units": [unit]}
    variants = [
        {"when": {found.name: choice}, "price": _rate(choice), "unit": "second", "per": 1} for choice in found.choices
    ]
    return {"kind": "variants", "dimensions": [found.name], "variants": variants}


def _rate(resolution: Any) -> float:
    return RATES.get(str(resolution).lower(), RATES[_MIDDLE])
