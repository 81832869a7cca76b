"""Lets a widget hear clicks while a cell is running.

JupyterLab sends what happens in a widget to a subshell of the kernel, which runs callbacks beside a busy cell.
ipykernel 7.4 sends it on to the shell that last sent something on that comm instead, which for a widget made in a cell
is the busy one: a Stop button would do nothing until the cell has ended.
"""

from __future__ import annotations

from functools import cache
from typing import Any

_NAME = "_reply_subshell_id"


def hear_at_once(widget: Any) -> None:
    """Let a widget and all that it shows hear at once; nothing to do on other kernels.

    The name that ipykernel keeps is private, so it is touched only where it is known to mean this.
    """
    comm: Any = getattr(widget, "comm", None)
    kind: Any = type(comm)
    if hasattr(kind, "_reply_subshell_for") and not hasattr(kind, "hears_at_once"):
        getattr(comm, "__dict__", {}).pop(_NAME, None)
        comm.__class__ = _free(kind)
    for child in getattr(widget, "children", ()):
        hear_at_once(child)


@cache
def _free(kind: Any) -> Any:
    """Return the comm's class without the memory of who sent last."""

    def unknown(_comm: Any) -> Any:
        raise AttributeError(_NAME)

    def forget(_comm: Any, _value: object) -> None:
        """Whoever sends, replies go where the page sends them."""

    members = {_NAME: property(unknown, forget), "hears_at_once": True, "__module__": kind.__module__}
    return type(kind)(kind.__name__, (kind,), members)
