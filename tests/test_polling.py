from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seedance_widgets import polling
from seedance_widgets.polling import next_wait, progress, retry_wait
from seedance_widgets.progress import Progress

SECONDS = st.floats(0, 1e6)
DURATIONS = st.lists(st.floats(0.001, 1e5), max_size=30)


def test_nothing_is_made_up_where_nothing_is_known():
    for few in ([], [40.0], [40.0, 41.0]):
        assert progress(5.0, few) == Progress(5.0, None, None)


def test_progress_is_learned_from_earlier_ones():
    found = progress(10.0, [40.0, 41.0, 42.0])
    assert found.remaining == pytest.approx(31.0)
    assert found.fraction == pytest.approx(10 / 41)


def test_later_than_all_of_them_nothing_is_known_again():
    assert progress(43.0, [40.0, 41.0, 42.0]) == Progress(43.0, None, None)


@settings(deadline=None)
@given(SECONDS, DURATIONS)
def test_progress_is_always_a_fraction_of_the_way(elapsed, durations):
    found = progress(elapsed, durations)
    assert found.elapsed == elapsed
    assert (found.remaining is None) == (found.fraction is None)
    if found.fraction is not None:
        assert 0 <= found.fraction <= 1
        assert found.remaining > 0


@settings(deadline=None)
@given(st.lists(st.floats(20, 60), min_size=3, max_size=20), st.floats(0, 60), st.floats(0, 60))
def test_the_bar_never_jumps_far_back(durations, one, other):
    first, second = progress(min(one, other), durations), progress(max(one, other), durations)
    if first.fraction is not None and second.fraction is not None and one != other:
        # As short ones drop out the middle may move away, but never by more than the whole spread.
        assert second.fraction >= first.fraction * min(durations) / max(durations) - 1e-9


def test_one_that_was_resumed_the_next_day_teaches_nothing():
    known = [40.0, 41.0, 42.0]
    assert progress(45.0, [86_400.0, *known]) == progress(45.0, known)
    assert next_wait(30.0, [86_400.0, *known]) == next_wait(30.0, known)
    assert progress(5.0, [86_400.0] * 5) == Progress(5.0, None, None)


def test_a_fixed_interval_is_kept():
    assert next_wait(3.0, [40.0] * 9, 2.5) == 2.5
    assert next_wait(3.0, [], 0.0) == 0.0
    assert next_wait(3.0, [], -1.0) == 0.0


def test_without_experience_it_looks_at_the_documented_pace():
    assert 10.0 <= next_wait(0.0, []) <= 15.0


@settings(deadline=None, max_examples=25)
@given(SECONDS, DURATIONS)
def test_every_wait_is_bounded(elapsed, durations):
    assert polling.SHORTEST <= next_wait(elapsed, durations) <= polling.LONGEST


def looks(took, durations):
    """When the looks at a generation fall that takes so long; the last finds it finished."""
    elapsed, times = 0.0, []
    while not times or times[-1] < took:
        elapsed += next_wait(elapsed, durations)
        times.append(elapsed)
    return times


@pytest.mark.parametrize("took", [36.0, 40.0, 43.0, 47.0, 50.0])
def test_experience_brings_few_looks_that_find_it_soon(took):
    times = looks(took, [36.0 + each * 0.5 for each in range(29)])
    assert len(times) <= 18
    assert times[-1] - took <= 2.0


@pytest.mark.parametrize(
    ("attempt", "asked", "least", "most"),
    [
        (1, None, 1.0, 1.25),
        (2, None, 2.0, 2.5),
        (5, None, 16.0, 20.0),
        (50, None, 30.0, 37.5),
        (1, 7.0, 7.0, 8.75),
        (9, 0.0, 0.0, 0.0),
        (1, 86_400.0, 60.0, 75.0),
        (1, -5.0, 0.0, 0.0),
    ],
)
def test_waits_grow_and_obey_retry_after_within_bounds(attempt, asked, least, most):
    assert retry_wait(attempt, asked, 0.0) == least
    assert retry_wait(attempt, asked, 1.0) == most


def test_the_last_one_of_a_sweep_is_waited_for_less_the_longer_it_takes():
    waits = [polling.last_wait(float(alone)) for alone in range(0, 661, 5)]
    assert waits[0] == polling.LAST
    assert waits == sorted(waits)
    assert waits[-1] > 30
