"""Where in a text something stands: a person looks for a line, a document's error knows a pointer."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

LARGEST = 500_000  # characters; a document with its lines takes a second for each million

_POINTER = re.compile(r"(/[^\n]*?)(?:/…)?: ")


class Read(dict[str, Any]):
    """A document that was read from a text.

    Attributes
    ----------
    text : str
        The block that it was read from.
    line : int
        How many lines of the whole text are above that block.
    """

    text = ""
    line = 0


def with_line(message: str, documents: Iterable[Any]) -> str:
    """Say the line too, where a message begins with a pointer into a document that was read from a text."""
    found = _POINTER.match(message)
    if found is None:
        return message
    parts = [part.replace("~1", "/").replace("~0", "~") for part in found[1].split("/")[1:]]
    lines = [_line_of(document, parts) for document in documents if isinstance(document, Read) and document.text]
    deepest = max(lines, default=(0, 0))
    return f"Line {deepest[1]} of the text: {message}" if deepest[0] else message


def _line_of(document: Read, parts: list[str]) -> tuple[int, int]:
    """How many parts of a pointer are there, and the line of the last of them, from 1."""
    import yaml

    if len(document.text) > LARGEST:
        return 0, 0
    try:  # JSON is YAML, but for tabs and the like: then there is no line
        node = yaml.compose(document.text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    except (yaml.YAMLError, RecursionError, ValueError):
        return 0, 0
    line, depth = 0, 0
    for part in parts:
        step = _step(node, part)
        if step is None:
            break
        node, line, depth = step[0], step[1], depth + 1
    return depth, document.line + line + 1


def _step(node: Any, part: str) -> tuple[Any, int] | None:
    """The value below a name or an index, and the line on which it begins."""
    if node is not None and node.id == "mapping":
        return next(((value, key.start_mark.line) for key, value in node.value if key.value == part), None)
    if node is not None and node.id == "sequence" and part.isdecimal() and int(part) < len(node.value):
        return node.value[int(part)], node.value[int(part)].start_mark.line
    return None
