"""Spikes: the published figures, and every day sorted by hand."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.validation.kernels.blocks import blocks
from tests.validation.kernels.written import day_edges, edges, rows, shown, usable
from validation.kernels import Edges, Mask, Values, day_figures, spike, spike_limits


def spikes(values: Values, fit: Mask, days: Edges, tolerance: float = 180.0, floor: float = 0.0) -> Mask:
    return spike(values, fit, day_figures(values, fit, days), tolerance, floor)


def sorted_out(values: Values, fit: Mask, days: Edges, tolerance: int, floor: int) -> Mask:
    """The same by sorting each day, in exact arithmetic."""
    fails = np.zeros(values.shape, np.bool_)
    for row in range(len(values)):
        for begin, end in zip(days[:-1].tolist(), days[1:].tolist(), strict=True):
            found = sorted((int(values[row, slot]) for slot in range(begin, end) if fit[row, slot]), reverse=True)
            if len(found) < 3 or found[0] < max(floor, 1):
                continue
            third = max(found[2], 0)
            if third == 0 or Fraction(found[0] - third, third) * 100 > tolerance:
                for slot in range(begin, end):
                    high = int(values[row, slot]) * 100 > third * (100 + tolerance)
                    fails[row, slot] = bool(fit[row, slot]) and high
    return fails


@given(blocks(), st.data())
@settings(max_examples=200, deadline=None)
def test_as_sorted_day_by_day(block: tuple[Values, Mask], data: st.DataObject) -> None:
    values, fit = block
    cuts = data.draw(st.sets(st.integers(0, values.shape[1] - 1), min_size=1, max_size=3))
    days = edges(*sorted(cuts), values.shape[1])
    tolerance, floor = data.draw(st.sampled_from([0, 100, 180])), data.draw(st.sampled_from([0, 20]))
    assert np.array_equal(spikes(values, fit, days, tolerance, floor), sorted_out(values, fit, days, tolerance, floor))
    together = spike(values, fit, day_figures(values, fit, days), tolerance, floor, whole_window=True)
    assert np.array_equal(together, sorted_out(values, fit, days[[0, -1]], tolerance, floor))


@pytest.mark.parametrize(("day", "percent", "fails"), [("5 7 7 20", 185.7, True), ("5 9 9 25", 177.8, False)])
def test_published_figures(day: str, percent: float, fails: bool) -> None:
    """185.7 % fails at the usual tolerance of 180 %, 177.8 % passes."""
    values = rows(day)
    highest, third = int(values.max()), int(np.sort(values)[0, -3])
    assert round((highest - third) / third * 100, 1) == percent
    assert shown(spikes(values, usable(values), edges(0, 4))) == ["...x" if fails else "...."]


def test_the_tolerance_itself_passes() -> None:
    values = rows("10 10 10 28", "10 10 10 29")
    assert shown(spikes(values, usable(values), edges(0, 4))) == ["....", "...x"]


def test_large_values_are_judged_to_the_unit() -> None:
    values = np.array([[10**14, 10**14, 10**14, 28 * 10**13], [10**14, 10**14, 10**14, 28 * 10**13 + 1]])
    assert shown(spikes(values, usable(values), edges(0, 4))) == ["....", "...x"]


def test_two_high_values_fail_and_three_are_use() -> None:
    values = rows("10 90 10 80 10", "10 90 80 70 10")
    assert shown(spikes(values, usable(values), edges(0, 5))) == [".x.x.", "....."]


def test_the_second_highest_may_pass() -> None:
    values = rows("10 90 20 10 10")
    assert shown(spikes(values, usable(values), edges(0, 5))) == [".x..."]


def test_below_the_floor_nothing_is_a_spike() -> None:
    values = rows("1 1 1 9", "1 1 1 10", "1 1 1 99")
    floor = np.array([[10.0], [10.0], [np.nan]])
    figures = day_figures(values, usable(values), edges(0, 4))
    assert shown(spike(values, usable(values), figures, 180.0, floor)) == ["....", "...x", "...."]


def test_nearly_unused_days() -> None:
    values = rows("0 0 0 0", "0 0 0 7", "-9 -8 -7 1", "-9 -8 -7 0", "0 4 7 .", "0 7 . .")
    assert shown(spikes(values, usable(values), edges(0, 4))) == ["....", "...x", "...x", "....", ".xx.", "...."]


def test_by_day_and_over_the_whole_window() -> None:
    """A day of heat beside two of rest: quiet within each day, and none of its three high values stands alone."""
    values = rows("1 1 1 1 9 9 9 9 1 1 1 9")
    figures = day_figures(values, usable(values), edges(0, 4, 8, 12))
    assert shown(spike(values, usable(values), figures)) == ["...........x"]
    assert shown(spike(values, usable(values), figures, whole_window=True)) == ["............"]


def test_the_context_neither_fails_nor_excuses() -> None:
    values = rows("90 90 90 10 10 10 90")
    assert shown(spikes(values, usable(values), edges(3, 7))) == ["......x"]


def test_a_doubted_value_is_no_spike_and_no_measure() -> None:
    values = rows("10 10 10 90 95 99")
    fit = np.array([[True, True, True, False, False, True]])
    assert shown(spikes(values, fit, edges(0, 6))) == [".....x"]


def test_what_a_spike_was_held_against() -> None:
    values = rows("10 10 90 10 1 1 1 4", "5 5 5 5 5 5 5 5", "-1 -1 3 -1 7 7 7 7")
    fit, days = usable(values), edges(0, 4, 8)
    limits = spike_limits(values, fit, spikes(values, fit, days), days)
    expected = np.full((3, 8), np.nan)
    expected[0, [2, 7]] = 28.0, 2.8
    expected[2, 2] = 0.0
    assert limits == pytest.approx(expected, nan_ok=True)
    fails = spike(values, fit, day_figures(values, fit, days), whole_window=True)
    assert spike_limits(values, fit, fails, days, whole_window=True)[0, 2] == pytest.approx(28.0)
    assert np.isnan(spike_limits(values, fit, np.zeros_like(fails), days)).all()


@pytest.mark.parametrize("length", [92, 96, 100])
def test_local_days_of_all_lengths(length: int) -> None:
    values = np.full((1, 96 + length), 10, np.int64)
    values[0, [95, 96, 96 + length - 1]] = 50, 60, 70
    fails = spikes(values, usable(values), day_edges(0, 96, length))
    assert np.flatnonzero(fails[0]).tolist() == [95, 96, 96 + length - 1]
