"""Histograms: medians within the stated error, merged and stored without loss."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from metering.store.statistics.histogram import (
    ERROR,
    Histograms,
    count,
    decode,
    encode,
    in_finer_units,
    medians,
    merge,
)

VALUES = st.integers(-(2**52) + 1, 2**52 - 1) | st.integers(-20, 20)
ROWS = st.lists(st.lists(VALUES, max_size=12), min_size=1, max_size=4)


def _count(rows: list[list[int]]) -> Histograms:
    places = np.repeat(np.arange(len(rows)), [len(row) for row in rows])
    return count(places, np.array([value for row in rows for value in row], np.int64), len(rows))


def _content(histograms: Histograms) -> list[tuple[int, int, int]]:
    return list(
        zip(*(column.tolist() for column in (histograms.rows, histograms.bins, histograms.counts)), strict=True)
    )


def _off(estimate: float, row: list[int]) -> float:
    """How far an estimate is off, relative to the larger of the two values in the middle."""
    ordered = sorted(row)
    middle = ordered[(len(row) - 1) // 2], ordered[len(row) // 2]
    size = max(abs(value) for value in middle)
    return abs(estimate - sum(middle) / 2) / size if size else abs(estimate)


@given(rows=ROWS)
def test_medians_are_within_the_stated_error(rows: list[list[int]]) -> None:
    found: NDArray[np.float64] = medians(_count(rows), len(rows))
    for estimate, row in zip(found.tolist(), rows, strict=True):
        assert np.isnan(estimate) if not row else _off(estimate, row) <= ERROR


@given(rows=st.lists(st.lists(st.integers(-11, 11), min_size=1), min_size=1, max_size=4))
def test_medians_of_small_integers_are_exact(rows: list[list[int]]) -> None:
    assert medians(_count(rows), len(rows)).tolist() == [float(np.median(row)) for row in rows]


@given(one=ROWS, other=ROWS)
def test_merging_is_counting_all_together(one: list[list[int]], other: list[list[int]]) -> None:
    height = max(len(one), len(other))
    one, other = (rows + [[]] * (height - len(rows)) for rows in (one, other))
    together = [a + b for a, b in zip(one, other, strict=True)]
    assert _content(merge([_count(one), _count(other)], height)) == _content(_count(together))


@given(rows=ROWS)
def test_what_is_stored_is_what_is_read(rows: list[list[int]]) -> None:
    histograms = _count(rows)
    stored = encode(histograms, len(rows))
    assert _content(decode(stored)) == _content(histograms)
    assert all(len(octets) <= 4 * len(row) for octets, row in zip(stored, rows, strict=True))


def test_more_rows_than_are_counted_at_once() -> None:
    values = np.arange(5_000) % 700
    found = count(np.arange(5_000), values, 5_000)
    assert found.rows.tolist() == list(range(5_000))
    assert np.abs(medians(found, 5_000) - values).max() <= 700 * ERROR


def test_in_finer_units_the_error_at_most_doubles() -> None:
    values = np.array([0, 7, -1234, 99_999])
    found = in_finer_units(count(np.arange(4), values, 4), np.array([3, 3, 2, 0]))
    true = values * np.array([1000, 1000, 100, 1])
    assert (np.abs(medians(found, 4) - true) <= 2.05 * ERROR * np.abs(true)).all()
