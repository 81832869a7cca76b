"""Forms of any model: what fits comes back exactly, what does not is kept too, edits never raise."""

from __future__ import annotations

from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from test_model_properties import ANYTHING
from test_model_properties import models as generated

from seedance_widgets.controls import UNSET
from seedance_widgets.controls.exact import same
from seedance_widgets.form import RequestForm
from seedance_widgets.model import Field, Model, load_model, models

FEW = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])

BUNDLED = {name: load_model(name) for name in models()}


def fitting(field: Field) -> st.SearchStrategy[Any]:
    if field.choices:
        return st.sampled_from(field.choices)
    if field.type == "array":
        assert field.items is not None
        return st.lists(fitting(field.items), min_size=field.min_items or 0, max_size=field.max_items or 3)
    return {
        "string": st.text(st.characters(exclude_categories=["Cs"]), min_size=1).filter(str.strip),
        "integer": st.integers(0, 2**70),
        "boolean": st.booleans(),
    }[field.type]


@st.composite
def bundled(draw: st.DrawFn) -> tuple[Model, dict[str, Any]]:
    model = BUNDLED[draw(st.sampled_from(sorted(BUNDLED)))]
    fields = [field for field in model.fields if field is not model.role("model") or draw(st.booleans())]
    chosen = [field for field in fields if field.required or draw(st.booleans())]
    return model, {field.name: draw(fitting(field)) for field in chosen}


def comes_back(model: Model, request: dict[str, Any]) -> None:
    form = RequestForm(model)
    told: list[Any] = []
    form.observe(lambda change: told.append(change["new"]), "request")
    form.request = request
    assert same(form.request, request)
    assert form.problems == []
    assert form.valid
    assert told == ([request] if request else [])
    form.request = {}
    assert same(form.request, {})
    form.request = request
    assert same(form.request, request)
    assert same(model.request(**form.request).body, model.request(**request).body)
    form.close()


@FEW
@given(bundled())
def test_a_request_of_a_bundled_model_comes_back(case: tuple[Model, dict[str, Any]]) -> None:
    comes_back(*case)


@FEW
@given(generated())
def test_a_request_of_any_model_comes_back(case: tuple[Model, dict[str, Any], Any]) -> None:
    comes_back(case[0], case[1])


@FEW
@given(generated(), st.data())
def test_anything_can_be_assigned_and_is_kept(case: tuple[Model, dict[str, Any], Any], data: st.DataObject) -> None:
    model, values, schemas = case
    request = {**values, **{name: data.draw(ANYTHING) for name in schemas}, "unknown": data.draw(ANYTHING)}
    form = RequestForm(model)
    form.request = request
    assert set(form.request) == set(request)
    assert repr(dict(sorted(form.request.items()))) == repr(dict(sorted(request.items())))
    assert form.problems[: len(model.problems(request))] == model.problems(request)
    assert not form.valid
    form.reset()
    assert form.request == {}
    form.close()


@FEW
@given(bundled(), st.sampled_from(sorted(BUNDLED)))
def test_whatever_goes_along_to_another_model_fits_there(case: tuple[Model, dict[str, Any]], other: str) -> None:
    model, request = case
    form = RequestForm(model)
    form.request = request
    form.set_model(BUNDLED[other])
    for name, value in form.request.items():
        assert BUNDLED[other].field(name).problems(value) == []
    shared = {field.name for field in BUNDLED[other].fields} - {"model"}
    fits = {name for name in shared & set(request) if not BUNDLED[other].field(name).problems(request[name])}
    assert {name: request[name] for name in fits} == {name: form.request[name] for name in fits}
    form.close()


@FEW
@given(bundled(), st.data())
def test_typing_anything_never_raises_and_agrees_with_the_request(
    case: tuple[Model, dict[str, Any]], data: st.DataObject
) -> None:
    model, request = case
    form = RequestForm(model)
    form.request = request
    for control in form.controls.values():
        box: Any = getattr(control, "box", None)
        if box is not None and isinstance(box.value, str):
            box.value = data.draw(st.text(st.characters(exclude_categories=["Cs"]), max_size=12))
    values = {name: control.value for name, control in form.controls.items() if control.value is not UNSET}
    assert same(form.request, values)
    assert form.problems == model.problems(values)
    form.close()
