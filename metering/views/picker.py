"""Choosing series in the Data Browser: those of the points already shown, and those of points found by a search."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest

from metering.browser.page import Browser
from metering.browser.selection import MOST_SERIES, main_series
from metering.models import MeteringPoint, Series
from metering.search import by_text
from metering.views.people import user_of

MOST_POINTS = 8
STARTS = 6


@dataclass(frozen=True)
class Choice:
    """A series that can be added, with the link that adds it and the one that compares the shown ones with it."""

    series: Series
    url: str
    compare_url: str


@dataclass(frozen=True)
class PointChoices:
    point: MeteringPoint
    choices: Sequence[Choice]


@dataclass(frozen=True)
class Start:
    """A metering point to begin with, and the link that shows its main series."""

    point: MeteringPoint
    url: str


@dataclass(frozen=True)
class Picker:
    """What can be added: `points` found for `text`, or those already shown when nothing is searched.

    `starts` are offered where nothing is shown and nothing searched.
    """

    text: str
    points: Sequence[PointChoices]
    full: bool
    starts: Sequence[Start] = ()


def pick(request: HttpRequest, browser: Browser) -> Picker:
    """The picker of a Data Browser page. Two queries at most."""
    text = request.GET.get("find", "").strip()
    if not text and not browser.series:
        return Picker("", [], full=False, starts=_starts(request, browser))
    full = len(browser.series) >= MOST_SERIES
    chosen = [each.pk for each in browser.series]
    rows: QuerySet[Series] = Series.objects.visible_to(user_of(request)).exclude(pk__in=chosen)
    rows = rows.filter(metering_point__in=_points(request, browser, text))
    rows = rows.select_related("measured_property", "metering_point")
    grouped: dict[MeteringPoint, list[Choice]] = {}
    for row in rows.none() if full else rows:
        grouped.setdefault(row.metering_point, []).append(_choice(row, browser))
    return Picker(text, [PointChoices(point, choices) for point, choices in grouped.items()], full)


def _choice(row: Series, browser: Browser) -> Choice:
    return Choice(row, browser.links.with_series(row), browser.links.but(compare="", against=row.pk))


def _starts(request: HttpRequest, browser: Browser) -> list[Start]:
    """The first metering points open to the user where something is measured. Two queries."""
    measured: QuerySet[Series] = Series.objects.visible_to(user_of(request))
    here = measured.filter(metering_point=OuterRef("pk")).order_by()
    points = MeteringPoint.objects.visible_to(user_of(request)).filter(Exists(here)).order_by("gsrn")[:STARTS]
    grouped: dict[MeteringPoint, list[Series]] = {point: [] for point in points}
    for row in measured.filter(metering_point__in=list(grouped)).select_related("metering_point"):
        grouped[row.metering_point].append(row)
    return [Start(point, browser.links.of(main_series(series))) for point, series in grouped.items()]


def _points(request: HttpRequest, browser: Browser, text: str) -> list[int]:
    if not text:
        return [each.metering_point_id for each in browser.series]
    user = user_of(request)
    found = by_text(MeteringPoint.objects.visible_to(user), text, user).order_by("gsrn")
    return list(found.values_list("pk", flat=True)[:MOST_POINTS])
