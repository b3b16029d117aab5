"""The clock of a meter: the true time plus an offset that somebody may change.

The offset is a step function of true time. Rows captured before a change keep the stamps of their time, so
a clock set forward leaves a hole in the stamps and one set back repeats some, as in a real meter.
"""

from bisect import bisect_right
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

# Corrections up to this many seconds are silent; larger ones are logged and flagged (clock sync limit).
SYNC_LIMIT = 60
FOR_EVER = 1 << 40

Seconds = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class ClockChange:
    """The clock was set at the true instant `at` from `old` to `new` (meter time, UTC epoch seconds)."""

    at: int
    old: int
    new: int

    @property
    def logged(self) -> bool:
        """Larger than the sync limit."""
        return abs(self.new - self.old) > SYNC_LIMIT


class MeterClock:
    """Meter time = true time + offset in force; all instants are UTC epoch seconds."""

    def __init__(self, offset: int = 0) -> None:
        self._from = [-FOR_EVER]
        self._offsets = [offset]
        self.changes: list[ClockChange] = []

    def offset(self, true: int) -> int:
        """Seconds the clock is ahead at a true instant."""
        return self._offsets[bisect_right(self._from, true) - 1]

    def reading(self, true: int) -> int:
        """What the clock shows at a true instant."""
        return true + self.offset(true)

    def set(self, true: int, reading: int) -> ClockChange:
        """Make the clock show `reading` from the true instant on."""
        change = ClockChange(true, self.reading(true), reading)
        self.slip(true, reading - true)
        self.changes.append(change)
        return change

    def slip(self, true: int, offset: int) -> None:
        """Give the clock another offset from the true instant on without the meter noticing."""
        self._from.append(true)
        self._offsets.append(offset)

    def latest(self, until: int) -> int:
        """The highest reading the clock has had up to the true instant `until`."""
        ends = [min(end - 1, until) for end in (*self._from[1:], until + 1)]
        return max(end + offset for end, offset in zip(ends, self._offsets, strict=True))

    def captures(self, stamps: Seconds, until: int) -> tuple[Seconds, Seconds]:
        """Which of `stamps` (ascending meter time) were reached up to the true instant `until`, and when.

        Returns (stamps, true instants) in order of capture; a stamp passed twice appears twice.
        """
        bounds = [*self._from[1:], until + 1]
        found, instants = [], []
        for start, end, offset in zip(self._from, bounds, self._offsets, strict=True):
            low, high = stamps.searchsorted(start + offset), stamps.searchsorted(min(end, until + 1) + offset)
            found.append(stamps[low:high])
            instants.append(stamps[low:high] - offset)
        return np.concatenate(found), np.concatenate(instants)
