"""Energy of a household on an absolute time axis, shared by all meters that play it.

Prefix sums of Wh from `EPOCH` make the energy between any two instants two look-ups. A household is kept
once per (curve, variant, shift, plant, zone) as int32 columns, about 1.3 MB for three years; thousands
of meters differ from each other by scale and initial stand only and share a few dozen of them.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache

import numpy as np
from numpy.typing import NDArray

from simulator.curves import QUARTERS, curve
from simulator.localtime import local_time
from simulator.seeds import mixed
from simulator.sun import plant_energy

QUARTER = 900
EPOCH = int(datetime(2024, 1, 1, tzinfo=UTC).timestamp())
YEAR_QUARTERS = 366 * QUARTERS
DAY_RATE = (7 * 4, 22 * 4)  # quarters of the local day with rate 1

Seconds = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class HouseholdKey:
    """What tells households apart; `shift` moves the day by quarters, `peak_w` is the solar plant (0: none)."""

    curve: str
    variant: int
    shift: int
    peak_w: int
    zone: str


class Household:
    """Cumulated energy of three quantities: import at rate 1, import at rate 2, export."""

    def __init__(self, key: HouseholdKey) -> None:
        self.key = key
        self.sky = mixed(key.variant, 0x5C7)
        self._prefix = np.zeros((3, 1), np.int32)

    def quarters(self, first: int, last: int) -> NDArray[np.int64]:
        """Energy in Wh of the quarters first to last - 1 since `EPOCH`, shape (3, last - first)."""
        start = EPOCH + np.arange(first, last, dtype=np.int64) * QUARTER
        local = (start + local_time(self.key.zone).offset(start)) // QUARTER
        days, slots = np.divmod(local, QUARTERS)
        source = curve(self.key.curve)
        load = source.energy[source.source_days(days, self.key.variant), (slots - self.key.shift) % QUARTERS]
        net = load - plant_energy(start, QUARTER, self.key.peak_w, self.sky) if self.key.peak_w else load
        rate_1 = (slots >= DAY_RATE[0]) & (slots < DAY_RATE[1])
        taken = np.maximum(net, 0)
        return np.stack([np.where(rate_1, taken, 0), np.where(rate_1, 0, taken), np.maximum(-net, 0)])

    def cumulated(self, at: Seconds) -> NDArray[np.int64]:
        """Energy since `EPOCH` in Wh / 900, shape (3, n): constant load within a quarter, nothing before `EPOCH`."""
        since = np.maximum(at - EPOCH, 0)
        quarter, second = np.divmod(since, QUARTER)
        self._reach(int(quarter.max(initial=0)) + 1)
        before = self._prefix[:, quarter].astype(np.int64)
        if not second.any():
            return before * QUARTER
        energy = self._prefix[:, quarter + 1].astype(np.int64) - before
        return before * QUARTER + energy * second

    def _reach(self, quarter: int) -> None:
        """Extend the prefix sums by whole years until `quarter` is covered."""
        while (known := self._prefix.shape[1] - 1) < quarter:
            sums = self._prefix[:, -1:] + np.cumsum(self.quarters(known, known + YEAR_QUARTERS), axis=1)
            self._prefix = np.concatenate([self._prefix, sums.astype(np.int32)], axis=1)


@cache
def household(key: HouseholdKey) -> Household:
    """The one household of a key."""
    return Household(key)
