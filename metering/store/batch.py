"""What goes into the store: blocks of one interval length, many series and days at once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from metering.intervals import DAY_S, slots_per_day
from metering.quality import Quality

NO_VALUE = int(np.iinfo(np.int64).min)
"""Marks a slot without value. In a `Batch` it means "not given": what is stored stays."""

VALUE_LIMIT = 2**52
"""Values lie strictly between ± this: exact in JSON and float64, and no daily total can overflow."""


Rows = NDArray[np.intp] | NDArray[np.bool_] | slice


@dataclass(frozen=True, slots=True, eq=False)
class Batch:
    """Blocks to write: row i holds the UTC day `days[i]` of series `series_ids[i]`.

    series_ids  int64 (n,)
    days        int32 (n,), days since 1970-01-01
    values      int64 (n, slots), integers of 10^exponent units of the series; `NO_VALUE` = not given
    quality     uint8 (n, slots) or None = all measured; `Quality.DELETED` with `NO_VALUE` deletes a value
                (`Quality.WITHDRAWN` takes it back, which is for the store alone)
    status      uint32 (n, slots), raw status words of the meter, or None = all zero

    A (series, day) may occur once; `slots` is 86,400 / `interval_s`. Raises ValueError on any other shape.
    """

    interval_s: int
    series_ids: NDArray[np.int64]
    days: NDArray[np.int32]
    values: NDArray[np.int64]
    quality: NDArray[np.uint8] | None = None
    status: NDArray[np.uint32] | None = None

    def __post_init__(self) -> None:
        shape = (len(self.series_ids), slots_per_day(self.interval_s))
        if self.days.shape != shape[:1] or self.values.shape != shape:
            raise ValueError(f"A batch of {shape[0]} blocks of {self.interval_s} s needs values of shape {shape}")
        for name, dtype in (("series_ids", np.int64), ("days", np.int32), ("values", np.int64)):
            if getattr(self, name).dtype != dtype:
                raise ValueError(f"{name} must be {dtype.__name__}")
        for name, array, kind in (("quality", self.quality, np.uint8), ("status", self.status, np.uint32)):
            if array is not None and (array.shape != shape or array.dtype != kind):
                raise ValueError(f"{name} must be {kind.__name__} of shape {shape}")

    def __len__(self) -> int:
        return len(self.series_ids)

    @property
    def given(self) -> NDArray[np.bool_]:
        """bool (n, slots): slots this batch says something about."""
        given: NDArray[np.bool_] = self.values != NO_VALUE
        if self.quality is None:
            return given
        said: NDArray[np.bool_] = (self.quality == Quality.DELETED) | (self.quality == Quality.WITHDRAWN)
        return given | said

    def take(self, rows: Rows) -> Batch:
        """The batch with these rows only, in this order."""
        quality = None if self.quality is None else self.quality[rows]
        status = None if self.status is None else self.status[rows]
        return Batch(self.interval_s, self.series_ids[rows], self.days[rows], self.values[rows], quality, status)

    def in_key_order(self) -> Batch:
        """Sorted by series and day; ValueError when a (series, day) occurs twice."""
        series, days = self.series_ids, self.days
        ascending = (series[1:] > series[:-1]) | ((series[1:] == series[:-1]) & (days[1:] > days[:-1]))
        if ascending.all():
            return self
        ordered = self.take(np.lexsort((days, series)))
        if ((np.diff(ordered.series_ids) == 0) & (np.diff(ordered.days) == 0)).any():
            raise ValueError("A series and day occurs twice in one batch")
        return ordered

    def chunks(self, rows: int) -> Iterator[Batch]:
        """Consecutive parts of at most `rows` blocks."""
        for first in range(0, len(self), rows):
            yield self if len(self) <= rows else self.take(slice(first, first + rows))


@dataclass(frozen=True, slots=True, eq=False)
class Placement:
    """Points laid out as blocks; `off_grid` bool (m,) marks the points that fit no slot and were left out."""

    batch: Batch
    off_grid: NDArray[np.bool_]


def place(
    interval_s: int,
    series_ids: ArrayLike,
    at: ArrayLike,
    values: ArrayLike,
    quality: ArrayLike | None = None,
    status: ArrayLike | None = None,
) -> Placement:
    """Lay out single points, in any order, as a `Batch`.

    `series_ids`, `values` (m,) or scalar; `at` (m,) seconds since 1970 UTC or datetime64; `quality`, `status`
    (m,) or scalar. A point given twice: the later in the input wins, as a meter's correction follows what it corrects.
    """
    seconds = np.asarray(at)
    if seconds.dtype.kind == "M":
        seconds = seconds.astype("datetime64[s]")
    seconds = seconds.astype(np.int64)
    off_grid: NDArray[np.bool_] = seconds % interval_s != 0
    keep = ~off_grid
    series = np.broadcast_to(np.asarray(series_ids, dtype=np.int64), seconds.shape)[keep]
    day, in_day = np.divmod(seconds[keep], DAY_S)
    block_series, block_days, row = _blocks_of(series, day)
    slot = in_day // interval_s
    shape = (len(block_series), slots_per_day(interval_s))

    def spread(points: ArrayLike, empty: int, dtype: type[np.integer]) -> NDArray[np.integer]:
        grid = np.full(shape, empty, dtype=dtype)
        grid[row, slot] = np.broadcast_to(np.asarray(points, dtype=dtype), seconds.shape)[keep]
        return grid

    batch = Batch(
        interval_s,
        block_series,
        block_days,
        spread(values, NO_VALUE, np.int64),  # type: ignore[arg-type]
        None if quality is None else spread(quality, Quality.MEASURED, np.uint8),  # type: ignore[arg-type]
        None if status is None else spread(status, 0, np.uint32),  # type: ignore[arg-type]
    )
    return Placement(batch, off_grid)


_DAY_BITS = 22
_DAY_ZERO = 1 << (_DAY_BITS - 1)


def _blocks_of(
    series: NDArray[np.int64], day: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int32], NDArray[np.intp]]:
    """Series and day of every block these points fall into, in key order, and the block of each point.

    Points come in runs of one series and day, so only the first of every run is sorted.
    """
    keys = (series << _DAY_BITS) | (day + _DAY_ZERO)
    first = np.flatnonzero(np.diff(keys, prepend=keys[:1] - 1))
    blocks, of_run = np.unique(keys[first], return_inverse=True)
    rows = np.repeat(of_run, np.diff(first, append=len(keys)))
    return blocks >> _DAY_BITS, ((blocks & (2 * _DAY_ZERO - 1)) - _DAY_ZERO).astype(np.int32), rows
