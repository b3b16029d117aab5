"""What series usually are: averages, medians and maxima of the months before a day, by type of day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from metering.store import wire
from metering.store.statistics.daytypes import DayType
from metering.store.statistics.histogram import Histograms, decode, in_finer_units, medians, merge

MONTHS = 3
SERIES_AT_ONCE = 4_000
_TYPES = len(DayType)
_FIELDS = ("days", "present", "total", "complete_total")

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Statistics:
    """Statistics of series, one row each in the order asked for, one column for each `DayType`; all (n, 4).

    days           int64, complete days there were
    present        int64, values there were
    average        float64, of the values
    median         float64, of the values, within `histogram.ERROR`
    maximum        float64, of the values
    daily_average  float64, of the totals of complete days
    daily_median   float64, of these, within `histogram.ERROR`

    Numbers are integers of 10^exponent units, as everywhere in the store, or what lies between; NaN where nothing is
    known.
    """

    series_ids: NDArray[np.int64]
    days: NDArray[np.int64]
    present: NDArray[np.int64]
    average: Floats
    median: Floats
    maximum: Floats
    daily_average: Floats
    daily_median: Floats

    def take(self, rows: NDArray[np.intp]) -> Statistics:
        """The statistics of these rows, in this order."""
        return Statistics(*(getattr(self, name)[rows] for name in _COLUMNS))


_COLUMNS = tuple(Statistics.__dataclass_fields__)


def statistics(
    series_ids: Sequence[int] | NDArray[np.int64],
    day: dt.date,
    *,
    months: int = MONTHS,
    current: bool = False,
    medians: bool = True,
) -> Statistics:
    """Statistics of these series over the `months` whole months before the UTC month of `day`.

    `current`: and over the days of that month so far, wherever in it `day` lies; these know no medians. As summed up
    last: what was stored in the minutes since may be missing. Where a series was made finer after a month was archived,
    the medians of that month err twice as much. Without `medians`, which are most of the work, these are unknown.
    """
    asked = np.asarray(series_ids, np.int64)
    ids, row_of_asked = np.unique(asked, return_inverse=True)
    params = {"last": day.replace(day=1), "months": months, "current": current}
    starts = range(0, max(len(ids), 1), SERIES_AT_ONCE)
    found = _together([_statistics(ids[first : first + SERIES_AT_ONCE], params, medians) for first in starts])
    return found if np.array_equal(asked, ids) else found.take(row_of_asked)


def _together(parts: Sequence[Statistics]) -> Statistics:
    """The rows of all parts."""
    return Statistics(*(np.concatenate([getattr(part, name) for part in parts]) for name in _COLUMNS))


def _statistics(ids: NDArray[np.int64], params: dict[str, Any], medians: bool) -> Statistics:
    """Of these series (ascending)."""
    unknown = np.full((len(ids), _TYPES), np.nan)
    sums, (values, totals) = _sums(ids, params), _spread(ids, params) if medians else (unknown, unknown)
    with np.errstate(invalid="ignore"):
        average, daily_average = sums["total"] / sums["present"], sums["complete_total"] / sums["days"]
    days, present = (sums[name].astype(np.int64) for name in ("days", "present"))
    return Statistics(ids, days, present, average, values, sums["maximum"], daily_average, totals)


def _sums(ids: NDArray[np.int64], params: dict[str, Any]) -> dict[str, Floats]:
    """Sums and maxima by name, each (n, types)."""
    rows = np.array(wire.fetch(_SUMS, params | {"ids": ids}), np.float64).reshape(-1, 3 + len(_FIELDS))
    place = np.searchsorted(ids, rows[:, 0].astype(np.int64)), rows[:, 1].astype(np.intp)
    found = {name: np.zeros((len(ids), _TYPES)) for name in _FIELDS}
    for name, column in zip(_FIELDS, rows[:, 3:].T, strict=True):
        found[name][place] = column
        found[name][:, DayType.ALL] = found[name].sum(axis=1)
    maximum = np.full((len(ids), _TYPES), -np.inf)
    maximum[place] = np.nan_to_num(rows[:, 2], nan=-np.inf)
    maximum[:, DayType.ALL] = maximum.max(axis=1)
    found["maximum"] = np.where(np.isinf(maximum), np.nan, maximum)
    return found


def _spread(ids: NDArray[np.int64], params: dict[str, Any]) -> tuple[Floats, Floats]:
    """Medians of values and of daily totals, each (n, types)."""
    rows = wire.fetch(_HISTOGRAMS, params | {"ids": ids})
    series, types, steps = np.array([row[:3] for row in rows], np.int64).reshape(-1, 3).T
    own = np.searchsorted(ids, series) * _TYPES
    values, totals = (_medians([row[column] for row in rows], own, types, steps, len(ids)) for column in (3, 4))
    return values, totals


def _medians(
    stored: list[bytes], own: NDArray[np.intp], types: NDArray[np.int64], steps: NDArray[np.int64], series: int
) -> Floats:
    """Medians (series, types) of stored histograms, each of the series whose first place is `own` and a type of day."""
    each = in_finer_units(decode(stored), steps)
    height = series * _TYPES
    by_type, of_all = (
        Histograms(place[each.rows].astype(np.intp), each.bins, each.counts)
        for place in (own + types, own + DayType.ALL)
    )
    return medians(merge([by_type, of_all], height), height).reshape(series, _TYPES)


_MONTHS = """
m.month >= %(last)s::date - make_interval(months => %(months)s)
AND (m.month < %(last)s::date OR (m.month = %(last)s::date AND %(current)s))
AND m.series_id = ANY (%(ids)s::bigint[])
"""
_SUMS = f"""
SELECT m.series_id, day_type::integer, max(maximum * factor), sum(complete)::float8, sum(present)::float8,
    sum(total::float8 * factor), sum(complete_total::float8 * factor)
FROM series_month m JOIN metering_series s ON s.id = m.series_id
CROSS JOIN LATERAL (SELECT power(10::float8, m.exponent - s.exponent) AS factor) AS f
WHERE {_MONTHS} GROUP BY 1, 2
"""  # noqa: S608  (no text from outside)
_HISTOGRAMS = f"""
SELECT m.series_id, m.day_type::integer, (m.exponent - s.exponent)::integer, h.values, h.totals
FROM series_month_histogram h JOIN series_month m USING (month, series_id, day_type)
JOIN metering_series s ON s.id = m.series_id
WHERE {_MONTHS} ORDER BY 1, 2
"""  # noqa: S608
