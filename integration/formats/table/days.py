"""Rows per day sorted by the rule they go by: days of 24 hours, days of another length, and what does not fit them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from integration.formats.portion import Severity
from integration.formats.table.mapping import Misfit, OddDay, Times
from integration.formats.table.plans import ChangingDay, Plan, in_sequence
from integration.formats.table.zones import DAY_S, zone_of

_LENGTHS = (300, 600, 900, 1800, 3600)


@dataclass(frozen=True, slots=True, eq=False)
class Group:
    """Rows (indices) that go by one plan; None = they are refused. `reason` is empty when nothing is wrong."""

    rows: NDArray[np.intp]
    plan: Plan | None
    reason: str = ""

    @property
    def severity(self) -> Severity:
        """Of the problem `reason` tells."""
        return Severity.ERROR if self.plan is None else Severity.REPAIRED


def interval_of_width(width: int) -> int | None:
    """The interval length so many columns of values mean: 23 to 25 → 3600 s, 92 to 100 → 900 s, 1 → a day."""
    if width == 1:
        return DAY_S
    return next((length for length in _LENGTHS if abs(width * length - DAY_S) <= 3600), None)


class DayRules:
    """The rules of one mapping for rows with a value per interval."""

    def __init__(self, times: Times, interval_s: int) -> None:
        self._times, self._interval_s = times, interval_s
        self._count = DAY_S // interval_s
        self._zone = zone_of(times.zone)

    def starts(self, days: NDArray[np.int64]) -> NDArray[np.int64]:
        """Seconds since 1970 UTC at which the local days (r,), counted from 1970, begin."""
        return self._zone.instants(days * DAY_S).early

    def groups(self, days: NDArray[np.int64], valued: NDArray[np.bool_], filled: NDArray[np.bool_]) -> list[Group]:
        """All rows by plan. `days` (r,); `valued` (r, k) cells with a number; `filled` (r, k) cells with anything, also
        a text for "no value": in a spare column of a long day it says that the file knows of the hour."""
        unique, where = np.unique(days, return_inverse=True)
        odd = [number for number, day in enumerate(unique) if self._changes(int(day))]
        steady = np.flatnonzero(~np.isin(where, odd))
        found = self._sorted(steady, _any(valued[steady, self._count :]), in_sequence(self._count, self._interval_s))
        for number in odd:
            rows = np.flatnonzero(where == number)
            found += self._changing(
                ChangingDay(self._zone, int(unique[number]), self._interval_s), rows, valued[rows], filled[rows]
            )
        return [group for group in found if len(group.rows)]

    def _changes(self, day: int) -> bool:
        return self._interval_s < DAY_S and self._zone.offset_of_day(day) is None

    def _changing(
        self, day: ChangingDay, rows: NDArray[np.intp], valued: NDArray[np.bool_], filled: NDArray[np.bool_]
    ) -> list[Group]:
        by_clock = self._times.odd_day is OddDay.CLOCK
        plan = day.by_clock if by_clock else in_sequence(day.slots, self._interval_s)
        if not day.is_short:
            return self._sorted(rows, _any(valued) & ~_any(filled[:, self._count :]), plan, day)
        unused = day.gap if by_clock else np.arange(self._count) >= day.slots
        width = min(self._count, valued.shape[1])
        misfit = _any(valued[:, :width][:, unused[:width]])
        spare = _any(valued[:, self._count :])
        return [
            *self._sorted(rows[~spare], misfit[~spare], plan, day),
            Group(rows[spare], None, self._too_many(day.hours)),
        ]

    def _sorted(
        self, rows: NDArray[np.intp], misfit: NDArray[np.bool_], plan: Plan, day: ChangingDay | None = None
    ) -> list[Group]:
        if day is None:
            return [Group(rows[~misfit], plan), Group(rows[misfit], None, self._too_many("24"))]
        rule = self._times.misfit
        repair = {Misfit.DROP: day.first_hours, Misfit.SPREAD: day.spread}.get(rule)
        reason = f"values of 24 hours on a day of {day.hours}" + (_DONE[rule, day.is_short] if repair else "")
        return [Group(rows[~misfit], plan), Group(rows[misfit], repair, reason)]

    def _too_many(self, hours: str) -> str:
        return f"values of more than 24 hours on a day of {hours}"


def _any(filled: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """bool (r,): rows (r, k) with anything in them."""
    found: NDArray[np.bool_] = np.logical_or.reduce(filled, axis=1)
    return found


_DONE = {
    (Misfit.DROP, True): ": the hour that does not come is left out",
    (Misfit.DROP, False): ": the second of the two equal hours is left without values",
    (Misfit.SPREAD, True): ": the hour that does not come is added to the one before",
    (Misfit.SPREAD, False): ": the values of the hour that comes twice are halved",
}
