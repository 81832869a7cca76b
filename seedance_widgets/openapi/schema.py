"""One schema of an OpenAPI document → a resolved schema that stands on its own.

References are followed, ``allOf`` is merged, the ways of saying "or null" become one, and what is wrong is
mended with a note. Whatever the document's version, the result is written as in OpenAPI 3.0 (``nullable``,
boolean ``exclusiveMinimum``).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote

from ..errors import DocumentError
from ..plain import MAX_DEPTH, Part, join_path, join_pointer
from .keywords import Mender
from .merging import merge
from .nullable import only_null, with_null

Schema = dict[str, Any]

# A document of a few kB can unfold into millions of schemas through references to references.
MAX_SCHEMAS = 20_000

_UNCHECKED = (
    "if",
    "dependentRequired",
    "dependentSchemas",
    "patternProperties",
    "propertyNames",
    "prefixItems",
    "contains",
    "unevaluatedProperties",
    "unevaluatedItems",
)


class SchemaReader:
    """Reads the schemas of one document.

    Parameters
    ----------
    document : dict
        The whole document in plain JSON values, for what references point to.
    notes : list of str
        Receives a sentence for everything that was mended.
    """

    def __init__(self, document: Mapping[str, Any], notes: list[str]) -> None:
        self.document = document
        self.notes = notes
        self._count = 0

    def read(
        self, node: Any, pointer: tuple[Part, ...], label: tuple[Part, ...] = (), refs: tuple[str, ...] = ()
    ) -> Schema:
        """Resolve one schema.

        Parameters
        ----------
        node : object
            The schema as it stands in the document.
        pointer, label : tuple
            Where it stands in the document, and in a request (for the notes).
        refs : tuple of str
            The references that are being followed.

        Raises
        ------
        DocumentError
            Where the meaning is not plain.
        """
        self._count += 1
        if self._count > MAX_SCHEMAS:
            raise DocumentError(f"{join_pointer(pointer)}: the schemas unfold into more than {MAX_SCHEMAS}.")
        if len(pointer) > MAX_DEPTH:
            raise DocumentError(f"{join_pointer(pointer[:6])}/…: the schemas are nested too deeply.")
        node = self._as_dict(node, pointer, label)
        if "$ref" in node:
            return self._referenced(node, pointer, label, refs)
        return self._plain_node(node, pointer, label, refs)

    def note(self, label: tuple[Part, ...], sentence: str) -> None:
        """Keep a sentence about a field, once."""
        text = f"{join_path('', label) or 'the request'}: {sentence}"
        if text not in self.notes:
            self.notes.append(text)

    def _as_dict(self, node: Any, pointer: tuple[Part, ...], label: tuple[Part, ...]) -> Schema:
        if isinstance(node, dict):
            return node
        if node is True or node is None:
            if node is None:
                self.note(label, "the document has nothing where the schema should be; any value is taken.")
            return {}
        if isinstance(node, str) and node.strip():
            self.note(label, f"the document has only the word {node[:40]!r} for a schema; it is read as the type.")
            return {"type": node}
        raise DocumentError(f"{join_pointer(pointer)}: a schema must be an object, not {node!r:.60}.")

    def _referenced(
        self, node: Schema, pointer: tuple[Part, ...], label: tuple[Part, ...], refs: tuple[str, ...]
    ) -> Schema:
        ref = node["$ref"]
        beside = {key: value for key, value in node.items() if key != "$ref"}
        own = self.read(beside, pointer, label, refs) if beside else {}
        if isinstance(ref, str) and ref in refs:
            self.note(label, f"the schema {ref[:80]} holds itself; from here on any value is taken.")
            return own
        target, at = lookup(self.document, ref, pointer)
        return with_null(merge(own, self.read(target, at, label, (*refs, ref)), pointer, own_null=True))

    def _plain_node(
        self, node: Schema, pointer: tuple[Part, ...], label: tuple[Part, ...], refs: tuple[str, ...]
    ) -> Schema:
        own = Mender(node, pointer, label, self.note).mended()
        self._add_members(own, node, pointer, label, refs)
        for keyword in ("anyOf", "oneOf"):
            if keyword in node:
                own = self._add_variants(own, keyword, node[keyword], pointer, label, refs)
        own = self._add_all(own, node, pointer, label, refs)
        for keyword in _UNCHECKED:
            if keyword in node:
                self.note(label, f"the document's {keyword} is not checked here; the API has the last word.")
        return with_null(own)

    def _add_members(
        self,
        own: Schema,
        node: Schema,
        pointer: tuple[Part, ...],
        label: tuple[Part, ...],
        refs: tuple[str, ...],
    ) -> None:
        """Resolve what holds other schemas: properties, items, additionalProperties, not."""
        if "properties" in node:
            self._add_properties(own, node["properties"], pointer, label, refs)
        if "items" in node:
            items = node["items"]
            if isinstance(items, list):
                self.note(label, "the document lists a schema for each item; the first is taken for all.")
                items = items[0] if items else {}
            own["items"] = self.read(items, (*pointer, "items"), (*label, 0), refs)
        extra = node.get("additionalProperties")
        if isinstance(extra, bool):
            own["additionalProperties"] = extra
        elif extra is not None:
            own["additionalProperties"] = self.read(extra, (*pointer, "additionalProperties"), label, refs)
        if isinstance(node.get("not"), dict):
            own["not"] = self.read(node["not"], (*pointer, "not"), label, refs)

    def _add_properties(
        self,
        own: Schema,
        properties: Any,
        pointer: tuple[Part, ...],
        label: tuple[Part, ...],
        refs: tuple[str, ...],
    ) -> None:
        here = (*pointer, "properties")
        if not isinstance(properties, dict):
            raise DocumentError(f"{join_pointer(here)}: must be an object of schemas, not {properties!r:.60}.")
        own["properties"] = {}
        for name, node in properties.items():
            if not name.strip():
                self.note(label, "the document has a property without a name; it is left out.")
                continue
            if node is False:
                self.note((*label, name), "the document forbids this property; it is left out.")
                continue
            own["properties"][name] = self.read(node, (*here, name), (*label, name), refs)
            if isinstance(node, dict) and _stated(node.get("required")) is not None:
                self._require(own, name, bool(_stated(node["required"])), label)

    def _require(self, own: Schema, name: str, required: bool, label: tuple[Part, ...]) -> None:
        """Read ``required: true`` inside a property, which belongs in the list beside it."""
        word = "required" if required else "optional"
        self.note((*label, name), f"the document says required inside the property; it is read as {word}.")
        if required and name not in own.get("required", []):
            own["required"] = [*own.get("required", []), name]

    def _add_variants(
        self,
        own: Schema,
        keyword: str,
        nodes: Any,
        pointer: tuple[Part, ...],
        label: tuple[Part, ...],
        refs: tuple[str, ...],
    ) -> Schema:
        here = (*pointer, keyword)
        if not isinstance(nodes, list) or not nodes:
            raise DocumentError(f"{join_pointer(here)}: must be a list of schemas, not {nodes!r:.60}.")
        variants = []
        for index, node in enumerate(nodes):
            if only_null(node):
                own["nullable"] = True
            else:
                variants.append(self.read(node, (*here, index), label, refs))
        if len(variants) == 1:
            return merge(own, variants[0], pointer, own_null=True)
        if variants and keyword not in own:
            return {**own, keyword: variants}
        if variants:  # a list of types was there already, as alternatives
            own.setdefault("allOf", []).append({keyword: variants})
        return own

    def _add_all(
        self,
        own: Schema,
        node: Schema,
        pointer: tuple[Part, ...],
        label: tuple[Part, ...],
        refs: tuple[str, ...],
    ) -> Schema:
        if "allOf" not in node:
            return own
        here = (*pointer, "allOf")
        if not isinstance(node["allOf"], list):
            raise DocumentError(f"{join_pointer(here)}: must be a list of schemas.")
        parts: Schema | None = None
        for index, part in enumerate(node["allOf"]):
            read = self.read(part, (*here, index), label, refs)
            parts = read if parts is None else merge(parts, read, (*here, index))
        return merge(own, parts or {}, here, own_null=True)


def lookup(document: Any, ref: Any, pointer: tuple[Part, ...]) -> tuple[Any, tuple[Part, ...]]:
    """Find what a ``$ref`` points to, and where that stands."""
    here = join_pointer((*pointer, "$ref"))
    if not isinstance(ref, str) or not (ref == "#" or ref.startswith("#/")):
        raise DocumentError(f"{here}: {ref!r:.80} does not point into this document (#/components/…).")
    found: Any = document
    parts = tuple(unquote(part).replace("~1", "/").replace("~0", "~") for part in ref.split("/")[1:])
    for part in parts:
        if isinstance(found, list) and part.isdecimal() and len(part) < 9 and int(part) < len(found):
            found = found[int(part)]
        elif isinstance(found, dict) and part in found:
            found = found[part]
        else:
            raise DocumentError(f"{here}: {ref:.120} is not in the document.")
    return found, parts


def _stated(required: Any) -> bool | None:
    """``required`` where it is one property's yes or no; None where it is a list, or absent."""
    if isinstance(required, str) and required.strip().lower() in ("true", "false"):
        return required.strip().lower() == "true"
    return required if isinstance(required, bool) else None
