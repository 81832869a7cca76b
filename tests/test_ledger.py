"""What is known of the money without waiting for it: prices, balance, the day's total."""

from __future__ import annotations

import threading
import time
from typing import Any

import pytest
from panels import REQUEST, until

from seedance_widgets import ledger as ledger_module
from seedance_widgets.ledger import Ledger, cost_words, money_html


@pytest.fixture
def news() -> list[int]:
    return []


def asked(simulator: Any, path: str) -> int:
    return sum(path in where for _, where, _ in simulator.requests)


def test_what_is_known_arrives_in_the_background(simulator: Any, studio: Any, news: list[int]) -> None:
    ledger = Ledger(studio, lambda: news.append(1))
    request = studio.prepare(**REQUEST)
    assert ledger.price(request) is None
    ledger.open()
    until(lambda: ledger.balance is not None and not ledger.waits)
    assert ledger.balance == simulator.balance_usd
    assert ledger.price(request) == studio.listed_price(request) > 0
    assert news
    ledger.close()


def test_opening_twice_asks_once(simulator: Any, studio: Any) -> None:
    ledger = Ledger(studio, lambda: None)
    ledger.open()
    ledger.open()
    until(lambda: ledger.balance is not None and not ledger.waits)
    assert (asked(simulator, "/v1/models"), asked(simulator, "/v2/billing")) == (1, 1)
    ledger.close()


def test_a_view_is_painted_before_anything_is_asked(
    simulator: Any, studio: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ledger_module, "CALM", 60.0)
    ledger, before = Ledger(studio, lambda: None), set(threading.enumerate())
    ledger.open()
    (thread,) = (each for each in set(threading.enumerate()) - before if each.name.startswith("seedance-ledger"))
    assert ledger.waits, "it says already that the cost is being looked up"
    ledger.close()
    thread.join(10)
    assert not thread.is_alive()
    assert (asked(simulator, "/v1/models"), asked(simulator, "/v2/billing")) == (0, 0)


def test_what_a_take_did_cost_goes_before_the_list(studio: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    ledger = Ledger(studio, lambda: None)
    take = studio.generate(**REQUEST).result(15)
    monkeypatch.setattr(studio, "listed_price", lambda request: 9.0)
    assert ledger.price(studio.prepare(**REQUEST)) == take.usd
    assert ledger.price(studio.prepare(**{**REQUEST, "duration": 10})) == 9.0


def test_a_price_is_looked_up_once_until_something_was_charged(studio: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    looked: list[str] = []
    monkeypatch.setattr(studio.library, "price", lambda like: looked.append(like))
    ledger = Ledger(studio, lambda: None)
    for prompt in ("a", "ab", "abc"):
        ledger.price(studio.prepare(**{**REQUEST, "prompt": prompt}))
    assert len(looked) == 1
    ledger.charged()
    ledger.price(studio.prepare(**REQUEST))
    assert len(looked) == 2


def test_the_balance_is_asked_for_after_a_take_but_not_too_often(simulator: Any, studio: Any) -> None:
    ledger = Ledger(studio, lambda: None, every=0.3)
    ledger.open()
    until(lambda: ledger.balance is not None)
    began = time.monotonic()
    take = studio.generate(**REQUEST).result(15)
    for _ in range(5):
        ledger.charged()
    until(lambda: ledger.balance == pytest.approx(100.0 - take.usd))
    assert asked(simulator, "/v2/billing") == 2
    assert time.monotonic() - began > 0.1
    until(lambda: ledger.today == pytest.approx(take.usd))
    ledger.close()


def test_the_balance_of_a_simulator_follows_soon(studio: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ledger_module, "SIMULATED_EVERY", 0.1)
    ledger = Ledger(studio, lambda: None)
    ledger.open()
    until(lambda: ledger.balance is not None)
    take = studio.generate(**REQUEST).result(15)
    ledger.charged()
    until(lambda: ledger.balance == pytest.approx(100.0 - take.usd))
    ledger.close()


def test_without_a_key_nobody_is_asked(simulator: Any, studio: Any) -> None:
    studio.client.set_key(None)
    ledger = Ledger(studio, lambda: None)
    ledger.open()
    assert not ledger.waits
    studio.use_key(simulator.token)
    ledger.open()
    until(lambda: ledger.balance is not None)
    ledger.close()


def test_a_service_that_tells_nothing_costs_nothing_but_the_words(make_simulator: Any, make_studio: Any) -> None:
    simulator = make_simulator()
    studio = make_studio(simulator)
    simulator.stop()
    ledger = Ledger(studio, lambda: None)
    ledger.open()
    until(lambda: not ledger.waits)
    assert ledger.balance is None
    assert "balance" not in money_html("", ledger, 1.0)
    ledger.close()


def test_the_days_total_counts_todays_takes_of_its_kind(studio: Any) -> None:
    studio.client.balance()  # from its answer the Studio knows that this is a simulator
    take = studio.generate(**REQUEST).result(15)
    began = take.ticket.created_at
    assert studio.library.spent_since(began, simulated=True) == take.usd > 0
    assert studio.library.spent_since(began + 1, simulated=True) == 0
    assert studio.library.spent_since(began, simulated=False) == 0


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ((0.3,), "about $0.30 · 600,000 credits"),
        ((0.3, 4), "4 takes · about $1.20 · 2,400,000 credits"),
        ((None,), "cost known afterwards"),
        ((None, 3), "3 takes · cost known afterwards"),
    ],
)
def test_costs_in_words(given: Any, words: str) -> None:
    assert cost_words(*given) == words


def test_the_words_say_what_is_simulated_and_what_is_awaited() -> None:
    assert cost_words(0.3, simulated=True).endswith("(simulated)")
    assert cost_words(None, waits=True) == "looking up the cost …"


def test_a_balance_that_will_not_do_is_said(studio: Any) -> None:
    ledger = Ledger(studio, lambda: None)
    ledger.balance, ledger.today = 0.5, 1.2
    assert "balance $0.50 · today $1.20" in money_html("about $0.30", ledger, 0.3)
    short = money_html("about $0.60", ledger, 0.6)
    assert "balance $0.50: too little for this" in short
    assert 'role="status"' in short
    assert "simulated: balance" in money_html("", ledger, None, simulated=True)
