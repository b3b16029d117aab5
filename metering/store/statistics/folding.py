"""Summing up: every day of all series once, and months of series that changed since anew.

A day of a month is added to the rows of `series_month` by one statement over the summary columns, and to the
histograms by reading its blocks once, some at a time. Both happen in one transaction with the note that the day is
done, so a process may be cut off anywhere.
"""

from __future__ import annotations

import datetime as dt
import logging
import time
from collections.abc import Iterator

import numpy as np
from django.db import transaction
from numpy.typing import NDArray

from metering.intervals import day_number
from metering.store import wire
from metering.store.archive.steps import NotNowError, await_writers
from metering.store.partitions import months_of
from metering.store.statistics import state
from metering.store.statistics.changes import LEAVING
from metering.store.statistics.spread import Block, put_spread, spread_of

log = logging.getLogger(__name__)

BLOCKS_AT_ONCE = 10_000
SERIES_AT_ONCE = 300
_BUDGET_S = 120.0
_WRITERS_PATIENCE_S = 60.0


def fold(budget_s: float = _BUDGET_S) -> int:
    """Sum up what changed and what has ended since; returns how many days of all series were added.

    Begins nothing new after `budget_s`: the next call goes on. Nothing where another process is at it. Not within a
    transaction.
    """
    until = time.monotonic() + budget_s
    with state.alone() as is_alone:
        if not is_alone:
            return 0
        while time.monotonic() < until and refold_some():
            pass
        try:
            return sum(1 for _ in _days_added(until))
        except NotNowError as error:
            log.warning("summing up waits for the next time: %s", error)
            return 0


def _days_added(until: float) -> Iterator[dt.date]:
    for month in state.months_to_fold():
        while time.monotonic() < until and (day := state.next_day(month)) is not None:
            fold_day(day)
            yield day


def fold_day(day: dt.date) -> None:
    """Add a day, the first of its month that is not summed up, to the sums of its month. Only within `alone`."""
    state.announce(day)
    await_writers(_WRITERS_PATIENCE_S)
    with transaction.atomic():
        if day.replace(day=1) in months_of("series_day"):
            number = day_number(day)
            wire.execute(_ADD.format(which="TRUE"), {"month": day.replace(day=1), "first": number, "last": number})
            for blocks in _blocks_of(number):
                put_spread(spread_of(blocks), keep=True)
        state.completed(day)


def refold_some() -> int:
    """Sum up some changed months of series anew; how many. Only within `alone`; those being written to are left out."""
    with transaction.atomic():
        rows = wire.fetch(_CHANGED, {"some": SERIES_AT_ONCE})
        for month in sorted({month for month, _ in rows}):
            _refold(month, np.array([series for own, series in rows if own == month], np.int64))
        return len(rows)


def _refold(month: dt.date, ids: NDArray[np.int64]) -> None:
    """What is summed up of these series and this month, from their blocks as they are; they are held."""
    for table in ("series_month_histogram", "series_month", "series_month_changed"):
        wire.execute(
            f"DELETE FROM {table} WHERE month = %(month)s AND series_id = ANY (%(ids)s::bigint[])",  # noqa: S608
            {"month": month, "ids": ids},
        )
    days = state.day_bounds(month)
    if days is None:
        return
    params = {"ids": ids, "month": month, "first": days[0], "last": days[1]}
    wire.execute(_ADD.format(which="series_id = ANY (%(ids)s::bigint[])"), params)
    put_spread(spread_of([Block(*row) for row in wire.fetch(_BLOCKS + _OF_SERIES, params)]), keep=False)


def _blocks_of(day: int) -> Iterator[list[Block]]:
    """All blocks of a day (since 1970), some at a time; within a transaction."""
    query = _BLOCKS % {"first": f"({int(day)})", "last": f"({int(day)})"}  # a cursor takes no parameters
    wire.execute(f"DECLARE blocks_of_day NO SCROLL CURSOR FOR {query}")
    while rows := wire.fetch(f"FETCH FORWARD {BLOCKS_AT_ONCE} FROM blocks_of_day"):
        yield [Block(*row) for row in rows]
    wire.execute("CLOSE blocks_of_day")


_CHANGED = f"""
SELECT c.month, c.series_id FROM series_month_changed c JOIN metering_series s ON s.id = c.series_id
WHERE c.month NOT IN ({LEAVING})
ORDER BY c.series_id, c.month LIMIT %(some)s FOR NO KEY UPDATE OF s SKIP LOCKED
"""  # noqa: S608  (no text from outside)
_IN_DAYS = "day BETWEEN date '1970-01-01' + %(first)s::integer AND date '1970-01-01' + %(last)s::integer"
_ADD = f"""
INSERT INTO series_month AS m (month, series_id, day_type, days, complete, slots, present, suspect, estimated, maximum,
    total, complete_total, exponent)
SELECT %(month)s::date, d.*, coalesce(s.exponent, 0) FROM (
    SELECT series_id, greatest(extract(isodow FROM day)::smallint - 5, 0) AS day_type, count(*) AS days,
        count(*) FILTER (WHERE present * interval_s = 86400) AS complete, sum(86400 / interval_s) AS slots,
        sum(present) AS present, sum(suspect) AS suspect, sum(estimated) AS estimated, max(maximum) AS maximum,
        sum(total) AS total, coalesce(sum(total) FILTER (WHERE present * interval_s = 86400), 0) AS complete_total
    FROM series_day WHERE {_IN_DAYS} AND {{which}} GROUP BY 1, 2) AS d
LEFT JOIN metering_series s ON s.id = d.series_id
ON CONFLICT (month, series_id, day_type) DO UPDATE SET
    days = m.days + excluded.days, complete = m.complete + excluded.complete, slots = m.slots + excluded.slots,
    present = m.present + excluded.present, suspect = m.suspect + excluded.suspect,
    estimated = m.estimated + excluded.estimated, maximum = greatest(m.maximum, excluded.maximum),
    total = m.total + excluded.total, complete_total = m.complete_total + excluded.complete_total
"""  # noqa: S608  (no text from outside)
_BLOCKS = f"""
SELECT series_id, (day - date '1970-01-01')::bigint, interval_s, present, total, d.values
FROM series_day d WHERE {_IN_DAYS}
"""  # noqa: S608
_OF_SERIES = "AND series_id = ANY (%(ids)s::bigint[])"
