"""Register values of series over local days, with what they are compared with."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from datetime import timedelta
from functools import reduce

import numpy as np
from numpy.typing import NDArray

from metering.intervals import day_number, day_of, local_day
from metering.quality import Quality
from metering.store import NO_VALUE, PeriodConsumption, period_consumption, read_registers
from metering.store import Registers as Stored
from validation.loading.days import dates
from validation.periodic.calendar import YEAR, LocalDays, Period, months_before
from validation.periodic.due import Due, due_days
from validation.periodic.keys import find, keys_of
from validation.periodic.registers import DAILY, PeriodicGroup, Registers, registers_of
from validation.periodic.window import PeriodicWindow, Readings
from validation.window import Codes, Ints

_LEAD = {DAILY: timedelta(days=40)}
_LONG_LEAD = timedelta(days=100)
"""How long before the judged days values are looked for: a month, the value before that, and a few that are missing."""
_NEAR_LAST_YEAR = timedelta(days=35)
_ONE_DAY = timedelta(days=1)


def load_periodic(group: PeriodicGroup, first: dt.date, last: dt.date, now: dt.datetime) -> PeriodicWindow:
    """The window of local days from `first` to `last`, both included, and the series of the same registers.

    What stood a month and a year before is in it as context. A few queries, for each stretch of days one more. A value
    is due at every midnight of a daily series, at that of the first of the month of a monthly one.
    """
    registers = registers_of(group.series_ids)
    periods = _periods(group.periodicity, first, last)
    stored = [_read(registers, group, period) for period in periods]
    used = [_used(registers, group, period) for period in periods]
    days = LocalDays.between(periods[0].first - _ONE_DAY, last + _ONE_DAY, group.zone)
    due = due_days(registers, group, Period(first, last), days, now)
    numbers = np.array([day_number(day) for day in dates(first, last)], np.int32)
    return PeriodicWindow(registers.rows, _readings(registers, _joined(stored), used, days, due), numbers)


def _periods(periodicity: str, first: dt.date, last: dt.date) -> list[Period]:
    """The days to read, earlier ones first: around a year before, and before and on the judged days."""
    near = Period(first - _LEAD.get(periodicity, _LONG_LEAD), last)
    begin, end = (day_of(int(months_before(np.array([day_number(day)]), YEAR)[0])) for day in (first, last))
    lead = _ONE_DAY if periodicity == DAILY else _NEAR_LAST_YEAR
    far = Period(begin - lead - _ONE_DAY, end + _ONE_DAY)
    return [Period(far.first, near.last)] if far.last + _ONE_DAY >= near.first else [far, near]


def _bounds(group: PeriodicGroup, period: Period) -> tuple[dt.datetime, dt.datetime]:
    return local_day(period.first, group.zone)[0], local_day(period.last, group.zone)[1]


def _read(registers: Registers, group: PeriodicGroup, period: Period) -> Stored:
    found = read_registers(registers.rows.series_ids, *_bounds(group, period))
    return found.take(found.values != NO_VALUE)


def _used(registers: Registers, group: PeriodicGroup, period: Period) -> PeriodConsumption:
    return period_consumption(registers.rows.series_ids[registers.rows.stands], *_bounds(group, period))


def _joined(parts: list[Stored]) -> Stored:
    names = ("series_ids", "at", "values", "quality", "status")
    return Stored(*(np.concatenate([getattr(part, name) for part in parts]) for name in names))


def _readings(
    registers: Registers, stored: Stored, used: list[PeriodConsumption], days: LocalDays, due: Due
) -> Readings:
    """What is stored and what is missing, by row and time."""
    rows = np.searchsorted(registers.rows.series_ids, stored.series_ids)
    seen = np.unique(np.stack([rows, days.of(stored.at.astype(np.int64))]), axis=1)
    lacking = due.without(seen)
    row = np.concatenate([rows, lacking.row])
    at = np.concatenate([stored.at.astype(np.int64), lacking.at])
    order = np.lexsort((at, row))
    row, at = row[order].astype(np.intp), at[order]
    count = len(lacking.row)
    values = np.concatenate([stored.values, np.full(count, NO_VALUE)])[order]
    quality = np.concatenate([stored.quality, np.full(count, Quality.MISSING, np.uint8)])[order].astype(np.uint8)
    status = np.concatenate([stored.status, np.zeros(count, np.uint32)])[order].astype(np.uint32)
    late = np.concatenate([np.zeros(len(rows), np.bool_), lacking.late])[order]
    counted = reduce(
        lambda found, part: found.filled(registers, part, row, at), used, _Counted.none(registers, row, values, quality)
    )
    return Readings(
        row, at, days.of(at), values, quality, status, order >= len(rows), late,
        counted.used, counted.finer, counted.quality, counted.since_s,
        days.months_before(at, 1), days.months_before(at, YEAR),
    )  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class _Counted:
    """What was used up to each reading, all (m,), as `Readings` has it."""

    used: Ints
    finer: Ints
    quality: Codes
    since_s: Ints

    @classmethod
    def none(cls, registers: Registers, row: NDArray[np.intp], values: Ints, quality: Codes) -> _Counted:
        """Where no period is known: of a stand nothing, of another series the value."""
        stands = registers.rows.stands[row]
        return cls(
            np.where(stands, NO_VALUE, values),
            np.ones(len(row), np.int64),
            np.where(stands, np.uint8(Quality.MISSING), quality),
            np.zeros(len(row), np.int64),
        )

    def filled(self, registers: Registers, part: PeriodConsumption, row: NDArray[np.intp], at: Ints) -> _Counted:
        """With these periods at the readings that end them; a stand that came since they were read ends none."""
        own = np.searchsorted(registers.rows.series_ids, part.series_ids).astype(np.intp)
        ends = part.ends.astype(np.int64)
        place, known = find(keys_of(row, at), keys_of(own, ends))
        where = place[known]
        found = _Counted(self.used.copy(), self.finer.copy(), self.quality.copy(), self.since_s.copy())
        found.used[where], found.quality[where] = part.values[known], part.quality[known]
        found.finer[where] = (10 ** np.clip(registers.exponents[own] - part.exponents, 0, 18))[known]
        found.since_s[where] = (ends - part.starts.astype(np.int64))[known]
        return found
