"""What comes out of the store."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from metering.intervals import instants
from metering.store.batch import NO_VALUE, Rows
from metering.store.outcome import Origin


@dataclass(frozen=True, slots=True, eq=False)
class Matrix:
    """Values of several series on one time grid: row i = `series_ids[i]`, column k starts at start + k · interval_s.

    values   int64 (n, slots), integers of 10^exponent units; `NO_VALUE` where nothing is stored
    quality  uint8 (n, slots); `Quality.MISSING` where nothing is stored, `Quality.DELETED` where deleted
    status   uint32 (n, slots), zero where nothing is stored
    """

    series_ids: NDArray[np.int64]
    start: dt.datetime
    interval_s: int
    values: NDArray[np.int64]
    quality: NDArray[np.uint8]
    status: NDArray[np.uint32]

    @property
    def present(self) -> NDArray[np.bool_]:
        """bool (n, slots): where there is a value."""
        present: NDArray[np.bool_] = self.values != NO_VALUE
        return present

    @property
    def instants(self) -> NDArray[np.datetime64]:
        """datetime64[s] (slots,): start of each interval, UTC."""
        return instants(self.start, self.interval_s, self.values.shape[1])

    def take(self, rows: Rows) -> Matrix:
        """The matrix of these rows, in this order."""
        values, quality, status = self.values[rows], self.quality[rows], self.status[rows]
        return Matrix(self.series_ids[rows], self.start, self.interval_s, values, quality, status)

    def row(self, series_id: int) -> int:
        """Index of the row of a series; KeyError when it was not asked for."""
        found = np.flatnonzero(self.series_ids == series_id)
        if not found.size:
            raise KeyError(series_id)
        return int(found[0])


@dataclass(frozen=True, slots=True, eq=False)
class Gaps:
    """Stretches without values: `series_ids` int64 (m,), `starts` and `ends` (excluded) datetime64[s] (m,) UTC."""

    series_ids: NDArray[np.int64]
    starts: NDArray[np.datetime64]
    ends: NDArray[np.datetime64]

    def __len__(self) -> int:
        return len(self.series_ids)


@dataclass(frozen=True, slots=True, eq=False)
class Summaries:
    """Summary columns of the stored blocks, all (m,), ordered by series and day.

    series_ids int64, days int32 (since 1970), slots int32 (how many values make the day complete),
    present, suspect, estimated int32, total, maximum int64 (`NO_VALUE` where the block is empty).
    """

    series_ids: NDArray[np.int64]
    days: NDArray[np.int32]
    slots: NDArray[np.int32]
    present: NDArray[np.int32]
    suspect: NDArray[np.int32]
    estimated: NDArray[np.int32]
    total: NDArray[np.int64]
    maximum: NDArray[np.int64]

    @classmethod
    def none(cls) -> Summaries:
        """Of no block."""
        wide, narrow = np.array([], np.int64), np.array([], np.int32)
        return cls(wide, narrow, narrow, narrow, narrow, narrow, wide, wide)

    def __len__(self) -> int:
        return len(self.series_ids)


@dataclass(frozen=True, slots=True)
class ValueVersion:
    """One state of one value: `value` None = there was none. `since. is when it was stored, `origin` who and why."""

    value: int | None
    quality: int
    status: int
    since: dt.datetime
    origin: Origin
