"""Blackouts: times of the week in which nothing is begun, as instants.

A blackout is a stretch from one local time to another. Where clocks go back it begins at the first occurrence of its
begin and ends at the last occurrence of its end; where they go forward, a time that is left out stands for the instant
as much later. So it never becomes shorter than the clock on the wall says.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

DAY_MIN = 1440
WEEK_MIN = 7 * DAY_MIN
LEAST_FREE_MIN = 60
"""Minutes of a week that blackouts must leave, so that there is a next run."""
_MOST_DAYS = 30
_TICK = timedelta(microseconds=1)

Stretch = tuple[datetime, datetime]


@dataclass(frozen=True, slots=True)
class Blackout:
    """From `start_minute` of the local days `weekdays` (Monday is 0) to `end_minute`, excluded.

    An end at or before the start is that of the next day.
    """

    weekdays: frozenset[int]
    start_minute: int
    end_minute: int

    @property
    def minutes(self) -> int:
        """Its length on a day without a change of clocks."""
        return (self.end_minute - self.start_minute - 1) % DAY_MIN + 1


def free_minutes(blackouts: Sequence[Blackout]) -> int:
    """Minutes of a week outside all blackouts."""
    taken = set[int]()
    for each in blackouts:
        for weekday in each.weekdays:
            begin = weekday * DAY_MIN + each.start_minute
            taken.update(minute % WEEK_MIN for minute in range(begin, begin + each.minutes))
    return WEEK_MIN - len(taken)


def dark_around(blackouts: Sequence[Blackout], zone: ZoneInfo, at: datetime) -> Stretch | None:
    """Begin and end (excluded) of the unbroken blackout `at` lies in, of touching ones together; None outside."""
    covering = _covering(blackouts, zone, at)
    if covering is None:
        return None
    begin, end = covering
    while further := _covering(blackouts, zone, begin - _TICK):
        begin = _progress(further[0], at)
    while further := _covering(blackouts, zone, end):
        end = _progress(further[1], at)
    return begin, end


def next_dark(blackouts: Sequence[Blackout], zone: ZoneInfo, after: datetime, until: datetime) -> datetime | None:
    """The first begin of a blackout after `after` and before `until`."""
    first, last = (each.astimezone(zone).date() for each in (after, until))
    begins = (begin for begin, _ in stretches(blackouts, zone, first, last) if after < begin < until)
    return min(begins, default=None)


def stretches(blackouts: Sequence[Blackout], zone: ZoneInfo, first: date, last: date) -> Iterator[Stretch]:
    """Every blackout that begins on the local days `first` to `last`, both included; they may overlap."""
    for number in range((last - first).days + 1):
        day = first + timedelta(days=number)
        for each in blackouts:
            if day.weekday() in each.weekdays:
                yield _on(each, zone, day)


def _covering(blackouts: Sequence[Blackout], zone: ZoneInfo, at: datetime) -> Stretch | None:
    """Earliest begin and latest end of the blackouts `at` lies in."""
    if not blackouts:
        return None
    day = at.astimezone(zone).date()
    # Two days back: one that ends the next day may be moved over midnight by a change of clocks.
    found = [each for each in stretches(blackouts, zone, day - timedelta(days=2), day) if each[0] <= at < each[1]]
    return (min(begin for begin, _ in found), max(end for _, end in found)) if found else None


def _on(blackout: Blackout, zone: ZoneInfo, day: date) -> Stretch:
    over_midnight = blackout.end_minute <= blackout.start_minute
    end_day = day + timedelta(days=1) if over_midnight else day
    return _first(day, blackout.start_minute, zone), _last(end_day, blackout.end_minute, zone)


def _first(day: date, minute: int, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(minute // 60, minute % 60), zone).astimezone(UTC)


def _last(day: date, minute: int, zone: ZoneInfo) -> datetime:
    """The last instant of this local time; of one that is left out, the same as the first."""
    local = datetime.combine(day, time(minute // 60, minute % 60), zone)
    return max(local.astimezone(UTC), local.replace(fold=1).astimezone(UTC))


def _progress(edge: datetime, at: datetime) -> datetime:
    if abs(edge - at) > timedelta(days=_MOST_DAYS):
        raise ValueError("The blackouts leave no time in which anything could be begun.")
    return edge
