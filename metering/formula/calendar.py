"""The local time of every column: what `hour()`, `weekday()` and the functions of a day go by."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from metering.intervals import DAY_S, day_number, to_seconds

_MONDAY_IS_1 = 3
"""1970-01-01 was a Thursday, the fourth day of the week."""
_OFFSET_STEP_S = 900
"""Zones change their offset at a quarter of an hour UTC, and nowhere between."""


@dataclass(frozen=True, slots=True, eq=False)
class DayCalendar:
    """Local days and wall-clock times of `slots` columns, in UTC order.

    edges    intp (d+1,), ascending: columns at which the judged local days begin, the last is the end of the last
             day. Columns outside are context: earlier values that neighbours may be looked up in, never judged.
    hour     int64 (slots,) 0 to 23 of the start of each interval, local; the hour that comes twice in autumn twice
    minute   int64 (slots,) 0 to 59
    weekday  int64 (slots,) 1 = Monday to 7 = Sunday
    holiday  bool (slots,)

    ValueError where the shapes contradict one another.
    """

    edges: NDArray[np.intp]
    hour: NDArray[np.int64]
    minute: NDArray[np.int64]
    weekday: NDArray[np.int64]
    holiday: NDArray[np.bool_]

    def __post_init__(self) -> None:
        if any(each.shape != (self.slots,) for each in (self.minute, self.weekday, self.holiday)):
            raise ValueError("A calendar needs hour, minute, weekday and holiday of every column")
        if not len(self.edges) or self.edges[0] < 0 or self.edges[-1] > self.slots or (np.diff(self.edges) <= 0).any():
            raise ValueError(f"The edges of days must ascend within {self.slots} columns")

    @property
    def slots(self) -> int:
        """Number of columns."""
        return len(self.hour)

    @property
    def judged(self) -> NDArray[np.bool_]:
        """bool (slots,): columns of the judged days."""
        columns = np.arange(self.slots)
        inside: NDArray[np.bool_] = (columns >= self.edges[0]) & (columns < self.edges[-1])
        return inside


def local_calendar(
    start: dt.datetime,
    interval_s: int,
    slots: int,
    zone: ZoneInfo,
    *,
    judged_from: dt.date | None = None,
    holidays: Iterable[dt.date] = (),
) -> DayCalendar:
    """The calendar of `slots` intervals from the aware instant `start` on.

    Days before `judged_from` are context; without it every column is judged. A column belongs to the local day it
    begins in, so days of 92, 96 and 100 quarters of an hour come out by themselves.
    """
    seconds = to_seconds(start) + np.arange(slots, dtype=np.int64) * interval_s
    days, in_day = np.divmod(seconds + _offsets(seconds, zone), DAY_S)
    begins = np.flatnonzero(np.diff(days, prepend=days[:1] - 1))
    if judged_from is not None:
        begins = begins[days[begins] >= day_number(judged_from)]
    return DayCalendar(
        edges=np.append(begins, slots).astype(np.intp),
        hour=in_day // 3600,
        minute=in_day // 60 % 60,
        weekday=(days + _MONDAY_IS_1) % 7 + 1,
        holiday=np.isin(days, [day_number(day) for day in holidays]),
    )


def _offsets(seconds: NDArray[np.int64], zone: ZoneInfo) -> NDArray[np.int64]:
    """Seconds the local time is ahead of UTC at each instant; same shape."""
    steps, of_step = np.unique(seconds // _OFFSET_STEP_S, return_inverse=True)
    locals_ = (dt.datetime.fromtimestamp(step * _OFFSET_STEP_S, zone) for step in steps.tolist())
    ahead = [round((local.utcoffset() or dt.timedelta()).total_seconds()) for local in locals_]
    found: NDArray[np.int64] = np.array(ahead, np.int64)[of_step]
    return found
