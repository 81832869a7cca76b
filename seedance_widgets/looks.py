"""The style sheets of the widgets, and the way to swap what a box shows."""

from __future__ import annotations

from collections.abc import Iterable
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


def put(box: Any, children: Iterable[Any]) -> None:
    """Let a box show these widgets, and close the ones that it showed before."""
    new = tuple(children)
    for child in new:
        hear_at_once(child)
    old, box.children = box.children, new
    for child in old:
        if child not in new:
            close_tree(child)
