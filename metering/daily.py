"""What metering points used on whole local days, many points at once."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo

from metering.browser.buckets import day_edges, gather
from metering.browser.period import Scale, whole
from metering.browser.readings import Readings, read
from metering.display import exact, number, shown_exponent
from metering.models import MeteringPoint, Series
from metering.store import NO_VALUE


@dataclass(frozen=True, slots=True)
class Day:
    """One local day of one series: `text` and exact `value` in the shown unit; None where nothing was measured."""

    text: str | None
    value: Decimal | None
    present: int
    expected: int

    @property
    def complete(self) -> float | None:
        """Percent of the expected values, rounded down so that 100 means all; None where none is expected."""
        return self.present * 1000 // self.expected / 10 if self.expected else None


NOTHING = Day(None, None, 0, 0)


def consumption_series(points: Iterable[MeteringPoint]) -> dict[int, Series]:
    """The main consumption profile of each metering point that has one, by the point's id. One query."""
    rows = Series.objects.filter(
        metering_point__in=[point.pk for point in points],
        kind=Series.Kind.CONSUMPTION,
        periodicity=Series.Periodicity.INTERVAL,
    ).select_related("measured_property")
    found: dict[int, Series] = {}
    for row in rows.order_by("metering_point", "measured_property__rank", "interval_s"):
        found.setdefault(row.metering_point_id, row)
    return found


def set_yesterday(points: Sequence[Any], now: datetime) -> None:
    """Give each metering point `yesterday`, a `Day`. A query for the series, and two per time zone and interval."""
    series = consumption_series(points)
    for point in points:
        point.yesterday = NOTHING
    for zone, group in groupby(sorted(points, key=_zone), key=_zone):
        members = {series[point.pk].pk: point for point in group if point.pk in series}
        for pk, day in _yesterdays([series[point.pk] for point in members.values()], ZoneInfo(zone), now).items():
            members[pk].yesterday = day


def _zone(point: MeteringPoint) -> str:
    return point.utility.time_zone


def _yesterdays(series: Sequence[Series], zone: ZoneInfo, now: datetime) -> dict[int, Day]:
    day = now.astimezone(zone).date() - timedelta(days=1)
    frame = read(series, whole(Scale.DAY, day, zone), now)
    return {each.series.pk: days_of(each, day, day, zone)[0] for each in frame.readings}


def days_of(readings: Readings, first: date, last: date, zone: ZoneInfo) -> list[Day]:
    """The local days from `first` to `last` of the readings of one series."""
    gathered = gather(readings, day_edges(first, last, zone))
    exponent = shown_exponent(readings.series)
    rows = zip(gathered.values.tolist(), gathered.present.tolist(), gathered.expected.tolist(), strict=True)
    return [_day(value, present, expected, exponent) for value, present, expected in rows]


def _day(value: int, present: int, expected: int, exponent: int) -> Day:
    if value == NO_VALUE:
        return Day(None, None, present, expected)
    return Day(number(value, exponent), Decimal(exact(value, exponent)), present, expected)
