"""What screens show of voltage: a period of whole local days, its bars, and the metering points, the worst first."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.db.models import QuerySet
from django.utils import timezone

from events.voltage import Figures, Voltages, voltages
from events.voltage_words import Range, Words, bands_in_words, bars_of, days_between, range_of, words_of
from metering.browser.period import Period, PeriodError, Scale, parse, whole
from metering.intervals import local_day
from metering.models import MeteringPoint

MOST_POINTS = 200
_SCALES = (Scale.DAY, Scale.WEEK, Scale.MONTH)


@dataclass(frozen=True, slots=True)
class Line:
    """A metering point of the list: over all days, its range, and each day."""

    point: MeteringPoint
    whole: Words
    range: Range | None
    days: list[Words]


def shown(points: QuerySet[MeteringPoint], zone: ZoneInfo, query: Mapping[str, str]) -> dict[str, Any]:
    """The context of `events/tabs/voltage.html`: the voltage of `points` over the period that `query` names."""
    period, problem = _period(query, zone)
    days = days_between(period.first, period.last)
    found = voltages(points, days, [local_day(day, zone)[0] for day in days] + [period.end])
    rows = found.worst()
    return {
        "period": period, "problem": problem, "days": days, "links": _links(period),
        "lines": _lines(found, [int(row) for row in rows[:MOST_POINTS]]), "count": len(rows),
        "all": words_of(found.by_point.over(0)), "bars": bars_of(found) if len(rows) else [],
        "band": bands_in_words(found), "leaving": int((found.by_point.outside > 0).sum()),
    }  # fmt: skip


def _lines(found: Voltages, rows: list[int]) -> list[Line]:
    by_point: Figures = found.by_point
    points = MeteringPoint.objects.in_bulk([int(found.point_ids[row]) for row in rows])
    return [
        Line(
            points[int(found.point_ids[row])], words_of(by_point, row), range_of(found, row),
            [words_of(found.figures, row, day) for day in range(len(found.days))],
        )
        for row in rows
    ]  # fmt: skip


def _period(query: Mapping[str, str], zone: ZoneInfo) -> tuple[Period, str]:
    """What the address asks for, whole local days; this week and why where that cannot be shown."""
    today = timezone.now().astimezone(zone).date()
    try:
        asked = parse(query, zone, today)
        if asked.scale not in _SCALES:
            raise PeriodError("Voltage is shown by day, week or month.")
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
