"""Laying out points, joining batches, and the shapes a batch insists on."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from metering.quality import Quality
from metering.store import NO_VALUE, Batch, place
from metering.store.blocks import (
    pack_status,
    pack_values,
    status_widths,
    unpack_quality,
    unpack_status,
    unpack_values,
    value_widths,
)
from metering.store.combine import combine

from .samples import block


def test_points_in_any_order_become_blocks() -> None:
    at = np.array(["2026-03-11T00:15", "2026-03-10T23:45", "2026-03-10T00:00:07", "2026-03-11T00:15"], "datetime64[s]")
    placed = place(900, [5, 5, 5, 5], at, [1, 2, 3, 4], status=[0, 1, 2, 3])
    assert placed.off_grid.tolist() == [False, False, True, False]
    assert placed.batch.days.tolist() == [20522, 20523]
    assert placed.batch.values[0, 95] == 2
    assert placed.batch.values[1, 1] == 4  # given twice: the later one stands
    assert placed.batch.status is not None
    assert placed.batch.status[1, 1] == 3
    assert (placed.batch.values != NO_VALUE).sum() == 2


def test_points_before_1970_and_none_at_all() -> None:
    assert place(3600, 1, [-3600], [7]).batch.values[0, 23] == 7
    assert len(place(3600, [], [], []).batch) == 0


@pytest.mark.parametrize("interval_s", [0, 7, 30, 50_000, 172_800])
def test_interval_must_divide_the_day(interval_s: int) -> None:
    with pytest.raises(ValueError, match="does not divide a day"):
        block(1, [], interval_s=interval_s) if interval_s else Batch(0, *_one())


def _one() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    return np.array([1], np.int64), np.array([1], np.int32), np.zeros((1, 96), np.int64)


def test_shapes_and_types_are_checked() -> None:
    series, days, values = _one()
    with pytest.raises(ValueError, match="values of shape"):
        Batch(900, series, days, values[:, :95])
    with pytest.raises(ValueError, match="days must be int32"):
        Batch(900, series, days.astype(np.int64), values)
    with pytest.raises(ValueError, match="quality must be uint8"):
        Batch(900, series, days, values, values)


def test_later_batches_lie_over_earlier_ones() -> None:
    joined = combine([block(2, [1, 2, 3]), block(1, [9]), block(2, [7], first_slot=1, status=4), block(2, [5], day=1)])
    assert [batch.series_ids.tolist() for batch in joined] == [[1, 2, 2]]
    assert joined[0].values[1, :4].tolist() == [1, 7, 3, NO_VALUE]
    assert joined[0].status is not None
    assert joined[0].status[1, :3].tolist() == [0, 4, 0]
    two_lengths = combine([block(1, [1]), block(1, [2], interval_s=3600)])
    assert [batch.interval_s for batch in two_lengths] == [900, 3600]


VALUES = st.one_of(st.just(NO_VALUE), st.integers(-(2**52) + 1, 2**52 - 1), st.integers(-(2**31), 2**31 - 1))


@given(st.lists(st.lists(VALUES, min_size=4, max_size=4), min_size=1, max_size=9))
def test_values_survive_packing_in_the_width_they_need(rows: list[list[int]]) -> None:
    values = np.array(rows, np.int64)
    widths = value_widths(values)
    packed = [pack_values(row[None, :], int(width)).tobytes() for row, width in zip(values, widths, strict=True)]
    assert [len(each) // 4 for each in packed] == widths.tolist()
    np.testing.assert_array_equal(unpack_values(packed, 4), values)
    fits = [all(v == NO_VALUE or -(2**31) < v < 2**31 for v in row) for row in rows]
    assert widths.tolist() == [4 if fit else 8 for fit in fits]


@given(
    st.lists(st.lists(st.sampled_from([0, 1, 255, 256, 65_535, 65_536, 2**32 - 1]), min_size=3, max_size=3), min_size=1)
)
def test_status_words_survive_packing_in_the_width_they_need(rows: list[list[int]]) -> None:
    status = np.array(rows, np.uint32)
    widths = status_widths(status, len(rows)).tolist()
    packed = [
        pack_status(row[None, :], width).tobytes() if width else None for row, width in zip(status, widths, strict=True)
    ]
    found = unpack_status(packed, 3)
    np.testing.assert_array_equal(np.zeros_like(status) if found is None else found, status)


def test_absent_quality_among_present_ones_is_measured() -> None:
    found = unpack_quality([None, bytes([Quality.SUSPECT, Quality.EDITED])], 2)
    assert found is not None
    assert found.tolist() == [[0, 0], [Quality.SUSPECT, Quality.EDITED]]
