"""Local time to UTC, many labels at once: which instants a wall clock's reading can mean.

A label is what a clock on the wall shows, in seconds since 1970 as if it were UTC. On nearly all days the zone has one
offset and a label one instant; the few days on which the clock changes are looked at label by label.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from functools import cached_property, lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import numpy as np
from numpy.typing import NDArray

DAY_S = 86_400
_OFFSET = re.compile(r"(?:UTC|GMT)?([+-])([0-9]{1,2})(?::?([0-9]{2}))?")
_MOST_OFFSET = 14 * 3600


class ZoneError(ValueError):
    """There is no such time zone."""


@dataclass(frozen=True, slots=True, eq=False)
class Instants:
    """For m labels the instants they can mean, int64 (m,), seconds since 1970 UTC.

    early, late  the same where the label is clear; the two it may mean where the hour comes twice
    gap          bool (m,): the clock never showed this; `early` is the label read with the offset of before
    """

    early: NDArray[np.int64]
    late: NDArray[np.int64]
    gap: NDArray[np.bool_]

    @property
    def twice(self) -> NDArray[np.bool_]:
        """bool (m,): labels that mean two instants."""
        twice: NDArray[np.bool_] = self.early != self.late
        return twice


class Zone:
    """A time zone with its changes of the clock."""

    def __init__(self, info: dt.tzinfo) -> None:
        self._info = info
        self._offsets: dict[int, int | None] = {}

    def instants(self, labels: NDArray[np.int64]) -> Instants:
        """What the labels (m,) mean."""
        days = labels // DAY_S
        unique, where = np.unique(days, return_inverse=True)
        offsets = [self.offset_of_day(int(day)) for day in unique]
        steady = np.array([offset is not None for offset in offsets], dtype=np.bool_)[where]
        early = labels - np.array([offset or 0 for offset in offsets], dtype=np.int64)[where]
        late, gap = early.copy(), np.zeros(len(labels), dtype=np.bool_)
        if not steady.all():
            odd = np.flatnonzero(~steady)
            changing, back = np.unique(labels[odd], return_inverse=True)
            found = np.array([self._both(int(label)) for label in changing], dtype=np.int64)[back]
            early[odd], late[odd] = found.min(axis=1), found.max(axis=1)
            gap[odd] = found[:, 0] > found[:, 1]
            early[gap] = late[gap]
        return Instants(early, late, gap)

    def meant(self, labels: NDArray[np.int64], ends: NDArray[np.bool_]) -> Instants:
        """What the labels (m,) mean where those of `ends` (m,) name the end of an interval.

        The end of an hour belongs to that hour: it may be written as the clock showed it just before it was changed.
        """
        meant, before = self.instants(labels), self.instants(labels - 1)
        edge = ends & before.twice & ~meant.twice
        return Instants(np.where(edge, before.early + 1, meant.early), meant.late, meant.gap & ~(ends & ~before.gap))

    def offset_of_day(self, day: int) -> int | None:
        """Offset from UTC, in seconds, of a day counted from 1970; None where the clock changes on it."""
        if day not in self._offsets:
            marks = (day * DAY_S, day * DAY_S + DAY_S // 2, (day + 1) * DAY_S)
            offsets = {self._offset(mark, fold) for mark in marks for fold in (0, 1)}
            self._offsets[day] = offsets.pop() if len(offsets) == 1 else None
        return self._offsets[day]

    def labels(self, instants: NDArray[np.int64]) -> NDArray[np.int64]:
        """What the clock on the wall shows at these instants (m,)."""
        halves, where = np.unique(instants // 900, return_inverse=True)
        offsets = [self._offset_at(int(quarter) * 900) for quarter in halves]
        labels: NDArray[np.int64] = instants + np.array(offsets, dtype=np.int64)[where]
        return labels

    def _both(self, label: int) -> tuple[int, int]:
        return label - self._offset(label, 0), label - self._offset(label, 1)

    def _offset(self, label: int, fold: int) -> int:
        local = (_EPOCH + dt.timedelta(seconds=label)).replace(tzinfo=self._info, fold=fold)
        return _seconds(local.utcoffset())

    def _offset_at(self, instant: int) -> int:
        return _seconds((_UTC_EPOCH + dt.timedelta(seconds=instant)).astimezone(self._info).utcoffset())

    @cached_property
    def is_steady(self) -> bool:
        """Whether the clock never changes: UTC and fixed offsets."""
        return isinstance(self._info, dt.timezone)


_EPOCH = dt.datetime(1970, 1, 1)  # noqa: DTZ001 - a wall clock's day zero
_UTC_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


def _seconds(offset: dt.timedelta | None) -> int:
    return int(offset.total_seconds()) if offset else 0


@lru_cache(maxsize=64)
def zone_of(name: str) -> Zone:
    """`UTC`, `+02:00`, `UTC+2` or an IANA name. ZoneError where there is none of that name."""
    text = name.strip()
    if text.upper() in ("UTC", "Z", "GMT"):
        return Zone(dt.UTC)
    if found := _OFFSET.fullmatch(text):
        seconds = int(found[2]) * 3600 + int(found[3] or 0) * 60
        if seconds > _MOST_OFFSET:
            raise ZoneError(f"{name!r} is no offset from UTC")
        return Zone(dt.timezone(dt.timedelta(seconds=seconds if found[1] == "+" else -seconds)))
    try:
        return Zone(ZoneInfo(text))
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ZoneError(f"there is no time zone {name!r}") from error
