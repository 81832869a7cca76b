"""Small drawings as SVG: in JupyterLab's own colours inside a page, readable without them everywhere else."""

from __future__ import annotations

from html import escape

# Where the page has no such colours, what follows holds: readable on white and on black.
TEXT = "var(--jp-ui-font-color1, currentColor)"
QUIET = "var(--jp-ui-font-color2, currentColor)"
ON_ACCENT = "var(--jp-ui-inverse-font-color1, white)"
ACCENT = "var(--jp-brand-color1, #1976d2)"
WRONG = "var(--jp-error-color1, #d32f2f)"
LINE = "var(--jp-border-color1, #9e9e9e)"
FAINT = "var(--jp-border-color2, rgba(128, 128, 128, 0.35))"
SURFACE = "var(--jp-layout-color2, rgba(128, 128, 128, 0.12))"
_FONT = "var(--jp-ui-font-family, system-ui, sans-serif)"
_ALONE = "<style>svg{color:#212121}@media(prefers-color-scheme:dark){svg{color:#e0e0e0}}</style>"


def drawing(width: float, height: float, parts: list[str], label: str, *, alone: bool = False) -> str:
    """Return an SVG image that is as wide as its place allows, but no wider than it was drawn.

    Parameters
    ----------
    width, height : float
        Pixels.
    parts : list of str
        The elements.
    label : str
        What is to be seen, in words: the text alternative.
    alone : bool
        For a file or an ``<img>``: it must find its colours without a page.
    """
    words = escape(label, quote=True)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:g}" width="{width:g}" '
        f'height="{height:g}" role="img" aria-label="{words}" font-size="12" font-family="{escape(_FONT)}" '
        f'style="display:block;max-width:100%;height:auto">'
        f"{_ALONE if alone else ''}<title>{words}</title>{''.join(parts)}</svg>"
    )


def text(x: float, y: float, words: str, *, colour: str = TEXT, anchor: str = "start", more: str = "") -> str:
    """Return a line of text; `more` is further attributes."""
    return f'<text x="{x:g}" y="{y:g}" text-anchor="{anchor}" style="fill:{colour}" {more}>{escape(words)}</text>'


def box(x: float, y: float, width: float, height: float, *, fill: str, stroke: str = "none", more: str = "") -> str:
    """Return a rectangle with round corners; `more` is further attributes."""
    return (
        f'<rect x="{x:.2f}" y="{y:g}" width="{max(0.0, width):.2f}" height="{height:g}" rx="2" '
        f'style="fill:{fill};stroke:{stroke}" {more}/>'
    )


def line(x: float, y: float, to_x: float, to_y: float, *, colour: str = LINE, more: str = "") -> str:
    """Return a straight line; `more` is further attributes."""
    return f'<line x1="{x:.2f}" y1="{y:g}" x2="{to_x:.2f}" y2="{to_y:g}" style="stroke:{colour}" {more}/>'


def arrow(x: float, y: float, to_x: float, to_y: float, *, colour: str = LINE) -> str:
    """Return a line with a head, from left to right."""
    head = f"M{to_x - 6:g} {to_y - 4:g} L{to_x:g} {to_y:g} L{to_x - 6:g} {to_y + 4:g}"
    return line(x, y, to_x, to_y, colour=colour) + f'<path d="{head}" style="fill:none;stroke:{colour}"/>'


def told(part: str, words: str) -> str:
    """Return an element that tells what it is where the pointer rests on it."""
    return f"<g><title>{escape(words)}</title>{part}</g>"


def shortened(words: str, most: int) -> str:
    """Return words on one line, of at most so many characters."""
    flat = " ".join(words.split())
    return flat if len(flat) <= most else f"{flat[: most - 1]}…"
