"""Local days on the columns of a block: which day and which time on the wall clock each column is."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import IntEnum
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import ArrayLike, NDArray

from validation.estimators.arrays import Bools, Codes, Index

DAY_S = 86_400
_THURSDAY = 3  # 1970-01-01


class DayKind(IntEnum):
    """Kind of a day: its weekday, unless it is a holiday."""

    MONDAY = 0
    TUESDAY = 1
    WEDNESDAY = 2
    THURSDAY = 3
    FRIDAY = 4
    SATURDAY = 5
    SUNDAY = 6
    HOLIDAY = 7


def day_kinds(numbers: ArrayLike, holiday: Bools | None = None) -> Codes:
    """`DayKind` uint8 (d,) of days given as numbers since 1970-01-01, `holiday` bool (d,) or None = none."""
    weekday = (np.asarray(numbers, dtype=np.int64) + _THURSDAY) % 7
    return np.where(False if holiday is None else holiday, DayKind.HOLIDAY, weekday).astype(np.uint8)


def clock_change(day: dt.date, zone: ZoneInfo, interval_s: int) -> int:
    """First wall slot of `day` that is left out (spring) or that comes again (autumn) in `zone`; 0 without a change."""
    start = dt.datetime.combine(day, dt.time(), tzinfo=zone).astimezone(dt.UTC)
    end = dt.datetime.combine(day + dt.timedelta(days=1), dt.time(), tzinfo=zone).astimezone(dt.UTC)
    columns = int((end - start).total_seconds()) // interval_s
    before = start.astimezone(zone).utcoffset()
    for column in range(columns):
        now = start + dt.timedelta(seconds=column * interval_s)
        if now.astimezone(zone).utcoffset() != before:
            return column - max(columns - DAY_S // interval_s, 0)
    return 0


def wall_slots(edges: Index, per_day: int, changes: ArrayLike = 0) -> Index:
    """Wall slot 0 … `per_day` - 1 of every column before `edges[-1]`; -1 for columns before `edges[0]`.

    edges    intp (d + 1,), columns at which the local days begin, the last one = end
    changes  intp (d,) or scalar, see `clock_change`; looked at only on days of another length than `per_day`

    A day of 92 columns at 15 minutes leaves out four wall slots; a day of 100 has four of them twice, and the second
    run has the same wall slots as the first.
    """
    edges = np.asarray(edges, dtype=np.intp)
    lengths = np.diff(edges)
    day = np.repeat(np.arange(len(lengths)), lengths)
    column = np.arange(len(day)) - np.repeat(edges[:-1] - edges[0], lengths)
    extra = (lengths - per_day)[day]
    change = np.broadcast_to(np.asarray(changes, dtype=np.intp), lengths.shape)[day]
    wall = column - extra * (column >= change + np.maximum(extra, 0))
    return np.concatenate([np.full(edges[0], -1, np.intp), wall]).astype(np.intp)


@dataclass(frozen=True, slots=True, eq=False)
class JudgedDays:
    """The local days of a block.

    numbers  int32 (d,), dates as days since 1970-01-01
    kinds    uint8 (d,), `DayKind`
    edges    intp (d + 1,), columns at which the days begin, the last one = end
    wall     intp (slots,), wall slot of every column; -1 = context
    day      intp (slots,), index of the day of every column; -1 = context
    per_day  wall slots of an ordinary day: 24, 48, 96, 288
    """

    numbers: NDArray[np.int32]
    kinds: Codes
    edges: Index
    wall: Index
    day: Index
    per_day: int

    @classmethod
    def of(
        cls,
        first: int,
        edges: ArrayLike,
        per_day: int,
        *,
        changes: ArrayLike = 0,
        holiday: Bools | None = None,
    ) -> JudgedDays:
        """Consecutive days from day number `first` on. ValueError for edges that do not ascend from 0 or later."""
        bounds = np.asarray(edges, dtype=np.intp)
        if len(bounds) < 2 or bounds[0] < 0 or (np.diff(bounds) <= 0).any():
            raise ValueError("The edges of days must ascend, and there must be two or more of them")
        numbers = np.arange(first, first + len(bounds) - 1, dtype=np.int32)
        day = np.repeat(np.arange(len(numbers)), np.diff(bounds))
        return cls(
            numbers,
            day_kinds(numbers, holiday),
            bounds,
            wall_slots(bounds, per_day, changes),
            np.concatenate([np.full(bounds[0], -1), day]).astype(np.intp),
            per_day,
        )

    def __len__(self) -> int:
        return len(self.numbers)
