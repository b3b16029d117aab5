"""Status words, clocks, and energy where there cannot be any."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from tests.validation.kernels.written import edges, rows, shown
from validation.kernels import (
    NO_VALUE,
    Mask,
    clock_deviation,
    consumption_in_outage,
    inactive_consumption,
    status_bits,
)


def test_status_bits() -> None:
    status = np.array([[0, 1, 2, 3, 0x8000_0000]], np.uint32)
    assert shown(status_bits(status, 0b10)) == ["..xx."]
    assert shown(status_bits(status, 0x8000_0001)) == [".x.xx"]
    assert shown(status_bits(status, 0xFFFF_FFFF, edges(2, 5))) == ["..xxx"]


@pytest.mark.parametrize("bits", [0, -1, 2**32])
def test_bits_no_word_has(bits: int) -> None:
    with pytest.raises(ValueError, match="32 bits of a status word"):
        status_bits(np.zeros((1, 1), np.uint32), bits)


def test_clock_deviation() -> None:
    assert clock_deviation(np.array([0, 180, -180, 181, -181, NO_VALUE])).tolist() == [False] * 3 + [True] * 2 + [False]
    assert clock_deviation(np.array([9, -11]), limit_s=10).tolist() == [False, True]


@pytest.mark.parametrize("kernel", [inactive_consumption, consumption_in_outage])
def test_energy_where_there_can_be_none(kernel: Callable[..., Mask]) -> None:
    values = rows("5 0 5 . -5", "2 0 5 . 9")
    where = np.array([[True, True, False, True, True], [True] * 5])
    assert shown(kernel(values, where)) == ["x...x", "x.x.x"]
    assert shown(kernel(values, where, edges=edges(1, 5))) == ["....x", "..x.x"]
    floor = np.array([[np.nan], [5.0]])
    assert shown(kernel(values, where, floor)) == [".....", "....x"]
    assert shown(kernel(values, np.zeros_like(where))) == [".....", "....."]
