"""Changes from one value to the next, against one value after the other."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.validation.kernels.blocks import blocks
from tests.validation.kernels.written import edges, rows, shown, usable
from validation.kernels import Mask, Values, step_change, step_limits


def stepwise(values: Values, fit: Mask, percent: float, floor: float) -> list[list[bool]]:
    """The same in exact arithmetic, value by value."""
    verdicts = []
    for line, fits in zip(values.tolist(), fit.tolist(), strict=True):
        last: int | None = None
        found = []
        for value, here in zip(line, fits, strict=True):
            if not here or last is None or max(abs(value), abs(last)) < floor:
                found.append(False)
            else:
                found.append(abs(value - last) > abs(last) * (percent / 100))
            last = value if here else last
        verdicts.append(found)
    return verdicts


@given(blocks(), st.sampled_from([0.0, 50.0, 100.0, 180.0, 2000.0]), st.sampled_from([0.0, 10.0, 100.0]))
@settings(max_examples=150, deadline=None)
def test_as_value_by_value(block: tuple[Values, Mask], percent: float, floor: float) -> None:
    values, fit = block
    assert step_change(values, fit, percent, floor).tolist() == stepwise(values, fit, percent, floor)


def test_the_threshold_passes() -> None:
    values = rows("100 150 151 302 303")
    assert shown(step_change(values, usable(values), 50.0, 0.0)) == ["...x."]
    assert shown(step_change(values, usable(values), 49.9, 0.0)) == [".x.x."]


def test_what_is_missing_or_doubted_is_stepped_over() -> None:
    values = rows("100 . . 300 100")
    assert shown(step_change(values, usable(values), 100.0, 0.0)) == ["...x."]
    doubted = np.array([[True, False, False, False, True]])
    assert shown(step_change(values, doubted, 100.0, 0.0)) == ["....."]


def test_small_values_are_not_tested_and_zero_is_far_from_all() -> None:
    values = rows("1 3 9 0 10 0 0")
    assert shown(step_change(values, usable(values), 100.0, 10.0)) == ["....x.."]
    assert shown(step_change(values, usable(values), 99.0, 10.0)) == ["....xx."]


def test_thresholds_of_rows_and_the_context() -> None:
    values = rows("10 30 90", "10 30 90", "10 30 90")
    percent = np.array([[150.0], [np.nan], [250.0]])
    floor = np.array([[0.0], [0.0], [np.nan]])
    assert shown(step_change(values, usable(values), percent, floor)) == [".xx", "...", "..."]
    assert shown(step_change(values, usable(values), percent, floor, edges(2, 3))) == ["..x", "...", "..."]


def test_what_a_step_was_held_against() -> None:
    values = rows("100 . 300 100 -50", "7 7 7 7 7")
    fails = step_change(values, usable(values), 50.0, 0.0)
    limits = step_limits(values, usable(values), fails, np.array([[50.0], [10.0]]))
    assert np.array_equal(limits[0], [np.nan, np.nan, 150.0, 150.0, 50.0], equal_nan=True)
    assert np.isnan(limits[1]).all()
    negative = rows("-100 -200 0")
    found = step_change(negative, usable(negative), 50.0, 0.0)
    assert step_limits(negative, usable(negative), found, 50.0)[0, 1:].tolist() == [-150.0, -100.0]
    assert np.isnan(step_limits(values, usable(values), np.zeros_like(fails), 50.0)).all()


def test_the_first_value_has_nothing_before_it() -> None:
    values = rows("5", ".")
    assert shown(step_change(values, usable(values), 0.0, 0.0)) == [".", "."]
    values = rows(". . 5 .")
    assert shown(step_change(values, usable(values), 0.0, 0.0)) == ["...."]
