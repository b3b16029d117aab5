"""Figures of days, their sums against the register, and wrong multipliers."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given, settings

from metering.intervals import local_day
from tests.validation.kernels.blocks import LARGEST, blocks
from tests.validation.kernels.written import day_edges, edges, rows, shown, usable
from validation.kernels import (
    NO_VALUE,
    DayFigures,
    Edges,
    Mask,
    Values,
    day_figures,
    over_days,
    register_differences,
    sum_check,
    wrong_multiplier,
)


def figures_of(values: Values, days: Edges) -> DayFigures:
    return day_figures(values, usable(values), days)


@given(blocks())
@settings(max_examples=100, deadline=None)
def test_figures_as_counted(block: tuple[Values, Mask]) -> None:
    values, fit = block
    slots = values.shape[1]
    days = edges(0, slots) if slots < 2 else edges(0, slots // 2, slots)
    figures = day_figures(values, fit, days)
    for row in range(len(values)):
        for day, (begin, end) in enumerate(zip(days[:-1].tolist(), days[1:].tolist(), strict=True)):
            there = [int(values[row, slot]) for slot in range(begin, end) if fit[row, slot]]
            assert figures.totals[row, day] == sum(there)
            assert figures.maxima[row, day] == max(there, default=NO_VALUE)
            assert figures.counts[row, day] == len(there)
            assert figures.complete[row, day] == (len(there) == end - begin)


@pytest.mark.parametrize(
    ("day", "hours"), [(dt.date(2026, 3, 29), 23), (dt.date(2026, 3, 30), 24), (dt.date(2026, 10, 25), 25)]
)
def test_local_days_of_helsinki(day: dt.date, hours: int) -> None:
    start, end = local_day(day, ZoneInfo("Europe/Helsinki"))
    slots = int((end - start).total_seconds()) // 900
    figures = figures_of(np.full((1, 8 + slots), 3), day_edges(8, slots))
    assert figures.lengths.tolist() == [hours * 4]
    assert (figures.totals[0, 0], bool(figures.complete[0, 0])) == (hours * 12, True)


def test_the_longest_day_of_the_largest_values() -> None:
    for sign in (1, -1):
        figures = figures_of(np.full((1, 1500), sign * LARGEST), edges(0, 1500))
        assert figures.totals[0, 0] == sign * 1500 * LARGEST


@pytest.mark.parametrize("columns", [(0, 2), (0, 2, 2, 4), (3, 1, 4)])
def test_days_that_do_not_fit_are_refused(columns: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="cannot begin at"):
        figures_of(rows("1 2 3 4"), edges(*columns))


def test_days_fail_as_a_whole() -> None:
    assert shown(over_days(np.array([[True, False], [False, True]]), edges(1, 3, 6))) == [".xx...", "...xxx"]


def test_sum_against_the_register() -> None:
    stands = rows("100 110 121", "100 110 .", "100 110 122")
    differences = register_differences(stands)
    assert differences.tolist() == [[10, 11], [10, NO_VALUE], [10, 12]]
    figures = figures_of(rows("9 4 6 5 6", "9 4 6 5 6", "9 4 . 5 6"), edges(1, 3, 5))
    assert shown(sum_check(figures, differences)) == [".....", ".....", "...xx"]
    assert shown(sum_check(figures, differences, 1.0)) == ["....."] * 3


def test_tolerance_in_steps_of_the_register() -> None:
    """A register that counts in steps of 40 units (its multiplier) may be 2 steps off, not more."""
    figures = figures_of(rows("40 40", "40 41"), edges(0, 2))
    differences = np.array([[0], [0]])
    assert shown(sum_check(figures, differences, 5.0, multipliers=2.0, multiplier=40.0)) == ["..", "xx"]
    assert shown(sum_check(figures, differences, 81.0, multipliers=2.0, multiplier=40.0)) == ["..", ".."]
    unknown = np.array([[np.nan], [1.0]])
    assert shown(sum_check(figures, differences, multipliers=2.0, multiplier=unknown)) == ["..", "xx"]


@pytest.mark.parametrize("length", [92, 96, 100])
def test_a_day_of_the_clock_change_has_its_own_register_difference(length: int) -> None:
    figures = figures_of(np.full((2, length), 5), day_edges(0, length))
    fails = sum_check(figures, np.array([[5 * length], [5 * 96 + 1]]))
    assert fails.all(axis=1).tolist() == [False, True]


@pytest.mark.parametrize(
    ("total", "fails"), [(400, True), (40, False), (4, True), (40_000, True), (4_020, True), (4_021, False)]
)
def test_a_decimal_point_gone_astray(total: int, fails: bool) -> None:
    figures = figures_of(np.array([[total, 0]]), edges(0, 2))
    assert shown(wrong_multiplier(figures, np.array([[40]]))) == ["xx" if fails else ".."]


def test_a_transformer_ratio_left_out() -> None:
    figures = figures_of(rows("50 50", "50 51", ". 50"), edges(0, 2))
    differences = np.array([[4000], [4000], [2000]])
    assert shown(wrong_multiplier(figures, differences, [1 / 40])) == ["xx", "..", ".."]


def test_no_ratio_without_a_difference_to_speak_of() -> None:
    figures = figures_of(rows("10 0", "10 0", "10 0", "0 0"), edges(0, 2))
    differences = np.array([[0], [1], [NO_VALUE], [0]])
    assert shown(wrong_multiplier(figures, differences)) == ["..", "xx", "..", ".."]
    assert shown(wrong_multiplier(figures, differences, floor=1.0)) == ["..", "xx", "..", ".."]
    assert shown(wrong_multiplier(figures, differences, floor=1.1)) == [".."] * 4
    assert shown(wrong_multiplier(figures_of(rows("-10 0"), edges(0, 2)), np.array([[-1]]), floor=1.0)) == ["xx"]


@pytest.mark.parametrize("ratios", [[1.0], [10.0, 1.004], [0.0], [10.0, -10.0]])
def test_a_right_multiplier_is_not_wrong(ratios: list[float]) -> None:
    with pytest.raises(ValueError, match="wrong multiplier"):
        wrong_multiplier(figures_of(rows("1"), edges(0, 1)), np.array([[1]]), ratios)
