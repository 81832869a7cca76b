"""What a broken rule of a schema means, in words for the person at the form."""

from __future__ import annotations

import json
from difflib import get_close_matches
from typing import Any

from .openapi.mending import coerce, type_of

_KINDS = {
    "string": "text",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "array": "a list",
    "object": "an object",
    "null": "null",
}
_MANY = 24


def show(value: Any, quote: bool = False) -> str:
    """Write a value the way a person would say it; long ones are cut."""
    if isinstance(value, str) and not quote and value and not any(char.isspace() for char in value):
        text = value
    else:
        text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 60 else text[:57] + "…"


def nearest(name: str, known: list[str]) -> str:
    """The known name that was probably meant, or an empty string."""
    by_fold = {each.casefold(): each for each in known}
    close = get_close_matches(name.casefold(), by_fold, n=1, cutoff=0.6)
    return by_fold[close[0]] if close else ""


def unknown(name: str, known: list[str]) -> str:
    """The sentence about a name that the model does not have."""
    meant = nearest(name[:200], known)
    if meant:
        return f"is not known here; did you mean {meant}?"
    listed = ", ".join(known[:_MANY]) + (", …" if len(known) > _MANY else "")
    return f"is not known here; known are {listed}" if known else "is not known here; nothing is"


def choices(value: Any, allowed: list[Any]) -> str:
    """The sentence about a value that is not on the list: ``480P is not one of 480p, 720p, 1080p``."""
    allowed = [each for each in allowed if each is not None]
    if len(allowed) == 1:
        return f"{show(value)} is not {show(allowed[0])}, the only value"
    if len(allowed) <= _MANY:
        return f"{show(value)} is not one of {', '.join(map(show, allowed))}"
    shown = [show(each) for each in allowed]
    close = get_close_matches(show(value), shown, n=4, cutoff=0.4) or shown[:4]
    return f"{show(value)} is not one of the {len(allowed)} allowed values (such as {', '.join(close)})"


def wrong_type(value: Any, schema: dict[str, Any]) -> str:
    """The sentence about a value of another type, with the value that was probably meant."""
    kind = _type(schema)
    wanted = _KINDS.get(kind, kind)
    allowed = [each for each in schema.get("enum", []) if each is not None]
    if isinstance(value, str):
        try:
            meant = show(coerce(value, kind))
        except ValueError:
            meant = ""
        if meant and (not allowed or any(show(each) == meant for each in allowed)):
            return f"must be {wanted}: {meant} without quotes"
    if allowed:
        wanted += f" (one of {', '.join(map(show, allowed[:_MANY]))})" if len(allowed) > 1 else f" ({show(allowed[0])})"
    return f"must be {wanted}, not {show(value, quote=True)}"


def describe(schema: dict[str, Any]) -> str:
    """Say in a few words what a schema takes: ``a list of text``, ``one of a, b``."""
    allowed = schema.get("enum")
    if allowed:
        shown = [show(each) for each in allowed[:6]] + ["…"] * (len(allowed) > 6)
        return "one of " + ", ".join(shown) if len(shown) > 1 else shown[0]
    kind = _type(schema)
    if kind == "array" and schema.get("items"):
        return f"a list of {_plural(describe(schema['items']))}"
    if kind == "object" and schema.get("properties"):
        names = schema.get("required") or list(schema["properties"])
        return f"an object with {', '.join(map(show, names[:6]))}"
    for keyword in ("anyOf", "oneOf"):
        if schema.get(keyword):
            return alternatives(schema[keyword])
    return _KINDS.get(kind, "any value")


def alternatives(variants: list[dict[str, Any]]) -> str:
    """Several schemas of which one is enough, in words."""
    return ", or ".join(dict.fromkeys(map(describe, variants)))


def _plural(words: str) -> str:
    article, _, rest = words.partition(" ")
    if article not in ("a", "an") or (" " in rest and "number" not in rest):
        return words
    return rest + "s"


def _type(schema: dict[str, Any]) -> str:
    """The one type of a schema, leaving out the null beside it (3.1 writes a list)."""
    stated = schema.get("type", "")
    if isinstance(stated, list):
        return next((each for each in stated if each != "null"), "null")
    return str(stated)


# Keyword → how much, and of what: one, several.
_COUNTED = {
    "minLength": ("at least", "character", "characters"),
    "maxLength": ("at most", "character", "characters"),
    "minItems": ("at least", "item", "items"),
    "maxItems": ("at most", "item", "items"),
    "minProperties": ("at least", "entry", "entries"),
    "maxProperties": ("at most", "entry", "entries"),
}


def sentence(keyword: str, limit: Any, value: Any, schema: dict[str, Any]) -> str:
    """The sentence about one broken keyword.

    Parameters
    ----------
    keyword, limit : str, object
        The keyword of the schema and what it says.
    value : object
        What was given.
    schema : dict
        The schema that holds the keyword.
    """
    if keyword == "type":
        return wrong_type(value, schema)
    if keyword in ("enum", "const"):
        return choices(value, limit if keyword == "enum" else [limit])
    if keyword in _COUNTED:
        much, noun, nouns = _COUNTED[keyword]
        return f"must have {much} {limit} {noun if limit == 1 else nouns}; it has {len(value)}"
    if keyword in ("minimum", "exclusiveMinimum"):
        above = keyword != "minimum" or schema.get("exclusiveMinimum") is True
        return f"must be {'more than' if above else 'at least'} {show(limit)}, not {show(value)}"
    if keyword in ("maximum", "exclusiveMaximum"):
        below = keyword != "maximum" or schema.get("exclusiveMaximum") is True
        return f"must be {'less than' if below else 'at most'} {show(limit)}, not {show(value)}"
    return _rare(keyword, limit, value)


def _rare(keyword: str, limit: Any, value: Any) -> str:
    if keyword == "multipleOf":
        return f"must be a multiple of {show(limit)}, not {show(value)}"
    if keyword == "pattern":
        return f"{show(value, quote=True)} does not have the form {limit}"
    if keyword == "uniqueItems":
        return "must not hold the same item twice"
    if keyword == "not":
        return f"{show(value, quote=True)} is not allowed here"
    return f"{show(value, quote=True)} breaks the rule {keyword} ({type_of(value)})"
