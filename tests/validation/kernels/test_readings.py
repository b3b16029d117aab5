"""Readings of registers and what each is compared with."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from validation.kernels import NO_VALUE, after_implausible, deltas, previous_values, values_at

SERIES = np.array([4, 4, 4, 9, 9, 9])
VALUES = np.array([10, 20, 30, 5, 6, 7])
FIT = np.array([True, False, True, False, True, True])
DAY = 86_400


def test_the_last_usable_reading_of_the_same_series() -> None:
    assert previous_values(VALUES, FIT, SERIES).tolist() == [NO_VALUE, 10, 10, NO_VALUE, NO_VALUE, 6]
    assert previous_values(VALUES[:0], FIT[:0], SERIES[:0]).tolist() == []


def test_deltas() -> None:
    previous = previous_values(VALUES, FIT, SERIES)
    assert deltas(VALUES, previous).tolist() == [NO_VALUE, 10, 20, NO_VALUE, NO_VALUE, 1]
    assert deltas(np.array([NO_VALUE]), np.array([3])).tolist() == [NO_VALUE]


def test_what_follows_an_implausible_reading() -> None:
    doubted = np.array([False, True, False, False, False, True])
    assert after_implausible(doubted, SERIES).tolist() == [False, False, True, False, False, False]
    doubted = np.array([True, False, False, False, False, False])
    assert after_implausible(doubted, SERIES).tolist() == [False, True, True, False, False, False]
    assert not after_implausible(np.zeros(6, np.bool_), SERIES).any()
    assert after_implausible(doubted[:0], SERIES[:0]).tolist() == []


def test_a_month_earlier() -> None:
    """Read on the first of the months, once a day late; May is wanted at April's instant, April at March's."""
    at = np.array([0, 31, 60]) * DAY
    series = np.array([4, 4, 4])
    values, fit = np.array([100, 130, 155]), np.ones(3, np.bool_)
    wanted = np.array([-31, 0, 30]) * DAY
    assert values_at(values, fit, series, at, wanted).tolist() == [NO_VALUE, 100, NO_VALUE]
    assert values_at(values, fit, series, at, wanted, within_s=DAY).tolist() == [NO_VALUE, 100, 130]
    assert values_at(values, ~fit, series, at, wanted, within_s=DAY).tolist() == [NO_VALUE] * 3


def test_of_two_equally_near_the_earlier() -> None:
    at = np.array([0, 10, 20])
    found = values_at(np.array([1, 2, 3]), np.ones(3, np.bool_), np.array([1, 1, 1]), at, np.array([5, 15, 26]), 5)
    assert found.tolist() == [1, 2, NO_VALUE]


@given(
    st.lists(st.tuples(st.integers(1, 3), st.integers(0, 12), st.integers(-3, 15), st.booleans())), st.integers(0, 4)
)
@settings(max_examples=150, deadline=None)
def test_as_searched_one_by_one(points: list[tuple[int, int, int, bool]], within: int) -> None:
    unique = {(series, at): (wanted, fit) for series, at, wanted, fit in points}
    ordered = sorted(unique)
    series, at = np.array(ordered, np.int64).reshape(-1, 2).T
    wanted = np.array([unique[key][0] for key in ordered], np.int64)
    fit = np.array([unique[key][1] for key in ordered], np.bool_)
    values = np.arange(100, 100 + len(ordered))
    expected = []
    for index, (owner, _) in enumerate(ordered):
        near = [
            (abs(int(at[other]) - int(wanted[index])), int(at[other]), int(values[other]))
            for other in range(len(ordered))
            if fit[other] and series[other] == owner
        ]
        distance, _, value = min(near, default=(within + 1, 0, 0))
        expected.append(value if distance <= within else NO_VALUE)
    assert values_at(values, fit, series, at, wanted, within).tolist() == expected
