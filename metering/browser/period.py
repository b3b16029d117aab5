"""The period of the Data Browser: a local day, week, month, year, or any two instants; always in the URL.

    ?period=day&date=2026-11-20      ?period=year&date=2026-01-01
    ?from=2026-11-20T14:00&to=2026-11-21T06:00      (local time, or with an offset; a date means the whole day)

Days begin at midnight of the utility's zone, so a day has 23, 24 or 25 hours; inside everything is UTC.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from metering.intervals import local_day

MOST_DAYS = 1100
FIRST_YEAR, LAST_YEAR = 1990, 2099


class PeriodError(ValueError):
    """The URL names no usable period; the message says what is wrong."""


class Scale(StrEnum):
    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    YEAR = "year"
    FREE = "free"


@dataclass(frozen=True, slots=True)
class Period:
    """From `start` up to `end` (UTC, excluded); `first` is the local day it begins on."""

    scale: Scale
    start: datetime
    end: datetime
    zone: ZoneInfo

    @property
    def first(self) -> date:
        return self.start.astimezone(self.zone).date()

    @property
    def last(self) -> date:
        """The last local day that lies in it, at least in part."""
        return (self.end - timedelta(seconds=1)).astimezone(self.zone).date()

    @property
    def days(self) -> int:
        """Local days it touches."""
        return (self.last - self.first).days + 1

    @property
    def query(self) -> dict[str, str]:
        """The URL parameters that name it."""
        if self.scale != Scale.FREE:
            return {"period": self.scale, "date": self.first.isoformat()}
        return {"from": self._written(self.start), "to": self._written(self.end)}

    @property
    def title(self) -> str:
        """In words: `Friday 20 November 2026`, `Week 47 · 16 – 22 November 2026`, `November 2026`, `2026`."""
        first = self.first
        match self.scale:
            case Scale.DAY:
                return f"{first:%A} {first.day} {first:%B %Y}"
            case Scale.WEEK:
                return f"Week {first.isocalendar().week} · {_span(first, self.last)}"
            case Scale.MONTH:
                return f"{first:%B %Y}"
            case Scale.YEAR:
                return f"{first:%Y}"
        return _instants(self.start.astimezone(self.zone), self.end.astimezone(self.zone))

    def moved(self, by: int) -> "Period":
        """`by` periods later (earlier when negative). PeriodError beyond the years that can be shown."""
        if self.scale == Scale.FREE:
            return self._shifted(by)
        first = self.first
        match self.scale:
            case Scale.DAY:
                day = first + timedelta(days=by)
            case Scale.WEEK:
                day = first + timedelta(weeks=by)
            case Scale.MONTH:
                day = _month(first, by)
            case _:
                day = _month(first, 12 * by)
        return whole(self.scale, day, self.zone)

    def at_day(self, day: date) -> "Period":
        """The period of the same length that `day` lies in; a free one begins on it. PeriodError as for `whole`."""
        if self.scale != Scale.FREE:
            return whole(self.scale, day, self.zone)
        by = day - self.first
        start, end = ((edge.astimezone(self.zone) + by).astimezone(UTC) for edge in (self.start, self.end))
        return _checked(start, end, self.zone)

    def around(self, scale: Scale, today: date) -> "Period":
        """The period of `scale` around today when this one shows today, else around its first day."""
        return whole(scale, today if self.first <= today <= self.last else self.first, self.zone)

    def _shifted(self, by: int) -> "Period":
        local = self.start.astimezone(self.zone), self.end.astimezone(self.zone)
        if all(edge.time() == time() for edge in local):
            length = timedelta(days=(local[1].date() - local[0].date()).days * by)
            start, end = (local_day(edge.date() + length, self.zone)[0] for edge in local)
        else:
            length = (self.end - self.start) * by
            start, end = self.start + length, self.end + length
        return _checked(start, end, self.zone)

    def _written(self, edge: datetime) -> str:
        local = edge.astimezone(self.zone)
        twice = local.replace(fold=0).utcoffset() != local.replace(fold=1).utcoffset()
        return local.isoformat(timespec="minutes") if twice else f"{local:%Y-%m-%dT%H:%M}"


def whole(scale: Scale, day: date, zone: ZoneInfo) -> Period:
    """The local day, ISO week, month or year that `day` lies in. PeriodError beyond the years that can be shown."""
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise PeriodError(f"Choose a day between {FIRST_YEAR} and {LAST_YEAR}.")
    match scale:
        case Scale.WEEK:
            first = day - timedelta(days=day.weekday())
            after = first + timedelta(weeks=1)
        case Scale.MONTH:
            first, after = day.replace(day=1), _month(day, 1)
        case Scale.YEAR:
            first, after = day.replace(month=1, day=1), date(day.year + 1, 1, 1)
        case _:
            first, after = day, day + timedelta(days=1)
    return Period(scale, local_day(first, zone)[0], local_day(after, zone)[0], zone)


def parse(query: Mapping[str, str], zone: ZoneInfo, today: date) -> Period:
    """The period a URL names; this week when it names none. PeriodError in words the reader can act on."""
    if query.get("from") or query.get("to"):
        return _free(query, zone)
    try:
        scale = Scale(query.get("period") or Scale.WEEK)
        day = date.fromisoformat(query["date"]) if query.get("date") else today
    except ValueError:
        raise PeriodError("A period is day, week, month or year with a date such as 2026-11-20.") from None
    return whole(scale, day, zone)


def _free(query: Mapping[str, str], zone: ZoneInfo) -> Period:
    if not (query.get("from") and query.get("to")):
        raise PeriodError("A free period needs both a beginning and an end.")
    return _checked(edge_of(query["from"], zone, end=False), edge_of(query["to"], zone, end=True), zone)


def edge_of(text: str, zone: ZoneInfo, *, end: bool) -> datetime:
    """An edge of a period as written in a URL or a form, in UTC: local time, an instant, or a date (its end for `end`).

    PeriodError for anything else.
    """
    try:
        if len(text) == len("2026-11-20"):
            return local_day(date.fromisoformat(text), zone)[1 if end else 0]
        instant = datetime.fromisoformat(text)
        return (instant if instant.tzinfo else instant.replace(tzinfo=zone)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise PeriodError(f"{text[:40]!r} is not a time such as 2026-11-20T14:00.") from None


def _checked(start: datetime, end: datetime, zone: ZoneInfo) -> Period:
    if end <= start:
        raise PeriodError("The end must be later than the beginning.")
    if end - start > timedelta(days=MOST_DAYS):
        raise PeriodError(f"At most {MOST_DAYS} days can be shown at a time.")
    if start.year < FIRST_YEAR or end.year > LAST_YEAR:
        raise PeriodError(f"Choose a period between {FIRST_YEAR} and {LAST_YEAR}.")
    return Period(Scale.FREE, start, end, zone)


def _month(day: date, by: int) -> date:
    """The first of the month `by` months after that of `day`."""
    year, month = divmod(day.year * 12 + day.month - 1 + by, 12)
    if not FIRST_YEAR <= year <= LAST_YEAR + 1:
        raise PeriodError(f"Choose a period between {FIRST_YEAR} and {LAST_YEAR}.")
    return date(year, month + 1, 1)


def _span(first: date, last: date) -> str:
    if first.year != last.year:
        return f"{first.day} {first:%B %Y} – {last.day} {last:%B %Y}"
    month = "" if first.month == last.month else f" {first:%B}"
    return f"{first.day}{month} – {last.day} {last:%B %Y}"


def _instants(start: datetime, end: datetime) -> str:
    if start.time() == end.time() == time():
        last = end.date() - timedelta(days=1)
        return _span(start.date(), last) if last > start.date() else f"{start.day} {start:%B %Y}"
    if start.date() == end.date():
        return f"{start.day} {start:%B %Y, %H:%M} – {end:%H:%M}"
    return f"{start.day} {start:%B %Y, %H:%M} – {end.day} {end:%B %Y, %H:%M}"
