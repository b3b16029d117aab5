"""The same time of day on another local day: how a day is compared with another one, or copied from it."""

import datetime as dt
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from metering.intervals import DAY_S, local_day, to_instant, to_seconds

Ints = NDArray[np.int64]


def counterparts(at: Ints, zone: ZoneInfo, days: int) -> Ints:
    """For each instant of `at` (seconds since 1970, ascending) the same wall time in `zone`, `days` local days later.

    Both runs of the hour that comes twice have the one hour of an ordinary day as their counterpart; seen from an
    ordinary day it is the first of the two. The hour a day does not have is answered by the hour after it.
    """
    if not len(at):
        return at.copy()
    first = to_instant(int(at[0])).astimezone(zone).date()
    last = to_instant(int(at[-1])).astimezone(zone).date()
    found = np.empty_like(at)
    for number in range((last - first).days + 1):
        day = first + dt.timedelta(days=number)
        (start, end), (other, other_end) = _edges(day, zone), _edges(day + dt.timedelta(days=days), zone)
        rows = slice(*np.searchsorted(at, (start, end)))
        if end - start == other_end - other == DAY_S:
            found[rows] = at[rows] - start + other
        else:
            found[rows] = [_same_clock(second, zone, days) for second in at[rows].tolist()]
    return found


def _edges(day: dt.date, zone: ZoneInfo) -> tuple[int, int]:
    start, end = local_day(day, zone)
    return to_seconds(start), to_seconds(end)


def _same_clock(second: int, zone: ZoneInfo, days: int) -> int:
    local = to_instant(second).astimezone(zone)
    return to_seconds((local + dt.timedelta(days=days)).replace(fold=local.fold))
