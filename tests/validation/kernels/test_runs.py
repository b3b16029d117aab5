"""Runs against counting them one value after the other."""

from __future__ import annotations

from itertools import groupby

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from tests.validation.kernels.written import shown
from validation.kernels import Mask, in_long_runs, runs_of

MASKS = hnp.arrays(np.bool_, hnp.array_shapes(min_dims=2, max_dims=2, min_side=1, max_side=24))


def counted(mask: Mask) -> list[tuple[int, int, int]]:
    """Row, start and stop of each run, value by value."""
    found = []
    for row, line in enumerate(mask.tolist()):
        at = 0
        for holds, group in groupby(line):
            length = len(list(group))
            if holds:
                found.append((row, at, at + length))
            at += length
    return found


@given(MASKS)
@settings(max_examples=100, deadline=None)
def test_all_runs_are_found(mask: Mask) -> None:
    runs = runs_of(mask)
    assert list(zip(runs.row.tolist(), runs.start.tolist(), runs.stop.tolist(), strict=True)) == counted(mask)


@given(MASKS, st.integers(1, 26))
@settings(max_examples=150, deadline=None)
def test_members_of_long_runs(mask: Mask, length: int) -> None:
    expected = np.zeros_like(mask)
    for row, start, stop in counted(mask):
        expected[row, start:stop] = stop - start >= length
    given_mask = mask.copy()
    assert np.array_equal(in_long_runs(mask, length), expected)
    assert np.array_equal(mask, given_mask)


def test_runs_do_not_go_on_in_the_next_row() -> None:
    mask = np.array([[False, True, True], [True, True, False]])
    assert shown(in_long_runs(mask, 2)) == [".xx", "xx."]
    assert shown(in_long_runs(mask, 3)) == ["...", "..."]


def test_a_year_of_quarter_hours_is_one_run() -> None:
    mask = np.ones((2, 35_040), np.bool_)
    assert in_long_runs(mask, 35_040).all()
    assert not in_long_runs(mask, 35_041).any()


@pytest.mark.parametrize("length", [0, -1])
def test_a_run_has_members(length: int) -> None:
    with pytest.raises(ValueError, match="at least one member"):
        in_long_runs(np.ones((1, 3), np.bool_), length)
