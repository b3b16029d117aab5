"""Channels of one device, phases of one meter, main and check meter."""

from __future__ import annotations

from math import sqrt

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.validation.kernels.blocks import blocks
from tests.validation.kernels.written import edges, rows, shown
from validation.kernels import (
    NO_VALUE,
    Mask,
    Values,
    differs_from_check_meter,
    low_power_factor,
    missing_beside_siblings,
    missing_phase,
)


def test_a_channel_that_stays_away() -> None:
    values = rows("1 . . 4", "1 2 3 4", ". 2 . 4", ". . . .")
    assert shown(missing_beside_siblings(values, np.array([7, 3, 7, 9]))) == [".x..", "....", "x...", "...."]
    assert shown(missing_beside_siblings(values, np.array([1, 1, 1, 1]), edges(2, 4))) == [
        "..x.",
        "....",
        "..x.",
        "..xx",
    ]
    assert shown(missing_beside_siblings(values, np.arange(4))) == ["...."] * 4


def test_no_channels_at_all() -> None:
    assert missing_beside_siblings(np.empty((0, 4), np.int64), np.empty(0, np.int64)).shape == (0, 4)


@given(blocks(), st.data())
@settings(max_examples=60, deadline=None)
def test_siblings_row_by_row(block: tuple[Values, Mask], data: st.DataObject) -> None:
    values = block[0]
    groups = np.array(data.draw(st.lists(st.integers(1, 3), min_size=len(values), max_size=len(values))))
    there = values != NO_VALUE
    expected = [(~there[row] & there[groups == groups[row]].any(axis=0)).tolist() for row in range(len(values))]
    assert missing_beside_siblings(values, groups).tolist() == expected


@pytest.mark.parametrize(
    ("active", "reactive", "fails"),
    [(80, 60, False), (79, 61, True), (-80, -60, False), (-60, -80, True), (0, 9, True), (0, 0, False), (9, 0, False)],
)
def test_power_factor(active: int, reactive: int, fails: bool) -> None:
    """80 kWh and 60 kvarh are 100 kVAh: a power factor of 0.8."""
    result = low_power_factor(np.array([[active]]), np.array([[reactive]]), 0.8)
    assert bool(result[0, 0]) is fails
    if active and reactive:
        assert fails == (abs(active) / sqrt(active**2 + reactive**2) < 0.8)


def test_power_factor_is_not_judged_at_rest_or_half_known() -> None:
    active, reactive = rows("1 1 . 1 20"), rows("9 10 10 . 20")
    assert shown(low_power_factor(active, reactive, 0.5, 10.0)) == [".x..."]
    assert shown(low_power_factor(active, reactive, np.array([[np.nan]]), 10.0)) == ["....."]
    assert shown(low_power_factor(active, reactive, 1.0, 10.0, edges(2, 5))) == ["....x"]


def test_a_phase_that_is_gone() -> None:
    """Voltages of three phases in V: one lost, all lost (an outage), one not measured, one low beside a weak one."""
    phases = np.stack([rows("230 0 230 100"), rows("231 1 . 150"), rows("3 0 229 206")])
    fails = missing_phase(phases, 115.0, 207.0)
    assert [shown(phase)[0] for phase in fails] == ["....", "....", "x..."]
    assert [shown(phase)[0] for phase in missing_phase(phases, 115.0, 200.0, edges(1, 4))] == ["...x", "....", "...."]


def test_limits_of_phases_belong_to_what_passes() -> None:
    """A phase at `low` is not missing, and one at `normal` shows that there is power."""
    phases = np.stack([rows("115 114 114"), rows("207 207 206")])
    assert [shown(phase)[0] for phase in missing_phase(phases, 115.0, 207.0)] == [".x.", "..."]


def test_phases_with_limits_of_each_row() -> None:
    phases = np.stack([rows("0 0", "0 0"), rows("9 4", "9 4")])
    fails = missing_phase(phases, 1.0, np.array([[5.0], [np.nan]]))
    assert [shown(phase) for phase in fails] == [["x.", ".."], ["..", ".."]]


def test_main_and_check_meter() -> None:
    main, check = rows("1000 1011 1012 988 . 5"), rows("1000 1000 1000 1000 5 .")
    assert shown(differs_from_check_meter(main, check, 1.0, 1.0)) == ["..xx.."]
    assert shown(differs_from_check_meter(main, check, 1.0, 1.0, edges(3, 6))) == ["...x.."]
    assert shown(differs_from_check_meter(main, check, np.array([[np.nan]]), 1.0)) == ["......"]
    assert shown(differs_from_check_meter(rows("-99"), rows("-100"), 1.0, 0.0)) == ["."]
