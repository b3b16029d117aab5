"""Offsets from UTC of many instants at once, from a table of the zone's transitions found once per zone and year."""

from datetime import UTC, datetime, timedelta, tzinfo
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

_DAY = 86_400
Int64Array = NDArray[np.int64]


def utc_offsets(times: Int64Array, zone: tzinfo) -> tuple[Int64Array, NDArray[np.bool_]]:
    """Seconds east of UTC and whether daylight saving applies, for UTC epoch seconds of any shape (n,)."""
    if times.size == 0:
        return np.zeros(0, np.int64), np.zeros(0, np.bool_)
    years = range(_year(int(times.min())), _year(int(times.max())) + 1)
    tables = [_transitions(zone, year) for year in years]
    starts, offsets, summer = tables[0] if len(tables) == 1 else map(np.concatenate, zip(*tables, strict=True))
    index = starts.searchsorted(times, side="right") - 1
    return offsets[index], summer[index]


@lru_cache(maxsize=1024)
def _transitions(zone: tzinfo, year: int) -> tuple[Int64Array, Int64Array, NDArray[np.bool_]]:
    """Starts (UTC epoch seconds), offsets and DST flags of the spans of one UTC year; at most one change a day."""
    first, end = (int(datetime(y, 1, 1, tzinfo=UTC).timestamp()) for y in (year, year + 1))
    spans = [(first, *_at(zone, first))]
    for day in range(first, end, _DAY):
        if _at(zone, day + _DAY) != spans[-1][1:]:
            start = _change(zone, day, day + _DAY)
            spans.append((start, *_at(zone, start)))
    starts, offsets, summer = zip(*spans, strict=True)
    return np.array(starts, np.int64), np.array(offsets, np.int64), np.array(summer, np.bool_)


def _change(zone: tzinfo, low: int, high: int) -> int:
    """The first second after `low` whose offset is that of `high`."""
    before = _at(zone, low)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if _at(zone, middle) == before else (low, middle)
    return high


def _at(zone: tzinfo, epoch: int) -> tuple[int, bool]:
    local = datetime.fromtimestamp(epoch, zone)
    return (local.utcoffset() or timedelta()) // timedelta(seconds=1), bool(local.dst())


def _year(epoch: int) -> int:
    return datetime.fromtimestamp(epoch, UTC).year
