"""The values of one series over a stretch of time, as somebody who wants to change them sees them."""

from dataclasses import dataclass
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from metering import store
from metering.intervals import to_seconds
from metering.models import Series
from metering.quality import Quality, QualityClass, quality_class
from metering.store import NO_VALUE

MOST_VALUES = 36_000
"""In one change: a year of quarter hours."""

Ints = NDArray[np.int64]
Codes = NDArray[np.uint8]
Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Slots:
    """Values of series `series_id`, all arrays (m,), by time.

    at        int64, seconds since 1970 UTC: start of the interval, or instant of a register value
    values    int64, integers of 10^exponent units, `NO_VALUE` where there is none
    quality   uint8 codes, `Quality.MISSING` where nothing is stored
    status    uint32, status words of the meter
    step_s    length of an interval; 0 for register values
    """

    series_id: int
    at: Ints
    values: Ints
    quality: Codes
    status: NDArray[np.uint32]
    step_s: int

    def __len__(self) -> int:
        return len(self.at)

    @property
    def present(self) -> Bools:
        present: Bools = self.values != NO_VALUE
        return present

    @property
    def doubtful(self) -> Bools:
        """Values somebody may want to replace or accept: suspect or estimated."""
        kind = quality_class(self.quality)
        doubtful: Bools = self.present & ((kind == QualityClass.SUSPECT) | (kind == QualityClass.ESTIMATED))
        return doubtful

    def differs_from(self, other: "Slots") -> Bools:
        """bool (m,): where value or quality is another one; both at the same instants."""
        differs: Bools = (self.values != other.values) | (self.quality != other.quality)
        return differs

    def between(self, start: int, end: int) -> "Slots":
        """Those at instants in [start, end), seconds since 1970."""
        rows = slice(*np.searchsorted(self.at, (start, end)))
        columns = (self.values[rows], self.quality[rows], self.status[rows])
        return Slots(self.series_id, self.at[rows], *columns, self.step_s)

    def at_instants(self, at: Ints) -> "Slots":
        """What stands at each of these instants (k,); nothing where no slot is."""
        values, quality = np.full(len(at), NO_VALUE, np.int64), np.full(len(at), Quality.MISSING, np.uint8)
        status = np.zeros(len(at), np.uint32)
        if len(self.at):
            index = np.minimum(np.searchsorted(self.at, at), len(self.at) - 1)
            found = self.at[index] == at
            for column, own in ((values, self.values), (quality, self.quality), (status, self.status)):
                column[found] = own[index[found]]
        return Slots(self.series_id, at, values, quality, status, self.step_s)


def read_slots(
    series: Series, start: datetime, end: datetime, *, now: datetime, as_of: datetime | None = None
) -> Slots:
    """The slots of a profile series in [start, end) that ended by `now`, or the stored values of a periodic one.

    `as_of`: as they were stored at that instant.
    """
    if not series.is_profile:
        stored = store.read_registers([series.pk], start, end, as_of=as_of)
        return Slots(series.pk, stored.at.astype(np.int64), stored.values, stored.quality, stored.status, 0)
    matrix = store.read([series.pk], start, end, as_of=as_of)
    at = matrix.instants.astype(np.int64)
    ended = slice(0, int(np.searchsorted(at, to_seconds(now) - matrix.interval_s, side="right")))
    columns = (matrix.values[0, ended], matrix.quality[0, ended], matrix.status[0, ended])
    return Slots(series.pk, at[ended], *columns, matrix.interval_s)
