"""A list of points, or of other small objects of numbers, as a table: the names once, a row each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import ipywidgets as widgets

from .kit import label_of, tooltip_of
from .nested import ListControl

if TYPE_CHECKING:
    from ..model import Field

COLUMNS = 4  # as many boxes as stand beside each other


class TableControl(ListControl):
    """Rows of numbers below a line of their names.

    The label of each box is there for those who hear the page; on the screen the column's name stands for it.
    """

    def build(self) -> Sequence[widgets.Widget]:
        """Make the rows' place, and the line of names above it."""
        head, frame = super().build()
        assert self.field.items is not None
        names = [self.kit.heading(label_of(part), tooltip_of(part)) for part in self.field.items.properties]
        self.names = self.kit.make(widgets.HBox, "sw-table-head", "sw-gone", children=tuple(names))
        frame.add_class("sw-table")
        return [head, self.names, frame]

    def _arrange(self) -> None:
        super()._arrange()
        gone = () if self.rows else ("sw-gone",)
        if self.names._dom_classes != ("sw-table-head", *gone):
            self.names._dom_classes = ("sw-table-head", *gone)


def is_table(field: Field) -> bool:
    """Whether the items of a list are small objects of plain numbers, such as points."""
    items = field.items
    parts: Any = items.properties if items is not None else ()
    return 0 < len(parts) <= COLUMNS and not _more(items) and all(map(_is_number, parts))


def _more(items: Any) -> bool:
    return bool(items.variants or items.nullable)


def _is_number(part: Field) -> bool:
    plain = not (part.nullable or part.choices)
    ranged = part.minimum is not None and part.maximum is not None  # it has a slider, which needs its room
    return part.type in ("integer", "number") and plain and not ranged
