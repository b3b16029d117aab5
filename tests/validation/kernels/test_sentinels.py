"""Error codes taken for energy, in the units series are kept in."""

from __future__ import annotations

from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.validation.kernels.written import edges, rows, shown
from validation.kernels import Bands, error_sentinel, sentinel_bands

WH, KWH, MWH = Decimal("0.001"), Decimal(1), Decimal(1000)


def in_bands(bands: Bands, value: int) -> bool:
    return any(low <= value <= high for low, high in zip(bands.low.tolist(), bands.high.tolist(), strict=True))


@pytest.mark.parametrize("kwh", ["4294967.295", "2147483.647", "8590.0", "34364.27", "38655.37"])
@pytest.mark.parametrize(("exponent", "unit"), [(0, WH), (1, WH), (-3, KWH), (-2, KWH), (-6, MWH)])
def test_published_sentinels_in_units_fine_enough(kwh: str, exponent: int, unit: Decimal) -> None:
    integer = Decimal(kwh) / (unit.scaleb(exponent))
    bands = sentinel_bands(exponent, unit)
    values = np.array([[int(integer), 250]])
    assert shown(error_sentinel(values, bands)) == ["x."]


def test_exact_ones_are_exact() -> None:
    bands = sentinel_bands(0, WH)
    values = rows("4294967294 4294967295 4294967296 2147483646 2147483647 2147483648 .")
    assert shown(error_sentinel(values, bands)) == [".x..x.."]


def test_near_ones_have_a_width() -> None:
    """8590.0 kWh was seen as "about": 8589.9 to 8590.1 kWh, and 2^33 mWh lie within."""
    bands = sentinel_bands(0, WH)
    assert shown(error_sentinel(rows("8589899 8589900 8589935 8590100 8590101"), bands)) == [".xxx."]


@pytest.mark.parametrize("overflows", [2, 8, 9])
def test_bare_overflows_are_within_the_width(overflows: int) -> None:
    """2, 8 and 9 times 2^32 thousandths of a Wh, in mWh."""
    bands = sentinel_bands(-3, WH)
    assert shown(error_sentinel(np.array([[overflows * 2**32, overflows * 2**32 - 5_000_000_000]]), bands)) == ["x."]


def test_between_two_integers_of_a_coarse_unit_it_is_both() -> None:
    bands = sentinel_bands(0, KWH)
    values = rows("4294966 4294967 4294968 4294969 2147483 2147484 34364 8590")
    assert shown(error_sentinel(values, bands)) == [".xx.xx.."]


def test_small_integers_are_never_sentinels() -> None:
    bands = sentinel_bands(0, MWH)
    assert bands.low.tolist() == [2**31 - 1, 2**32 - 1]


def test_raw_counters_of_any_unit() -> None:
    bands = sentinel_bands(-2, None)
    assert shown(error_sentinel(rows("4294967295 2147483647 34364270 5"), bands)) == ["xx.."]


def test_the_context_passes() -> None:
    bands = sentinel_bands(0, None)
    assert shown(error_sentinel(rows("4294967295 4294967295"), bands, edges(1, 2))) == [".x"]


@given(
    st.integers(-8, 3),
    st.sampled_from([WH, KWH, MWH]),
    st.lists(st.one_of(st.integers(-(2**52), 2**52), st.sampled_from([8_590_000, 34_364_270, 858_999, 859_001]))),
)
@settings(max_examples=100, deadline=None)
def test_as_looked_up_one_by_one(exponent: int, unit: Decimal, found: list[int]) -> None:
    bands = sentinel_bands(exponent, unit)
    values = np.array([found], np.int64).reshape(1, -1)
    assert error_sentinel(values, bands).tolist() == [[in_bands(bands, value) for value in found]]


def test_overlapping_bands() -> None:
    bands = Bands(np.array([10, 12, 30]), np.array([20, 20, 30]))
    assert shown(error_sentinel(rows("9 10 11 13 20 21 29 30 31"), bands)) == [".xxxx..x."]
