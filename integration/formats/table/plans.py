"""Where the columns of a row per day go, when the day has as many hours as the clock gave it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from integration.formats.table.zones import DAY_S, Zone

NOTHING = -1


@dataclass(frozen=True, slots=True, eq=False)
class Plan:
    """p intervals and the columns their values come from; all arrays (p,).

    columns  index among the columns of values
    seconds  start of the interval, counted from the start of the local day
    halved   the interval gets half of the value
    added    another column whose value is added, or `NOTHING`
    """

    columns: NDArray[np.int64]
    seconds: NDArray[np.int64]
    halved: NDArray[np.bool_]
    added: NDArray[np.int64]


def plain(columns: NDArray[np.int64], seconds: NDArray[np.int64]) -> Plan:
    """Values as they stand."""
    nothing = np.full(len(columns), NOTHING, dtype=np.int64)
    return Plan(columns, seconds, np.zeros(len(columns), dtype=np.bool_), nothing)


def in_sequence(slots: int, interval_s: int) -> Plan:
    """One interval after the other from midnight, `slots` of them."""
    columns = np.arange(slots)
    return plain(columns, columns * interval_s)


class ChangingDay:
    """A local day (counted from 1970) on which the clock of a zone changes, in intervals of one length."""

    def __init__(self, zone: Zone, day: int, interval_s: int) -> None:
        start, end = zone.instants(np.array([day, day + 1]) * DAY_S).early.tolist()
        self.interval_s = interval_s
        self.slots: int = (end - start) // interval_s
        self.count = DAY_S // interval_s
        meant = zone.instants(day * DAY_S + np.arange(self.count) * interval_s)
        self.gap, self.twice = meant.gap, meant.twice
        self._early, self._late = meant.early - start, meant.late - start

    @property
    def hours(self) -> str:
        """Length of the day, `23`."""
        return f"{self.slots * self.interval_s / 3600:g}"

    @property
    def is_short(self) -> bool:
        """Whether an hour does not come."""
        return self.slots < self.count

    @cached_property
    def first_hours(self) -> Plan:
        """A column per time of day; of an hour that comes twice the first."""
        columns = np.flatnonzero(~self.gap)
        return plain(columns, self._early[columns])

    @cached_property
    def by_clock(self) -> Plan:
        """A column per time of day, and behind them the second of the hours that come twice."""
        again = np.flatnonzero(self.twice)
        first = self.first_hours
        columns = np.concatenate([first.columns, self.count + np.arange(len(again))])
        return plain(columns, np.concatenate([first.seconds, self._late[again]]))

    @cached_property
    def spread(self) -> Plan:
        """A column per time of day with the sum of the day kept: what stands in the gap is added to the hour before it,
        what stands in an hour that comes twice is halved."""
        first, again = self.first_hours, np.flatnonzero(self.twice)
        before = first.columns + int(self.gap.sum())
        in_gap = (before < self.count) & self.gap[np.minimum(before, self.count - 1)]
        none = np.full(len(again), NOTHING, dtype=np.int64)
        return Plan(
            columns=np.concatenate([first.columns, again]),
            seconds=np.concatenate([first.seconds, self._late[again]]),
            halved=np.concatenate([self.twice[first.columns], np.ones(len(again), dtype=np.bool_)]),
            added=np.concatenate([np.where(in_gap, before, NOTHING), none]),
        )
