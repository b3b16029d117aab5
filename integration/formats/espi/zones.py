"""A time zone as ESPI says it: offset, and a rule each for the beginning and the end of daylight saving time.

A rule is eight hexadecimal digits (`DstRuleType`): month in bits 28 to 31, operator in 25 to 27, day of the week
(Monday = 1) in 17 to 19, hour in 12 to 16, seconds in 0 to 11. Operators 2 to 6 are the first to fifth such weekday
of the month, 7 is the last. The hour is the one on the clocks just before they change.
"""

from __future__ import annotations

from calendar import day_name, month_name
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from integration.formats.espi.resources import LocalTime

NO_RULE = "FFFFFFFF"
_YEARS = 4
_FIRST, _LAST = 2, 7
_WEEK = 7
_DIGITS, _MONTHS, _HOURS = 8, 12, 24
_WHICH = ("first", "second", "third", "fourth", "fifth", "last")


@lru_cache(maxsize=64)
def local_time_of(zone: ZoneInfo, year: int) -> LocalTime:
    """Offset and rules of a zone from `year` on; zones with other than two regular changes a year have no rules.

    Every hour of some years is looked at for them, and every file of a zone wants the same.
    """
    changes = [_changes(zone, later) for later in range(year, year + _YEARS)]
    standard, saving = _offsets(zone, year)
    begins = [moment for pair in changes for moment, step in pair if step > timedelta(0)]
    ends = [moment for pair in changes for moment, step in pair if step < timedelta(0)]
    if len(begins) != _YEARS or len(ends) != _YEARS:
        return LocalTime(standard, 0, NO_RULE, NO_RULE)
    return LocalTime(standard, saving, _rule(begins), _rule(ends))


def rule_in_words(rule: str) -> str:
    """`last Sunday in March, 03:00` for such a rule; empty for one that says nothing or is not understood."""
    try:
        code = int(rule, 16)
    except ValueError:
        return ""
    month, operator, weekday, hour = code >> 28, code >> 25 & 7, code >> 17 & 7, code >> 12 & 31
    if len(rule) != _DIGITS or not (1 <= month <= _MONTHS and operator >= _FIRST and weekday and hour < _HOURS):
        return ""
    minutes = (code & 4095) // 60
    return f"{_WHICH[operator - _FIRST]} {day_name[weekday - 1]} in {month_name[month]}, {hour:02}:{minutes:02}"


def _offsets(zone: ZoneInfo, year: int) -> tuple[int, int]:
    """Seconds from UTC to the lower offset of a year, and from there to the higher."""
    found = {datetime(year, month, 1, tzinfo=zone).utcoffset() or timedelta(0) for month in range(1, 13)}
    return int(min(found).total_seconds()), int((max(found) - min(found)).total_seconds())


def _changes(zone: ZoneInfo, year: int) -> list[tuple[datetime, timedelta]]:
    """The moments of a year in which the offset changes, on the clocks just before, and by how much."""
    hours = [datetime(year, 1, 1, tzinfo=UTC) + timedelta(hours=count) for count in range(366 * 24)]
    offsets = [moment.astimezone(zone).utcoffset() or timedelta(0) for moment in hours]
    steps = zip(hours[1:], offsets, offsets[1:], strict=False)
    return [(moment.replace(tzinfo=None) + old, new - old) for moment, old, new in steps if new != old]


def _rule(moments: list[datetime]) -> str:
    """The rule by which all these moments, one a year, are found."""
    first = moments[0]
    operators = set.intersection(*({_FIRST + (moment.day - 1) // _WEEK} | _last(moment) for moment in moments))
    if len({(moment.month, moment.weekday(), moment.time()) for moment in moments}) > 1 or not operators:
        return NO_RULE
    seconds = first.minute * 60 + first.second
    code = first.month << 28 | max(operators) << 25 | first.isoweekday() << 17 | first.hour << 12 | seconds
    return f"{code:08X}"


def _last(moment: datetime) -> set[int]:
    """The operator for the last weekday of its kind in the month, if it is one."""
    return {_LAST} if (moment + timedelta(days=_WEEK)).month != moment.month else set()
