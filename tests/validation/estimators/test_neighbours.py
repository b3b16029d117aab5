"""Lines through the values beside a gap."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.validation.estimators.block import marks, row, said
from validation.estimators.arrays import NO_VALUE, Bools, Ints
from validation.estimators.neighbours import extrapolated, linear


@pytest.mark.parametrize(
    ("values", "wanted", "limit", "expected"),
    [
        ((10, None, None, 40), ".xx.", 2, [None, 20, 30, None]),
        ((10, None, None, 40), ".xx.", 1, [None, None, None, None]),
        ((40, None, 10), ".x.", 1, [None, 25, None]),
        ((None, None, 7), "xx.", 2, [7, 7, None]),
        ((7, None, None), ".xx", 2, [None, 7, 7]),
        ((7, None, None), ".xx", 1, [None, None, None]),
        ((None, None), "xx", 9, [None, None]),
        ((10, None, None, None, 50), ".x.x.", 3, [None, 20, None, 40, None]),
        ((10, None, 20, None, 40), ".x.x.", 1, [None, 15, None, 30, None]),
        ((-10, None, 10), ".x.", 1, [None, 0, None]),
        ((5,), ".", 1, [None]),
        ((None,), "x", 1, [None]),
        ((2**52 - 1, None, -(2**52) + 1), ".x.", 1, [None, 0, None]),
    ],
)
def test_linear_by_hand(values: tuple[int | None, ...], wanted: str, limit: int, expected: list[float | None]) -> None:
    block = row(*values)
    assert said(linear(block, block != NO_VALUE, marks(wanted), limit)) == expected


def test_one_side_may_be_too_little() -> None:
    block = row(7, None, None, 9, None)
    answer = linear(block, block != NO_VALUE, marks(".xx.x"), 4, one_sided=False)
    assert said(answer)[4] is None
    assert said(answer)[1] == pytest.approx(7 + 2 / 3)


def test_values_in_an_outage_and_values_to_replace_are_no_neighbours() -> None:
    block = row(10, 0, None, 900, 40)
    usable = marks("x..xx")
    assert said(linear(block, usable, marks("..xx."), 3)) == [None, None, 25, 32.5, None]


def test_the_row_above_is_no_neighbour() -> None:
    block = np.vstack([row(1, 2, 3), row(None, None, None), row(7, 8, 9)])
    wanted = np.vstack([marks("..."), marks("xxx"), marks("...")])
    assert np.isnan(linear(block, block != NO_VALUE, wanted, 9)).all()


@given(st.integers(0, 2**32), st.integers(1, 8), st.floats(0.05, 0.95), st.booleans())
@settings(max_examples=60)
def test_linear_is_what_one_slot_after_the_other_gives(seed: int, limit: int, share: float, one_sided: bool) -> None:
    rng = np.random.default_rng(seed)
    values = rng.integers(-1000, 1000, (4, 20))
    usable = rng.random(values.shape) < share
    wanted = ~usable & (rng.random(values.shape) < 0.8)
    answer = linear(values, usable, wanted, limit, one_sided=one_sided)
    for line in range(4):
        for slot in range(20):
            expected = _slowly(values[line], usable[line], slot, limit, one_sided) if wanted[line, slot] else None
            got = answer[line, slot]
            assert (expected is None and np.isnan(got)) or got == pytest.approx(expected)


def _slowly(values: Ints, usable: Bools, slot: int, limit: int, one_sided: bool) -> float | None:
    left = next((at for at in range(slot, -1, -1) if usable[at]), None)
    right = next((at for at in range(slot, len(values)) if usable[at]), None)
    first, last = -1 if left is None else left, len(values) if right is None else right
    if last - first - 1 > limit:
        return None
    if left is None or right is None:
        side = right if left is None else left
        return float(values[side]) if one_sided and side is not None else None
    return float(values[left]) + (float(values[right]) - float(values[left])) * (slot - left) / (right - left)


def test_extrapolation_goes_on_as_it_was_and_not_below_zero() -> None:
    block = row(10, 16, None, None, None)
    assert said(extrapolated(block, block != NO_VALUE, marks("..xxx"), 2)) == [None, None, 22, 28, None]
    falling = row(16, 10, None, None)
    assert said(extrapolated(falling, falling != NO_VALUE, marks("..xx"), 2)) == [None, None, 4, 0]
    assert said(extrapolated(falling, falling != NO_VALUE, marks("..xx"), 2, lowest=None)) == [None, None, 4, -2]


@pytest.mark.parametrize("values", [(10, None), (None, None), (10, None, 12, None)])
def test_extrapolation_needs_two_values_side_by_side(values: tuple[int | None, ...]) -> None:
    block = row(*values)
    wanted = block == NO_VALUE
    assert np.isnan(extrapolated(block, ~wanted, wanted, 5)).all()
