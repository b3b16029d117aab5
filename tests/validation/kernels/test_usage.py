"""Days against what is usual, normalised to average daily usage."""

from __future__ import annotations

import numpy as np
import pytest

from tests.validation.kernels.written import day_edges, edges, rows, shown, usable
from validation.kernels import (
    NO_VALUE,
    DayFigures,
    average_daily_use,
    daily_use,
    day_figures,
    usage_change,
    usage_outside,
)


def day_of(*totals: int, length: int = 96) -> DayFigures:
    """One day of one row per total, its energy in the first slot."""
    values = np.zeros((len(totals), length), np.int64)
    values[:, 0] = totals
    return day_figures(values, usable(values), day_edges(0, length))


def test_average_of_a_window() -> None:
    """30 days of 10 kWh and 30 of 12 kWh are 11 kWh a day."""
    totals = np.array([[10_000] * 30 + [12_000] * 30])
    assert average_daily_use(totals, np.full((1, 60), 96), 96) == 11_000


def test_a_window_with_holes_and_a_change_of_clocks() -> None:
    """A day of 23 hours, one of 25, one half there and one missing, all at 100 Wh per quarter of an hour."""
    counts = np.array([[92, 100, 48, 0]])
    assert average_daily_use(counts * 100, counts, 96) == 9_600


def test_a_window_that_says_too_little() -> None:
    totals, counts = np.array([[960, 960], [960, 960], [0, 0]]), np.array([[96, 96], [96, 48], [0, 0]])
    assert np.isnan(average_daily_use(totals, counts, 96)).ravel().tolist() == [False, False, True]
    assert np.isnan(average_daily_use(totals, counts, 96, least_values=144)).ravel().tolist() == [False, False, True]
    assert np.isnan(average_daily_use(totals, counts, 96, least_values=145)).ravel().tolist() == [False, True, True]
    doubtful = np.array([[40, 8], [60, 24], [0, 0]])
    unknown = np.isnan(average_daily_use(totals, counts, 96, doubtful=doubtful, most_doubtful_percent=25.0))
    assert unknown.ravel().tolist() == [False, True, True]


@pytest.mark.parametrize(("length", "expected"), [(92, 960.0), (96, 960.0), (100, 960.0)])
def test_use_is_of_24_hours(length: int, expected: float) -> None:
    values = np.full((1, length), 10)
    figures = day_figures(values, usable(values), day_edges(0, length))
    assert daily_use(figures, 96)[0, 0] == expected


def test_use_of_a_day_with_holes() -> None:
    values = np.full((3, 96), 10)
    values[0, :9] = values[1, :10] = values[2] = NO_VALUE
    figures = day_figures(values, usable(values), day_edges(0, 96))
    assert daily_use(figures, 96, 0.9).ravel().tolist()[0] == pytest.approx(960)
    assert np.isnan(daily_use(figures, 96, 0.9)).ravel().tolist() == [False, True, True]
    assert np.isnan(daily_use(figures, 96, 0.0)).ravel().tolist() == [False, False, True]
    assert np.isnan(daily_use(figures, 96)).all()


def test_high_and_low() -> None:
    figures = day_of(200, 201, 49, 50, 100, 300)
    reference = np.array([[100.0]] * 5 + [[np.nan]])
    use = daily_use(figures, 96)
    assert usage_outside(use, figures, reference, 50, 200).all(axis=1).tolist() == [False, True, True] + [False] * 3
    assert usage_outside(use, figures, reference, None, 200)[:, 0].tolist() == [False, True] + [False] * 4
    assert usage_outside(use, figures, reference, 50, None)[:, 0].tolist() == [False, False, True] + [False] * 3


def test_little_against_little_is_not_judged() -> None:
    figures = day_of(9, 10, 0, 0)
    reference = np.array([[0.0], [0.0], [9.0], [10.0]])
    use = daily_use(figures, 96)
    assert usage_outside(use, figures, reference, 50, 200, 10.0)[:, 0].tolist() == [False, True, False, True]


def test_change_is_a_share_of_the_current_use() -> None:
    """From 100 to 200 is 50 %, from 100 to 50 is 100 %, to nothing without end, from nothing 100 %."""
    figures = day_of(200, 50, 0, 100, 0)
    use, previous = daily_use(figures, 96), np.array([[100.0], [100.0], [100.0], [0.0], [0.0]])

    def failing(percent: float) -> list[bool]:
        return [bool(row.all()) for row in usage_change(use, figures, previous, percent)]

    assert failing(49.9) == [True, True, True, True, False]
    assert failing(50.0) == [False, True, True, True, False]
    assert failing(99.9) == [False, True, True, True, False]
    assert failing(100.0) == [False, False, True, False, False]


def test_change_of_little_and_of_what_is_fed_in() -> None:
    figures = day_of(5, 5, -100, -100)
    use, previous = daily_use(figures, 96), np.array([[10.0], [9.0], [-120.0], [-160.0]])
    assert usage_change(use, figures, previous, 50.0, 10.0)[:, 0].tolist() == [True, False, False, True]


def test_each_day_has_a_reference_of_its_own() -> None:
    values = rows("9 5 5 10 10")
    figures = day_figures(values, usable(values), edges(1, 3, 5))
    use = daily_use(figures, 2)
    assert use.tolist() == [[10.0, 20.0]]
    assert shown(usage_outside(use, figures, np.array([[10.0, 9.0]]), None, 200)) == ["...xx"]
    assert shown(usage_change(use, figures, np.array([[np.nan, 10.0]]), 20.0)) == ["...xx"]
