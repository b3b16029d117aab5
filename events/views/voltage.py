"""The voltage of a transformer area: its metering points by day, those that leave the band most often first."""

from dataclasses import dataclass
from datetime import tzinfo
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from aim.web.detail import DetailPage, Fact, Tab
from aim.web.links import Crumb
from events.voltage import Figures, Voltages, voltages
from events.voltage_words import BAND_WORDS, Range, Words, bars_of, days_between, range_of, words_of
from metering.browser.period import Period, PeriodError, Scale, parse, whole
from metering.intervals import local_day
from metering.models import MeteringPoint, TransformerArea
from metering.views.people import user_of

MOST_POINTS = 200
_SCALES = (Scale.DAY, Scale.WEEK, Scale.MONTH)


@dataclass(frozen=True, slots=True)
class Line:
    """A metering point of the list: over all days, its range, and each day."""

    point: MeteringPoint
    whole: Words
    range: Range | None
    days: list[Words]


def _voltage(request: HttpRequest, area: TransformerArea) -> dict[str, Any]:
    period, problem = _period(request, area)
    days = days_between(period.first, period.last)
    edges = [local_day(day, period.zone)[0] for day in days] + [period.end]
    points = MeteringPoint.objects.visible_to(user_of(request)).filter(transformer_area=area)
    found = voltages(points, days, edges)
    rows = found.worst()
    return {
        "period": period, "problem": problem, "days": days, "band": BAND_WORDS, "links": _links(period),
        "lines": _lines(found, [int(row) for row in rows[:MOST_POINTS]]), "count": len(rows),
        "all": words_of(found.by_point.over(0)), "bars": bars_of(found) if len(rows) else [],
        "leaving": int((found.by_point.outside > 0).sum()),
    }  # fmt: skip


def _lines(found: Voltages, rows: list[int]) -> list[Line]:
    by_point: Figures = found.by_point
    points = MeteringPoint.objects.in_bulk([int(found.point_ids[row]) for row in rows])
    return [
        Line(
            points[int(found.point_ids[row])], words_of(by_point, row), range_of(by_point, row),
            [words_of(found.figures, row, day) for day in range(len(found.days))],
        )
        for row in rows
    ]  # fmt: skip


def _period(request: HttpRequest, area: TransformerArea) -> tuple[Period, str]:
    """What the address asks for, whole local days; this week and why where that cannot be shown."""
    zone = area.utility.zone
    today = timezone.now().astimezone(zone).date()
    try:
        asked = parse(request.GET, zone, today)
        if asked.scale not in _SCALES:
            raise PeriodError("The voltage of an area is shown by day, week or month.")
    except PeriodError as error:
        return whole(Scale.WEEK, today, zone), str(error)
    return asked, ""


def _links(period: Period) -> dict[str, Any]:
    """Where the buttons of the period lead: `previous`, `next` (empty: nowhere) and the lengths."""
    now = timezone.now()
    lengths = [(scale, period.around(scale, now.astimezone(period.zone).date())) for scale in _SCALES]
    return {
        "previous": _moved(period, -1),
        "next": "" if period.end > now else _moved(period, 1),
        "lengths": [(scale.capitalize(), f"?{urlencode(to.query)}", scale == period.scale) for scale, to in lengths],
    }


def _moved(period: Period, by: int) -> str:
    try:
        return f"?{urlencode(period.moved(by).query)}"
    except PeriodError:  # the end of the years that can be shown
        return ""


class VoltagePage(DetailPage):
    """How far the voltage in an area keeps to its band."""

    permission_required = "metering.view_series"
    model = TransformerArea
    template_name = "events/voltage.html"
    tabs = (Tab("", "Voltage", "events/tabs/voltage.html", context=_voltage),)

    @cached_property
    def object(self) -> TransformerArea:
        area: TransformerArea = self.get_visible_or_404(pk=self.kwargs["pk"])
        return area

    def get_zone(self) -> tzinfo:
        zone: tzinfo = self.object.utility.zone
        return zone

    def get_title(self) -> str:
        return f"Voltage of {self.object}"

    def get_crumbs(self) -> list[Crumb]:
        return [Crumb("Outages", reverse("events:outages"))]

    def get_strip(self) -> list[Fact]:
        return [Fact("Feeder", self.object.feeder or None), Fact("Band", BAND_WORDS)]
