"""The braces of a prompt, read: text, groups of alternatives, and groups that stand for themselves. Pure functions.

What they mean is said in `variations`.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, field

MOST_COUNTED = 10**9  # a larger number says no more
_MARK = re.compile(r"[{}|]")


@dataclass(frozen=True, eq=False)
class Group:
    """One group of alternatives: where it stands in the text, and the pieces of each alternative."""

    start: int
    end: int
    options: Sequence[Sequence[Piece]] = field(repr=False)
    count: int  # of the texts that it stands for, groups in it included
    depth: int


@dataclass(frozen=True)
class Quoted:
    """A group that stands for itself; `text` is what is sent."""

    text: str


Piece = str | Group | Quoted


class _Open:
    """A brace that is open: where it stands, and the alternatives so far."""

    def __init__(self, start: int) -> None:
        self.start = start
        self.options: list[list[Piece]] = [[]]

    def add(self, *pieces: Piece) -> None:
        """Put pieces at the end; text is joined with the text before it."""
        last = self.options[-1]
        for piece in pieces:
            if isinstance(piece, str) and last and isinstance(last[-1], str):
                last[-1] += piece
            elif piece != "":
                last.append(piece)

    def as_pieces(self) -> list[Piece]:
        """Return what it is where its marks are text."""
        pieces: list[Piece] = []
        for number, option in enumerate(self.options):
            pieces += ["|" * bool(number), *option]
        return pieces


def parse(text: str) -> list[Piece]:
    """Return the pieces of a text."""
    stack = [_Open(-1)]
    at = 0
    for mark in _MARK.finditer(text):
        stack[-1].add(text[at : mark.start()])
        at = mark.end()
        if mark[0] == "{":
            stack.append(_Open(mark.start()))
        elif len(stack) == 1:
            stack[0].add(mark[0])
        elif mark[0] == "|":
            stack[-1].options.append([])
        else:
            closed = stack.pop()
            stack[-1].add(*_closed(closed, text, at))
    stack[-1].add(text[at:])
    while len(stack) > 1:  # never closed
        open_ = stack.pop()
        stack[-1].add("{", *open_.as_pieces())
    return stack[0].options[0]


def _closed(closed: _Open, text: str, end: int) -> list[Piece]:
    """Return what stands between two braces: a group, a quoted group, or text with what it holds."""
    if len(closed.options) > 1:
        inner = [piece for option in closed.options for piece in option if isinstance(piece, Group)]
        count = sum(math.prod(p.count for p in option if isinstance(p, Group)) for option in closed.options)
        depth = 1 + max((group.depth for group in inner), default=0)
        return [Group(closed.start, end, closed.options, min(count, MOST_COUNTED), depth)]
    only = closed.options[0]
    if len(only) == 1 and isinstance(only[0], Group):
        return [Quoted(text[only[0].start : only[0].end])]
    return ["{", *only, "}"]


def unbalanced(text: str) -> str:
    """Return, in words, which brace has none to match it, so that it is text and varies nothing; empty as a rule."""
    open_, bar = 0, False
    for mark in _MARK.finditer(text):
        if mark[0] == "{":
            open_ += 1
        elif mark[0] == "}" and open_:
            open_ -= 1
        elif mark[0] == "}" and bar:
            return "a } closes no {, so it is sent as text: nothing varies there"
        else:
            bar = bar or not open_
    return "a { is not closed, so it is sent as text: nothing varies there" if open_ else ""
