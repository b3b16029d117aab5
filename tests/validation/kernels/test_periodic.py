"""Comparisons of register values, in one dimension."""

from __future__ import annotations

import numpy as np
import pytest

from validation.kernels import (
    NO_VALUE,
    Mask,
    above_limit,
    below_limit,
    beyond_dials,
    delta_outside,
    delta_ratio_outside,
    higher_than,
    lower_than,
    missing,
    negative,
    not_increasing,
    present,
    rolled_over,
    usage_hours_outside,
    wrong_reset_count,
    zero,
)


def stands(*values: int | None) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    return np.array([NO_VALUE if value is None else value for value in values], np.int64)


def marked(fails: Mask) -> str:
    assert fails.dtype == np.bool_
    return "".join("x" if cell else "." for cell in fails)


def test_conditions_that_need_no_reference() -> None:
    values = stands(5, 0, None, -1)
    assert marked(missing(values, np.array([True, True, True, False]))) == "..x."
    assert marked(zero(values)) == ".x.."
    assert marked(present(values)) == "xx.x"
    assert marked(negative(values)) == "...x"
    assert marked(above_limit(values, np.array([4.0, -1.0, 0.0, np.nan]))) == "xx.."
    assert marked(below_limit(values, np.array(0.0))) == "...x"


def test_against_a_reference() -> None:
    values, reference = stands(119, 120, 121, None, 5), stands(100, 100, 100, 100, None)
    assert marked(higher_than(values, reference)) == "xxx.."
    assert marked(higher_than(values, reference, factor=1.2)) == "..x.."
    assert marked(higher_than(values, reference, margin=19.0)) == ".xx.."
    assert marked(lower_than(reference, values)) == "xxx.."
    assert marked(lower_than(stands(79, 80, 81), stands(100, 100, 100), factor=0.8)) == "x.."
    assert marked(lower_than(stands(79, 80, 81), stands(100, 100, 100), margin=20.0)) == "x.."
    assert marked(higher_than(stands(101, 101), stands(100, 100), margin=np.array([np.nan, 0.0]))) == ".x"


def test_large_stands_are_compared_exactly() -> None:
    high = 2**52 - 1
    assert marked(higher_than(stands(high, high - 1), stands(high - 1, high))) == "x."


def test_a_register_goes_up() -> None:
    values, previous = stands(7, 7, 6, None, 5), stands(6, 7, 7, 3, None)
    assert marked(not_increasing(values, previous)) == "..x.."


@pytest.mark.parametrize(
    ("previous", "value", "rolled"),
    [(999_990, 5, True), (999_999, 0, True), (600_000, 99_999, True), (600_000, 100_000, False), (20, 10, False)],
)
def test_roll_over_of_six_digits(previous: int, value: int, rolled: bool) -> None:
    """Counted on by less than half of what the register can show: 600,000 to 1,099,999 is, to 1,100,000 is not."""
    assert bool(rolled_over(stands(value), stands(previous), 1e6)[0]) is rolled
    assert bool(not_increasing(stands(value), stands(previous), 1e6)[0]) is not rolled
    assert not_increasing(stands(value), stands(previous)).all()


def test_forward_and_unknown_steps_are_no_roll_over() -> None:
    values, previous = stands(5, None, 5, 5), stands(4, 999_999, None, 999_999)
    capacity = np.array([1e6, 1e6, 1e6, np.nan])
    assert marked(rolled_over(values, previous, capacity)) == "...."


def test_more_digits_than_there_are() -> None:
    values = stands(0, 99_999, 100_000, -1, None)
    assert marked(beyond_dials(values, 1e5)) == "..xx."
    assert marked(beyond_dials(values, np.nan)) == "....."


def test_resets_are_as_many_as_readings() -> None:
    resets, previous = stands(5, 6, 4, 0, 0, None, 5), stands(4, 4, 4, 99, 98, 4, None)
    assert marked(wrong_reset_count(resets, previous)) == ".xx.x.."
    assert marked(wrong_reset_count(resets, previous, 2)) == "x.xx..."
    assert marked(wrong_reset_count(resets, previous, stands(1, 2, 0, 1, 2, 1, 1))) == "......."
    assert marked(wrong_reset_count(stands(0), stands(255), modulus=256)) == "."


def test_deltas_between_limits() -> None:
    assert marked(delta_outside(stands(-1, 0, 100, 101, None), 0.0, 100.0)) == "x..x."
    assert marked(delta_outside(stands(-1, 101), np.nan, np.nan)) == ".."


def test_ratio_of_deltas() -> None:
    delta, before = stands(79, 80, 120, 121, 5, 50, None), stands(100, 100, 100, 100, 0, -100, 100)
    assert marked(delta_ratio_outside(delta, before, 0.8, 1.2)) == "x..xx.."
    assert marked(delta_ratio_outside(delta, before, 0.8, 1.2, floor=6.0)) == "x..x..."


def test_hours_at_full_load() -> None:
    """1,440 kWh at 2 kW are 720 h, all hours of a month of 30 days; more is impossible, 7 h are hardly any."""
    energy, demand = stands(1_440_000, 1_442_000, 14_000, 9, 9), stands(2_000, 2_000, 2_000, 0, None)
    assert marked(usage_hours_outside(energy, demand, 10.0, 720.0)) == ".xx.."
