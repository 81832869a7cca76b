"""The style sheets of the widgets, and the way to swap what a box shows."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cache
from importlib.resources import files
from typing import Any

from .controls.nested import close_tree
from .subshell import hear_at_once


@cache
def sheet(name: str) -> str:
    """Return a style sheet of ``static/`` as a ``<style>`` element.

    Parameters
    ----------
    name : str
        The file, such as ``panel.css``.
    """
    css = files("seedance_widgets").joinpath("static", name).read_text("utf-8")
    return f"<style>{css}</style>"


def join_when_filled(part: Any, box: Any, *fillings: Any, before: Callable[[], Any] = lambda: None) -> None:
    """Let a part join a box once there is something in it: what a person may never need costs a page nothing till then.

    It comes last where nothing is said, since a page makes what stands behind a new widget anew.

    Parameters
    ----------
    part, box : widgets
        Who joins whom.
    *fillings : widgets
        What is filled; the part itself where none is given.
    before : callable, optional
        Returns which of the box it is put before; None = it comes last.
    """

    def join(_change: object) -> None:
        if part not in box.children:
            behind = before()
            place = len(box.children) if behind is None else box.children.index(behind)
            box.children = (*box.children[:place], part, *box.children[place:])

    for filling in fillings or (part,):
        filling.observe(join, "children" if filling.has_trait("children") else "value")


def put(box: Any, children: Iterable[Any]) -> None:
    """Let a box show these widgets, and close the ones that it showed before."""
    new = tuple(children)
    for child in new:
        hear_at_once(child)
    old, box.children = box.children, new
    for child in old:
        if child not in new:
            close_tree(child)
