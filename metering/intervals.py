"""UTC days, slots and local days.

Everything below the screen counts in whole seconds since 1970 UTC and in UTC days since 1970. A slot is one
interval of a UTC day; slot 0 starts at 00:00 UTC. A local day is a slice of 23, 24 or 25 hours of that grid.
"""

import datetime as dt
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

DAY_S = 86_400
SHORTEST_INTERVAL_S = 60


class NaiveInstantError(ValueError):
    """An instant came without a time zone: our own mistake, never a peer's."""


def slots_per_day(interval_s: int) -> int:
    """Number of slots of a UTC day. ValueError unless 60 s ≤ interval ≤ one day and it divides the day."""
    if not SHORTEST_INTERVAL_S <= interval_s <= DAY_S or DAY_S % interval_s:
        raise ValueError(f"An interval of {interval_s} s does not divide a day into slots of at least a minute")
    return DAY_S // interval_s


def to_seconds(instant: dt.datetime) -> int:
    """Seconds since 1970 UTC, rounded up, of an aware instant."""
    if instant.tzinfo is None:
        raise NaiveInstantError(f"{instant.isoformat()} has no time zone")
    return -((dt.datetime(1970, 1, 1, tzinfo=dt.UTC) - instant) // dt.timedelta(seconds=1))


def to_instant(seconds: int) -> dt.datetime:
    """The UTC instant of `seconds` since 1970."""
    return dt.datetime(1970, 1, 1, tzinfo=dt.UTC) + dt.timedelta(seconds=int(seconds))


def day_number(day: dt.date) -> int:
    """Days since 1970-01-01."""
    return day.toordinal() - dt.date(1970, 1, 1).toordinal()


def day_of(number: int) -> dt.date:
    """The date of a day number."""
    return dt.date(1970, 1, 1) + dt.timedelta(days=int(number))


def local_day(day: dt.date, zone: ZoneInfo) -> tuple[dt.datetime, dt.datetime]:
    """Start and end (UTC, end excluded) of a calendar day in `zone`; 23, 24 or 25 hours apart."""
    start = dt.datetime.combine(day, dt.time(), tzinfo=zone)
    end = dt.datetime.combine(day + dt.timedelta(days=1), dt.time(), tzinfo=zone)
    return start.astimezone(dt.UTC), end.astimezone(dt.UTC)


def instants(start: dt.datetime, interval_s: int, count: int) -> NDArray[np.datetime64]:
    """`count` interval starts from `start` on, datetime64[s] in UTC."""
    first = np.datetime64(to_seconds(start), "s")
    result: NDArray[np.datetime64] = first + np.arange(count) * np.timedelta64(interval_s, "s")
    return result
