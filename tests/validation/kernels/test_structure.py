"""What a delivery says of itself, and what the store refuses before any rule sees it."""

from __future__ import annotations

import numpy as np

from metering.quality import Quality, may_replace
from metering.store import NO_VALUE, place
from validation.kernels import duplicate, off_grid
from validation.kernels.structure import differs


def test_told_and_known() -> None:
    told, known = np.array([900, 1800, NO_VALUE, 900]), np.array([900, 900, 900, NO_VALUE])
    assert differs(told, known).tolist() == [False, True, False, False]


def test_off_grid_is_what_the_store_leaves_out() -> None:
    at = np.array([0, 900, 901, 1799, 1800, -900, -1])
    assert off_grid(at, 900).tolist() == [False, False, True, True, False, False, True]
    assert np.array_equal(off_grid(at, 900), place(900, 1, at, 5).off_grid)


def test_duplicates_and_what_the_store_keeps_of_them() -> None:
    series, at = np.array([1, 2, 1, 1, 1]), np.array([900, 900, 0, 900, 900])
    values = np.array([10, 20, 30, 40, 50])
    twice = duplicate(series, at)
    assert twice.tolist() == [True, False, False, True, False]
    kept = place(900, series, at, values).batch.values
    assert sorted(kept[kept != NO_VALUE].tolist()) == sorted(values[~twice].tolist())
    assert duplicate(series[:0], at[:0]).tolist() == []
    assert duplicate(series[:1], at[:1]).tolist() == [False]


def test_replacement_is_decided_by_quality() -> None:
    stored = np.array([Quality.MEASURED, Quality.ESTIMATED, Quality.ACCEPTED], np.uint8)
    arriving = np.array([Quality.ESTIMATED, Quality.MEASURED, Quality.SUSPECT], np.uint8)
    assert may_replace(stored, arriving).tolist() == [False, True, False]
