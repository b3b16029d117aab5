"""Cascades: who answers first, gaps of one shape, facts about single slots, and the register at the end."""

import numpy as np

from tests.validation.estimators.block import MONDAY, marks, number, ordinary_day, past, row, said
from validation.estimators.arrays import NO_VALUE, Bools, Floats
from validation.estimators.cascade import Step, run
from validation.estimators.days import JudgedDays
from validation.estimators.levels import fixed_value, flat, outage_zero
from validation.estimators.like_days import from_days
from validation.estimators.neighbours import linear
from validation.estimators.segments import Segments
from validation.estimators.settling import settle
from validation.estimators.sources import nearest


def says(*values: float | None) -> Floats:
    return np.array([[np.nan if value is None else value for value in values]])


def test_the_first_that_has_the_whole_gap_fills_it() -> None:
    wanted = marks("xx.xx.")
    steps = [
        Step(3, lambda _: says(1, None, None, 1, 1, None)),
        Step(4, lambda _: says(2, 2, None, 2, 2, None)),
    ]
    found = run(steps, wanted)
    assert said(found.values) == [2, 2, None, 1, 1, None]
    assert found.method.tolist() == [[4, 4, 0, 3, 3, 0]]


def test_a_gap_ends_with_its_row() -> None:
    """The second row goes on in the column after the one in which the first one ends."""
    wanted = np.vstack([marks("x.."), marks(".x.")])
    found = run([Step(3, lambda _: np.array([[1.0, 0, 0], [0, np.nan, 0]]))], wanted)
    assert found.method.tolist() == [[3, 0, 0], [0, 0, 0]]


def test_a_fact_about_a_slot_needs_no_whole_gap() -> None:
    steps = [
        Step(2, lambda still: outage_zero(marks("x..."), still), whole_gaps=False),
        Step(3, lambda still: fixed_value(5, still)),
    ]
    found = run(steps, marks("xxx."))
    assert said(found.values) == [0, 5, 5, None]
    assert found.method.tolist() == [[2, 3, 3, 0]]


def test_days_of_a_long_gap_may_have_different_methods() -> None:
    steps = [Step(4, lambda _: says(1, 1, 1, None)), Step(8, lambda still: fixed_value(9, still))]
    wanted = marks("xxxx")
    assert run(steps, wanted, np.array([0, 2, 4])).method.tolist() == [[4, 4, 8, 8]]
    assert run(steps, wanted).method.tolist() == [[8, 8, 8, 8]]


def test_steps_see_what_is_open_and_are_not_asked_for_nothing() -> None:
    asked: list[list[list[bool]]] = []

    def listen(still: Bools) -> Floats:
        asked.append(still.tolist())
        return np.where(still, 1.0, np.nan)

    run([Step(1, lambda _: says(7, None, None)), Step(2, listen), Step(3, listen)], marks("x.x"))
    assert asked == [marks("..x").tolist()]
    assert np.isnan(run([], marks("xx")).values).all()


def test_an_answer_that_was_not_asked_for_is_not_taken() -> None:
    found = run([Step(1, lambda _: says(1, 2, 3))], marks(".x."))
    assert said(found.values) == [None, 2, None]


def test_a_day_through_the_usual_cascade_adds_up_to_its_register() -> None:
    """A Monday with a gap of two hours in an outage, one of one hour and one of six: three methods, one total."""
    days, history = ordinary_day(MONDAY), past(MONDAY.replace(day=1), 5)
    truth = np.arange(24)[None, :] * 10 + 100
    wanted = marks("...xx...x.....xxxxxx....")
    values = np.where(wanted, NO_VALUE, truth)
    outage = marks("...xx" + "." * 19)
    like = nearest(history, days, within=28, like=True)
    steps = [
        Step(2, lambda still: outage_zero(outage, still), whole_gaps=False),
        Step(3, lambda still: linear(values, ~wanted, still, 2)),
        Step(4, lambda still: from_days(history, days, still, like, take=3)),
        Step(8, lambda still: flat(history.daily_average(), days, still)),
    ]
    found = run(steps, wanted, days.edges)
    assert found.method[wanted].tolist() == [2, 2, 3, 4, 4, 4, 4, 4, 4]
    stands = row(5000, *[None] * 23, 5000 + int(truth.sum()))
    settled = settle(found.values, Segments.of(stands, values, ~wanted, wanted), pinned=outage)
    after = np.where(wanted, settled.values, values)
    assert after.sum() == truth.sum()
    assert settled.values[outage].tolist() == [0, 0]
    assert settled.scaled.tolist() == wanted.tolist()


def test_a_spring_day_is_filled_to_its_last_slot() -> None:
    history = past(MONDAY.replace(month=3, day=24), 7, per_day=96)
    days = JudgedDays.of(number(MONDAY.replace(month=3, day=31)), [0, 92], 96, changes=12)
    everything = np.ones((1, 92), np.bool_)
    sources = nearest(history, days, within=7)
    found = run([Step(4, lambda still: from_days(history, days, still, sources))], everything, days.edges)
    assert (found.method == 4).all()
    assert found.values[0, 12] - found.values[0, 11] == 5
