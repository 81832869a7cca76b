"""What the benchmarks measure and no machine changes: requests, lateness in simulated time, statements, bytes."""

from __future__ import annotations

import json
import random
import time

import comm
import pytest
from comm.base_comm import BaseComm

from benchmarks import gallery as wall
from benchmarks import polling as simulated
from benchmarks.__main__ import benchmarks
from benchmarks.report import Row, line, share
from seedance_widgets.database import Database
from seedance_widgets.studio import Studio

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


def test_sixteen_takes_are_all_found_soon_after_the_last_has_ended():
    assert share(simulated.last_of_sixteen(2000, seed=1), 0.9) <= 1.5


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
    assert len([each for each in statements if "runners" not in each]) <= 13, statements


def test_a_take_costs_one_post_its_looks_and_one_download(make_simulator, make_studio):
    simulator = make_simulator(clock=lambda: 0.0)
    studio = make_studio(simulator)
    studio.client.models()  # tells whose answers these are
    before = len(simulator.requests)
    take = studio.generate("a fox", seed=1)
    until(lambda: take.status == "queued")
    simulator.advance(500)
    assert take.wait(20).status == "completed"
    calls = [(method, path.split("/")[1]) for method, path, _ in simulator.requests[before:]]
    assert [each for each in calls if each != ("GET", "v2")] == [("POST", "v2"), ("GET", "clips")]


@pytest.fixture
def wire(monkeypatch):
    """The bytes of each message to a page, as JSON and beside it."""

    class Wire(BaseComm):
        def publish_msg(self, kind, data=None, metadata=None, buffers=None, **_):
            sent.append(len(json.dumps(data, default=str)) + sum(len(bytes(each)) for each in buffers or ()))

    sent = []
    monkeypatch.setattr(comm, "create_comm", Wire)
    return sent


def test_a_grid_opens_with_as_few_messages_however_many_takes_it_has(make_studio, wire):
    studio, opened = make_studio(), {}
    for number in (2, 16):
        takes = [studio.generate("a fox", seed=seed) for seed in range(number)]
        assert {take.wait(20).status for take in takes} == {"completed"}
        wire.clear()
        studio.compare(*takes)._repr_mimebundle_()
        opened[number] = len(wire), sum(wire)
    assert opened[2][0] == opened[16][0] <= 4
    assert opened[16][1] <= 160_000, "nearly all of it is the code of the widget"
    assert (opened[16][1] - opened[2][1]) / 14 <= 600, "a take's share: no clip and no picture"


def test_news_that_changes_nothing_in_a_grid_sends_nothing(make_studio, wire):
    studio = make_studio()
    takes = [studio.generate("a fox", seed=seed).wait(20) for seed in (1, 2)]
    studio.compare(*takes)._repr_mimebundle_()
    before = len(wire)
    was = takes[0].detail
    takes[0].apply(detail="Looked at once more.")
    takes[0].apply(detail=was)
    time.sleep(0.3)  # three times as long as changes are gathered
    assert len(wire) == before
    takes[1].rate(3)
    until(lambda: len(wire) > before)


def test_the_first_page_of_a_gallery_costs_few_messages(tmp_path, monkeypatch):
    with Studio("key", "http://127.0.0.1:9", library=tmp_path / "library", resume=False) as studio:
        monkeypatch.setattr(wall, "CLIPS", 1)
        wall.fill(studio.library, wall.PAGE + 12, tmp_path)
        found = wall.counted(lambda: wall.ours(studio))
    assert found.messages <= 20
    assert found.bytes <= 400_000, "with the small pictures of a screen"
    assert found.statements <= 5


def test_opening_a_panel_costs_few_bytes(make_studio, wire):
    panel = make_studio().panel()
    panel._repr_mimebundle_()
    assert 0 < sum(wire) <= 62_000
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
