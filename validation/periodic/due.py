"""Which register values must exist by now: the head-end's notion of it, for values that come once a day or a month."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np

from headend.deadlines import cutoffs
from metering.intervals import day_number, to_seconds
from validation.loading.installed import installed
from validation.periodic.calendar import LocalDays, Period
from validation.periodic.keys import keys_of
from validation.periodic.registers import DAILY, MONTHLY, PeriodicGroup, Registers
from validation.periodic.window import Index
from validation.window import Bools, Ints

GRACE_S = 3_600
"""A value is due this long after its instant: time to read and to store it."""


@dataclass(frozen=True, slots=True, eq=False)
class Due:
    """Values that must exist, all (k,): row of the window, local day, its midnight, whether the deadline is over."""

    row: Index
    day: Ints
    at: Ints
    late: Bools

    def without(self, seen: Ints) -> Due:
        """Those of which nothing came on their day; `seen` int64 (2, j): rows and days with a value."""
        lacking = ~np.isin(keys_of(self.row, self.day), keys_of(seen[0], seen[1]))
        return Due(self.row[lacking], self.day[lacking], self.at[lacking], self.late[lacking])


def due_days(registers: Registers, group: PeriodicGroup, period: Period, days: LocalDays, now: dt.datetime) -> Due:
    """What must exist of the series that are judged: a device hung there at the midnight, and time enough has passed.

    On-demand values are never due. Two queries.
    """
    numbers = np.arange(day_number(period.first), day_number(period.last) + 1, dtype=np.int64)
    if group.periodicity == MONTHLY:
        numbers = numbers[_first_of_month(numbers)]
    if group.periodicity not in (DAILY, MONTHLY) or not len(numbers):
        none = np.zeros(0, np.int64)
        return Due(none.astype(np.intp), none, none, none.astype(np.bool_))
    at = days.midnight(numbers)
    wanted = _hung(registers, at) & registers.rows.asked[:, None] & (at <= to_seconds(now) - GRACE_S)
    late = at < _until(registers, now)[:, None]
    row, column = np.nonzero(wanted)
    return Due(row.astype(np.intp), numbers[column], at[column], late[row, column])


def _first_of_month(numbers: Ints) -> Bools:
    days = numbers.astype("datetime64[D]")
    first: Bools = days == days.astype("datetime64[M]").astype("datetime64[D]")
    return first


def _hung(registers: Registers, at: Ints) -> Bools:
    """bool (n, instants): a device hung at the metering point at the instant."""
    seconds = np.stack([at, at + 1], axis=1).ravel()
    found = installed(registers.rows.series_ids, int(at[0]), int(at[-1]) + 1)
    hung: Bools = found.whole(seconds, len(registers.rows))[:, ::2]
    return hung


def _until(registers: Registers, now: dt.datetime) -> Ints:
    """int64 (n,): up to which instant the deadline of each series is over; without a deadline up to now."""
    known = {(utility, measured): to_seconds(until) for utility, measured, until in cutoffs(now)}
    pairs, row = np.unique(np.stack([registers.utilities, registers.properties]), axis=1, return_inverse=True)
    found = [known.get((each, other), known.get((each, 0), to_seconds(now))) for each, other in pairs.T.tolist()]
    until: Ints = np.array(found, np.int64)[row]
    return until
