"""Looking through the history: what is asked for, in which order, a page at a time.

Nothing here reads more than it is asked for: a page costs one query for its rows and one for the sums, however long the
history is.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple, TypeVar

from .database import Database
from .wastebin import IN_BIN

HERE = "binned_at IS NULL"  # what is in the history, and not in its bin
ORDERS = {
    "newest": "created_at DESC, rowid DESC",
    "oldest": "created_at, rowid",
    "stars": "rating DESC, picked DESC, created_at DESC, rowid DESC",
    "cost": "coalesce(usd, 0) DESC, created_at DESC, rowid DESC",
    "deleted": "binned_at DESC, rowid DESC",
}
STATES = {
    "completed": ("completed",),
    "going on": ("planned", "submitting", "queued", "generating", "downloading"),
    "failed": ("error",),
    "unconfirmed": ("unconfirmed",),
    "stopped": ("stopped",),
}
MOST_SEEDS = 10_000  # wide enough for any span that a person means
_ANYWHERE = "(prompt || ' ' || model || ' ' || note || ' ' || coalesce(seed, '') || ' ' || key)"
_FLAT = 100  # terms that are joined in one go
_T = TypeVar("_T")
_SPAN = re.compile(r"(\d{1,40})\s*-\s*(\d{1,40})")


@dataclass(frozen=True)
class Search:
    """What of the history is wanted; what is left empty matters not.

    Attributes
    ----------
    text : str
        Words that are all to be found in prompt, model, note, seed or key.
    model : str
        The model's id.
    seeds : str
        Seeds and spans of them: ``"7"``, ``"1-4, 9"``.
    stars : int
        At least so many, 1…5; -1 = those without any.
    picked : bool
        Only what a person has picked.
    when : str
        ``today``, a number of days up to today such as ``7``, or a day such as ``2026-03-31``: of this machine's clock.
    state : str
        ``completed``, ``going on``, ``failed``, ``unconfirmed`` or ``stopped``.
    simulated : bool or None
        Only simulated takes, or only real ones.
    binned : bool
        What is in the bin instead of what is not.
    order : str
        ``newest``, ``oldest``, ``stars``, ``cost`` or ``deleted``.
    """

    text: str = ""
    model: str = ""
    seeds: str = ""
    stars: int = 0
    picked: bool = False
    when: str = ""
    state: str = ""
    simulated: bool | None = None
    binned: bool = False
    order: str = "newest"


STARS = range(-1, 6)
# What a filter may hold, as Python has it and in words.
KINDS: dict[str, tuple[tuple[type, ...], str]] = {
    field.name: {
        str: ((str,), "text, such as '7'" if field.name in ("seeds", "when") else "text"),
        int: ((int,), f"a number from {STARS[0]} to {STARS[-1]}"),
        bool: ((bool,), "True or False"),
    }.get(type(field.default), ((bool, type(None)), "True, False or None"))
    for field in fields(Search)
}


class Totals(NamedTuple):
    """How many takes a search has found, and what they cost in dollars, real and simulated."""

    takes: int
    usd: float
    simulated_usd: float


class Kind(NamedTuple):
    """How many takes of a model there are, in the history or in its bin."""

    model: str
    simulated: bool
    binned: bool
    takes: int


def condition(search: Search) -> tuple[str, list[object]]:
    """Return the SQL condition for a search, and its values.

    Raises
    ------
    ValueError
        In words: a seed, a day or an order that cannot be read.
    """
    terms, values = [IN_BIN if search.binned else HERE], list[object]()
    for term, more in (words(search.text), _seeds(search.seeds), _period(search.when), _said(search)):
        terms += [term] if term else []
        values += more
    if search.model:
        terms, values = [*terms, "model = ?"], [*values, search.model]
    if search.state:
        statuses = _known(STATES, search.state, "state")
        terms, values = [*terms, f"status IN ({', '.join('?' * len(statuses))})"], [*values, *statuses]
    if search.simulated is not None:
        terms, values = [*terms, "simulated = ?"], [*values, search.simulated]
    return " AND ".join(terms), values


def wanted(text: str = "", **filters: object) -> Search:
    """Return a search as a person asks for it.

    Raises
    ------
    TypeError, ValueError
        In words: there is no such filter, or it cannot have this value.
    """
    for name, value in {"text": text, **filters}.items():
        if name not in KINDS:
            raise TypeError(f"There is no filter {name[:40]!r}: there are {', '.join(KINDS)}.")
        kinds, words = KINDS[name]
        if type(value) not in kinds or (name == "stars" and value not in STARS):
            raise ValueError(f"{name} is {words}, not {repr(value)[:40]}.")
    search = Search(text, **filters)  # type: ignore[arg-type]
    condition(search)
    order(search)
    return search


def order(search: Search) -> str:
    """Return the SQL order for a search."""
    return _known(ORDERS, search.order, "order")


def words(text: str, column: str = _ANYWHERE) -> tuple[str, list[object]]:
    """Return the SQL condition that all words of a text are found somewhere in a take; empty where there are none."""
    found = list(dict.fromkeys(text.encode("utf-8", "replace").decode().split()))
    terms = [f"{column} LIKE ? ESCAPE '\\'" for _ in found]
    return _joined(terms, "AND"), [f"%{_literal(word)}%" for word in found]


def totals(database: Database, search: Search) -> Totals:
    """Count what a search finds, and add up what it cost."""
    where, values = condition(search)
    row = database.rows(
        "SELECT count(*), coalesce(sum(usd * (1 - simulated)), 0), coalesce(sum(usd * simulated), 0) "
        f"FROM generations WHERE {where}",
        tuple(values),
    )[0]
    return Totals(int(row[0]), float(row[1]), float(row[2]))


def kinds(database: Database) -> list[Kind]:
    """Return which models there are takes of, most used first."""
    rows = database.rows(
        "SELECT model, simulated, binned_at IS NOT NULL, count(*) AS number FROM generations WHERE gone_at IS NULL "
        "GROUP BY 1, 2, 3 ORDER BY number DESC, model"
    )
    return [Kind(row[0], bool(row[1]), bool(row[2]), int(row[3])) for row in rows]


def changes(database: Database) -> int:
    """Return a number that is another one after every change that a view of the history would show."""
    return int(database.rows("SELECT number FROM changes")[0][0])


def period(when: str, today: date | None = None) -> tuple[float, float]:
    """Return the beginning and the end of a `Search.when`, in seconds since 1970.

    Parameters
    ----------
    when : str
        As of `Search`.
    today : date, optional
        None = of this machine's clock.

    Raises
    ------
    ValueError
        It cannot be read.
    """
    today = today or datetime.now(UTC).astimezone().date()
    try:
        if when == "today":
            first, last = today, today
        elif when.isdecimal() and len(when) <= 4:
            first, last = today - timedelta(days=max(0, int(when) - 1)), today
        else:
            first = last = date.fromisoformat(when)
        return _midnight(first), _midnight(last + timedelta(days=1))
    except (ValueError, OverflowError):  # the first and the last days of all have no such bounds
        raise ValueError(f"{when[:40]!r} is no day: write it as 2026-03-31.") from None


def _midnight(day: date) -> float:
    return datetime(day.year, day.month, day.day).timestamp()  # of the local clock, which a person reads


def _period(when: str) -> tuple[str, list[object]]:
    return ("created_at >= ? AND created_at < ?", [*period(when)]) if when else ("", [])


def _said(search: Search) -> tuple[str, list[object]]:
    terms: list[str] = ["picked = 1"] if search.picked else []
    if search.stars < 0:
        terms.append("rating = 0")
    values: list[object] = [search.stars] if search.stars > 0 else []
    return " AND ".join(terms + ["rating >= ?"] * len(values)), values


def _seeds(text: str) -> tuple[str, list[object]]:
    """Return the condition for seeds and spans. They are stored as text: some are larger than SQLite's integers."""
    terms, values = list[str](), list[object]()
    for part in filter(None, (each.strip() for each in text.split(","))):
        span = _SPAN.fullmatch(part)
        if span:
            low, high = sorted(map(int, span.groups()))
            if high - low >= MOST_SEEDS:
                raise ValueError(f"{part[:40]} spans more than {MOST_SEEDS:,} seeds.")
            terms.append("(length(seed) <= 18 AND CAST(seed AS INTEGER) BETWEEN ? AND ?)")
            values += [min(low, 2**62), min(high, 2**62)]
        elif re.fullmatch(r"[+-]?\d{1,40}", part):
            terms.append("seed = ?")
            values.append(str(int(part)))
        else:
            raise ValueError(f"{part[:40]!r} is no seed: write 7, or 1-4, or 1, 2, 7.")
    return f"({_joined(terms, 'OR')})" if terms else "", values


def _joined(terms: Sequence[str], word: str) -> str:
    """Join terms, by halves: SQLite nests each in the one before, and refuses what is 1000 deep."""
    if len(terms) <= _FLAT:
        return f" {word} ".join(terms)
    half = len(terms) // 2
    return f"({_joined(terms[:half], word)} {word} {_joined(terms[half:], word)})"


def _known(table: Mapping[str, _T], name: str, what: str) -> _T:
    if name not in table:
        raise ValueError(f"{name[:40]!r} is no {what}: there are {', '.join(table)}.")
    return table[name]


def _literal(word: str) -> str:
    return word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
