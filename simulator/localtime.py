"""Civil time of a zone over numpy arrays of UTC epoch seconds."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from protocols.dlms.zone_offsets import utc_offsets

DAY = 86_400
# Clocks of every zone change at a full quarter of an hour of UTC.
STEP = 900

Seconds = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class LocalTime:
    """Questions about one zone; arrays have shape (n,)."""

    zone: ZoneInfo

    def offset(self, utc: Seconds) -> Seconds:
        """Local minus UTC in seconds at each instant."""
        return utc_offsets(utc, self.zone)[0]

    def is_dst(self, utc: Seconds) -> NDArray[np.bool_]:
        """Whether daylight saving time is in force at each instant."""
        return utc_offsets(utc, self.zone)[1]

    def at(self, utc: int) -> datetime:
        """One instant as an aware datetime."""
        return datetime.fromtimestamp(utc, self.zone)

    def offset_at(self, utc: int) -> int:
        """Local minus UTC in seconds at one instant."""
        return int((self.at(utc).utcoffset() or timedelta()).total_seconds())

    def is_dst_at(self, utc: int) -> bool:
        """Whether daylight saving time is in force at one instant."""
        return bool(self.at(utc).dst())

    def standard_offset(self, utc: int) -> int:
        """Local minus UTC in seconds without daylight saving, around an instant."""
        return self.offset_at(utc) - int((self.at(utc).dst() or timedelta()).total_seconds())

    def midnights(self, start: int, end: int) -> Seconds:
        """Instants of local midnight in [start, end)."""
        first, last = (start + self.offset_at(start)) // DAY, (end + self.offset_at(end)) // DAY
        civil = np.arange(first, last + 2, dtype=np.int64) * DAY
        # Two rounds settle the offset wherever the clock does not change at midnight itself.
        instants = civil - self.offset(civil - self.offset(civil))
        return np.asarray(instants[(instants >= start) & (instants < end)], dtype=np.int64)

    def changes_between(self, start: int, end: int) -> Seconds:
        """Instants in [start, end) at which offset or daylight saving changes."""
        steps = np.arange(-(-start // STEP) - 1, -(-end // STEP), dtype=np.int64) * STEP
        offsets, dst = utc_offsets(steps, self.zone)
        return np.asarray(steps[1:][(np.diff(offsets) != 0) | (dst[1:] != dst[:-1])], dtype=np.int64)


@cache
def local_time(name: str) -> LocalTime:
    """The civil time of an IANA zone; raises ZoneInfoNotFoundError for an unknown name."""
    return LocalTime(ZoneInfo(name))
