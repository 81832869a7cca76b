from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from seedance_widgets.pace import FIRST_SPACING, WIDEST_SPACING, Pace


def test_the_way_is_free_until_it_is_refused():
    pace = Pace()
    assert [pace.turn(5.0) for _ in range(100)] == [5.0] * 100


def test_a_rate_is_never_exceeded():
    pace = Pace(rate=4.0)
    assert [pace.turn(0.0) for _ in range(4)] == [0.0, 0.25, 0.5, 0.75]
    assert pace.turn(10.0) == 10.0


def test_after_a_refusal_nobody_asks_for_a_while_and_then_one_behind_the_other():
    pace = Pace()
    pace.refused(0.0, 3.0)
    turns = [pace.turn(0.1) for _ in range(3)]
    assert turns == pytest.approx([3.0, 3.0 + FIRST_SPACING, 3.0 + 2 * FIRST_SPACING])
    assert pace.held == 3.0


def test_what_was_under_way_together_is_refused_as_one():
    pace = Pace()
    for each in range(8):
        pace.refused(each * 0.01, 1.0)
    assert pace.spacing == FIRST_SPACING


def test_each_later_refusal_doubles_the_space_up_to_a_bound():
    pace = Pace()
    for round_ in range(20):
        pace.refused(round_ * 100.0, 1.0)
    assert pace.spacing == WIDEST_SPACING


def test_a_long_wait_is_not_cut_short_by_a_shorter_one():
    pace = Pace()
    pace.refused(0.0, 30.0)
    pace.refused(1.0, 2.0)
    assert pace.turn(1.5) == 30.0


def test_answers_bring_the_turns_together_again_until_the_way_is_free():
    pace = Pace()
    pace.refused(0.0, 1.0)
    widths = []
    for _ in range(60):
        widths.append(pace.spacing)
        pace.accepted()
    assert widths == sorted(widths, reverse=True)
    assert pace.spacing == 0.0


def test_it_never_gets_faster_than_its_rate():
    pace = Pace(rate=20.0)
    pace.refused(0.0, 1.0)
    assert pace.spacing > 1 / 20
    for _ in range(100):
        pace.accepted()
    assert pace.spacing == 1 / 20


def test_threads_never_share_a_turn():
    pace = Pace(rate=1000.0)
    with ThreadPoolExecutor(8) as pool:
        turns = list(pool.map(lambda _: pace.turn(0.0), range(400)))
    assert len(set(turns)) == 400


@pytest.mark.parametrize("limit", [5.0, 50.0])
def test_many_callers_settle_near_a_limit_that_nobody_told_them(limit):
    """Simulated time: a server takes so many calls in each second; the callers are eight at once."""
    pace, now, taken, refused, seen = Pace(), 0.0, 0, 0, []
    while now < 60.0:
        now = max(now + 0.001, min(pace.turn(now), now + 60.0))
        seen = [each for each in seen if each > now - 1.0]
        if len(seen) < limit:
            seen.append(now)
            taken += 1
            pace.accepted()
        else:
            refused += 1
            pace.refused(now, 1.0)
    assert taken > 0.25 * limit * 60.0
    assert refused < 60
