"""The style sheets of the widgets, each as one ``<style>`` element to put into a view."""

from __future__ import annotations

from functools import cache
from importlib.resources import files


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
