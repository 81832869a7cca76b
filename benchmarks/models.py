"""Any model: loading its document, building its form, taking a request, and changing from one model to another.

Against reading the same text with ``json.loads``, and against as many plain ipywidgets as the form has. The documents
are the largest bundled one, and one made here with everything in it that the API's documents hold: nested lists of
objects, alternatives, an enum of 80 values.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

import ipywidgets as widgets

import seedance_widgets as sw

from .report import Row
from .start import LARGEST, median_ms

POINT = {"type": "object", "properties": {"x": {"type": "integer"}, "y": {"type": "integer"}}, "required": ["x", "y"]}
MASK = {
    "type": "object",
    "properties": {"mask": {"type": "string", "format": "uri"}, "trajectories": {"type": "array", "items": POINT}},
}
FRAME = {"type": "object", "properties": {"url": {"type": "string", "format": "uri"}}, "required": ["url"]}
CAMERA = {name: {"type": "number", "minimum": -10, "maximum": 10} for name in ("pan", "tilt", "roll", "zoom")}
FIELDS: dict[str, Any] = {
    "model": {"type": "string", "enum": ["benchmark/everything"]},
    "prompt": {"type": "string", "maxLength": 2000},
    "effect": {"type": "string", "enum": [f"effect {number}" for number in range(80)]},
    "seed": {"type": "integer", "minimum": -1, "maximum": 4294967295},
    "camera": {"type": "object", "properties": CAMERA},
    "keyframes": {"type": "object", "properties": {"frame0": {"anyOf": [FRAME, {"type": "string"}], "nullable": True}}},
    "masks": {"type": "array", "items": MASK},
    **{f"option_{number}": {"type": "boolean", "default": False} for number in range(10)},
    **{f"amount_{number}": {"type": "number", "minimum": 0, "maximum": 1, "default": "0.5"} for number in range(10)},
    **{f"image_{number}_url": {"type": "string", "format": "uri"} for number in range(6)},
}
REQUEST = {
    "prompt": "a kite",
    "camera": {"pan": 1, "zoom": -2.5},
    "keyframes": {"frame0": {"url": "https://example.org/a.png"}},
    "masks": [{"mask": "https://example.org/m.png", "trajectories": [{"x": n, "y": n} for n in range(6)]}],
}


def document() -> dict[str, Any]:
    """The document with everything."""
    schema = {"type": "object", "properties": FIELDS, "required": ["model"]}
    post = {"requestBody": {"content": {"application/json": {"schema": schema}}}, "responses": {}}
    return {"openapi": "3.0.0", "paths": {"/v2/video/generations": {"post": post}}}


def controls(widget: Any) -> Iterator[Any]:
    """Every widget below one."""
    for child in getattr(widget, "children", ()):
        yield child
        yield from controls(child)


def plain(count: int) -> None:
    """As many plain widgets, made and closed."""
    made = [widgets.Text(description="a field") for _ in range(count)]
    box = widgets.VBox(made)
    for each in (*made, box):
        each.layout.close()
        each.close()


def form(model: sw.Model) -> None:
    """A form, made and closed."""
    sw.RequestForm(model).close()


def of_document(name: str, text: str, repeat: int) -> Iterator[Row]:
    """Loading one document, and building its form."""
    loaded, read = median_ms(lambda: sw.load_model(text), repeat), median_ms(lambda: json.loads(text), repeat)
    yield Row(f"load {name}", loaded, "ms", read, "json.loads of it", 20)
    model = sw.load_model(text)
    sample = sw.RequestForm(model)
    count = sum(1 for _ in controls(sample))
    sample.close()
    built, theirs = median_ms(lambda: form(model), repeat), median_ms(lambda: plain(count), repeat)
    yield Row(f"form of {name}", built, "ms", theirs, f"{count} plain text boxes", 100)


def rows(small: bool = False) -> Iterable[Row]:
    """Rows of the table."""
    repeat = 7 if small else 30
    yield from of_document(LARGEST, json.dumps(sw.load_model(LARGEST).document), repeat)
    yield from of_document("one with everything", json.dumps(document()), repeat)
    one, other = sw.load_model(LARGEST), sw.load_model(document())
    sample = sw.RequestForm(one)

    def switch() -> None:
        sample.set_model(other if sample.model is one else one)

    yield Row("change the model of a form, there or back", median_ms(switch, 2 * repeat), "ms", bar=300)
    sample.set_model(other)

    def refill() -> None:
        sample.request = {}
        sample.request = REQUEST

    yield Row("assign a request with nested lists", median_ms(refill, repeat), "ms")
    yield Row("name what is wrong with one", median_ms(lambda: other.problems({**REQUEST, "seed": "x"}), repeat), "ms")
    sample.close()
