"""Civil time of a zone over numpy arrays of UTC epoch seconds.

zoneinfo answers for one datetime at a time; a profile needs thousands of offsets. The changes of a
zone between `FIRST_YEAR` and `LAST_YEAR` are found once (day by day, then by bisection to the second) and looked up.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

DAY = 86_400
FIRST_YEAR, LAST_YEAR = 2000, 2100

Seconds = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class LocalTime:
    """Offsets of one zone: `offsets[i]` holds from `changes[i]` (UTC seconds) to the next change."""

    zone: ZoneInfo
    changes: Seconds
    offsets: Seconds
    dst: NDArray[np.bool_]

    def offset(self, utc: Seconds) -> Seconds:
        """Local minus UTC in seconds at each instant."""
        return np.asarray(self.offsets[np.searchsorted(self.changes, utc, side="right") - 1], dtype=np.int64)

    def is_dst(self, utc: Seconds) -> NDArray[np.bool_]:
        """Whether daylight saving time is in force at each instant."""
        return np.asarray(self.dst[np.searchsorted(self.changes, utc, side="right") - 1], dtype=np.bool_)

    def standard_offset(self, at: int) -> int:
        """Local minus UTC in seconds without daylight saving, around the instant `at`."""
        here = datetime.fromtimestamp(at, self.zone)
        offset, dst = here.utcoffset(), here.dst()
        return int(((offset or timedelta()) - (dst or timedelta())).total_seconds())

    def midnights(self, start: int, end: int) -> Seconds:
        """Instants of local midnight in [start, end)."""
        first = (start + int(self.offset(np.array([start], np.int64))[0])) // DAY
        last = (end + int(self.offset(np.array([end], np.int64))[0])) // DAY
        civil = np.arange(first, last + 2, dtype=np.int64) * DAY
        # Two rounds settle the offset wherever the clock does not change at midnight itself.
        instants = civil - self.offset(civil - self.offset(civil))
        return np.asarray(instants[(instants >= start) & (instants < end)], dtype=np.int64)

    def changes_between(self, start: int, end: int) -> Seconds:
        """Instants in [start, end) at which the offset changes."""
        return np.asarray(self.changes[(self.changes >= start) & (self.changes < end)], dtype=np.int64)


def _state(zone: ZoneInfo, at: int) -> tuple[int, bool]:
    here = datetime.fromtimestamp(at, zone)
    return int((here.utcoffset() or timedelta()).total_seconds()), bool(here.dst())


def _change_between(zone: ZoneInfo, low: int, high: int) -> int:
    """The first second at which the state of `high` holds."""
    target = _state(zone, high)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if _state(zone, middle) == target else (middle, high)
    return high


@cache
def local_time(name: str) -> LocalTime:
    """Offsets of an IANA zone; raises ZoneInfoNotFoundError for an unknown name."""
    zone = ZoneInfo(name)
    start = int(datetime(FIRST_YEAR, 1, 1, tzinfo=UTC).timestamp())
    end = int(datetime(LAST_YEAR, 1, 1, tzinfo=UTC).timestamp())
    changes, states = [start], [_state(zone, start)]
    for day in range(start + DAY, end, DAY):
        if _state(zone, day) != states[-1]:
            changes.append(_change_between(zone, day - DAY, day))
            states.append(_state(zone, day))
    offsets = np.array([offset for offset, _ in states], np.int64)
    return LocalTime(zone, np.array(changes, np.int64), offsets, np.array([dst for _, dst in states], np.bool_))
