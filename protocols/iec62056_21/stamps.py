"""Times as text: YYMMDDhhmm with or without seconds, before it a season digit in meters that tell it.

    0 winter (standard time)    1 summer (daylight saving time)    2 UTC

With its season every stamp is one instant, also in the hour that comes twice. A stamp without it may be two: then the
first one is meant, unless the caller knows better.
"""

import re
from datetime import UTC, date, datetime, timedelta, tzinfo
from functools import lru_cache

from protocols.errors import garbage

WINTER, SUMMER, UNIVERSAL = "0", "1", "2"
_STAMP = re.compile(r"(?P<season>[0-2])?(?P<digits>\d{10}(?:\d\d)?)", re.ASCII)
_DATE, _TIME = re.compile(r"([0-2])?([0-9]{6})"), re.compile(r"([0-2])?([0-9]{6}|[0-9]{4})")
_SEPARATORS = re.compile(r"[-:. ]")
_AROUND = tuple(timedelta(days=days) for days in (-182, -91, 0, 91, 182))
"""A season lasts at least five months, so one of these days lies in each."""
_HOUR = timedelta(hours=1)


def parse_stamp(text: str, zone: tzinfo) -> datetime:
    """The instant in UTC of a stamp of 10 to 13 digits. RemoteProtocolError (GARBAGE) when it is none."""
    found = _STAMP.fullmatch(text)
    if found is None:
        raise garbage(f"{text!r} is no time like 0261121103000")
    return _instant(found["season"], found["digits"], zone, text)


def parse_clock(shown_date: str, shown_time: str, zone: tzinfo, near: datetime) -> datetime:
    """The instant in UTC of a clock that shows date and time apart, perhaps with separators.

    Where neither tells its season, the instant next to `near` is meant. RemoteProtocolError (GARBAGE) when it is none.
    """
    day, hour = _DATE.fullmatch(_SEPARATORS.sub("", shown_date)), _TIME.fullmatch(_SEPARATORS.sub("", shown_time))
    if day is None or hour is None:
        raise garbage(f"{shown_date!r} and {shown_time!r} are no date and time of a clock")
    digits = day[2] + hour[2]
    season = hour[1] or day[1]
    if season:
        return _instant(season, digits, zone, digits)
    both = (_instant(None, digits, zone, digits, fold) for fold in (0, 1))
    return min(both, key=lambda at: abs(at - near))


def format_stamp(at: datetime, zone: tzinfo, *, seconds: bool = False, season: bool = True) -> str:
    """The stamp of an instant in the civil time of `zone`; what is smaller than a minute or second is dropped."""
    local = at.astimezone(zone)
    text = local.strftime("%y%m%d%H%M%S" if seconds else "%y%m%d%H%M")
    return season_of(at, zone) + text if season else text


def season_of(at: datetime, zone: tzinfo) -> str:
    """`SUMMER` while the clocks of the zone are ahead of their standard time, else `WINTER`."""
    local = at.astimezone(zone)
    winter, _summer = _seasons(zone, local.date())
    return WINTER if local.utcoffset() == winter else SUMMER


def _instant(season: str | None, digits: str, zone: tzinfo, shown: str, fold: int = 0) -> datetime:
    wall = _wall(digits, shown)
    if season is None:
        return wall.replace(tzinfo=zone, fold=fold).astimezone(UTC)
    return wall - _offset(season, wall, zone)


def _wall(digits: str, shown: str) -> datetime:
    """What the hands of the clock say, as if they said UTC. Two digits of a year are of this century."""
    year, month, day, hour, minute, second = (int(f"{digits:0<12}"[at : at + 2]) for at in range(0, 12, 2))
    try:
        return datetime(2000 + year, month, day, hour, minute, second, tzinfo=UTC)
    except ValueError as error:
        raise garbage(f"{shown!r} is no time: {error}") from error


def _offset(season: str, wall: datetime, zone: tzinfo) -> timedelta:
    if season == UNIVERSAL:
        return timedelta()
    winter, summer = _seasons(zone, wall.date())
    return summer if season == SUMMER else winter


@lru_cache(maxsize=4096)
def _seasons(zone: tzinfo, day: date) -> tuple[timedelta, timedelta]:
    """Offsets from UTC of winter and summer around a day: the lowest and the highest within half a year.

    A meter may go on with summer time where its zone has given it up: then summer is an hour ahead.
    """
    noon = datetime(day.year, day.month, day.day, 12, tzinfo=zone)
    offsets = [(noon + distance).utcoffset() or timedelta() for distance in _AROUND]
    winter, summer = min(offsets), max(offsets)
    return winter, summer if summer > winter else winter + _HOUR
