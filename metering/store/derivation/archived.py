"""Months that take no writes: what cannot be derived again there is said, not passed over."""

from __future__ import annotations

import datetime as dt

import numpy as np
from numpy.typing import NDArray

from metering.intervals import DAY_S, day_number, day_of, to_seconds
from metering.store.archive.months import archived, objections
from metering.store.outcome import Counts, Refusal
from metering.store.summaries import summaries

_MONTH = dt.timedelta(days=31)


def in_closed_months(series_ids: NDArray[np.int64], start: dt.datetime, end: dt.datetime) -> Counts:
    """The stands of these series in the archived months of [start, end), as refusals: one per series and month."""
    first, last = to_seconds(start) // DAY_S, (to_seconds(end) - 1) // DAY_S
    refusals: list[Refusal] = []
    for month in archived("interval", first, last).months if len(series_ids) else ():
        until = (month + _MONTH).replace(day=1) - dt.timedelta(days=1)
        found = summaries(series_ids, max(month, day_of(first)), min(until, day_of(last)))
        for reason, _held in objections("interval", found.days):
            stands = np.bincount(np.searchsorted(series_ids, found.series_ids), found.present, len(series_ids))
            refusals += [
                Refusal(int(series_ids[row]), day_number(month), int(stands[row]), reason)
                for row in np.flatnonzero(stands)
            ]
    return Counts.of_refusals(tuple(refusals))
