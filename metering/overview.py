"""The view models of a metering point's Overview: consumption by day, today against yesterday, completeness."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np

from aim.web.svg import Bar, Point, bars
from aim.web.tones import Tone
from metering.browser.links import Links
from metering.browser.period import Period, Scale, whole
from metering.browser.readings import Readings, read
from metering.daily import Day, days_of
from metering.display import number, shown_exponent, shown_unit
from metering.intervals import local_day, to_instant, to_seconds
from metering.models import Series

DAYS = 60
BAR_DAYS = 30


@dataclass(frozen=True, slots=True)
class Square:
    """One day of the completeness strip; `text` says in words what the tone shows."""

    text: str
    tone: Tone
    query: str


@dataclass(frozen=True, slots=True)
class Today:
    """What was used today until `until`, yesterday until the same time of day, and on the whole of yesterday."""

    today: str
    until: datetime
    yesterday_by_then: str | None
    yesterday: str | None


@dataclass(frozen=True, slots=True)
class Consumption:
    """One consumption series over the last `DAYS` days."""

    series: Series
    unit: str
    bars: Sequence[Bar]
    total: str
    today: Today | None
    squares: Sequence[Square]
    complete: float | None
    query: str


def recent(series: Sequence[Series], zone: ZoneInfo, now: datetime) -> Sequence[Readings]:
    """The last `DAYS` days of each series, for everything the overview says of them."""
    first, last = _days(zone, now)
    period = Period(Scale.FREE, local_day(first, zone)[0], local_day(last, zone)[1], zone)
    return read(series, period, now).readings


def consumption(found: Sequence[Readings], zone: ZoneInfo, now: datetime) -> list[Consumption]:
    """What the overview shows of each profile series, from its `recent` readings."""
    return [_shown(readings, *_days(zone, now), zone) for readings in found]


def _days(zone: ZoneInfo, now: datetime) -> tuple[date, date]:
    last = now.astimezone(zone).date()
    return last - timedelta(days=DAYS - 1), last


def _shown(readings: Readings, first: date, last: date, zone: ZoneInfo) -> Consumption:
    series = readings.series
    days = days_of(readings, first, last, zone)
    dates = [first + timedelta(days=n) for n in range(DAYS)]
    shown = list(zip(dates, days, strict=True))
    return Consumption(
        series, shown_unit(series),
        bars=bars([_point(*each, shown_unit(series)) for each in shown[-BAR_DAYS:]]),
        total=_total(readings, dates[-BAR_DAYS], zone),
        today=_today(readings, last, zone),
        squares=[_square(day, found, series, zone) for day, found in shown],
        complete=_complete(days),
        query=Links((series.pk,), whole(Scale.MONTH, last, zone)).here,
    )  # fmt: skip


def _point(day: date, found: Day, unit: str) -> Point:
    value = None if found.value is None else float(found.value)
    note = "" if found.present >= found.expected else f", {found.present} of {found.expected} values"
    text = f"{found.text} {unit}{note}" if found.text else "no values"
    return Point(value, f"{day:%a} {day.day} {day:%b}", text, "" if not note else "warn")


def _total(readings: Readings, first: date, zone: ZoneInfo) -> str:
    since = readings.at >= to_seconds(local_day(first, zone)[0])
    return number(int(readings.values[since & readings.present].sum()), shown_exponent(readings.series))


def _today(readings: Readings, day: date, zone: ZoneInfo) -> Today | None:
    """None while there is no value of today."""
    midnight = to_seconds(local_day(day, zone)[0])
    places = np.flatnonzero(readings.present & (readings.at >= midnight))
    if not len(places):
        return None
    until = int(readings.at[places[-1]]) + readings.step_s
    before = to_seconds(local_day(day - timedelta(days=1), zone)[0])
    return Today(
        today=_between(readings, midnight, until) or "",
        until=to_instant(until),
        yesterday_by_then=_between(readings, before, before + until - midnight),
        yesterday=_between(readings, before, midnight),
    )


def _between(readings: Readings, start: int, end: int) -> str | None:
    """The sum of the intervals that start in [start, end); None when there is none."""
    chosen = readings.present & (readings.at >= start) & (readings.at < end)
    return number(int(readings.values[chosen].sum()), shown_exponent(readings.series)) if chosen.any() else None


def _square(day: date, found: Day, series: Series, zone: ZoneInfo) -> Square:
    name = f"{day:%A} {day.day} {day:%B %Y}"
    query = Links((series.pk,), whole(Scale.DAY, day, zone)).here
    if not found.expected:
        return Square(f"{name}: nothing expected", "muted", query)
    tone: Tone = "ok" if found.present >= found.expected else "warn" if found.present else "bad"
    return Square(f"{name}: {found.present} of {found.expected} values", tone, query)


def _complete(days: Sequence[Day]) -> float | None:
    expected = sum(day.expected for day in days)
    return sum(day.present for day in days) * 1000 // expected / 10 if expected else None
