"""Words in a prompt that vary: ``a {dragon|phoenix} at {dawn|dusk}`` → the axes of a sweep. Pure functions.

- ``{dragon|phoenix}`` is a group: each of its words once. Groups may stand in groups, and an alternative may be empty.
- Braces without a ``|`` of their own are text and stay as they are: ``{name}``, ``{"lens": {"mm": 35}}``. So does a
  brace that is not closed.
- ``{{dragon|phoenix}}`` is the group as text: it is sent as ``{dragon|phoenix}``, whatever stands in it.

Where a group meets the words around it, two spaces become one: ``a {|red} dragon`` is ``a dragon``
and ``a red dragon``.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from .groups import MOST_COUNTED, Group, Piece, Quoted, parse

MOST_WORDS = 1_000  # of one group, as of any axis
DEEPEST = 20  # groups in groups
LONGEST_NAME, LONGEST_WORD = 60, 24  # characters, of an axis's name and of a word in it
_BLANK = " \t"


class VariationError(ValueError):
    """What is wrong with the groups of a prompt, in words."""


@dataclass(frozen=True)
class Variations:
    """A prompt with its groups.

    Attributes
    ----------
    template : str
        As it was written.
    axes : dict of str to list of str
        ``dragon|phoenix`` → ``["dragon", "phoenix"]``, in the order of the text; empty where nothing varies.
    """

    template: str
    _pieces: Sequence[Piece] = field(repr=False, compare=False)
    _words: Mapping[str, Mapping[str, str]] = field(repr=False, compare=False)  # axis → word → as it was written

    @property
    def axes(self) -> dict[str, list[str]]:
        """Name → its words; a group of one word is none."""
        return {name: list(words) for name, words in self._words.items() if len(words) > 1}

    @property
    def count(self) -> int:
        """How many prompts it stands for; 1 where nothing varies."""
        return math.prod(map(len, self._words.values()))

    def text(self, values: Mapping[str, object] | None = None) -> str:
        """Return the prompt with one word of each group.

        Parameters
        ----------
        values : mapping, optional
            Axis → one of its words; the first where it is left out. What is no axis here is passed over.
        """
        chosen = values or {}
        names = iter(self._words)
        parts = []
        for piece in self._pieces:
            if isinstance(piece, Group):
                words = self._words[name := next(names)]
                parts.append((words[str(chosen[name])] if name in chosen else next(iter(words.values())), True))
            else:
                parts.append((_plain(piece), False))
        return _joined(parts, ends=True)

    def texts(self) -> list[str]:
        """Return all the prompts, none twice; the last group varies fastest."""
        combinations = itertools.product(*self._words.values())
        return list(dict.fromkeys(self.text(dict(zip(self._words, each, strict=True))) for each in combinations))


def read_variations(text: str, taken: Collection[str] = (), most: int = 10_000) -> Variations:
    """Find the groups of a prompt.

    Parameters
    ----------
    text : str
        Any; without groups it stands for itself.
    taken : collection of str
        Names that no axis may have: those of the model's fields.
    most : int
        How many prompts it may stand for.

    Raises
    ------
    VariationError
        It stands for too many, or its groups stand too deep in each other.
    """
    pieces = parse(text)
    groups = [piece for piece in pieces if isinstance(piece, Group)]
    _check(groups, most)
    words: dict[str, dict[str, str]] = {}
    for group in groups:
        found = [each for option in group.options for each in _unfolded(option)]
        by_word = {each.strip(): each for each in reversed(found)}  # of several that look alike, the first
        once = {each.strip(): by_word[each.strip()] for each in found}
        words[_free_name(list(once), {*taken, *words})] = once
    return Variations(text, pieces, words)


def as_text(text: str) -> str:
    """Return what has to be written so that exactly this text is sent: groups get braces around them."""
    parts = []
    for piece in parse(text):
        source = text[piece.start : piece.end] if isinstance(piece, Group) else _plain(piece)
        parts.append(source if isinstance(piece, str) else f"{{{source}}}")
        if isinstance(piece, Quoted):
            parts[-1] = f"{{{parts[-1]}}}"
    return "".join(parts)


# Checking and naming ----------------------------------------------------------------------------------------


def _check(groups: Sequence[Group], most: int) -> None:
    count = 1
    for group in groups:
        if group.depth > DEEPEST:
            raise VariationError(f"groups in braces stand more than {DEEPEST} deep in each other")
        if group.count > MOST_WORDS:
            raise VariationError(f"a group in braces stands for {_many(group.count)} words; {MOST_WORDS} are the most")
        count = min(MOST_COUNTED, count * group.count)
    if count > most:
        raise VariationError(f"the words in braces make {_many(count)} prompts; {most} are the most")


def _many(count: int) -> str:
    return "more than a thousand million" if count >= MOST_COUNTED else str(count)


def _free_name(words: Sequence[str], taken: Collection[str]) -> str:
    """Return a name for an axis that none has yet: its words, between which stands a ``|`` as in no field's name."""
    name = _cut("|".join(_cut(" ".join(word.split()), LONGEST_WORD) for word in words), LONGEST_NAME)
    names = (name if number == 1 else f"{name} ({number})" for number in itertools.count(1))
    return next(each for each in names if each not in taken)


def _cut(text: str, limit: int) -> str:
    return text if len(text) <= limit else text[: limit - 1] + "…"


# Unfolding --------------------------------------------------------------------------------------------------


def _unfolded(option: Sequence[Piece]) -> Iterator[str]:
    """Yield the texts of one alternative."""
    choices = [
        [(text, True) for each in piece.options for text in _unfolded(each)]
        if isinstance(piece, Group)
        else [(_plain(piece), False)]
        for piece in option
    ]
    return (_joined(parts) for parts in itertools.product(*choices))


def _plain(piece: str | Quoted) -> str:
    return piece.text if isinstance(piece, Quoted) else piece


def _joined(parts: Sequence[tuple[str, bool]], *, ends: bool = False) -> str:
    """Join texts, of each of which is said whether it varies: two spaces where one meets another become one.

    `ends` says that nothing comes before and behind, so that no space is needed there either.
    """
    joined, beside = "", False
    for text, varies in parts:
        spaced = joined[-1:].isspace() or (ends and not joined)
        joined += text.lstrip(_BLANK) if spaced and (varies or beside) else text
        beside = varies
    return joined.rstrip(_BLANK) if ends and beside else joined
