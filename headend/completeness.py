"""Completeness: which values must exist by now, and which do.

A slot must exist when its device hung at the metering point at that instant and the deadline has passed. Expected comes
from installations and series, present from the summary columns of the store: no block is decoded. Days are UTC days.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet
from django.utils import timezone

from metering.models import MeteringPoint

GRACE = timedelta(minutes=20)
"""A value is due this long after its instant: a reading every quarter of an hour, and time to store it."""

EXPECTED = """
SELECT point.id AS metering_point_id, device.id AS device_id, series.id AS series_id, day.day,
       greatest(0, ceil(extract(epoch FROM hi - midnight) / series.interval_s)
                 - ceil(extract(epoch FROM lo - midnight) / series.interval_s))::bigint AS expected,
       coalesce(stored.present, 0) AS present
FROM ({points}) AS point(id)
JOIN metering_series series ON series.metering_point_id = point.id
     AND series.periodicity = 'interval' AND series.kind <> 'consumption' AND series.source <> ''
JOIN devices_device device ON device.serial_number = series.source
JOIN devices_installation installation
     ON installation.device_id = device.id AND installation.metering_point_id = point.id
CROSS JOIN generate_series(%s::timestamptz, %s::timestamptz, interval '1 day') AS midnight
CROSS JOIN LATERAL (SELECT (midnight AT TIME ZONE 'UTC')::date AS day) AS day
CROSS JOIN LATERAL (
    SELECT greatest(midnight, lower(installation.period)) AS lo,
           least(midnight + interval '1 day', upper(installation.period), %s::timestamptz) AS hi
) AS due
LEFT JOIN series_day stored ON stored.series_id = series.id AND stored.day = day.day
WHERE lo < hi
"""
_SUM = "SELECT {key}, sum(expected), sum(least(present, expected)) FROM ({expected}) AS e GROUP BY {key} ORDER BY {key}"


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
    return [DayCompleteness(day, Completeness(*counts)) for day, *counts in _summed("day", points, first, last)]


def completeness_by_point(points: QuerySet[MeteringPoint], first: date, last: date) -> dict[int, Completeness]:
    """Completeness over the days `first` to `last` (both included) by metering point id."""
    rows = _summed("metering_point_id", points, first, last)
    return {pk: Completeness(*counts) for pk, *counts in rows}


def completeness_by_series_day(
    points: QuerySet[MeteringPoint], first: date, last: date
) -> dict[tuple[int, date], Completeness]:
    """Completeness by series id and day."""
    rows = _summed("series_id, day", points, first, last)
    return {(series_id, day): Completeness(*counts) for series_id, day, *counts in rows}


def _summed(key: str, points: QuerySet[MeteringPoint], first: date, last: date) -> list[tuple[Any, ...]]:
    try:
        selected, parameters = points.order_by().values_list("pk").query.sql_with_params()
    except EmptyResultSet:
        return []
    query = _SUM.format(key=key, expected=EXPECTED.format(points=selected))
    with connection.cursor() as cursor:
        cursor.execute(query, [*parameters, *_days(first, last), timezone.now() - GRACE])
        return [(*row[:-2], int(row[-2]), int(row[-1])) for row in cursor.fetchall()]


def _days(first: date, last: date) -> tuple[datetime, datetime]:
    return datetime.combine(first, time.min, UTC), datetime.combine(last, time.min, UTC)
