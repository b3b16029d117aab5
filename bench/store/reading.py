"""Reading: a year of one series, a day of all, the completeness of a month."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Iterator
from functools import partial

import numpy as np
from numpy.typing import NDArray

from bench.report import Figure
from bench.store import rows
from bench.store.days import FIRST_DAY, SLOTS, a_day, put, stacked, timed
from bench.store.sizes import vacuum
from metering.intervals import DAY_S, day_of, to_instant
from metering.store import Matrix, completeness, ensure_partitions, read, wire
from metering.store.statistics import state
from metering.store.statistics.folding import fold_next_day, spread_some

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
    yield from _complete(ids)


def _complete(ids: NDArray[np.int64]) -> Iterator[Figure]:
    """How complete the month is: from its blocks, and once its days are summed up; what the summing up takes."""
    month = day_of(FIRST_DAY)
    from_blocks = _counted(ids)
    with state.alone():
        adding = timed(lambda: all(fold_next_day(month) for _ in range(MONTH_DAYS)))
        spreading = timed(partial(_repeat, partial(spread_some, month)))
    yield Figure("statistics: a finished day", len(ids) * MONTH_DAYS / adding, "series/s")
    yield Figure("statistics: a finished month, how values are spread", len(ids) / spreading, "series/s")
    yield Figure("completeness of the month, from its blocks", from_blocks, "s")
    yield Figure("completeness of the month", _counted(ids), "s", 1, "at_most")


def _repeat(act: Callable[[], int]) -> None:
    while act():
        continue


def _counted(ids: NDArray[np.int64]) -> float:
    """Seconds of the fastest of some rounds; what they answer is checked."""
    count = partial(completeness, ids, day_of(FIRST_DAY), day_of(FIRST_DAY + MONTH_DAYS - 1))
    if set(count().present.tolist()) != {MONTH_DAYS * SLOTS}:
        raise AssertionError("The month is counted otherwise than it was written")
    return min(timed(count) for _ in range(ROUNDS))


def _check(matrix: Matrix, ids: NDArray[np.int64]) -> None:
    """What is read is what was written."""
    if not np.array_equal(matrix.values, a_day(ids, FIRST_DAY + 9).values):
        raise AssertionError("The store answers other values than were written")
