"""Where the cells of a sweep stand: places, and the texts of the headers. Pure functions.

The last axis goes across, the one before it down; a third one and further ones are labelled blocks.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from typing import Any

from .sweep import Sweep

LONGEST_HEADER = 120  # characters; the page shortens further where it must


def header(name: str, value: Any) -> str:
    """Return the text for a value of an axis: words that say what they are stand alone, numbers with their name."""
    if value is None:
        return f"{plain(name)} not set"
    if "|" in name:  # words of a prompt, which need no name; one of them may be empty
        value = " ".join(str(value).split())
        return _cut(value) if value else "without"
    text = value if isinstance(value, str) else str(value).lower() if isinstance(value, bool) else str(value)
    short = _cut(text)
    telling = isinstance(value, str) and not text.replace(".", "").replace("-", "").isdigit()
    return short if telling else f"{plain(name)} {short}"


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST_HEADER else text[: LONGEST_HEADER - 1] + "…"


def plain(name: str) -> str:
    """Return a field's name as people write it."""
    return name.replace("_", " ")


def label(values: Mapping[str, Any]) -> str:
    """Return what tells one cell from the others."""
    return " · ".join(header(name, value) for name, value in values.items())


def place(sweep: Sweep, index: int) -> tuple[int, int, int]:
    """Return block, row and column of a cell."""
    rows, columns = _sizes(sweep)
    return index // (rows * columns), index // columns % rows, index % columns


def headers(sweep: Sweep) -> dict[str, list[str]]:
    """Return the texts of ``columns``, ``rows`` and ``blocks``; one empty text where there is nothing to say."""
    texts = [[header(name, value) for value in values] for name, values in sweep.axes.items()]
    return {
        "columns": texts[-1] if texts else [label(cell.values) for cell in sweep.cells],
        "rows": texts[-2] if len(texts) > 1 else [""],
        "blocks": [" · ".join(combination) for combination in itertools.product(*texts[:-2])],
    }


def _sizes(sweep: Sweep) -> tuple[int, int]:
    """Return how many rows and columns a block has; takes without a common axis stand in one row."""
    lengths = [len(values) for values in sweep.axes.values()]
    if not lengths:
        return 1, max(1, len(sweep.cells))
    return (lengths[-2] if len(lengths) > 1 else 1), lengths[-1]
