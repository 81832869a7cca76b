"""The models that the simulator offers, and how its catalogue lists them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from . import brief

if TYPE_CHECKING:
    from ..model import Model

SUBMIT = "internal/video-generations/submit"
_SECTIONS = ("pricing", "modalities", "capabilities")


class Shelf:
    """All bundled models, and more.

    Parameters
    ----------
    more : iterable
        Models, or anything that `seedance_widgets.load_model` reads; one with a bundled id takes its place.
    withdrawn : iterable of str
        The ids that the service no longer takes.
    """

    def __init__(self, more: Iterable[Any] = (), withdrawn: Iterable[str] = ()) -> None:
        from ..model import load_model, models

        self.withdrawn = frozenset([withdrawn] if isinstance(withdrawn, str) else withdrawn)
        added = [load_model(each) for each in more]
        self._models: dict[str, Model | None] = dict.fromkeys(models())
        self._models.update({each.id: each for each in added})
        self.paths = sorted({path for each in added for path in (each.create_path, each.retrieve_path)})

    def get(self, model_id: str) -> Model | None:
        """The model of that id; a bundled one is read when it is first asked for."""
        if model_id not in self._models:
            return None
        found = self._models[model_id]
        if found is None:
            from ..model import load_model

            found = self._models[model_id] = load_model(model_id)
        return found

    def ids(self) -> list[str]:
        """The ids on offer."""
        return [each for each in self._models if each not in self.withdrawn]

    def catalogue(self, base: str, query: Mapping[str, Collection[str]]) -> list[dict[str, Any]]:
        """The entries of the API's list of models.

        Parameters
        ----------
        base : str
            The address of this service, for links.
        query : mapping
            Parameter → values. ``include`` adds sections, the others filter: any of the values, in every
            parameter, whatever the case.
        """
        wanted = {key: _split(values) for key, values in query.items()}
        sections = wanted.pop("include", set())
        if "all" in sections or "true" in wanted.pop("details", set()):
            sections = set(_SECTIONS)
        models = [self.get(each) for each in self.ids()]
        entries = [_entry(model, base) for model in models if model is not None]
        kept = [each for each in entries if all(_fits(each, key, values) for key, values in wanted.items())]
        hidden = set(_SECTIONS) - sections
        return [{key: part for key, part in each.items() if key not in hidden} for each in kept]


def _split(values: Collection[str]) -> set[str]:
    return {part.strip().lower() for value in values for part in value.split(",") if part.strip()}


def _entry(model: Model, base: str) -> dict[str, Any]:
    vendor, _, name = model.id.rpartition("/")
    document = f"{base}/docs-json/{quote(model.id)}"
    return {
        "id": model.id,
        "aliases": [],
        "type": SUBMIT,
        "tags": ["playground:video"],
        "info": {
            "name": name.replace("-", " ").title(),
            "developer": vendor.title(),
            "description": model.description or f"A simulated {model.id}.",
            "docsUrl": document,
            "docsJson": document,
        },
        "pricing": brief.pricing(model),
        "modalities": {"input": _inputs(model), "output": ["video"]},
        "capabilities": _capabilities(model),
    }


def _inputs(model: Model) -> list[str]:
    roles = {"text": "prompt", "image": "first_image"}
    return [kind for kind, role in roles.items() if model.role(role) is not None]


def _capabilities(model: Model) -> list[str]:
    image = model.role("first_image")
    needs_image = image is not None and image.required
    text = [] if needs_image or model.role("prompt") is None else ["text_to_video"]
    return text + (["image_to_video"] if image is not None else [])


def _fits(entry: Mapping[str, Any], key: str, values: Collection[str]) -> bool:
    has: dict[str, list[str]] = {
        "id": [entry["id"], *entry["aliases"]],
        "type": [entry["type"]],
        "tags": entry["tags"],
        "input_modalities": entry["modalities"]["input"],
        "output_modalities": entry["modalities"]["output"],
        "modalities": entry["modalities"]["input"] + entry["modalities"]["output"],
        "capabilities": entry["capabilities"],
    }
    return not values or key not in has or any(each.lower() in values for each in has[key])
