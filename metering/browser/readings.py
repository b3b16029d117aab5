"""What is shown of one series: its values over a period, with what is missing told apart from what is not due yet."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby

import numpy as np
from numpy.typing import NDArray

from metering import store
from metering.browser.period import Period
from metering.intervals import to_seconds
from metering.models import Series
from metering.quality import Quality
from metering.store import NO_VALUE

# A value is called missing an hour after its interval ended; before that it is only awaited.
DUE_AFTER = timedelta(hours=1)
# A series without any value in so many days before the period begins with its first value, not with a gap.
LOOK_BACK_DAYS = 400

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Readings:
    """Values of one series, all arrays (m,), by time.

    at        int64, seconds since 1970 UTC: start of the interval (profile) or instant (register value)
    values    int64, integers of 10^exponent units, `NO_VALUE` where there is none
    quality   uint8 codes, `Quality.MISSING` where nothing is stored
    expected  bool: a value must exist by now; profile series list every slot, periodic series what is stored
    status    uint32, status words of the meter
    step_s    length of an interval; 0 for periodic series
    """

    series: Series
    at: Ints
    values: Ints
    quality: NDArray[np.uint8]
    status: NDArray[np.uint32]
    expected: Bools
    step_s: int

    @property
    def present(self) -> Bools:
        present: Bools = self.values != NO_VALUE
        return present

    @property
    def missing(self) -> Bools:
        """Expected, but not there."""
        return self.expected & ~self.present

    @property
    def awaited(self) -> Bools:
        """Not there and not due: the future, the last hour, the time before the series began."""
        return ~self.expected & ~self.present


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """The readings of several series over one period, in the order they were chosen."""

    period: Period
    readings: Sequence[Readings]


def read(series: Sequence[Series], period: Period, now: datetime) -> Frame:
    """The readings of `series` over `period`; one read of the store per interval length."""
    found: dict[int, Readings] = {}
    for interval_s, group in groupby(sorted(series, key=_interval), key=_interval):
        members = list(group)
        rows = _profiles(members, period, now) if interval_s else _registers(members, period)
        found.update((row.series.pk, row) for row in rows)
    return Frame(period, [found[each.pk] for each in series])


def _interval(series: Series) -> int:
    return series.interval_s


def _profiles(series: Sequence[Series], period: Period, now: datetime) -> list[Readings]:
    ids = [each.pk for each in series]
    matrix, begun = store.read_begun(ids, period.start, period.end, back_days=LOOK_BACK_DAYS)
    at = matrix.instants.astype(np.int64)
    ended: Bools = at + matrix.interval_s <= to_seconds(now - DUE_AFTER)
    rows = []
    for row, each in enumerate(series):
        values = matrix.values[row]
        begins = 0 if begun[row] else _first(values != NO_VALUE)
        expected = ended & (np.arange(len(at)) >= begins)
        columns = (values, matrix.quality[row], matrix.status[row])
        rows.append(Readings(each, at, *columns, expected=expected, step_s=matrix.interval_s))
    return rows


def _first(present: Bools) -> int:
    """Index of the first value; the length when there is none."""
    return int(present.argmax()) if present.any() else len(present)


def _registers(series: Sequence[Series], period: Period) -> list[Readings]:
    stored = store.read_registers([each.pk for each in series], period.start, period.end)
    at = stored.at.astype(np.int64)
    rows = []
    for each in series:
        own = stored.series_ids == each.pk
        columns = (at[own], stored.values[own], stored.quality[own], stored.status[own])
        rows.append(Readings(each, *columns, expected=stored.quality[own] != Quality.DELETED, step_s=0))
    return rows
