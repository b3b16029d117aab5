"""What series usually are: statistics of months, totals of days, the energy of a year."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np

from metering.intervals import DAY_S, day_of
from metering.store import NO_VALUE, summaries, wire
from metering.store.statistics.daytypes import DayType
from metering.store.statistics.reading import statistics
from validation.facts import Statistics, Usage
from validation.loading.batch import Batch
from validation.window import Floats, Ints

DAYS_BACK = 35
"""Five weeks of days: what rules about the use of a day may look at."""
_YEAR_DAYS = 365.2425
_LEAST_DAYS = 28
"""Less than four weeks of values say nothing about a year."""


def load_statistics(batch: Batch, *, medians: bool = True) -> dict[str, Any]:
    """Of the three months before that of the first judged day. One query, and one for medians."""
    found = statistics(batch.series_ids, batch.first_day, medians=medians)
    return {
        "statistics": Statistics(
            found.average, found.median, found.maximum, found.daily_average, found.daily_median
        )
    }  # fmt: skip


def load_usage(batch: Batch) -> dict[str, Any]:
    """Of the `DAYS_BACK` UTC days before the one in which the judged days begin. One query.

    Where a day is neither complete nor of the interval length of the window its total is unknown.
    """
    window = batch.window
    first = int(window.starts[window.edges[0]]) // DAY_S - DAYS_BACK
    shape = (len(window), DAYS_BACK)
    usage = Usage(first, np.full(shape, NO_VALUE), np.full(shape, NO_VALUE), np.zeros(shape, np.bool_))
    found = summaries(window.series_ids, day_of(first), day_of(first + DAYS_BACK - 1))
    same = found.slots * window.interval_s == DAY_S
    ids, place = np.unique(window.series_ids, return_inverse=True)
    row, day = np.searchsorted(ids, found.series_ids[same]), found.days[same] - first
    whole = found.present[same] == found.slots[same]
    usage.totals[row[whole], day[whole]] = found.total[same][whole]
    usage.maxima[row, day] = found.maximum[same]
    usage.estimated[row, day] = found.estimated[same] > 0
    return {"usage": Usage(first, usage.totals[place], usage.maxima[place], usage.estimated[place])}


_EXPECTED = """
SELECT coalesce(array_agg(series_id), '{}'), coalesce(array_agg(value), '{}')
FROM (
    SELECT DISTINCT ON (series_id) series_id, value::float8 AS value FROM validation_referencevalue
    WHERE series_id = ANY (%(ids)s::bigint[]) AND kind = 'year' AND valid_from <= %(day)s
    ORDER BY series_id, valid_from DESC
) AS found
"""


def load_annual(batch: Batch) -> dict[str, Any]:
    """What somebody expects of a year, else a year's worth of the average of the twelve months before. Three queries.

    The average is taken of all the values there are, where these are four weeks' or more; the season is not corrected
    where they are less than a year's.
    """
    window = batch.window
    past = statistics(window.series_ids, batch.first_day, months=12, medians=False)
    slots = DAY_S // window.interval_s
    enough = past.present[:, DayType.ALL] >= _LEAST_DAYS * slots
    usual = np.where(enough, past.average[:, DayType.ALL] * slots * _YEAR_DAYS, np.nan)
    expected = _expected(window.series_ids, batch.first_day) / batch.units.worth
    return {"annual": np.where(np.isnan(expected), usual, expected)}


def _expected(series_ids: Ints, day: dt.date) -> Floats:
    """float64 (n,): the reference value of a year that holds on a day, in units of the series; NaN = none."""
    ids, values = wire.fetch(_EXPECTED, {"ids": np.unique(series_ids), "day": day})[0]
    known = dict(zip(ids.tolist(), values, strict=True))
    return np.array([known.get(series, np.nan) for series in series_ids.tolist()], np.float64)
