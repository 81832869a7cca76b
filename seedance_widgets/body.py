"""The body of a request: its fields, and the rules that hold for all of them together."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any

from . import validation, wording
from .errors import DocumentError, Problem
from .field import Field, build_field
from .openapi.mending import among
from .openapi.schema import Schema, SchemaReader
from .plain import Part, join_pointer
from .roles import ROLES, find_role

# What a schema can say about its properties together; the rest is each field's own.
_TOGETHER = ("anyOf", "oneOf", "allOf", "not", "minProperties", "maxProperties")


class Body:
    """All fields of a model's request.

    Parameters
    ----------
    schema : dict
        The resolved schema of the request's body.
    version : str
        "3.0" or "3.1".

    Attributes
    ----------
    fields : tuple of Field
        In the document's order.
    """

    def __init__(self, schema: Schema, version: str) -> None:
        needed = schema.get("required", [])
        self.fields = tuple(
            build_field(name, each, required=name in needed, version=version)
            for name, each in schema["properties"].items()
        )
        self.version = version
        self._by_name = {field.name: field for field in self.fields}
        self._schema = schema
        model = find_role(self.fields, "model")
        self._model_name = model.name if model else ROLES["model"][0]

    def read(self, values: Mapping[str, Any], model_id: str) -> tuple[dict[str, Any], list[Problem]]:
        """Turn values into the body that is sent, and check it.

        Parameters
        ----------
        values : Mapping
            Name → value; None is "not given" unless the field is nullable.
        model_id : str
            What is sent as the model where the values do not say.

        Returns
        -------
        body : dict
            Exactly what was given, as plain JSON, after the model.
        problems : list of Problem
        """
        body, problems = self._model(values.get(self._model_name), model_id)
        for field in self.fields:
            if field.name != self._model_name:
                problems += self._put(field, values, body)
        for name in values:
            if name not in self._by_name and name != self._model_name:
                problems += self._extra(name, values[name], body)
        if not problems:
            problems = validation.check(self._together, body, "")
        return body, problems

    def _model(self, stated: Any, model_id: str) -> tuple[dict[str, Any], list[Problem]]:
        wanted = model_id if stated is None else stated
        field = self._by_name.get(self._model_name)
        if field is not None and field.choices:
            plain, problems = field.read(wanted)
            return {self._model_name: plain}, problems
        if wanted == model_id:
            return {self._model_name: model_id}, []
        said = f"this is {model_id}; load the other model to use that"
        return {}, [Problem(self._model_name, said)]

    def _put(self, field: Field, values: Mapping[str, Any], body: dict[str, Any]) -> list[Problem]:
        value = values.get(field.name)
        if value is None and not (field.nullable and field.name in values):
            return [Problem(field.name, "is required")] if field.required else []
        body[field.name], problems = field.read(value)
        return problems

    def _extra(self, name: Any, value: Any, body: dict[str, Any]) -> list[Problem]:
        """A name that is not a field: a slip, unless the document says that others may stand there."""
        if not isinstance(name, str):
            return [Problem("", f"{str(name)[:60]!r} is no field's name: names are text")]
        allowed = self._schema.get("additionalProperties", False)
        if allowed is False:
            return [Problem(name, wording.unknown(name, list(self._by_name)))]
        schema = allowed if isinstance(allowed, dict) else {}
        body[name], problems = build_field(name, schema, required=False, version=self.version).read(value)
        return problems

    @property
    def has_rules_across(self) -> bool:
        """Whether it says which values fit together."""
        return bool(self._together)

    @cached_property
    def _together(self) -> Schema:
        return {key: self._schema[key] for key in _TOGETHER if key in self._schema}


def read_body(node: Any, pointer: tuple[Part, ...], reader: SchemaReader, version: str) -> Body:
    """Read the schema of a request's body.

    Raises
    ------
    DocumentError
        When it is no object with named fields.
    """
    where = join_pointer(pointer)
    schema = dict(reader.read(node, pointer))
    if schema.get("type", "object") != "object":
        raise DocumentError(f"{where}/type: the body must be an object, not {schema['type']}.")
    _spread_alternatives(schema, reader)
    if not schema.get("properties"):
        raise DocumentError(f"{where}/properties: is missing or empty, so no field is known.")
    for name in schema.get("required", []):
        if name not in schema["properties"]:
            reader.note((name,), "is required, but the document does not describe it; any value is taken.")
            schema["properties"][name] = {}
    return Body(schema, version)


def _spread_alternatives(schema: Schema, reader: SchemaReader) -> None:
    """Where a body is one of several objects, take the fields of all; which fit together is checked later."""
    own = schema.get("properties", {})
    found: dict[str, list[Schema]] = {}
    for keyword in ("anyOf", "oneOf"):
        variants = schema.get(keyword, [])
        for variant in variants:
            for name, each in variant.get("properties", {}).items():
                found.setdefault(name, []).append(each)
        needed = [set(variant.get("required", [])) for variant in variants]
        always = [name for name in found if needed and all(name in each for each in needed)]
        schema["required"] = list(dict.fromkeys([*schema.get("required", []), *always]))
    new = {name: _either(each) for name, each in found.items() if name not in own}
    if new:
        reader.note((), "the document describes several kinds of request; the fields of all are shown.")
    schema["properties"] = {**own, **new}


def _either(schemas: list[Schema]) -> Schema:
    """One schema for a field that several kinds of request describe."""
    different: list[Schema] = []
    for schema in schemas:
        if schema not in different:
            different.append(schema)
    if len(different) == 1:
        return different[0]
    apart = [{key: value for key, value in schema.items() if key != "enum"} for schema in different]
    if all("enum" in schema for schema in different) and all(rest == apart[0] for rest in apart):
        values: list[Any] = []
        for schema in different:
            values += [value for value in schema["enum"] if not among(value, values)]
        return {**apart[0], "enum": values}
    return {"anyOf": different}
