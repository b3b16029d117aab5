"""Local days as columns, and which of them are public holidays."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from access.public_holidays import public_holidays
from metering.intervals import day_number, local_day, slots_per_day, to_seconds
from metering.store import wire
from validation.estimators.days import JudgedDays, clock_change
from validation.window import Bools, Ints

_COUNTRIES = """
SELECT DISTINCT u.country, u.subdivision
FROM metering_series s
JOIN metering_meteringpoint p ON p.id = s.metering_point_id
JOIN access_utility u ON u.id = p.utility_id
WHERE s.id = ANY (%(ids)s::bigint[])
"""


def dates(first: dt.date, last: dt.date) -> list[dt.date]:
    """The days from `first` to `last`, both included. ValueError where the last lies before the first."""
    if last < first:
        raise ValueError(f"The last day, {last}, lies before the first, {first}")
    return [first + dt.timedelta(days=number) for number in range((last - first).days + 1)]


def midnights(days: list[dt.date], zone: ZoneInfo) -> Ints:
    """int64 (d + 1,), seconds since 1970: where these consecutive local days begin, and where the last one ends."""
    starts = [to_seconds(local_day(day, zone)[0]) for day in days]
    return np.array([*starts, to_seconds(local_day(days[-1], zone)[1])], np.int64)


def columns_of(instants: Ints, start_s: int, interval_s: int) -> NDArray[np.intp]:
    """The first columns that begin at or after these instants, same shape; column 0 begins at `start_s`."""
    return (-((start_s - instants) // interval_s)).astype(np.intp)


def are_holidays(series_ids: Ints, days: list[dt.date]) -> Bools:
    """bool (d,): days that are public holidays in the countries of all these series. One query."""
    countries = wire.fetch(_COUNTRIES, {"ids": series_ids})
    found = [public_holidays(country, part, days[0], days[-1]) for country, part in countries]
    common = frozenset.intersection(*found) if found else frozenset()
    return np.array([day in common for day in days], np.bool_)


def judged_days(
    days: list[dt.date], edges: NDArray[np.intp], zone: ZoneInfo, interval_s: int, holiday: Bools
) -> JudgedDays:
    """Consecutive local days that begin at the columns `edges` (d + 1,) as estimators know them."""
    per_day = slots_per_day(interval_s)
    lengths = np.diff(edges).tolist()
    changes = [
        0 if length == per_day else clock_change(day, zone, interval_s)
        for day, length in zip(days, lengths, strict=True)
    ]
    return JudgedDays.of(day_number(days[0]), edges, per_day, changes=changes, holiday=holiday)
