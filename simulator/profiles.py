"""Rows of the load profile and the daily billing profile of one meter, computed when asked for."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from simulator.clock import MeterClock
from simulator.energy import EnergyRegisters, Stands
from simulator.faults import Gap, PowerFailure
from simulator.household import EPOCH, QUARTER
from simulator.localtime import DAY, LocalTime

HOUR = 3600
LOAD_DEPTH, DAILY_DEPTH = 60 * DAY, 366 * DAY
# AMR profile status (DLMS UA/IDIS): one byte per row.
STATUS_DST, STATUS_CLOCK_ADJUSTED, STATUS_POWER_DOWN = 0x08, 0x20, 0x80

Seconds = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows in order of capture: `stamps` in meter time, `captured` in true time (both UTC epoch seconds)."""

    stamps: Seconds
    captured: Seconds
    status: NDArray[np.uint8]
    stands: Stands


@dataclass(slots=True)
class Recording:
    """What decides about the rows of a meter: its registers, clock, zone and the faults of its data."""

    registers: EnergyRegisters
    clock: MeterClock
    zone: LocalTime
    gaps: list[Gap] = field(default_factory=list)
    failures: list[PowerFailure] = field(default_factory=list)

    def outages(self, now: int) -> list[tuple[int, int]]:
        """Times without power up to `now`, in order, those that overlap joined."""
        joined: list[tuple[int, int]] = []
        for start, end in sorted((f.start, f.until(now)) for f in self.failures if f.start <= now):
            if joined and start <= joined[-1][1]:
                joined[-1] = (joined[-1][0], max(joined[-1][1], end))
            else:
                joined.append((start, end))
        return joined

    def stands(self, at: Seconds, now: int) -> Stands:
        """Stands at true instants not after `now`."""
        return self.registers.stands(at, self.outages(now))

    def load_rows(self, now: int, start: int, end: int) -> Rows:
        """Rows of the load profile stamped in [start, end] that the meter holds at the true instant `now`."""
        return self._rows_every(QUARTER, now, start, end)

    def hourly_rows(self, now: int, start: int, end: int) -> Rows:
        """Rows of the full hours stamped in [start, end], of as many days as the load profile has."""
        return self._rows_every(HOUR, now, start, end)

    def daily_rows(self, now: int, start: int, end: int) -> Rows:
        """Rows of the daily billing profile, stamped at local midnight, in [start, end]."""
        first, last = self._window(now, DAILY_DEPTH, start, end)
        return self._rows(self.zone.midnights(first, last + 1), now, DAY)

    def _rows_every(self, period: int, now: int, start: int, end: int) -> Rows:
        first, last = self._window(now, LOAD_DEPTH, start, end)
        return self._rows(np.arange(-(-first // period) * period, last + 1, period, dtype=np.int64), now, period)

    def _window(self, now: int, depth: int, start: int, end: int) -> tuple[int, int]:
        """Limits of the stamps a ring buffer `depth` seconds long may still hold."""
        newest = self.clock.latest(now)
        return max(start, newest - depth + 1, EPOCH), min(end, newest)

    def _rows(self, stamps: Seconds, now: int, period: int) -> Rows:
        stamps, captured = self.clock.captures(stamps, now)
        held = self._held(stamps, captured, now)
        stamps, captured = stamps[held], captured[held]
        return Rows(stamps, captured, self._status(stamps, captured, now, period), self.stands(captured, now))

    def _held(self, stamps: Seconds, captured: Seconds, now: int) -> NDArray[np.bool_]:
        held = np.ones(len(stamps), np.bool_)
        for gap in self.gaps:
            held &= (stamps < gap.start) | (stamps >= gap.end)
        for failure in self.failures:
            if failure.lasts(now) or not failure.flagged:
                held &= (captured < failure.start) | (captured >= failure.until(now + 1))
        return held

    def _status(self, stamps: Seconds, captured: Seconds, now: int, period: int) -> NDArray[np.uint8]:
        """Status of each row: what happened in the `period` seconds that it closes."""
        status = np.where(self.zone.is_dst(stamps), STATUS_DST, 0)
        for start, end in self.outages(now):
            status |= np.where((captured > start) & (captured < end + period), STATUS_POWER_DOWN, 0)
        adjusted = [change.at for change in self.clock.changes if change.logged]
        return _flag_periods(status, captured, adjusted, period).astype(np.uint8)


def _flag_periods(status: Seconds, captured: Seconds, instants: Sequence[int], period: int) -> Seconds:
    """`status` with clock adjusted set on the rows whose period holds one of `instants`."""
    for at in instants:
        status = status | np.where((captured >= at) & (captured < at + period), STATUS_CLOCK_ADJUSTED, 0)
    return status
