"""What changed between two requests: field by field, and in a prompt word by word. Pure functions."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from html import escape
from itertools import takewhile
from typing import Any, Self

CONTEXT = 2  # words that stand beside a change
LONGEST_VALUE = 60  # characters
MOST_WORDS = 600  # that are compared one by one; beyond, a text counts as another one
# A word with what follows it; of scripts that write no spaces each sign.
_WORD = re.compile(r"(?:[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]|\w+|[^\w\s]|^\s)\s*")


@dataclass(frozen=True)
class Change:
    """A part of a text: as it was in the earlier one (`gone`), and as it is in the later one (`new`)."""

    gone: str
    new: str

    @property
    def is_none(self) -> bool:
        """Whether nothing changed here."""
        return self.gone == self.new


@dataclass(frozen=True)
class Difference:
    """One field in which two requests differ.

    Attributes
    ----------
    name : str
        The field.
    before, after : object
        Its values; None where it is not set.
    """

    name: str
    before: Any = None
    after: Any = None

    @property
    def changes(self) -> list[Change]:
        """The parts of a text of several words, in order; empty for any other value."""
        texts = (self.before, self.after)
        if not all(isinstance(text, str) for text in texts) or not any(" " in text.strip() for text in texts):
            return []
        return word_changes(self.before, self.after)

    def __str__(self) -> str:
        changes = [change for change in self.changes if not change.is_none]
        if not changes:
            return f"{_plain(self.name)} {_written(self.before)} → {_written(self.after)}"
        return f"{_plain(self.name)} {', '.join(map(_said, changes))}"

    def html(self) -> str:
        """Return it as HTML, with ``<del>`` and ``<ins>`` in a text."""
        name = escape(_plain(self.name))
        changes = self.changes
        if not changes:
            return f"{name} {escape(_written(self.before))} → {escape(_written(self.after))}"
        last = len(changes) - 1
        text = "".join(_marked(each, at > 0, at < last) for at, each in enumerate(changes))
        return f"{name} " + re.sub(r"(?<=[^\s>])<del>", " <del>", text).strip()


class Differences(tuple[Difference, ...]):
    """The fields in which two requests differ; empty where they are the same."""

    def __new__(cls, found: Sequence[Difference] = ()) -> Self:
        """Make it of what was found."""
        return super().__new__(cls, found)

    def __str__(self) -> str:
        return ", ".join(map(str, self)) or "nothing"

    def __repr__(self) -> str:
        return f"<Differences: {self}>"

    def html(self) -> str:
        """Return all of them in one line of HTML."""
        return ", ".join(each.html() for each in self)

    def _repr_html_(self) -> str:
        """Return what a notebook shows."""
        return f"<span>{self.html() or 'nothing'}</span>"


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> Differences:
    """Tell in what two requests differ.

    Parameters
    ----------
    before, after : mapping
        Field name → value, as they are sent. A field that is left out counts as not set.

    Returns
    -------
    Differences
        In the order of the fields.
    """
    names = dict.fromkeys((*before, *after))
    found = [Difference(name, before.get(name), after.get(name)) for name in names]
    return Differences([each for each in found if _mark(each.before) != _mark(each.after)])


def word_changes(before: str, after: str) -> list[Change]:
    """Compare two texts word by word; what changed and what stayed, in order."""
    old, new = _WORD.findall(before), _WORD.findall(after)
    if "".join(old) != before or "".join(new) != after:  # signs that are no words: the text as a whole
        return [Change(before, after)]
    head = len(list(takewhile(lambda pair: pair[0] == pair[1], zip(old, new, strict=False))))
    rest = min(len(old), len(new)) - head
    backwards = zip(reversed(old), reversed(new), strict=False)
    tail = min(rest, len(list(takewhile(lambda pair: pair[0] == pair[1], backwards))))
    middle = _compared(old[head : len(old) - tail], new[head : len(new) - tail])
    same = [Change(text, text) for text in ("".join(old[:head]), "".join(old[len(old) - tail :]))]
    return [each for each in (same[0], *middle, same[1]) if each != Change("", "")]


def _compared(old: Sequence[str], new: Sequence[str]) -> list[Change]:
    if max(len(old), len(new)) > MOST_WORDS:
        return [Change("".join(old), "".join(new))]
    steps = SequenceMatcher(None, [word.strip() for word in old], [word.strip() for word in new], autojunk=False)
    changes = []
    for kind, first, last, start, end in steps.get_opcodes():
        later = "".join(new[start:end])
        changes.append(Change(later if kind == "equal" else "".join(old[first:last]), later))
    return changes


def _said(change: Change) -> str:
    gone, new = change.gone.strip(), change.new.strip()
    if not gone or not new:
        return f"+ “{_cut(new)}”" if new else f"− “{_cut(gone)}”"
    return f"“{_cut(gone)}” → “{_cut(new)}”"


def _marked(change: Change, before: bool, behind: bool) -> str:
    """Return a part as HTML; of what stayed only the words beside a change."""
    if not change.is_none:
        parts = [
            f"<{tag}>{escape(text.rstrip())}</{tag}>"
            for tag, text in (("del", change.gone), ("ins", change.new))
            if text
        ]
        whole = change.new or change.gone
        return " ".join(parts) + whole[len(whole.rstrip()) :]
    words = _WORD.findall(change.new)
    if len(words) <= CONTEXT * (before + behind) + 1:
        return escape(change.new)
    left, right = "".join(words[:CONTEXT] if before else []), "".join(words[-CONTEXT:] if behind else [])
    return escape(f"{left}… {right}")


def _plain(name: str) -> str:
    return name.replace("_", " ")


def _written(value: Any) -> str:
    if value is None:
        return "not set"
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=repr)
    return _cut(text)


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST_VALUE else text[: LONGEST_VALUE - 1] + "…"


def _mark(value: Any) -> str:
    """Return what tells JSON values apart: 1, 1.0 and true are three."""
    return json.dumps(value, sort_keys=True, default=repr)
