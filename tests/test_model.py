"""Models: what is read from a document, and which requests are allowed."""

from __future__ import annotations

import json
from decimal import Decimal
from enum import IntEnum, StrEnum
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from documents import V2, document

from seedance_widgets import model as room
from seedance_widgets.errors import DocumentError, Problem, RequestInvalid
from seedance_widgets.model import DEFAULT_MODEL, Field, Model, load_model, models

TEXT = {"type": "string"}
WHOLE = {"type": "integer"}


def one(schema: Any, **options: Any) -> Field:
    """The field "x" of a document that has it."""
    return load_model(document({"x": schema}, **options)).field("x")


def said(model: Model, /, **values: Any) -> dict[str, str]:
    """What a request is refused for, by path; the request itself must be refused for the same."""
    found = model.problems(values)
    with pytest.raises(RequestInvalid) as caught:
        model.request(**values)
    assert caught.value.problems == found
    return dict(found)


def words(schema: Any, value: Any, **options: Any) -> str:
    """What is said about one value, which must be one problem at the field itself."""
    ((path, message),) = one(schema, **options).problems(value)
    assert path == "x"
    return message


@pytest.fixture(scope="module")
def lite() -> Model:
    return load_model(DEFAULT_MODEL)


# What is bundled

FAMILY = [
    "bytedance/seedance-1-0-lite-t2v",
    "bytedance/dreamina-seedance-2-0-mini",
    "bytedance/dreamina-seedance-2-5",
    "bytedance/seedance-1-0-lite-i2v",
    "bytedance/seedance-1-0-pro-fast",
    "bytedance/seedance-1-0-pro-i2v",
    "bytedance/seedance-1-0-pro-t2v",
    "bytedance/seedance-1-5-pro",
    "bytedance/seedance-2-0",
    "bytedance/seedance-2-0-fast",
    "bytedance/seedance-2-5",
]


def test_the_whole_family_is_bundled() -> None:
    assert models() == FAMILY
    assert models()[0] == DEFAULT_MODEL == load_model().id


@pytest.mark.parametrize("name", FAMILY)
def test_every_bundled_model(name: str) -> None:
    model = load_model(name)
    assert model.id == name
    assert (model.create_path, model.retrieve_path) == (V2, V2)
    assert model.document["openapi"] == "3.0.3"
    assert all(field.description for field in model.fields)
    assert model.description
    assert {note.partition(":")[0] for note in model.notes} <= {"duration"}
    operations = model.document["paths"][V2]
    assert all("200" in operations[method]["responses"] for method in ("post", "get"))
    assert [each["name"] for each in operations["get"]["parameters"]] == ["generation_id"]


def test_the_default_model(lite: Model) -> None:
    names = ["model", "prompt", "resolution", "duration", "watermark", "seed", "camerafixed", "aspect_ratio"]
    assert [field.name for field in lite.fields] == names
    assert [field.name for field in lite.fields if field.required] == ["model", "prompt"]
    assert lite.field("resolution").choices == ("480p", "720p", "1080p")
    assert lite.field("resolution").default == "1080p"
    assert lite.field("duration").choices == (5, 10)
    assert lite.field("duration").default is None
    assert lite.field("camerafixed").default is False
    assert lite.field("aspect_ratio").choices == ("16:9", "4:3", "1:1", "3:4", "9:16", "21:9", "9:21")


def test_withdrawn_models_name_their_successor() -> None:
    gone = [name for name in FAMILY if load_model(name).withdrawn]
    assert gone == ["bytedance/seedance-1-0-lite-t2v", "bytedance/seedance-1-0-lite-i2v"]
    for name in gone:
        assert load_model(name).withdrawn == "2026-06"
        assert load_model(name).successor in FAMILY


def test_the_text_default_of_the_newer_models() -> None:
    model = load_model("bytedance/seedance-2-0")
    assert model.field("duration").default == 5
    assert model.notes == ('duration: the default "5" is text; it is read as 5.',)
    images = model.field("image_urls")
    assert (images.type, images.min_items, images.max_items) == ("array", 1, 9)
    assert images.items is not None
    assert (images.items.type, images.items.format) == ("string", "uri")


# Requests


def test_the_exact_body(lite: Model) -> None:
    values = {"seed": 7, "prompt": "A dragon", "duration": 5, "camerafixed": False}
    request = lite.request(**values)
    assert request.body == {"model": DEFAULT_MODEL, **values}
    assert next(iter(request.body)) == "model"
    assert (request.model, request.prompt, request.seed) == (lite, "A dragon", 7)


def test_defaults_and_none_are_not_sent(lite: Model) -> None:
    assert lite.request(prompt="x", seed=None, resolution=None).body == {
        "model": DEFAULT_MODEL,
        "prompt": "x",
    }
    assert lite.request(prompt="x").seed is None


def test_every_problem_at_once(lite: Model) -> None:
    found = said(lite, prompt=" \n", resolution="480P", duration=7, seed=True, promt="x", aspect_ratio=None)
    assert found == {
        "prompt": "is required",
        "resolution": "480P is not one of 480p, 720p, 1080p",
        "duration": "7 is not one of 5, 10",
        "seed": "must be a whole number, not true",
        "promt": "is not known here; did you mean prompt?",
    }


def test_nothing_at_all(lite: Model) -> None:
    assert said(lite) == {"prompt": "is required"}


def test_the_error_lists_them(lite: Model) -> None:
    with pytest.raises(RequestInvalid, match="2 problems; nothing was sent") as caught:
        lite.request(prompt="", duration=6)
    assert "duration: 6 is not one of 5, 10" in str(caught.value)


def test_the_model_can_be_named(lite: Model) -> None:
    assert lite.request(prompt="x", model=DEFAULT_MODEL).body["model"] == DEFAULT_MODEL
    assert lite.problems({"prompt": "x", "model": None}) == []
    assert said(lite, prompt="x", model="a/b") == {"model": f"a/b is not {DEFAULT_MODEL}, the only value"}


def test_a_document_about_several_models() -> None:
    model = load_model(document({"model": {"enum": ["a/one", "a/two"]}}))
    assert model.id == "a/one"
    assert "2 models" in model.notes[0]
    assert model.request(model="a/two").body == {"model": "a/two"}
    assert said(model, model="a/three") == {"model": "a/three is not one of a/one, a/two"}


def test_a_model_without_a_list_of_ids() -> None:
    model = load_model(document({"model": TEXT}, title="a/b"))
    assert model.id == "a/b"
    assert model.request().body == {"model": "a/b"}
    assert "load the other model" in said(model, model="c/d")["model"]


def test_the_model_stands_first_wherever_the_document_has_it() -> None:
    source = document({"z": TEXT})
    body = source["paths"][V2]["post"]["requestBody"]["content"]["application/json"]["schema"]
    body["properties"] = {"z": TEXT, "model": {"enum": ["a/b"]}}
    assert list(load_model(source).request(z="1").body) == ["model", "z"]


def test_required_without_any_prompt() -> None:
    model = load_model(document({"image_url": {"type": "string", "format": "uri"}}, required=["model", "image_url"]))
    assert said(model) == {"image_url": "is required"}
    request = model.request(image_url="not a url at all")
    assert request.body["image_url"] == "not a url at all"
    assert (request.prompt, request.seed) == ("", None)


def test_names_that_are_python_words() -> None:
    model = load_model(document({"self": TEXT, "values": TEXT, "class": TEXT}))
    assert model.request(**{"self": "1", "values": "2", "class": "3"}).body["self"] == "1"


def test_values_with_names_that_are_no_text(lite: Model) -> None:
    ((path, message),) = lite.problems({"prompt": "x", 5: 1})  # type: ignore[dict-item]
    assert (path, "names are text" in message) == ("", True)


def test_further_names_where_the_document_allows_them() -> None:
    assert load_model(document(additionalProperties=True)).request(any={"a": 1}).body["any"] == {"a": 1}
    typed = load_model(document(additionalProperties=WHOLE))
    assert typed.request(n=5.0).body["n"] == 5
    assert said(typed, n="a") == {"n": 'must be a whole number, not "a"'}


# One value


@pytest.mark.parametrize(
    ("schema", "value", "message"),
    [
        (WHOLE, "5", "must be a whole number: 5 without quotes"),
        (WHOLE, "five", 'must be a whole number, not "five"'),
        (WHOLE, 5.5, "must be a whole number, not 5.5"),
        (WHOLE, True, "must be a whole number, not true"),
        (WHOLE, [5], "must be a whole number, not [5]"),
        ({**WHOLE, "enum": [5, 10]}, "5", "must be a whole number: 5 without quotes"),
        ({**WHOLE, "enum": [5, 10]}, "7", 'must be a whole number (one of 5, 10), not "7"'),
        ({**WHOLE, "enum": [5, 10]}, 7, "7 is not one of 5, 10"),
        ({**WHOLE, "enum": [0, 1]}, True, "must be a whole number (one of 0, 1), not true"),
        ({"type": "number"}, "0.5", "must be a number: 0.5 without quotes"),
        ({"type": "number"}, None, None),
        ({"type": "boolean"}, "true", "must be true or false: true without quotes"),
        ({"type": "boolean"}, 1, "must be true or false, not 1"),
        (TEXT, 5, "must be text, not 5"),
        ({"type": "array", "items": TEXT}, "a", 'must be a list, not "a"'),
        ({"type": "object"}, "a", 'must be an object, not "a"'),
        ({**TEXT, "enum": ["a"]}, "b", "b is not a, the only value"),
        ({**TEXT, "enum": ["a", "b"]}, "", '"" is not one of a, b'),
        ({**TEXT, "enum": ["a b", "c"]}, "a  b", '"a  b" is not one of "a b", c'),
        ({**WHOLE, "minimum": 4}, 3, "must be at least 4, not 3"),
        ({**WHOLE, "maximum": 12}, 13, "must be at most 12, not 13"),
        ({"type": "number", "minimum": 0, "exclusiveMinimum": True}, 0, "must be more than 0, not 0"),
        ({"type": "number", "maximum": 1, "exclusiveMaximum": True}, 1, "must be less than 1, not 1"),
        ({"type": "number", "exclusiveMinimum": 0}, 0, "must be more than 0, not 0"),
        ({**WHOLE, "multipleOf": 8}, 9, "must be a multiple of 8, not 9"),
        ({**TEXT, "minLength": 3}, "ab", "must have at least 3 characters; it has 2"),
        ({**TEXT, "maxLength": 3}, "abcd", "must have at most 3 characters; it has 4"),
        ({**TEXT, "pattern": "^[a-z]+$"}, "A", '"A" does not have the form ^[a-z]+$'),
        ({"type": "array", "minItems": 1}, [], "must have at least 1 item; it has 0"),
        ({"type": "array", "maxItems": 2}, [1, 2, 3], "must have at most 2 items; it has 3"),
        ({"type": "array", "uniqueItems": True}, [1, 1], "must not hold the same item twice"),
        ({"type": "object", "minProperties": 1}, {}, "must have at least 1 entry; it has 0"),
        ({"not": {"enum": ["a"]}}, "a", '"a" is not allowed here'),
    ],
)
@pytest.mark.parametrize("version", ["3.0.3", "3.1.0"])
def test_what_is_said_about_a_value(schema: Any, value: Any, message: str | None, version: str) -> None:
    found = one(schema, version=version).problems(value)
    assert found == ([] if message is None else [Problem("x", message)])


def test_a_long_value_is_cut() -> None:
    message = words({**TEXT, "enum": ["a", "b"]}, "word" * 1000)
    assert len(message) < 100


def test_a_long_list_names_the_nearest() -> None:
    names = [f"effect_{n}" for n in range(79)] + ["explosion"]
    field = one({**TEXT, "enum": names})
    assert len(field.choices) == 80
    ((_, message),) = field.problems("explosoin")
    assert "80 allowed values" in message
    assert "explosion" in message


def test_places_inside_a_value() -> None:
    point = {"type": "object", "properties": {"x": WHOLE, "y": WHOLE}, "required": ["x", "y"]}
    field = one(
        {
            "type": "array",
            "items": {"type": "object", "properties": {"path": {"type": "array", "items": point}}},
        }
    )
    value = [{"path": [{"x": 1, "y": 2}, {"x": "1"}]}, 5]
    assert dict(field.problems(value)) == {
        "x[0].path[1].y": "is required",
        "x[0].path[1].x": "must be a whole number: 1 without quotes",
        "x[1]": "must be an object, not 5",
    }
    assert field.problems([{"path": 1}], "masks") == [Problem("masks[0].path", "must be a list, not 1")]


def test_a_closed_object_names_the_nearest() -> None:
    field = one({"type": "object", "properties": {"colour": TEXT}, "additionalProperties": False})
    assert field.problems({"color": "red"}) == [Problem("x.color", "is not known here; did you mean colour?")]


def test_a_list_of_urls() -> None:
    model = load_model("bytedance/seedance-2-0")
    urls = ["https://example.org/a.png", 5, ("b",)]
    assert said(model, prompt="x", image_urls=urls) == {
        "image_urls[1]": "must be text, not 5",
        "image_urls[2]": 'must be text, not ["b"]',
    }
    assert "at most 9 items" in said(model, prompt="x", image_urls=["u"] * 10)["image_urls"]


def test_required_and_blank() -> None:
    field = one(TEXT, required=["model", "x"])
    assert all(field.problems(value) == [Problem("x", "is required")] for value in ("", " \t\n", None))
    assert field.problems("a") == []
    assert one(TEXT).problems("") == []


# Alternatives

FRAME = {
    "anyOf": [
        {
            "type": "object",
            "properties": {"type": {"type": "string", "enum": ["image"]}, "url": TEXT},
            "required": ["type", "url"],
        },
        {
            "type": "object",
            "properties": {"type": {"type": "string", "enum": ["generation"]}, "id": TEXT},
            "required": ["type", "id"],
        },
        {"nullable": True},
    ]
}


@pytest.mark.parametrize("version", ["3.0.0", "3.1.0"])
def test_the_nearest_alternative_explains(version: str) -> None:
    field = one({"type": "object", "properties": {"frame0": FRAME}}, version=version)
    frame = field.properties[0]
    assert frame.nullable
    assert [variant.type for variant in frame.variants] == ["object", "object"]
    assert field.problems({"frame0": {"type": "image", "url": "u"}}) == []
    assert field.problems({"frame0": None}) == []
    assert dict(field.problems({"frame0": {"type": "image"}})) == {"x.frame0.url": "is required"}
    assert dict(field.problems({"frame0": {"type": "generation", "id": 5}})) == {"x.frame0.id": "must be text, not 5"}
    assert dict(field.problems({"frame0": {}})) == {"x.frame0": "needs type and url, or type and id"}
    assert dict(field.problems({"frame0": 5})) == {
        "x.frame0": "must be an object with type, url, or an object with type, id, or null; not 5"
    }


def test_text_or_a_list() -> None:
    field = one({"anyOf": [{**TEXT, "format": "uri"}, {"type": "array", "items": TEXT, "maxItems": 2}]})
    assert (field.type, [variant.type for variant in field.variants]) == ("", ["string", "array"])
    assert field.problems("a") == field.problems(["a", "b"]) == []
    assert field.problems(5) == [Problem("x", "must be text, or a list of text; not 5")]
    assert field.problems(["a", 5]) == [Problem("x[1]", "must be text, not 5")]
    assert "at most 2 items" in field.problems(["a"] * 3)[0].message


def test_one_of_and_several_fit() -> None:
    field = one({"oneOf": [{**WHOLE, "minimum": 1}, {**WHOLE, "maximum": 5}]})
    assert field.problems(9) == []
    assert "only one may fit" in field.problems(3)[0].message


def test_alternatives_share_what_stands_beside_them() -> None:
    field = one(
        {
            "type": "object",
            "properties": {"a": TEXT},
            "anyOf": [{"required": ["a"]}, {"properties": {"b": WHOLE}, "required": ["b"]}],
        }
    )
    assert [[part.name for part in variant.properties] for variant in field.variants] == [["a"], ["a", "b"]]
    assert field.problems({"b": 1}) == []
    assert field.problems({}) != []


def test_a_body_with_a_rule_over_its_fields() -> None:
    model = load_model(document({"a": TEXT, "b": TEXT}, anyOf=[{"required": ["a"]}, {"required": ["b"]}]))
    assert model.request(b="1").body == {"model": "test/model", "b": "1"}
    assert said(model) == {"": "needs a, or b"}


def test_a_body_of_several_kinds() -> None:
    kinds = [
        {"type": "object", "properties": {"model": {"enum": [name]}, name: TEXT}, "required": ["model", name]}
        for name in ("one", "two")
    ]
    source = document()
    content = source["paths"][V2]["post"]["requestBody"]["content"]
    content["application/json"]["schema"] = {"oneOf": kinds}
    model = load_model(source)
    assert [(field.name, field.required) for field in model.fields] == [
        ("model", True),
        ("one", False),
        ("two", False),
    ]
    assert model.field("model").choices == ("one", "two")
    assert model.request(model="two", two="x").body == {"model": "two", "two": "x"}
    assert said(model, model="two") == {"two": "is required"}


# Null


@pytest.mark.parametrize(
    ("schema", "version"),
    [
        ({**TEXT, "nullable": True}, "3.0.0"),
        ({**TEXT, "nullable": True, "enum": ["a", "b"]}, "3.0.0"),
        ({"type": ["string", "null"]}, "3.1.0"),
        ({"type": ["string", "null"], "enum": ["a", None]}, "3.1.0"),
        ({"anyOf": [TEXT, {"type": "null"}]}, "3.1.0"),
        ({"oneOf": [TEXT, {"nullable": True}]}, "3.0.0"),
        ({"nullable": True, "anyOf": [TEXT, WHOLE]}, "3.0.0"),
        ({"nullable": True, "allOf": [{**TEXT, "enum": ["a"]}]}, "3.0.0"),
        ({"type": "array", "nullable": True, "items": TEXT}, "3.0.0"),
        ({"enum": ["a", None]}, "3.0.0"),
    ],
)
def test_null_is_sent_where_it_is_a_value(schema: Any, version: str) -> None:
    nested = {"type": "object", "properties": {"inside": schema}}
    model = load_model(document({"x": schema, "y": nested}, required=["model", "x"], version=version))
    assert model.field("x").nullable
    assert None not in model.field("x").choices
    body = model.request(x=None, y={"inside": None}).body
    assert body == {"model": "test/model", "x": None, "y": {"inside": None}}
    assert said(model) == {"x": "is required"}


def test_null_inside_where_it_is_none() -> None:
    field = one({"type": "object", "properties": {"a": TEXT}})
    assert field.problems({"a": None}) == [Problem("x.a", "must be text, not null")]


# Values of every kind


class Shape(StrEnum):
    WIDE = "16:9"


class Size(IntEnum):
    SMALL = 5


class Odd:
    def __float__(self) -> float:
        raise RuntimeError

    def tolist(self) -> list[Any]:
        raise RuntimeError


@pytest.mark.parametrize(
    ("schema", "value", "sent"),
    [
        (WHOLE, 5.0, 5),
        (WHOLE, np.int64(5), 5),
        (WHOLE, np.float32(5), 5),
        (WHOLE, Size.SMALL, 5),
        (WHOLE, 2**4000, 2**4000),
        (WHOLE, -(10**30), -(10**30)),
        ({"type": "number"}, 5, 5),
        ({"type": "number"}, 5.0, 5.0),
        ({"type": "number"}, np.float64(0.25), 0.25),
        ({"type": "number"}, Fraction(1, 4), 0.25),
        ({"type": "boolean"}, np.bool_(True), True),
        (TEXT, Shape.WIDE, "16:9"),
        (TEXT, np.str_("a"), "a"),
        (TEXT, "🐉 ﷽ \x00", "🐉 ﷽ \x00"),
        ({"type": "array", "items": WHOLE}, (1, 2.0), [1, 2]),
        ({"type": "array"}, (), []),
        ({"type": "array", "items": WHOLE}, np.arange(2), [0, 1]),
        ({"type": "array"}, np.array([[0.5, 1.0]]), [[0.5, 1.0]]),
        (WHOLE, np.array(5), 5),
        ({"type": "object", "properties": {"n": WHOLE}}, {"n": 3.0, "m": 3.0}, {"n": 3, "m": 3.0}),
        ({"anyOf": [WHOLE, TEXT]}, 5.0, 5),
        ({"anyOf": [WHOLE, {"type": "number"}]}, 5.0, 5.0),
        ({}, [{"a": (1,)}], [{"a": [1]}]),
    ],
)
def test_what_has_one_json_form_is_sent_as_that(schema: Any, value: Any, sent: Any) -> None:
    for version in ("3.0.0", "3.1.0"):
        body = load_model(document({"x": schema}, version=version)).request(x=value).body
        assert json.loads(json.dumps(body)) == {"model": "test/model", "x": sent}
        assert type(body["x"]) is type(sent)


@pytest.mark.parametrize(
    ("value", "part"),
    [
        (float("nan"), "finite"),
        (float("-inf"), "finite"),
        (np.float32("nan"), "finite"),
        ({1, 2}, "a set"),
        (b"\x89PNG", "raw bytes"),
        (bytearray(b"x"), "raw bytes"),
        (object(), "a object"),
        (Odd(), "a Odd"),
        (Decimal("1.5"), "a Decimal"),
        (1j, "a complex"),
        (len, "a builtin_function_or_method"),
        (iter([1]), "a list_iterator"),
        (range(3), "a range"),
        pytest.param(10**5000, "4000 digits", id="many digits"),
        pytest.param(Fraction(10**400), "cannot be sent", id="large fraction"),
        ("half \ud83d", "half of a character"),
        ({("a",): 1}, "name that cannot be sent"),
        ({"\ud83d": 1}, "name that cannot be sent"),
    ],
)
@pytest.mark.parametrize("schema", [TEXT, WHOLE, {}, {"anyOf": [TEXT, WHOLE]}])
def test_what_has_no_json_form_is_a_problem(value: Any, part: str, schema: Any) -> None:
    assert part in words(schema, value)
    ((path, message),) = one({"type": "array", "items": schema}).problems([value])
    assert path == "x[0]"
    assert part in message


def test_a_value_that_holds_itself() -> None:
    loop: list[Any] = []
    loop.append(loop)
    ((path, message),) = one({}).problems({"a": loop})
    assert path == "x.a"
    assert "holds itself" in message


def test_numbers_beyond_floats_are_checked_without_falling_over() -> None:
    assert one({"type": "number", "multipleOf": 0.1}).problems(10**400) != []


# Reading schemas


def test_references_also_to_themselves() -> None:
    node = {"type": "object", "properties": {"child": {"$ref": "#/components/schemas/Node"}, "n": WHOLE}}
    source = document({"x": {"$ref": "#/components/schemas/Node", "description": "A tree."}})
    source["components"] = {"schemas": {"Node": node}}
    model = load_model(source)
    field = model.field("x")
    assert (field.type, field.description) == ("object", "A tree.")
    child = field.properties[0]
    assert (child.name, child.type, child.schema) == ("child", "", {})
    assert "holds itself" in model.notes[0]
    assert field.problems({"child": {"anything": 1}, "n": "a"})[0].path == "x.n"


def test_references_in_a_circle_without_anything() -> None:
    source = document({"x": {"$ref": "#/components/schemas/A"}})
    source["components"] = {
        "schemas": {"A": {"$ref": "#/components/schemas/B"}, "B": {"$ref": "#/components/schemas/A"}}
    }
    assert load_model(source).request(x=[1]).body["x"] == [1]


def test_references_to_odd_places() -> None:
    source = document({"x": {"$ref": "#/components/schemas/a~1b%20c"}, "y": {"$ref": "#/extra/1"}})
    source["components"] = {"schemas": {"a/b c": WHOLE}}
    source["extra"] = [TEXT, {"type": "boolean"}]
    model = load_model(source)
    assert (model.field("x").type, model.field("y").type) == ("integer", "boolean")


@pytest.mark.parametrize("ref", ["#/components/schemas/None", "other.json#/A", "https://example.org/a", 5, "#/paths/0"])
def test_references_that_lead_nowhere(ref: Any) -> None:
    with pytest.raises(DocumentError, match=r"/properties/x/\$ref"):
        load_model(document({"x": {"$ref": ref}}))


def test_references_that_unfold_without_end() -> None:
    source = document({"x": {"$ref": "#/components/schemas/A0"}})
    schemas = {
        f"A{n}": {"properties": {f"p{k}": {"$ref": f"#/components/schemas/A{n + 1}"} for k in range(9)}}
        for n in range(9)
    }
    source["components"] = {"schemas": {**schemas, "A9": TEXT}}
    with pytest.raises(DocumentError, match="unfold"):
        load_model(source)


def test_the_request_body_may_be_a_reference() -> None:
    source = document({"x": WHOLE})
    operation = source["paths"][V2]["post"]
    source["components"] = {"requestBodies": {"B": operation["requestBody"]}}
    operation["requestBody"] = {"$ref": "#/components/requestBodies/B"}
    assert load_model(source).field("x").type == "integer"


def test_all_of_is_merged() -> None:
    field = one(
        {
            "description": "Mine.",
            "allOf": [
                {"type": "object", "properties": {"n": {"type": "number", "minimum": 1}}, "required": ["n"]},
                {
                    "properties": {"n": {"type": "integer", "minimum": 3, "maximum": 9}, "s": TEXT},
                    "required": ["s"],
                },
            ],
        }
    )
    assert field.description == "Mine."
    assert [(part.name, part.required) for part in field.properties] == [("n", True), ("s", True)]
    assert (field.properties[0].type, field.properties[0].minimum, field.properties[0].maximum) == (
        "integer",
        3,
        9,
    )
    assert field.problems({"n": 2, "s": ""})[0] == Problem("x.n", "must be at least 3, not 2")


def test_all_of_with_common_values() -> None:
    assert one({"allOf": [{"enum": ["a", "b"]}, {"enum": ["b", "c"]}]}).choices == ("b",)


@pytest.mark.parametrize("parts", [[TEXT, WHOLE], [{"enum": ["a"]}, {"enum": ["b"]}]])
def test_all_of_that_contradicts_itself(parts: Any) -> None:
    with pytest.raises(DocumentError, match=r"/properties/x/allOf.*contradicts itself"):
        load_model(document({"x": {"allOf": parts}}))


def test_several_types() -> None:
    field = one({"type": ["string", "integer", "null"]}, version="3.1.0")
    assert (field.type, [variant.type for variant in field.variants], field.nullable) == (
        "",
        ["string", "integer"],
        True,
    )
    assert field.problems("a") == field.problems(5) == field.problems(None) == []
    assert field.problems([]) == [Problem("x", "must be text, or a whole number, or null; not []")]


def test_const_and_exclusive_bounds_of_3_1() -> None:
    assert one({"const": "a"}, version="3.1.0").choices == ("a",)
    field = one({**WHOLE, "exclusiveMinimum": 3, "exclusiveMaximum": 9}, version="3.1.0")
    assert (field.minimum, field.maximum) == (4, 8)
    assert field.problems(4) == field.problems(8) == []
    assert field.problems(3) == [Problem("x", "must be more than 3, not 3")]


def test_nested_fields() -> None:
    field = one(
        {
            "type": "array",
            "nullable": True,
            "maxItems": 6,
            "items": {"anyOf": [TEXT, {"type": "object", "properties": {"duration": {**WHOLE, "default": "5"}}}]},
        }
    )
    assert field.items is not None
    text, entry = field.items.variants
    assert (field.items.name, text.type, entry.properties[0].default) == ("", "string", 5)
    assert field.whole([{"duration": 3.0}, "a"]) == [{"duration": 3}, "a"]


# Mending


@pytest.mark.parametrize(
    ("schema", "attribute", "value", "note"),
    [
        (
            {**WHOLE, "enum": [5, 10], "default": "10"},
            "default",
            10,
            'x: the default "10" is text; it is read as 10.',
        ),
        ({"type": "number", "default": "0.5"}, "default", 0.5, "is text"),
        ({"type": "boolean", "default": "false"}, "default", False, "is text"),
        ({**WHOLE, "default": "many"}, "default", None, "is not a whole number; it is left out"),
        ({**TEXT, "enum": ["a"], "default": "z"}, "default", None, "not among the allowed values"),
        ({**WHOLE, "enum": ["5", "10"]}, "choices", (5, 10), "are read as a whole number"),
        ({**TEXT, "enum": [5, "a"]}, "choices", ("5", "a"), "read as text"),
        ({**WHOLE, "enum": [5, "a"]}, "choices", (5,), "not a whole number (['a']) are left out"),
        ({**WHOLE, "enum": ["a"]}, "choices", (), "not a whole number"),
        ({**TEXT, "enum": "a"}, "choices", ("a",), "not as a list"),
        ({"type": "int"}, "type", "integer", "it is read as integer"),
        ({"type": "String"}, "type", "string", "it is read as string"),
        ({"type": "banana"}, "type", "", "which is none"),
        ("string", "type", "string", "only the word"),
        (None, "type", "", "nothing where the schema should be"),
        ({**WHOLE, "minimum": "4"}, "minimum", 4, "is text"),
        ({**WHOLE, "minimum": "low"}, "minimum", None, "cannot be read"),
        ({**WHOLE, "minimum": 9, "maximum": 3}, "minimum", None, "both are left out"),
        ({**WHOLE, "minimum": 9, "exclusiveMinimum": True, "maximum": 3}, "minimum", None, "both are left out"),
        ({**TEXT, "maxLength": -1}, "max_length", None, "cannot be read"),
        ({**TEXT, "pattern": "("}, "type", "string", "not checked"),
        ({"type": "object", "patternProperties": {}}, "type", "object", "patternProperties is not checked"),
        ({"type": "array", "items": [TEXT, WHOLE]}, "type", "array", "the first is taken for all"),
        ({**TEXT, "required": True}, "required", True, "read as required"),
        ({**TEXT, "required": "false"}, "required", False, "read as optional"),
        (
            {"type": "object", "properties": {"a": TEXT}, "required": "a"},
            "type",
            "object",
            "read as the one name",
        ),
    ],
)
def test_what_is_plain_is_mended_and_noted(schema: Any, attribute: str, value: Any, note: str) -> None:
    model = load_model(document({"x": schema}))
    assert getattr(model.field("x"), attribute) == value
    assert len(model.notes) == 1
    assert model.notes[0].startswith("x: ")
    assert note in model.notes[0]


@pytest.mark.parametrize(
    ("schema", "kind"),
    [
        ({"enum": ["a"]}, "string"),
        ({"enum": [1, 2]}, "integer"),
        ({"enum": [1, 2.5]}, "number"),
        ({"enum": [1, "a"]}, ""),
        ({"properties": {"a": TEXT}}, "object"),
        ({"items": TEXT}, "array"),
        ({}, ""),
        (True, ""),
        ({"description": "Anything."}, ""),
    ],
)
def test_a_type_left_out(schema: Any, kind: str) -> None:
    model = load_model(document({"x": schema}))
    assert (model.field("x").type, model.notes) == (kind, ())


def test_a_required_name_that_is_not_described() -> None:
    model = load_model(document(required=["model", "ghost"]))
    assert model.field("ghost").required
    assert said(model) == {"ghost": "is required"}
    assert "ghost" in model.notes[0]


def test_a_whole_number_that_is_not_sent_as_true() -> None:
    assert one({**WHOLE, "enum": [1, 1.0, True]}).choices == (1,)


def test_a_document_in_order_has_no_notes() -> None:
    schema = {**WHOLE, "enum": [5, 10], "default": 5, "minimum": 1, "example": 5, "deprecated": True}
    assert load_model(document({"x": schema})).notes == ()


# The two calls


def test_responses_beside_post() -> None:
    source = document()
    item = source["paths"][V2]
    item["responses"] = {"200": {"description": "fine"}}
    del item["post"]["responses"]
    model = load_model(source)
    assert "200" in model.document["paths"][V2]["post"]["responses"]
    assert "beside post" in model.notes[0]


@pytest.mark.parametrize(
    "path",
    [
        "/v2/generate/video/bytedance/generation",
        "/v1/video/generations",
        "/video/generations",
        "/something/else",
    ],
)
def test_other_addresses(path: str) -> None:
    model = load_model(document(path=path))
    assert (model.create_path, model.retrieve_path) == (path, path)


def test_of_several_paths_v2_is_taken() -> None:
    source = document(path="/video/generations", model="a/old")
    source["paths"] |= document(path="/v1/video/generations", model="a/older")["paths"]
    source["paths"] |= document(path=V2, model="a/new")["paths"]
    model = load_model(source)
    assert (model.id, model.create_path) == ("a/new", V2)
    assert "3 calls" in model.notes[0]


def test_a_get_elsewhere() -> None:
    source = document(path="/v1/video/generations")
    source["paths"][V2] = {"get": {"responses": {}}}
    assert load_model(source).retrieve_path == V2


def test_a_get_with_the_id_in_its_path() -> None:
    source = document()
    source["paths"][V2 + "/{generation_id}"] = {"get": {"responses": {}}}
    model = load_model(source)
    assert model.retrieve_path == V2
    assert "generation_id" in model.notes[0]


def test_a_server_with_a_path() -> None:
    source = document(path="/video/generations")
    source["servers"] = [{"url": "https://api.example.org/v2/"}]
    assert load_model(source).create_path == V2


@pytest.mark.parametrize(
    "path",
    [
        "@evil.example/x",
        "/a/../b",
        "/a?b=c",
        "/a#b",
        "/a b",
        "/\u00e9",
        "/a\\b",
        ".evil.example",
        "/a:80/b",
        "",
    ],
)
def test_paths_that_could_lead_elsewhere(path: str) -> None:
    with pytest.raises(DocumentError, match="plain path"):
        load_model(document(path=path))


def test_a_path_is_never_a_host() -> None:
    assert load_model(document(path="//evil.example/x")).create_path == "/evil.example/x"
    assert load_model(document(path="v2/video/generations")).create_path == V2


@pytest.mark.parametrize("kind", ["application/json; charset=utf-8", "application/vnd.api+json", "*/*"])
def test_ways_to_say_json(kind: str) -> None:
    source = document({"x": WHOLE})
    body = source["paths"][V2]["post"]["requestBody"]
    body["content"] = {"multipart/form-data": {}, kind: body["content"]["application/json"]}
    assert load_model(source).field("x").type == "integer"


def test_a_schema_without_a_content_type() -> None:
    source = document({"x": WHOLE})
    operation = source["paths"][V2]["post"]
    operation["requestBody"] = operation["requestBody"]["content"]["application/json"]
    model = load_model(source)
    assert model.field("x").type == "integer"
    assert "without a content type" in model.notes[0]


@pytest.mark.parametrize("version", ["3.0.0", "3.0.3", "3.1.0", "3.1.1", 3.1, 3])
def test_versions(version: Any) -> None:
    assert load_model(document(version=version)).notes == ()


def test_a_version_left_out() -> None:
    assert "version" in load_model(document(version=None)).notes[0]


def test_what_the_document_says_of_the_call() -> None:
    source = document()
    source["paths"][V2]["post"] |= {"summary": "Makes a clip.", "deprecated": True}
    model = load_model(source)
    assert model.description == "Makes a clip."
    assert "deprecated" in model.notes[0]


def _without(*keys: str) -> dict[str, Any]:
    source: Any = document()
    inner = source
    for key in keys[:-1]:
        inner = inner[key]
    del inner[keys[-1]]
    return source


_POST = ("paths", V2, "post")
_JSON = (*_POST, "requestBody", "content", "application/json")


@pytest.mark.parametrize(
    ("source", "where"),
    [
        ({}, "/paths"),
        ({"openapi": "3.0.0", "paths": []}, "/paths"),
        ({"openapi": "3.0.0", "paths": {}}, "post"),
        ({"swagger": "2.0", **document(version=None)}, "/swagger"),
        (document(version="4.0.0"), "/openapi"),
        (_without(*_POST), "post"),
        (_without(*_POST, "requestBody"), "/paths/~1v2~1video~1generations/post/requestBody"),
        (_without(*_POST, "requestBody", "content"), "/requestBody/content"),
        (_without(*_JSON), "application/json"),
        (_without(*_JSON, "schema"), "/application~1json/schema"),
        (_without(*_JSON, "schema", "properties"), "/schema/properties"),
        (_without(*_JSON, "schema", "properties", "model"), "properties"),
        (_without(*_JSON, "schema", "properties", "model", "enum"), "/properties/model"),
        (document(type="array"), "/schema/type"),
        (document({"x": 5}), "/properties/x"),
        (document({"x": {"type": "object", "properties": []}}), "/properties/x/properties"),
        (document({"x": {"anyOf": {}}}), "/properties/x/anyOf"),
        (document({"x": {"allOf": 1}}), "/properties/x/allOf"),
        (document({"x": {"required": 5}}), "/properties/x/required"),
        (document({"x": {"default": {1, 2}}}), "/properties/x/default"),
    ],
)
def test_what_cannot_be_read_is_named_by_its_place(source: Any, where: str) -> None:
    with pytest.raises(DocumentError) as caught:
        load_model(source)
    assert where in str(caught.value)


# Looking


def test_fields_by_name(lite: Model) -> None:
    assert lite.field("seed").type == "integer"
    with pytest.raises(KeyError, match="did you mean camerafixed"):
        lite.field("camera_fixed")


def test_roles(lite: Model) -> None:
    found = {role: lite.role(role) for role in room.ROLES}
    assert {role: field.name for role, field in found.items() if field} == {
        **{name: name for name in ("model", "prompt", "seed", "duration", "aspect_ratio", "resolution", "watermark")},
        "camera_fixed": "camerafixed",
    }
    with pytest.raises(KeyError):
        lite.role("nothing")


def test_roles_of_every_bundled_model() -> None:
    for name in FAMILY:
        model = load_model(name)
        assert all(model.role(role) for role in ("model", "prompt", "seed", "duration", "resolution"))
        assert (model.role("first_image") is None) == (name == DEFAULT_MODEL)


def test_a_role_needs_a_type_that_fits() -> None:
    model = load_model(document({"prompt": WHOLE, "text": TEXT, "seed": TEXT, "ratio": TEXT}))
    roles = {role: field.name for role in room.ROLES if (field := model.role(role))}
    assert roles == {"model": "model", "prompt": "text", "aspect_ratio": "ratio"}
    several = load_model(
        document({"image_url": {"anyOf": [TEXT, {"type": "array"}]}, "Camera-Fixed": {"type": "boolean"}})
    )
    assert several.role("first_image") is several.field("image_url")
    assert several.role("camera_fixed") is several.field("Camera-Fixed")


def test_repr(lite: Model) -> None:
    assert DEFAULT_MODEL in repr(lite)
    assert "prompt*" in repr(lite)
    assert repr(lite.field("duration")) == "<Field 'duration', integer, 5, 10>"
    assert "array of string" in repr(load_model("bytedance/seedance-2-0").field("image_urls"))


def test_the_table_shows_every_field_and_escapes_it(lite: Model) -> None:
    html = lite._repr_html_()
    assert all(f">{name}" in html for name in ("model", "prompt", "camerafixed"))
    assert "withdrawn since 2026-06" in html
    bad = "<img src=x onerror=alert(1)>"
    schema = {**TEXT, "enum": [bad], "default": bad, "description": bad, "title": bad}
    html = load_model(document({bad: schema, "n": {**WHOLE, "default": bad}}, model=bad))._repr_html_()
    assert "<img" not in html
    assert "&lt;img" in html


def test_exclusive_bounds_that_contradict_each_other_are_left_out_in_every_version() -> None:
    bounds = {"type": "integer", "exclusiveMinimum": 9, "maximum": 3}
    for version in ("3.0.0", "3.1.0"):
        field = load_model(document({"x": bounds}, version=version)).field("x")
        assert field.problems(5) == []
        assert field.schema == {"type": "integer"}


def test_an_enum_of_thousands_is_read_at_once_and_keeps_each_value_once() -> None:
    values = [f"effect {number}" for number in range(20_000)]
    field = load_model(document({"effect": {"type": "string", "enum": values * 2}})).field("effect")
    assert list(field.choices) == values
    assert field.problems("effect 19999") == []
    mixed = load_model(document({"x": {"enum": [1, 1.0, True, "1", None, [1], [True], [1], {}]}})).field("x")
    assert list(mixed.choices) == [1, True, "1", [1], [True], {}]
