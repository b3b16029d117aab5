"""Kernels that look at each value alone: presence, sign, limits."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from tests.validation.kernels.written import edges, rows, shown
from validation.kernels import (
    Mask,
    above_historical_peak,
    above_limit,
    below_limit,
    fuse_limit,
    missing,
    negative,
    positive,
    present,
    zero,
)

VALUES = rows("-5 0 . 7", ". . 3 0")


@pytest.mark.parametrize(
    ("kernel", "expected"),
    [
        (present, ["xx.x", "..xx"]),
        (zero, [".x..", "...x"]),
        (negative, ["x...", "...."]),
        (positive, ["...x", "..x."]),
    ],
)
def test_presence_and_sign(kernel: Callable[..., Mask], expected: list[str]) -> None:
    assert shown(kernel(VALUES)) == expected
    assert shown(kernel(VALUES, edges(1, 4))) == ["." + row[1:] for row in expected]


def test_missing_only_where_due() -> None:
    due = np.array([[True, True, True, True], [False, True, True, True]])
    assert shown(missing(VALUES, due)) == ["..x.", ".x.."]
    assert shown(missing(VALUES, due, edges(2, 4))) == ["..x.", "...."]


def test_a_limit_itself_passes() -> None:
    values = rows("9 10 11 .")
    assert shown(above_limit(values, np.array(10.0))) == ["..x."]
    assert shown(above_limit(values, np.array(9.5))) == [".xx."]
    assert shown(below_limit(values, np.array(10.0))) == ["x..."]
    assert shown(below_limit(values, np.array(10.5))) == ["xx.."]


def test_limits_by_row_with_unknown_ones_and_by_slot() -> None:
    values = rows("5 50", "5 50", "5 50")
    by_row = np.array([[20.0], [np.nan], [-np.inf]])
    assert shown(above_limit(values, by_row)) == [".x", "..", "xx"]
    assert shown(below_limit(values, by_row)) == ["x.", "..", ".."]
    assert shown(above_limit(values, np.array([[3.0, 60.0]]))) == ["x.", "x.", "x."]
    assert shown(above_limit(values, np.array([[3.0, 40.0]]), edges(1, 2))) == [".x", ".x", ".x"]


def test_fuse_of_a_house() -> None:
    """3 × 25 A × 230 V for a quarter of an hour are 4,312.5 Wh; in units of 10 Wh 431.25."""
    ampere, volt, phases = np.array([[25.0], [np.nan]]), np.array([[230.0]]), np.array([[3.0]])
    limits = fuse_limit(ampere, volt, phases, interval_s=900, unit_wh=1.0)
    assert limits[0, 0] == 4312.5
    assert shown(above_limit(rows("4312 4313", "4312 4313"), limits)) == [".x", ".."]
    assert fuse_limit(ampere, volt, phases, 900, 10.0)[0, 0] == 431.25


def test_peak_of_the_period_before() -> None:
    values = rows("100 150 151", "100 150 151", "100 150 151")
    peaks = rows("100", "0", ".")
    assert shown(above_historical_peak(values, peaks, 50.0)) == ["..x", "xxx", "..."]
    assert shown(above_historical_peak(values, peaks, 50.0, floor=100.0)) == ["..x", "..x", "..."]
