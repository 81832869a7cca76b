"""What the benchmarks measure and no machine changes: requests, lateness in simulated time, statements, bytes."""

from __future__ import annotations

import random
import time

import comm
import pytest
from comm.base_comm import BaseComm

from benchmarks import polling as simulated
from benchmarks.__main__ import benchmarks
from benchmarks.report import Row, line
from seedance_widgets.database import Database

WRITES = ("INSERT", "UPDATE", "DELETE", "BEGIN")


def until(condition, seconds=15.0):
    """Wait until a condition holds, or fail."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it never came about"
        time.sleep(0.004)


def mean(found):
    """Return the mean lateness in seconds, and the mean number of requests."""
    late, requests = zip(*found, strict=True)
    return sum(late) / len(late), sum(requests) / len(requests)


def test_a_take_is_found_soon_with_few_requests_once_forty_are_known():
    late, requests = mean(simulated.stationary(simulated.ours, simulated.around(42), 2000, seed=1))
    assert late <= 1.2
    assert requests <= 10.5


@pytest.mark.parametrize("center", [85, 25])
def test_where_the_service_changes_its_pace_it_is_never_worse_than_every_five_seconds(center):
    durations = simulated.shifting(random.Random(1), 400, simulated.around(42), simulated.around(center))
    ours, fixed = (mean(simulated.learning(each, durations))[0] for each in (simulated.ours, simulated.fixed(5)))
    assert ours <= fixed


def test_learning_while_a_sweep_runs_would_cost_more_requests_than_what_was_known_before():
    draw, dice = simulated.around(42), random.Random(9)
    known = [draw(dice) for _ in range(40)]
    frozen, learning = (simulated.together(known, takes=100, seed=1, learns=each) for each in (False, True))
    assert mean(frozen)[1] < 0.8 * mean(learning)[1]


@pytest.fixture
def statements(monkeypatch):
    """The statements that the library's database is given, in their order."""
    seen, run = [], Database._patiently

    def noted(self, connection, statement, values=()):
        seen.append(" ".join(statement.split()))
        return run(self, connection, statement, values)

    monkeypatch.setattr(Database, "_patiently", noted)
    return seen


def test_a_look_without_news_does_not_touch_the_database(make_simulator, make_studio, statements):
    simulator = make_simulator(clock=lambda: 0.0)
    take = make_studio(simulator).generate("a fox", seed=1)

    def looks():
        return sum(method == "GET" for method, _, _ in simulator.requests)

    until(lambda: looks() >= 2)
    statements.clear()
    until(lambda: looks() >= 12)
    assert [each for each in statements if "runners" not in each] == [], "but for the heartbeat"
    assert not take.done


def test_a_take_costs_few_writes(make_simulator, make_studio, statements):
    simulator = make_simulator(clock=lambda: 0.0)
    studio = make_studio(simulator)
    studio.client.models()  # tells whose answers these are
    statements.clear()
    take = studio.generate("a fox", seed=1)
    until(lambda: take.status == "queued")
    simulator.advance(500)
    assert take.wait(20).status == "completed"
    written = [each for each in statements if each.startswith(WRITES) and "runners" not in each]
    assert len(written) <= 8, written


def test_opening_a_panel_costs_few_bytes(make_studio, monkeypatch):
    class Wire(BaseComm):
        def publish_msg(self, kind, data=None, **_):
            sent.append(len(repr(data)))

    sent = []
    studio = make_studio()
    monkeypatch.setattr(comm, "create_comm", Wire)
    panel = studio.panel()
    panel._repr_mimebundle_()
    assert 0 < sum(sent) <= 70_000
    panel.close()


# the table


def test_every_benchmark_that_has_rows_is_found():
    assert {"grid", "latency", "opening", "polling", "scale"} <= {name for name, _ in benchmarks()}
    assert [name for name, _ in benchmarks(["polling"])] == ["polling"]


def test_a_row_tells_whether_its_bar_holds():
    assert Row("a", 1.0, "s", bar=1.5).holds is True
    assert Row("a", 1.0, "s", 0.5, "b", bar=1.3, of_ratio=True).holds is False
    assert Row("a", 40.0, "frames/s", bar=30, at_least=True).holds is True
    assert Row("a", 1.0, "s", bar=1.3, of_ratio=True).holds is None, "there is nothing to compare with"
    assert Row("a", 1.0).holds is None


def test_a_row_is_one_line_with_its_ratio_and_its_bar():
    text = line(Row("renderer", 120.0, "frames/s", 10.0, "numpy", bar=30, at_least=True))
    assert "12.00 ×" in text
    assert "numpy: 10 frames/s" in text
    assert text.endswith("≥ 30 frames/s holds")
    assert "by hand: never" in line(Row("in step again", 300.0, "ms", float("inf"), "by hand"))
