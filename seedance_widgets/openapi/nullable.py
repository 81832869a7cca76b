"""What differs between OpenAPI 3.0 and 3.1 in a resolved schema: "or null", and bounds that are left out."""

from __future__ import annotations

from typing import Any

Schema = dict[str, Any]

_NULL = ({"nullable": True}, {"type": "null"}, {"type": ["null"]}, {"enum": [None]}, {"const": None})


def only_null(node: Any) -> bool:
    """Whether a variant says nothing but "or null", in any version's way."""
    if not isinstance(node, dict):
        return False
    said = {key: value for key, value in node.items() if key not in ("description", "title", "default")}
    return said in _NULL


def with_null(schema: Schema) -> Schema:
    """Let every keyword of a nullable schema take null, as ``nullable`` alone opens only ``type``."""
    if not schema.get("nullable"):
        return schema
    if "enum" in schema and None not in schema["enum"]:
        schema["enum"] = [*schema["enum"], None]
    for keyword in ("anyOf", "oneOf"):
        variants = schema.get(keyword)
        if variants and not any(takes_null(variant) for variant in variants):
            schema[keyword] = [*variants, {"enum": [None]}]
    if "allOf" in schema:
        schema["allOf"] = [with_null({**part, "nullable": True}) for part in schema["allOf"]]
    return schema


def takes_null(schema: Schema) -> bool:
    """Whether null fits a resolved schema, as far as its own keywords tell."""
    if "type" in schema:
        return bool(schema.get("nullable"))
    alternatives = schema.get("anyOf", []) + schema.get("oneOf", [])
    if alternatives and not any(map(takes_null, alternatives)):
        return False
    return "enum" not in schema or None in schema["enum"]


def export(schema: Schema, version: str) -> Schema:
    """Write a resolved schema as its OpenAPI version says it ("3.0" stays as it is)."""
    if version == "3.0":
        return schema
    out = {key: _export_member(key, value, version) for key, value in schema.items()}
    if out.pop("nullable", False) and "type" in out:
        out["type"] = [out["type"], "null"]
    for bound, exclusive in (("minimum", "exclusiveMinimum"), ("maximum", "exclusiveMaximum")):
        if out.pop(exclusive, False):
            out[exclusive] = out.pop(bound)
    return out


def _export_member(key: str, value: Any, version: str) -> Any:
    if key in ("anyOf", "oneOf", "allOf"):
        return [export(each, version) for each in value]
    if key == "properties":
        return {name: export(each, version) for name, each in value.items()}
    if key in ("items", "not", "additionalProperties") and isinstance(value, dict):
        return export(value, version)
    return value
