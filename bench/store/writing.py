"""Writing: fresh, the same again, with corrections, value by value."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Iterator
from functools import partial

import numpy as np
from numpy.typing import NDArray

from bench.report import Figure
from bench.store import rows
from bench.store.days import FIRST_DAY, SLOTS, a_day, a_slot, corrected, put, timed
from bench.store.sizes import live, log_position, size, vacuum
from metering.intervals import day_of
from metering.store import Batch, ensure_partitions

APPENDED_DAY = FIRST_DAY + 800


def writing(ids: NDArray[np.int64], days: int) -> Iterator[Figure]:
    """A day of all series at a time, as values arrive in life."""
    batches = [a_day(ids, FIRST_DAY + day) for day in range(days)]
    values = len(ids) * days * SLOTS
    yield Figure("values", values, "")
    rows.create()
    ensure_partitions(day_of(FIRST_DAY), day_of(FIRST_DAY + days))  # as the scheduler does, ahead
    # By turns, and the median of the days: what else the machine does meets both alike.
    turns = [(timed(partial(rows.put, batch)), timed(partial(put, batch))) for batch in batches]
    baseline, fresh = (values / days / statistics.median(column) for column in zip(*turns, strict=True))
    yield Figure("write, row per value", baseline, "values/s")
    yield Figure("write", fresh, "values/s")
    yield Figure("write, against row per value", fresh / baseline, "times", 12)
    yield from _weighing(values)
    yield from _again(batches, values)


def _weighing(values: int) -> Iterator[Figure]:
    """Tables with their indexes, freshly filled both."""
    baseline, blocks = size(rows.TABLE) / values, size("series_day") / values
    yield Figure("size, row per value", baseline, "bytes/value")
    yield Figure("size", blocks, "bytes/value")
    yield Figure("size, against row per value", blocks / baseline, "times", 1 / 12, "at_most")


def _again(batches: list[Batch], values: int) -> Iterator[Figure]:
    """Identical values, then one value in a hundred another one: the former are kept as versions."""
    start = log_position()
    yield Figure("write identical again", values / timed(partial(_each, put, batches)), "values/s", 3e6)
    yield Figure("write-ahead log of that", (log_position() - start) / values, "bytes/value")
    changed = [corrected(batch) for batch in batches]
    rate = values / timed(partial(_each, put, changed))
    yield Figure("correct 1 % of the values", rate, "values/s of touched blocks", 1e6)
    yield Figure("size of the versions of that", size("series_day_version") / values, "bytes/value")


def appending(ids: NDArray[np.int64]) -> Iterator[Figure]:
    """A day that comes one value of every series at a time, vacuumed between as it is within a quarter of an hour.

    The first day of a month: the room that outdated states of its rows leave in the table is used by the days after it.
    """
    date = day_of(APPENDED_DAY)
    ensure_partitions(date, date)
    tables = [f"{table}_{date:%Y_%m}" for table in ("series_day", "series_day_version")]
    day, values, elapsed, logged = a_day(ids, APPENDED_DAY), len(ids) * SLOTS, 0.0, 0
    for slot in range(SLOTS):
        start = log_position()
        elapsed += timed(partial(put, a_slot(day, slot)))
        logged += log_position() - start
        vacuum(*tables)
    yield Figure("append, a day by 96 appends", values / elapsed, "values/s")
    yield Figure("write-ahead log of that", logged / values, "bytes/value")
    yield Figure("size of that day", sum(map(size, tables)) / values, "bytes/value")
    yield Figure("size of its rows alone", sum(map(live, tables)) / values, "bytes/value")


def _each(work: Callable[[Batch], None], batches: list[Batch]) -> None:
    for batch in batches:
        work(batch)
