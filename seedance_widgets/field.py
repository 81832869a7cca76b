"""One field of a model: what it is called, what it takes, and whether a value fits it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from . import validation, wording
from .errors import Problem
from .openapi.nullable import export
from .plain import join_path, to_plain

Schema = dict[str, Any]

# Keywords of a schema that its alternatives do not take over.
_NOT_SHARED = ("anyOf", "oneOf", "allOf", "title", "description", "default", "nullable")


@dataclass(frozen=True, eq=False, repr=False)
class Field:
    """One field of a model's request, or one part of a nested field.

    Attributes
    ----------
    name : str
        As it is sent. The items of a list have none.
    type : str
        string, integer, number, boolean, array or object; empty where the document has none, or alternatives.
    required, nullable : bool
        Whether it must be given, and whether null is a value.
    default : object
        What the API takes when nothing is sent, as the field's type; None when not known. It is never sent.
    choices : tuple
        The allowed values, without null; empty when anything of the type goes.
    minimum, maximum : int, float or None
        Bounds of a number; for a whole number always allowed themselves.
    description, title, format : str
        What the document says of it; empty where it says nothing.
    min_items, max_items, min_length, max_length : int or None
        Bounds of a list's and of a text's length.
    items : Field or None
        What a list holds.
    properties : tuple of Field
        The parts of an object.
    variants : tuple of Field
        The alternatives (anyOf, oneOf), without null.
    schema : dict
        The resolved JSON schema, in the way of the document's OpenAPI version.
    version : str
        That version.
    """

    name: str
    type: str = ""
    required: bool = False
    default: Any = None
    choices: tuple[Any, ...] = ()
    minimum: int | float | None = None
    maximum: int | float | None = None
    description: str = ""
    title: str = ""
    items: Field | None = None
    properties: tuple[Field, ...] = ()
    variants: tuple[Field, ...] = ()
    nullable: bool = False
    format: str = ""
    min_items: int | None = None
    max_items: int | None = None
    min_length: int | None = None
    max_length: int | None = None
    schema: Schema = field(default_factory=dict)
    version: str = "3.0"

    def problems(self, value: Any, path: str = "") -> list[Problem]:
        """Check one value against this field.

        Parameters
        ----------
        value : object
            Anything. None means "not given" unless the field is nullable.
        path : str
            Where the value stands; the field's own name when empty.

        Returns
        -------
        list of Problem
            Everything that is wrong; empty when the value can be sent.
        """
        return self.read(value, path)[1]

    def read(self, value: Any, path: str = "") -> tuple[Any, list[Problem]]:
        """Turn a value into what is sent, and check it.

        Returns
        -------
        plain : object
            Plain JSON values: tuples are lists, 5.0 in a whole-number field is 5.
        problems : list of Problem
        """
        path = path or self.name
        if value is None:
            missing = self.required and not self.nullable
            return None, [Problem(path, "is required")] if missing else []
        plain, troubles = to_plain(value)
        if troubles:
            return None, [Problem(join_path(path, parts), message) for parts, message in troubles]
        if self.required and isinstance(plain, str) and not plain.strip():
            return plain, [Problem(path, "is required")]
        plain = self.whole(plain)
        return plain, validation.check(self.schema, plain, path)

    def whole(self, value: Any) -> Any:
        """Write 5.0 as 5 wherever a whole number belongs, also inside lists and objects."""
        if isinstance(value, float) and value.is_integer():
            return int(value) if self.takes("integer") and not self.takes("number") else value
        for variant in self.variants:
            value = variant.whole(value)
        if isinstance(value, list) and self.items is not None:
            return [self.items.whole(item) for item in value]
        if isinstance(value, dict):
            parts = {each.name: each for each in self.properties}
            return {name: parts[name].whole(item) if name in parts else item for name, item in value.items()}
        return value

    def takes(self, kind: str) -> bool:
        """Whether the field, or one of its alternatives, is of a JSON type."""
        return self.type == kind or any(variant.takes(kind) for variant in self.variants)

    @property
    def kind(self) -> str:
        """The type in a word or two: ``integer``, ``array of string``, ``string or array``."""
        if self.type == "array" and self.items is not None:
            return f"array of {self.items.kind}"
        if self.variants:
            return " or ".join(dict.fromkeys(variant.kind for variant in self.variants))
        return self.type or "any"

    @property
    def allowed(self) -> str:
        """The allowed values or the bounds in one line; empty where the type says all."""
        if self.choices:
            more = f", … ({len(self.choices)} in all)" if len(self.choices) > 12 else ""
            return ", ".join(map(wording.show, self.choices[:12])) + more
        for low, high, unit in (
            (self.minimum, self.maximum, ""),
            (self.min_items, self.max_items, " items"),
            (self.min_length, self.max_length, " characters"),
        ):
            if low is not None or high is not None:
                return f"{'' if low is None else low}…{'' if high is None else high}{unit}"
        return ""

    def __repr__(self) -> str:
        parts = [repr(self.name), self.kind]
        parts += ["required"] * self.required + ["nullable"] * self.nullable
        parts += [self.allowed] if self.allowed else []
        parts += [] if self.default is None else [f"default {self.default!r}"]
        return f"<Field {', '.join(parts)}>"


def build_field(name: str, schema: Schema, *, required: bool, version: str) -> Field:
    """Build a field, and all that it holds, from a resolved schema (see :mod:`schema`)."""
    needed = schema.get("required", [])
    return Field(
        name=name,
        type=schema.get("type", ""),
        required=required,
        default=schema.get("default"),
        choices=tuple(value for value in schema.get("enum", []) if value is not None),
        minimum=_bound(schema, "minimum", "exclusiveMinimum", 1),
        maximum=_bound(schema, "maximum", "exclusiveMaximum", -1),
        description=schema.get("description", ""),
        title=schema.get("title", ""),
        items=_items(schema, version),
        properties=tuple(
            build_field(part, each, required=part in needed, version=version)
            for part, each in schema.get("properties", {}).items()
        ),
        variants=tuple(build_field(name, each, required=required, version=version) for each in _alternatives(schema)),
        nullable=_nullable(schema),
        format=schema.get("format", ""),
        min_items=schema.get("minItems"),
        max_items=schema.get("maxItems"),
        min_length=schema.get("minLength"),
        max_length=schema.get("maxLength"),
        schema=export(schema, version),
        version=version,
    )


def _items(schema: Schema, version: str) -> Field | None:
    if "items" not in schema:
        return None
    return build_field("", schema["items"], required=False, version=version)


def _alternatives(schema: Schema) -> list[Schema]:
    """The alternatives of a schema, each whole: with what stands beside them."""
    shared = {key: value for key, value in schema.items() if key not in _NOT_SHARED}
    listed = [each for each in schema.get("anyOf", []) + schema.get("oneOf", []) if each != {"enum": [None]}]
    whole = []
    for each in listed:
        joined = {**shared, **each}
        if "properties" in shared and "properties" in each:
            joined["properties"] = {**shared["properties"], **each["properties"]}
        if "required" in shared and "required" in each:
            joined["required"] = list(dict.fromkeys([*shared["required"], *each["required"]]))
        whole.append(joined)
    return whole


def _bound(schema: Schema, key: str, exclusive: str, step: int) -> int | float | None:
    """A bound as a slider needs it: where a whole number must lie above 3, it starts at 4."""
    bound: int | float | None = schema.get(key)
    if isinstance(bound, int) and schema.get("type") == "integer" and schema.get(exclusive):
        return bound + step
    return bound


def _nullable(schema: Schema) -> bool:
    """Whether null is a value that the document names (a field without any type takes it unnamed)."""
    if "type" in schema:
        return bool(schema.get("nullable"))
    if None in schema.get("enum", []):
        return True
    alternatives = schema.get("anyOf", []) + schema.get("oneOf", [])
    return bool(schema.get("nullable")) or any(map(_nullable, alternatives))
