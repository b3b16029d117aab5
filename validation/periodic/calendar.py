"""Local days, and the instants a month and a year before."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from metering.intervals import day_number
from validation.loading.days import dates, midnights
from validation.window import Ints

YEAR = 12
"""Months."""


@dataclass(frozen=True, slots=True)
class Period:
    """Local days from `first` to `last`, both included."""

    first: dt.date
    last: dt.date


@dataclass(frozen=True, slots=True, eq=False)
class LocalDays:
    """Consecutive local days from the number `first` (since 1970) on; `begins` int64 (d + 1,): their midnights."""

    first: int
    begins: Ints

    @classmethod
    def between(cls, first: dt.date, last: dt.date, zone: ZoneInfo) -> LocalDays:
        """The days from `first` to `last`, both included."""
        return cls(day_number(first), midnights(dates(first, last), zone))

    def of(self, at: Ints) -> Ints:
        """int64, same shape: the local day of instants within these days."""
        return self.first + np.searchsorted(self.begins, at, side="right") - 1

    def midnight(self, days: Ints) -> Ints:
        """int64, same shape: where these days begin; a day outside counts as the nearest."""
        return self.begins[np.clip(days - self.first, 0, len(self.begins) - 1)]

    def months_before(self, at: Ints, count: int) -> Ints:
        """int64, same shape: the instants so many months before, as long after midnight as `at` is."""
        days = self.of(at)
        return self.midnight(months_before(days, count)) + at - self.midnight(days)


def months_before(days: Ints, count: int) -> Ints:
    """int64, same shape: the same day of the month so many months before, or the last of a shorter month."""
    whole: NDArray[np.datetime64] = days.astype("datetime64[D]")
    month = whole.astype("datetime64[M]")
    in_month = (whole - month.astype("datetime64[D]")).astype(np.int64)
    before = month - np.timedelta64(count, "M")
    begins = before.astype("datetime64[D]").astype(np.int64)
    length = (before + np.timedelta64(1, "M")).astype("datetime64[D]").astype(np.int64) - begins
    found: Ints = begins + np.minimum(in_month, length - 1)
    return found
