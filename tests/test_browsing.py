"""Looking through the history: each filter finds what it names, in the order asked for, and reads no more than that."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from seedance_widgets import browsing
from seedance_widgets.browsing import Search
from seedance_widgets.library import Library
from seedance_widgets.tickets import Ticket

NOON = datetime(2026, 3, 31, 12).timestamp()
DAY = 86_400.0


@pytest.fixture
def library(tmp_path):
    made = Library(tmp_path / "home")
    yield made
    made.close()


def add(library, key, prompt="a fox", seed=1, *, model="vendor/model", at=NOON, simulated=False, status="", **facts):
    request = {"model": model, "prompt": prompt, "seed": seed}
    ticket = Ticket(key, model, request, "http://b", "/c", "/r", prompt, seed, at, simulated, likeness="like")
    take, _ = library.plan(ticket, again=True)
    library.update(take, status=status or "error", **facts)
    return take


def found(library, **wanted):
    return [take.key for take in library.browse(Search(**wanted))]


def five_takes(library):
    add(library, "k1", "a dragon at dawn", 7, at=NOON - 3 * DAY, usd=0.5, rating=3)
    add(library, "k2", "a dragon at dusk", 8, at=NOON - 2 * DAY, status="completed", usd=0.1, rating=5, picked=True)
    add(library, "k3", "100% fox", 2**70, at=NOON - DAY, simulated=True, usd=9.0, note="keep the dawn")
    add(library, "k4", "fox_trot", None, model="vendor/other", at=NOON, status="generating")
    add(library, "k5", "fox", 9, at=NOON, status="completed", rating=3)
    return library


@pytest.fixture
def five(library):
    return five_takes(library)


@pytest.fixture(scope="module")
def known(tmp_path_factory):
    """The same five, for tests that only look."""
    made = Library(tmp_path_factory.mktemp("known") / "home")
    yield five_takes(made)
    made.close()


@pytest.mark.parametrize(
    ("wanted", "keys"),
    [
        ({}, ["k5", "k4", "k3", "k2", "k1"]),
        ({"text": "dawn"}, ["k3", "k1"]),
        ({"text": "dragon DAWN"}, ["k1"]),
        ({"text": "100%"}, ["k3"]),
        ({"text": "x_t"}, ["k4"]),
        ({"text": "%"}, ["k3"]),
        ({"model": "vendor/other"}, ["k4"]),
        ({"seeds": "7"}, ["k1"]),
        ({"seeds": "9-8"}, ["k5", "k2"]),
        ({"seeds": f"{2**70}, 7 - 7"}, ["k3", "k1"]),
        ({"seeds": "1-9000"}, ["k5", "k2", "k1"]),
        ({"stars": 3}, ["k5", "k2", "k1"]),
        ({"stars": 5}, ["k2"]),
        ({"stars": -1}, ["k4", "k3"]),
        ({"picked": True}, ["k2"]),
        ({"when": "2026-03-29"}, ["k2"]),
        ({"state": "going on"}, ["k4"]),
        ({"state": "failed"}, ["k3", "k1"]),
        ({"simulated": True}, ["k3"]),
        ({"simulated": False, "state": "completed"}, ["k5", "k2"]),
        ({"order": "oldest"}, ["k1", "k2", "k3", "k4", "k5"]),
        ({"order": "stars"}, ["k2", "k5", "k1", "k4", "k3"]),
        ({"order": "cost"}, ["k3", "k1", "k2", "k5", "k4"]),
        ({"text": "dragon", "stars": 4, "seeds": "8"}, ["k2"]),
        ({"text": "nothing like this"}, []),
        ({"text": "'; DROP TABLE generations; --"}, []),
        ({"binned": True}, []),
    ],
)
def test_each_filter_finds_what_it_names(known, wanted, keys):
    assert found(known, **wanted) == keys


@pytest.mark.parametrize(
    ("wanted", "words"),
    [
        ({"seeds": "seven"}, "'seven' is no seed"),
        ({"seeds": "1-99999999"}, "spans more than 10,000"),
        ({"when": "yesterday"}, "is no day"),
        ({"when": "2026-02-30"}, "is no day"),
        ({"when": "9999-12-31"}, "is no day"),
        ({"when": "²"}, "is no day"),
        ({"seeds": "1" * 5000 + "-2"}, "is no seed"),
        ({"order": "random"}, "'random' is no order"),
        ({"state": "1) OR (1"}, "is no state"),
    ],
)
def test_what_cannot_be_read_is_said(known, wanted, words):
    with pytest.raises(ValueError, match=words):
        found(known, **wanted)


def test_any_number_of_words_and_seeds_can_be_looked_for(library):
    text = " ".join(map(str, range(1500)))
    add(library, "k1", text, 1400)
    add(library, "k2", text.replace(" 1499", ""), 1401)
    assert [take.key for take in library.search(text)] == ["k1"]
    assert library.prompts(text) == [text]
    assert found(library, seeds=",".join(map(str, range(1401)))) == ["k1"]
    assert library.search("half a \ud800 letter") == []


def test_pages_follow_each_other_without_gap_or_repeat(library):
    for number in range(25):
        add(library, f"k{number}", at=NOON + number // 3)  # several of the same moment
    pages = [[take.key for take in library.browse(Search(), 10, skip=skip)] for skip in (0, 10, 20, 30)]
    assert [len(page) for page in pages] == [10, 10, 5, 0]
    assert [key for page in pages for key in page] == [f"k{number}" for number in reversed(range(25))]


def test_the_totals_tell_real_money_from_play_money(known):
    assert browsing.totals(known.database, Search()) == (5, 0.6, 9.0)
    assert browsing.totals(known.database, Search(text="dragon")) == (2, 0.6, 0.0)


def test_a_week_is_seven_days_with_today():
    first, last = browsing.period("7", date(2026, 3, 31))
    assert datetime.fromtimestamp(first) == datetime(2026, 3, 25)
    assert datetime.fromtimestamp(last) == datetime(2026, 4, 1)
    assert browsing.period("today", date(2026, 3, 31)) == browsing.period("2026-03-31")
    assert browsing.period("1") == browsing.period("today")


def test_the_models_are_counted_in_the_history_and_in_its_bin(five):
    five.bin.put("k1")
    counted = {(kind.model, kind.simulated, kind.binned): kind.takes for kind in browsing.kinds(five.database)}
    assert counted == {
        ("vendor/model", False, False): 2,
        ("vendor/model", False, True): 1,
        ("vendor/model", True, False): 1,
        ("vendor/other", False, False): 1,
    }


def test_the_number_of_changes_moves_with_all_that_is_shown_and_with_nothing_else(five):
    def moved(act):
        before = browsing.changes(five.database)
        act()
        return browsing.changes(five.database) != before

    take = five.get("k4")
    assert moved(lambda: take.rate(2))
    assert moved(lambda: take.remark("a note"))
    assert moved(lambda: five.update(take, status="completed"))
    assert moved(lambda: add(five, "k6"))
    assert moved(lambda: five.bin.put("k6"))
    assert moved(lambda: Library(five.path).update(take, rating=1)), "another kernel's"
    assert not moved(five.leases.beat)
    assert not moved(lambda: five.leases.claim("k4"))


def test_a_page_reads_its_own_rows_only(library, monkeypatch):
    for number in range(60):
        add(library, f"k{number:02}")
    asked = []
    rows = library.database.rows

    def counted(statement, values=()):
        asked.append(rows(statement, values))
        return asked[-1]

    monkeypatch.setattr(library.database, "rows", counted)
    library.browse(Search(text="fox", order="stars"), 12, skip=24)
    assert [len(each) for each in asked] == [12]
