"""Class profiles: how the load of a kind of customer is spread over the year.

A shape is a factor of the month times one of the hour of such a day, by local time; public holidays are Sundays. Where
a file has no Saturday it is like a working day, and no Sunday like its Saturday. The shapes in `profiles.json` are made
for OpenAIM after what is generally known of such customers in northern Europe; they belong to nobody's published set.
"""

from __future__ import annotations

import datetime as dt
import json
from functools import lru_cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from metering.intervals import DAY_S, day_of, to_instant
from metering.store.statistics.daytypes import DayType, day_types
from validation.estimators.days import DayKind
from validation.loading.batch import Batch
from validation.window import Floats, Ints

_FILE = Path(__file__).parent.parent / "profiles.json"
_DAYS = ("working", "saturday", "sunday")
_MONTHS = np.array([31, 28.2425, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31])
_WEEK = np.array([5, 1, 1])
_USUAL = ("household", "business")
"""What speaks for a kind of customer the file has no shape of, and for nobody's."""
_HOUR_S = 3_600


@lru_cache(maxsize=1)
def shapes() -> dict[str, dict[str, Floats]]:
    """By kind of energy and of customer float64 (12, 3, 24): month, type of day, hour; 1 = the average of a year."""
    kinds = json.loads(_FILE.read_text())
    return {
        energy: {customer: _shape(given) for customer, given in customers.items()}
        for energy, customers in kinds.items()
    }


def _shape(given: dict[str, list[float]]) -> Floats:
    working = given["working"]
    days = [working, given.get("saturday", working), given.get("sunday", given.get("saturday", working))]
    shape = np.array(given["months"])[:, None, None] * np.array(days)
    weights = _MONTHS[:, None, None] * _WEEK[None, :, None]
    average = (shape * weights).sum() / (weights.sum() * shape.shape[2])
    found: Floats = shape / average
    return found


def load_profile(batch: Batch) -> dict[str, Any]:
    """The class profile of each series in each column; NaN where its kind of energy has none. One query."""
    points = batch.points
    month, kind, hour = _local(batch)
    found = np.full(batch.window.shape, np.nan)
    pairs = list(zip(points.energy_types, points.customer_types, strict=True))
    for pair in sorted(set(pairs)):
        shape = _of(*pair)
        if shape is not None:
            found[[row for row, each in enumerate(pairs) if each == pair]] = shape[month, kind, hour]
    return {"profile": found}


def _of(energy: str, customer: str) -> Floats | None:
    customers = shapes().get(energy, {})
    return next((customers[each] for each in (customer, *_USUAL) if each in customers), None)


def _local(batch: Batch) -> tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.intp]]:
    """Month, type of day and hour of each column by local time, all (slots,), counted from 0."""
    starts = batch.window.starts
    local = starts + _offsets(starts, batch.zone)
    days = local // DAY_S
    numbers, place = np.unique(days, return_inverse=True)
    months = np.array([day_of(day).month - 1 for day in numbers.tolist()], np.intp)
    kinds = day_types(numbers)
    calendar = batch.window.calendar
    kinds[np.isin(numbers, calendar.numbers[calendar.kinds == DayKind.HOLIDAY])] = DayType.SUNDAY
    return months[place], kinds[place].astype(np.intp), (local % DAY_S // _HOUR_S).astype(np.intp)


def _offsets(instants: Ints, zone: ZoneInfo) -> Ints:
    """int64 (slots,): seconds that local time is ahead of UTC; zones change it at a quarter of an hour."""
    quarters, place = np.unique(instants // 900, return_inverse=True)
    ahead = [to_instant(quarter * 900).astimezone(zone).utcoffset() or dt.timedelta() for quarter in quarters.tolist()]
    return np.array([int(each.total_seconds()) for each in ahead], np.int64)[place]
