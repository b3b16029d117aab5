"""The coming week of a rhythm as a picture: a line per local day, with its runs, start windows and blackouts."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from headend.blackouts import stretches
from headend.rhythms import Kind, Rhythm, runs
from metering.intervals import local_day

DAYS = 8
"""A week and a day: what runs weekly and has run today is seen again."""
WIDTH = 100.0
FINEST_MIN = 15
"""Runs that follow closer cannot be told apart in the picture; so many minutes apart they fill it."""
_LEAST = 0.35
"""The narrowest mark that is seen, of `WIDTH`."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A stretch of a day: where it begins and how wide it is, of `WIDTH`."""

    x: float
    width: float


@dataclass(frozen=True, slots=True)
class DayLine:
    """A local day, 23 to 25 hours long, drawn over `WIDTH`. `words` says what is seen."""

    day: date
    runs: Sequence[Mark]
    dark: Sequence[Mark]
    words: str


def week_of(rhythm: Rhythm, now: datetime, window: timedelta) -> list[DayLine]:
    """Today and the next days; runs from `now` on, each as wide as the window its devices are begun over."""
    today = now.astimezone(rhythm.zone).date()
    days = [today + timedelta(days=number) for number in range(DAYS)]
    end = local_day(days[-1], rhythm.zone)[1]
    dense = rhythm.kind == Kind.MINUTES and rhythm.every_min < FINEST_MIN
    drawn = replace(rhythm, every_min=FINEST_MIN) if dense else rhythm
    found = [(run, run + window) for run in runs(drawn, now, end) if run < end]
    dark = list(stretches(rhythm.blackouts, rhythm.zone, today - timedelta(days=1), days[-1]))
    return [_line(day, rhythm.zone, found, dark, dense=dense) for day in days]


def _line(
    day: date,
    zone: ZoneInfo,
    found: Sequence[tuple[datetime, datetime]],
    dark: Sequence[tuple[datetime, datetime]],
    *,
    dense: bool,
) -> DayLine:
    start, end = local_day(day, zone)
    begun = [run.astimezone(zone) for run, _ in found if start <= run < end]
    return DayLine(day, _marks(found, start, end), _marks(dark, start, end), _words(begun, dense=dense))


def _marks(spans: Sequence[tuple[datetime, datetime]], start: datetime, end: datetime) -> list[Mark]:
    length = (end - start) / WIDTH
    inside = [(max(first, start), min(last, end)) for first, last in spans if first < end and max(last, first) >= start]
    return [
        Mark(round((first - start) / length, 2), round(max((last - first) / length, _LEAST), 2))
        for first, last in inside
        if first < end
    ]


def _words(begun: Sequence[datetime], *, dense: bool) -> str:
    if not begun:
        return "no run"
    if len(begun) <= 3:
        return ", ".join(f"{run:%H:%M}" for run in begun)
    count = "many" if dense else str(len(begun))
    return f"{count} runs, {begun[0]:%H:%M} to {begun[-1]:%H:%M}"
