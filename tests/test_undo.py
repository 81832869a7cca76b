"""Undo and redo: the row of states, typing in one step, and its bound."""

from __future__ import annotations

from operator import eq

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seedance_widgets.undo import History


def test_what_is_undone_can_be_redone_until_something_else_is_done():
    history = History("a", eq)
    assert (history.can_undo, history.can_redo) == (False, False)
    history.note("b", 1)
    history.note("c", 2)
    assert (history.undo(), history.undo(), history.undo()) == ("b", "a", "a")
    assert history.redo() == "b"
    assert history.can_redo
    history.note("d", 3)
    assert (history.redo(), history.undo(), history.undo()) == ("d", "b", "a")


def test_the_same_state_is_no_step():
    history = History("a", eq)
    assert not history.note("a", 1)
    assert history.note("b", 1)
    history.undo()
    assert not history.note("a", 2)
    assert history.redo() == "b"


@pytest.mark.parametrize(
    ("notes", "steps"),
    [
        ([("l", 0, "prompt"), ("li", 0.3, "prompt"), ("lig", 0.6, "prompt")], 1),
        ([("l", 0, "prompt"), ("li", 5, "prompt")], 2),
        ([("l", 0, "prompt"), ("li", 0.3, "note")], 2),
        ([("l", 0, ""), ("li", 0.3, "")], 2),
        ([("l" * (number + 1), number, "prompt") for number in range(21)], 3),
    ],
)
def test_letters_that_follow_each_other_are_one_step(notes, steps):
    history = History("", eq)
    for state, now, typing in notes:
        history.note(state, now, typing)
    assert history.present == notes[-1][0]
    count = 0
    while history.can_undo:
        history.undo()
        count += 1
    assert (count, history.present) == (steps, "")


def test_typing_after_undo_is_a_step_of_its_own():
    history = History("", eq)
    history.note("a", 0, "prompt")
    history.note("b", 5, "prompt")
    history.undo()
    history.note("ac", 5.1, "prompt")
    assert history.undo() == "a"


def test_the_oldest_states_go_first():
    history = History(0, eq, most=3)
    for number in range(1, 10):
        history.note(number, number)
    assert (history.undo(), history.undo(), history.undo()) == (8, 7, 7)


@given(st.lists(st.sampled_from(["undo", "redo", 1, 2, 3]), max_size=30))
def test_it_is_a_row_with_a_place_in_it(deeds):
    history, row, at = History(0, eq, most=100), [0], 0
    for now, deed in enumerate(deeds):
        if deed == "undo":
            at = max(0, at - 1)
            history.undo()
        elif deed == "redo":
            at = min(len(row) - 1, at + 1)
            history.redo()
        elif deed != row[at]:
            row, at = [*row[: at + 1], deed], at + 1
            history.note(deed, now)
        assert (history.present, history.can_undo, history.can_redo) == (row[at], at > 0, at < len(row) - 1)
