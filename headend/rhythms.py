"""When something repeated happens next: a pure function of its rhythm, its time zone and an instant.

Runs by the clock (daily, weekly, monthly) happen at a local time. One that a change of clocks leaves out happens as
much later as the clocks went forward; one that occurs twice happens the first time only. Every n minutes is counted in
UTC from 1970, so such a change neither skips nor doubles a run. A run that would fall into a blackout is put off to
the end of it, and several put off to one instant are one run.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from headend.blackouts import Blackout, dark_around, next_dark

DAY_MIN = 1440
LAST = 5
"""The last of a weekday in its month, where 1 to 4 count from the first."""
EVERY_DAY = frozenset(range(7))
NEXT_RUNS = 5
"""So many runs people are told of."""
_TICK = timedelta(microseconds=1)
_MOST_DAYS_APART = 64
"""No two days of a rhythm lie further apart: the last of January to the last of March."""


class Kind(StrEnum):
    """What makes a rhythm repeat."""

    MINUTES = "minutes"
    DAILY = "daily"
    WEEKLY = "weekly"
    MONTHLY = "monthly"
    NTH_WEEKDAY = "nth_weekday"
    ONCE = "once"


class CatchUp(StrEnum):
    """What happens to the runs of a time in which nobody ran."""

    SKIP = "skip"
    ONCE = "once"
    ALL = "all"


@dataclass(frozen=True, slots=True)
class Rhythm:
    """When runs are.

    every_min  minutes from run to run; with it `at_minute` is the offset past the full interval
    at_minute  else the minute of the local day, 0 to 1439
    weekdays   Monday is 0; the days of WEEKLY, and of which NTH_WEEKDAY takes the `nth` in the month (`LAST`: the last)
    month_day  1 to 31; a month that is shorter has its run on its last day, so 31 means the last day
    once_at    the only run of ONCE
    """

    kind: Kind
    zone: ZoneInfo
    every_min: int = 15
    at_minute: int = 0
    weekdays: frozenset[int] = EVERY_DAY
    month_day: int = 1
    nth: int = 1
    once_at: datetime | None = None
    blackouts: tuple[Blackout, ...] = ()


def next_run(rhythm: Rhythm, after: datetime) -> datetime | None:
    """The first run after `after` (UTC), None when there is none any more.

    ValueError for a rhythm that names no day or whose blackouts leave no time.
    """
    dark = dark_around(rhythm.blackouts, rhythm.zone, after)
    planned = _next_planned(rhythm, dark[0] - _TICK if dark else after)
    if planned is None:
        return None
    put_off = dark_around(rhythm.blackouts, rhythm.zone, planned)
    return put_off[1] if put_off else planned


def runs(rhythm: Rhythm, after: datetime, until: datetime) -> Iterator[datetime]:
    """All runs after `after` and up to `until`, that included, in order."""
    run = next_run(rhythm, after)
    while run is not None and run <= until:
        yield run
        run = next_run(rhythm, run)


def next_runs(rhythm: Rhythm, after: datetime, most: int = NEXT_RUNS) -> Sequence[datetime]:
    """The first `most` runs after `after`, fewer where there are no more. ValueError as in `next_run`."""
    found: list[datetime] = []
    while len(found) < most and (run := next_run(rhythm, found[-1] if found else after)) is not None:
        found.append(run)
    return found


def spread_over(rhythm: Rhythm, run: datetime, window: timedelta) -> timedelta:
    """How long after `run` devices may still be begun: the window, cut where a blackout begins."""
    dark = next_dark(rhythm.blackouts, rhythm.zone, run, run + window)
    return window if dark is None else dark - run


def _next_planned(rhythm: Rhythm, after: datetime) -> datetime | None:
    """The first run after `after` if there were no blackouts."""
    if rhythm.kind == Kind.ONCE:
        return rhythm.once_at if rhythm.once_at is not None and rhythm.once_at > after else None
    if rhythm.kind == Kind.MINUTES:
        return _next_interval(rhythm.every_min * 60, rhythm.at_minute * 60, after)
    # The run of the day before may have been moved over midnight by a change of clocks.
    day = after.astimezone(rhythm.zone).date() - timedelta(days=1)
    for _ in range(_MOST_DAYS_APART + 2):
        if _has_run(rhythm, day) and (run := _at(rhythm, day)) > after:
            return run
        day += timedelta(days=1)
    raise ValueError("The rhythm names no day.")


def _next_interval(step: int, offset: int, after: datetime) -> datetime:
    whole = (int(after.timestamp()) - offset) // step * step + step + offset
    return datetime.fromtimestamp(whole, UTC)


def _has_run(rhythm: Rhythm, day: date) -> bool:
    if rhythm.kind == Kind.DAILY:
        return True
    if rhythm.kind == Kind.WEEKLY:
        return day.weekday() in rhythm.weekdays
    length = _month_length(day)
    if rhythm.kind == Kind.MONTHLY:
        return day.day == min(rhythm.month_day, length)
    which = (day.day + 6) // 7
    is_nth = day.day + 7 > length if rhythm.nth == LAST else which == rhythm.nth
    return is_nth and day.weekday() in rhythm.weekdays


def _month_length(day: date) -> int:
    first_of_next = (day.replace(day=1) + timedelta(days=32)).replace(day=1)
    return (first_of_next - timedelta(days=1)).day


def _at(rhythm: Rhythm, day: date) -> datetime:
    local = datetime.combine(day, time(rhythm.at_minute // 60, rhythm.at_minute % 60), rhythm.zone)
    return local.astimezone(UTC)


def to_make_up(
    rhythm: Rhythm, planned: datetime, now: datetime, *, rule: CatchUp, most: int, late: timedelta
) -> Sequence[datetime]:
    """The runs that are to be made now, oldest first, when the next one was planned for `planned`, at or before `now`.

    SKIP makes only a run less than `late` overdue; ONCE one run for all that were missed; ALL the latest `most`.
    """
    if rule == CatchUp.ONCE:
        return [planned]
    if rule == CatchUp.SKIP:
        on_time = planned if planned > now - late else next_run(rhythm, now - late)
        return [on_time] if on_time is not None and on_time <= now else []
    return [planned, *runs(rhythm, planned, now)][-most:]
