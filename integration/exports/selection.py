"""Which series an export is asked for: named one by one, or certain quantities of the metering points of a list."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from django.db.models import Count, QuerySet
from django.http import HttpRequest, QueryDict

from access.models import User
from aim.web.bulk import selected
from integration.exports.registry import MOST_SERIES
from metering.browser.selection import parse_ids
from metering.filters import MeteringPointFilter
from metering.models import MeteringPoint, Series

POINTS = "points"
"""`?of=points` before the query of a metering point list."""


@dataclass(frozen=True, slots=True)
class Quantity:
    """What is measured in which rhythm, in how many series."""

    key: str
    label: str
    series: int


def points_of(request: HttpRequest, user: User) -> QuerySet[MeteringPoint]:
    """The metering points selected in a list, by the query it was sent with; none while a filter is not valid."""
    rows = MeteringPoint.objects.visible_to(user)
    filters = MeteringPointFilter(request.GET, queryset=rows, request=request)
    found: QuerySet[MeteringPoint] = selected(filters.qs if filters.is_valid() else rows.none(), request.GET)
    return found


def is_of_points(query: QueryDict) -> bool:
    """Whether the query names metering points rather than series."""
    return query.get("of") == POINTS


def series_named(user: User, query: QueryDict) -> QuerySet[Series]:
    """The series of `?series=1,2` that the user may see; Http404 for what is no list of numbers."""
    return series_with(user, parse_ids(query.get("series", "")))


def series_with(user: User | None, ids: Sequence[int]) -> QuerySet[Series]:
    """The series with these ids that the user may see; all of them without a user."""
    rows = Series.objects.all() if user is None else Series.objects.visible_to(user)
    return rows.filter(pk__in=ids)


def zone_of(user: User | None, ids: Sequence[int]) -> ZoneInfo:
    """The zone of the utility of the first of these series; UTC where the user does not see it."""
    row = series_with(user, ids[:1]).select_related("metering_point__utility").first()
    return row.metering_point.utility.zone if row else ZoneInfo("UTC")


def series_of(user: User, points: QuerySet[MeteringPoint]) -> QuerySet[Series]:
    """The series of these metering points that the user may see, point by point, the most asked for first."""
    return in_order(Series.objects.visible_to(user).filter(metering_point__in=points.order_by().values("pk")))


def in_order(series: QuerySet[Series]) -> QuerySet[Series]:
    """Point by point, the most asked for first."""
    return series.order_by("metering_point__gsrn", "measured_property__rank", "interval_s", "kind", "source", "pk")


def quantities(series: QuerySet[Series]) -> list[Quantity]:
    """The quantities there are among these series. One query."""
    names = ("measured_property__name", "measured_property__obis", "measured_property__rank")
    keys = ("measured_property", "kind", "periodicity", "interval_s")
    rows = series.order_by().values(*names, *keys).annotate(count=Count("pk"))
    found = []
    for row in rows.order_by("measured_property__rank", "measured_property__obis", "interval_s", "kind"):
        rhythm = f"{row['interval_s'] // 60} min" if row["interval_s"] else Series.Periodicity(row["periodicity"]).label
        words = f"{row['measured_property__name']}, {rhythm.lower()} ({row['measured_property__obis']})"
        found.append(Quantity("-".join(str(row[key]) for key in keys), words, row["count"]))
    return found


def narrowed(series: QuerySet[Series], chosen: list[str]) -> list[int]:
    """Ids of the series of these quantities (`Quantity.key`), one more than an export takes at the most."""
    keys = {tuple(key.split("-")) for key in chosen}
    columns = series.values_list("pk", "measured_property", "kind", "periodicity", "interval_s")
    properties = {int(key[0]) for key in keys}
    found = columns.filter(measured_property__in=properties).iterator(chunk_size=10_000)
    wanted = (pk for pk, *of in found if tuple(str(part) for part in of) in keys)
    return [pk for pk, _ in zip(wanted, range(MOST_SERIES + 1), strict=False)]
