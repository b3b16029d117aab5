"""Stamps of profile rows as COSEM clocks. All meters of a zone show the same clock at the same quarter of an hour."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from protocols.dlms.columns import ClockColumn
from protocols.dlms.row_pattern import Cell
from protocols.dlms.rows import CLOCK_CELL
from simulator.household import QUARTER
from simulator.localtime import DAY, LocalTime

Seconds = NDArray[np.int64]
Octets = NDArray[np.uint8]
# A buffer with more days than rows is cheaper to encode row by row than to pick from whole days.
ROWS_PER_DAY = 24


@dataclass(frozen=True, slots=True)
class StampColumn:
    """Instants `times` (n,), UTC epoch seconds, shown in `zone`; full quarters are picked from ready-made days."""

    times: Seconds
    zone: LocalTime

    @property
    def cell(self) -> Cell:
        """An octet-string of 12."""
        return CLOCK_CELL

    def content(self) -> Octets:
        """(n, 12) clocks."""
        times = self.times
        first, last = (int(times.min()) // DAY, int(times.max()) // DAY) if times.size else (0, 0)
        quarters, odd = np.divmod(times - first * DAY, QUARTER)
        if len(times) < (last - first) * ROWS_PER_DAY or odd.any():
            return ClockColumn(times, self.zone.zone).content()
        days = [_clocks(self.zone, day) for day in range(first, last + 1)]
        return np.concatenate(days)[quarters]


@lru_cache(maxsize=512)
def _clocks(zone: LocalTime, day: int) -> Octets:
    """(96, 12): the clocks of every quarter of a UTC day (days since 1970-01-01); about 1 kB."""
    return ClockColumn(day * DAY + np.arange(0, DAY, QUARTER, dtype=np.int64), zone.zone).content()
