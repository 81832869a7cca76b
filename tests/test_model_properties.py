"""Models of any shape: what fits is sent unchanged, what breaks is named at its place, junk is refused."""

from __future__ import annotations

import copy
import json
import math
import string
from functools import cache
from typing import Any

import pytest
from documents import document, page, retrieval
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from seedance_widgets import rules
from seedance_widgets.errors import DocumentError, RequestInvalid
from seedance_widgets.model import Model, load_model
from seedance_widgets.plain import to_plain

FEW = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
MANY = settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])

NAMES = st.text(string.ascii_lowercase + "_", min_size=1, max_size=8).filter(lambda name: name != "model")
WORDS = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)

# Schemas of the shapes that are supported: (schema, strategy of values that fit).

Pair = tuple[dict[str, Any], st.SearchStrategy[Any]]


@st.composite
def texts(draw: st.DrawFn) -> Pair:
    if draw(st.booleans()):
        values = draw(st.lists(WORDS.filter(str.strip), min_size=1, max_size=5, unique=True))
        return {"type": "string", "enum": values}, st.sampled_from(values)
    low, high = sorted(draw(st.tuples(st.integers(1, 5), st.integers(1, 9))))
    value = st.text(string.ascii_letters + "äß🐉", min_size=low, max_size=high)
    return {"type": "string", "minLength": low, "maxLength": high, "format": "uri"}, value


@st.composite
def numbers(draw: st.DrawFn) -> Pair:
    kind = draw(st.sampled_from(["integer", "number"]))
    if draw(st.booleans()):
        values = draw(st.lists(st.integers(-5, 30), min_size=1, max_size=6, unique=True))
        return {"type": kind, "enum": values, "default": str(values[0])}, st.sampled_from(values)
    low, high = sorted(draw(st.tuples(st.integers(-9, 2**40), st.integers(-9, 2**40))))
    whole = st.integers(low, high)
    decimal = st.floats(low, high, allow_nan=False)
    return {"type": kind, "minimum": low, "maximum": high}, whole if kind == "integer" else st.one_of(whole, decimal)


def lists(pair: Pair) -> Pair:
    schema, values = pair
    return {"type": "array", "items": schema, "minItems": 1, "maxItems": 3}, st.lists(values, min_size=1, max_size=3)


def objects(pairs: dict[str, Pair]) -> Pair:
    schema = {
        "type": "object",
        "properties": {name: pair[0] for name, pair in pairs.items()},
        "required": list(pairs)[:1],
    }
    first, *rest = [(name, pair[1]) for name, pair in pairs.items()]
    return schema, st.fixed_dictionaries(dict([first]), optional=dict(rest))


def nullable(pair: Pair) -> Pair:
    return {**pair[0], "nullable": True}, st.one_of(st.none(), pair[1])


def either(one: Pair, other: Pair) -> Pair:
    return {"anyOf": [one[0], other[0]]}, st.one_of(one[1], other[1])


SIMPLE = st.one_of(texts(), numbers(), st.just(({"type": "boolean"}, st.booleans())))
PAIRS = st.recursive(
    SIMPLE,
    lambda inner: st.one_of(
        inner.map(lists),
        inner.map(nullable),
        st.dictionaries(NAMES, inner, min_size=1, max_size=3).map(objects),
        st.builds(either, inner, inner),
    ),
    max_leaves=6,
)


ANYTHING = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(),
        st.floats(),
        st.text(max_size=6),
        st.binary(max_size=3),
        st.sets(st.integers(), max_size=2),
        st.complex_numbers(),
        st.decimals(),
        st.fractions(),
        st.dates(),
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.tuples(inner, inner),
        st.dictionaries(st.one_of(st.text(max_size=4), st.integers(), st.none()), inner, max_size=4),
    ),
    max_leaves=12,
)


@st.composite
def models(draw: st.DrawFn) -> tuple[Model, dict[str, Any], dict[str, dict[str, Any]]]:
    """A model, a request that fits it, and the schemas of its fields."""
    pairs = draw(st.dictionaries(NAMES, PAIRS, min_size=1, max_size=4))
    needed = draw(st.sets(st.sampled_from(sorted(pairs))))
    wanted = {name: draw(pairs[name][1]) for name in pairs if name in needed or draw(st.booleans())}
    schemas = {name: pair[0] for name, pair in pairs.items()}
    version = draw(st.sampled_from(["3.0.0", "3.1.0"]))
    return load_model(document(schemas, required=["model", *needed], version=version)), wanted, schemas


@FEW
@given(models())
def test_what_fits_is_sent_unchanged(case: tuple[Model, dict[str, Any], Any]) -> None:
    model, values, _ = case
    request = model.request(**values)
    assert request.body == {"model": "test/model", **values}
    assert json.loads(json.dumps(request.body)) == request.body
    assert next(iter(request.body)) == "model"
    assert model.problems(request.body) == []
    assert model.request(**request.body).body == request.body


@FEW
@given(models(), st.data())
def test_a_single_slip_is_found_at_its_place(case: tuple[Model, dict[str, Any], Any], data: st.DataObject) -> None:
    model, values, schemas = case
    breakable = [name for name in values if values[name] is not None and slips(schemas[name], values[name])]
    assume(breakable)
    name = data.draw(st.sampled_from(breakable))
    path, wrong = data.draw(st.sampled_from(slips(schemas[name], values[name])))
    broken = {**values, name: wrong}
    found = model.problems(broken)
    assert [problem.path for problem in found] == [name + path], (found, broken)
    assert found[0].message
    with pytest.raises(RequestInvalid) as caught:
        model.request(**broken)
    assert caught.value.problems == found


def slips(schema: dict[str, Any], value: Any) -> list[tuple[str, Any]]:
    """Ways to break exactly one rule: (the path below the field, the whole value with the slip)."""
    kind = schema.get("type")
    if value is None or "anyOf" in schema:
        return []
    found: list[tuple[str, Any]] = [("", object()), ("", math.nan), ("", {"a", "b"})]
    if "enum" in schema:
        found.append(("", "none of these" if kind == "string" else 10**9))
    elif kind == "string":
        found += [("", "x" * 99), ("", 5)]
    elif kind in ("integer", "number"):
        found += [("", schema["maximum"] + 1), ("", schema["minimum"] - 1), ("", "5"), ("", True)]
    elif kind == "boolean":
        found += [("", "true"), ("", 0)]
    elif kind == "array":
        found += [("", []), ("", [value[0]] * 4), ("", "text")]
        found += [(f"[0]{path}", [wrong, *value[1:]]) for path, wrong in slips(schema["items"], value[0])]
    elif kind == "object":
        needed = schema["required"][0]
        found.append((f".{needed}", {key: value[key] for key in value if key != needed}))
        for name, inner in value.items():
            found += [
                (f".{name}{path}", {**value, name: wrong}) for path, wrong in slips(schema["properties"][name], inner)
            ]
    return found


@cache
def reference(version: str) -> Any:
    """The validator that ours must agree with; it takes seconds to import."""
    import openapi_schema_validator as library

    return library.OAS30Validator if version.startswith("3.0") else library.OAS31Validator


@FEW
@given(PAIRS, ANYTHING, st.sampled_from(["3.0.0", "3.1.0"]), st.data())
def test_what_is_valid_is_what_the_reference_says(pair: Pair, other: Any, version: str, data: st.DataObject) -> None:
    field = load_model(document({"x": pair[0]}, version=version)).field("x")
    value, troubles = to_plain(data.draw(st.one_of(pair[1], st.just(other), SIMPLE.flatmap(lambda each: each[1]))))
    assume(not troubles)
    value = field.whole(value)  # only 3.1 takes 5.0 for a whole number
    assert rules.fits(value, field.schema) == reference(version)(field.schema).is_valid(value)


@FEW
@given(models(), NAMES)
def test_an_unknown_name_is_found(case: tuple[Model, dict[str, Any], Any], name: str) -> None:
    model, values, schemas = case
    assume(name not in schemas)
    assert [problem.path for problem in model.problems({**values, name: 1})] == [name]


@FEW
@given(models(), st.data())
def test_any_value_at_all_gives_a_request_or_problems(
    case: tuple[Model, dict[str, Any], Any], data: st.DataObject
) -> None:
    model, values, schemas = case
    broken = {**values, **{name: data.draw(ANYTHING) for name in schemas}}
    problems = model.problems(broken)
    assert all(isinstance(path, str) and isinstance(message, str) and message for path, message in problems)
    if not problems:
        json.dumps(model.request(**broken).body, allow_nan=False).encode()


# Mangled documents: a clear DocumentError, or a model that works.

WHOLE = document(
    {
        "prompt": {"type": "string", "minLength": 1, "pattern": "^."},
        "duration": {"type": "integer", "enum": [5, 10], "default": "10", "minimum": 1, "maximum": 10},
        "seed": {"type": "integer", "exclusiveMinimum": -1, "nullable": True},
        "keyframes": {
            "type": "object",
            "properties": {"frame0": {"anyOf": [{"$ref": "#/components/schemas/Frame"}, {"nullable": True}]}},
            "required": ["frame0"],
            "additionalProperties": False,
        },
        "urls": {"type": "array", "items": {"type": "string", "format": "uri"}, "minItems": 1, "maxItems": 3},
        "all": {"allOf": [{"type": "object"}, {"properties": {"a": {"type": ["string", "null"]}}}]},
    },
    required=["model", "prompt"],
    title="test/model",
)
WHOLE["components"] = {
    "schemas": {"Frame": {"type": "object", "properties": {"next": {"$ref": "#/components/schemas/Frame"}}}}
}
WHOLE["servers"] = [{"url": "https://api.example.org"}]

KEYWORDS = [
    *(
        "type",
        "enum",
        "const",
        "default",
        "properties",
        "required",
        "items",
        "anyOf",
        "oneOf",
        "allOf",
        "not",
    ),
    *("nullable", "minimum", "maximum", "exclusiveMinimum", "minLength", "maxItems", "multipleOf", "pattern"),
    *("$ref", "additionalProperties", "schema", "content", "post", "get", "paths", "openapi", "description"),
]
JUNK = st.one_of(
    ANYTHING,
    st.sampled_from(["#", "#/", "#/paths", "#/components/schemas/Frame", "integer", "null", "(", "3.1.0", -1, 0, "10"]),
    st.sampled_from([["string", "null"], ["null"], [], {}, [{}], [True], {"a": {}}, [{"$ref": "#"}], {"$ref": "#"}]),
    st.dictionaries(st.sampled_from(KEYWORDS), st.sampled_from([[], {}, True, "a", 0, None, [{}], ["a"]]), max_size=3),
)


def places(value: Any) -> list[tuple[Any, Any]]:
    """Every (container, key) of a document."""
    keys = value if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()
    return [place for key in keys for place in [(value, key), *places(value[key])]]


@st.composite
def mangled(draw: st.DrawFn) -> Any:
    source = copy.deepcopy(WHOLE)
    for _ in range(draw(st.integers(1, 3))):
        container, key = draw(st.sampled_from(places(source)))
        action = draw(st.sampled_from(["replace", "remove", "add", "rename"]))
        if action == "remove":
            container.pop(key)
        elif action == "add" and isinstance(container[key], dict):
            container[key][draw(st.sampled_from(KEYWORDS))] = copy.deepcopy(draw(JUNK))
        elif action == "rename" and isinstance(container, dict):
            container[draw(st.sampled_from(KEYWORDS))] = container.pop(key)
        else:
            container[key] = copy.deepcopy(draw(JUNK))
        if not places(source):
            break
    return source


def survives(source: Any) -> None:
    """It is refused with a sentence, or it is a model that can be used."""
    try:
        model = load_model(source)
    except DocumentError as error:
        refusal = str(error)
    else:
        works(model)
        return
    assert refusal.endswith((".", "?")) or "http" in refusal


def works(model: Model) -> None:
    """Everything that the form and the studio ask of a model."""
    assert model.id
    assert model.create_path.startswith("/")
    json.dumps(model.document)
    assert repr(model)
    assert model._repr_html_()
    for values in ({}, {"prompt": "x", "duration": 5}, {each.name: "x" for each in model.fields}):
        problems = model.problems(values)
        assert all(isinstance(path, str) and message for path, message in problems)
    for each in model.fields:
        repr(each)
        for value in (None, "a", 5, 5.0, True, [], [1, "a"], {}, {"frame0": {"next": 1}, "a": None}):
            each.problems(value)


@MANY
@given(mangled())
def test_a_mangled_document_is_refused_or_works(source: Any) -> None:
    survives(source)


@FEW
@given(st.one_of(ANYTHING, JUNK))
def test_anything_as_a_document(source: Any) -> None:
    survives(source)
    survives({"openapi": "3.0.0", "paths": source})
    survives(document({"x": source}))


TEXTS = [
    json.dumps(WHOLE),
    json.dumps(WHOLE, indent=1),
    page(WHOLE, retrieval()),
    page(json.dumps(WHOLE, indent=1)),
]


@MANY
@given(st.sampled_from(TEXTS), st.data())
def test_a_mangled_text_is_refused_or_works(text: str, data: st.DataObject) -> None:
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, len(text)))
        cut = data.draw(st.integers(0, 30))
        text = text[:at] + data.draw(st.text('{}[]",:`~# \n\t>&*!|-ab1\x00\ufeff', max_size=6)) + text[at + cut :]
    survives("\n" + text + "\n")


@FEW
@given(st.text(max_size=60))
def test_any_text_at_all(text: str) -> None:
    survives(text)
    survives(text + "\n")
    survives("openapi: 3.0.0\npaths:\n" + text)
