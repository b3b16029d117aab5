"""Reading: a year of one series, a day of all, the completeness of a month."""

from __future__ import annotations

import statistics
from collections.abc import Iterator
from functools import partial

import numpy as np
from numpy.typing import NDArray

from bench.report import Figure
from bench.store import rows
from bench.store.days import FIRST_DAY, SLOTS, a_day, put, stacked, timed
from bench.store.sizes import vacuum
from metering.intervals import DAY_S, day_of, to_instant
from metering.store import Matrix, ensure_partitions, read, wire

ROUNDS = 5
MONTH_DAYS = 31


def year(ids: NDArray[np.int64]) -> Iterator[Figure]:
    """35,040 values of one series into an array."""
    days = [a_day(ids, FIRST_DAY + 365 + day) for day in range(365)]
    for batch in days:
        rows.put(batch)
    put(stacked(days))
    wire.execute(f"ANALYZE {rows.TABLE}")
    start, end = to_instant((FIRST_DAY + 365) * DAY_S), to_instant((FIRST_DAY + 730) * DAY_S)
    query = """
        SELECT at, value, quality FROM row_per_value
        WHERE series_id = %(id)s AND at >= %(a)s AND at < %(b)s ORDER BY at
        """
    each = ids.tolist()
    own = [timed(partial(read, [series], start, end)) for series in each * 10]
    plain = [timed(partial(wire.fetch, query, {"id": series, "a": start, "b": end})) for series in each * 3]
    yield Figure("read a series-year, row per value", statistics.median(plain) * 1000, "ms")
    yield Figure("read a series-year", statistics.median(own) * 1000, "ms", 10, "at_most")


def month(ids: NDArray[np.int64]) -> Iterator[Figure]:
    """A month of many series: a day of all of them as a matrix, and how complete the month is."""
    ensure_partitions(day_of(FIRST_DAY), day_of(FIRST_DAY + MONTH_DAYS))
    for day in range(MONTH_DAYS):
        put(a_day(ids, FIRST_DAY + day))
    vacuum("series_day")
    start, end = to_instant((FIRST_DAY + 9) * DAY_S), to_instant((FIRST_DAY + 10) * DAY_S)
    _check(read(ids, start, end), ids)
    taken = min(timed(partial(read, ids, start, end)) for _ in range(ROUNDS))
    yield Figure("series of the month", len(ids), "")
    yield Figure("read a day of all series", len(ids) * SLOTS / taken, "values/s", 8e6)


def _check(matrix: Matrix, ids: NDArray[np.int64]) -> None:
    """What is read is what was written."""
    if not np.array_equal(matrix.values, a_day(ids, FIRST_DAY + 9).values):
        raise AssertionError("The store answers other values than were written")
