"""Completeness: which values must exist by now, and which do.

A slot must exist when its device hung at the metering point at that instant and the deadline has passed. Expected comes
from installations and series, present from the summary columns of the store: no block is decoded. Days are UTC days.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

import numpy as np
from django.db.models import QuerySet
from django.utils import timezone
from numpy.typing import NDArray

from headend.deadlines import cutoffs
from headend.due import due
from metering import store
from metering.intervals import DAY_S, day_number, day_of
from metering.models import MeteringPoint

Ints = NDArray[np.int64]

GRACE = timedelta(minutes=20)
"""A value is due this long after its instant: a reading every quarter of an hour, and time to store it. Where the
utility has a deadline, only the values of days whose deadline has passed are due."""

_AT_ONCE = 5_000_000
"""Series-days looked at together."""


@dataclass(frozen=True, slots=True)
class Completeness:
    """Values that must exist and, of those, how many do."""

    expected: int
    present: int

    @property
    def missing(self) -> int:
        return self.expected - self.present

    @property
    def percent(self) -> float | None:
        """0 to 100; None when nothing is due yet."""
        return 100 * self.present / self.expected if self.expected else None

    def __add__(self, other: "Completeness") -> "Completeness":
        return Completeness(self.expected + other.expected, self.present + other.present)


@dataclass(frozen=True, slots=True)
class DayCompleteness:
    """The completeness of one UTC day."""

    day: date
    completeness: Completeness

    @property
    def expected(self) -> int:
        return self.completeness.expected

    @property
    def present(self) -> int:
        return self.completeness.present


def completeness_by_day(points: QuerySet[MeteringPoint], first: date, last: date) -> list[DayCompleteness]:
    """Completeness of all profile series of these metering points, for each day with anything due."""
    days = (
        DayCompleteness(day, Completeness(int(expected.sum()), int(present.sum())))
        for day, _, expected, present in _days(points, first, last)
    )
    return [day for day in days if day.expected]


def completeness_by_point(points: QuerySet[MeteringPoint], first: date, last: date) -> dict[int, Completeness]:
    """Completeness over the days `first` to `last` (both included) by metering point id, where anything is due."""
    sums: Ints | None = None
    for _, series, expected, present in _days(points, first, last):
        sums = np.zeros((2, len(series.points)), np.int64) if sums is None else sums
        sums += (expected, present)
    if sums is None:
        return {}
    ids, rows = np.unique(series.points, return_inverse=True)
    expected, present = (np.bincount(rows, each).astype(np.int64) for each in sums)
    found = zip(ids.tolist(), expected.tolist(), present.tolist(), strict=True)
    return {pk: Completeness(*counts) for pk, *counts in found if counts[0]}


def completeness_by_series_day(
    points: QuerySet[MeteringPoint], first: date, last: date
) -> dict[tuple[int, date], Completeness]:
    """Completeness by series id and day, where anything is due."""
    return {
        (pk, day): Completeness(*counts)
        for day, series, *columns in _days(points, first, last)
        for pk, *counts in zip(series.ids.tolist(), *(column.tolist() for column in columns), strict=True)
        if counts[0]
    }


@dataclass(frozen=True, slots=True, eq=False)
class _Series:
    """Series with anything due, ascending: their ids and metering points, both (n,)."""

    ids: Ints
    points: Ints


def _days(points: QuerySet[MeteringPoint], first: date, last: date) -> Iterator[tuple[date, _Series, Ints, Ints]]:
    """Each day with, for the same series each time, how many values are due and how many of these there are; (n,)."""
    until = min(_midnight(last + timedelta(days=1)), timezone.now() - GRACE)
    owed = due(points, _midnight(first), until, cutoffs(timezone.now()))
    if not owed.series.size:
        return
    ids, one_of_each, rows = np.unique(owed.series, return_index=True, return_inverse=True)
    series = _Series(ids, owed.points[one_of_each])
    numbers = range(day_number(first), min(day_number(last), int(until.timestamp()) // DAY_S) + 1)
    portion = max(_AT_ONCE // len(ids), 1)
    for begin in range(0, len(numbers), portion):
        part = numbers[begin : begin + portion]
        there = store.present(ids, day_of(part[0]), day_of(part[-1]))
        for column, day in enumerate(part):
            expected = np.bincount(rows, owed.on_day(day), minlength=len(ids)).astype(np.int64)
            yield day_of(day), series, expected, np.minimum(there[:, column], expected)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, UTC)
