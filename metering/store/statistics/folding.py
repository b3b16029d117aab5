"""Summing up: every day of all series once, and months of series that changed since anew.

A day is added to the rows of `series_month` by one statement over the summary columns. Once all days of a month are,
its blocks are read once, some series at a time, for the histograms. Each step is one transaction with the note that it
is done, so a process may be cut off anywhere.
"""

from __future__ import annotations

import datetime as dt
import logging
import time
from collections.abc import Callable

import numpy as np
from django.db import transaction
from numpy.typing import NDArray

from metering.intervals import day_number
from metering.store import wire
from metering.store.archive.steps import NotNowError, await_writers
from metering.store.partitions import months_of
from metering.store.statistics import state
from metering.store.statistics.changes import LEAVING
from metering.store.statistics.spread import blocks_of, put_spread, spread_of

log = logging.getLogger(__name__)

SERIES_AT_ONCE = 500
_BUDGET_S = 120.0
_WRITERS_PATIENCE_S = 60.0


def fold(budget_s: float = _BUDGET_S) -> bool:
    """Sum up what changed and what has ended since; whether all is done.

    Begins nothing new after `budget_s`: the next call goes on. Nothing where another process is at it. Not within a
    transaction.
    """
    until = time.monotonic() + budget_s
    with state.alone() as is_alone:
        try:
            return (
                is_alone and _repeat(refold_some, until) and all(_fold_month(m, until) for m in state.months_to_fold())
            )
        except NotNowError as error:
            log.warning("summing up goes on with the next call: %s", error)
            return False


def _repeat(act: Callable[[], object], until: float) -> bool:
    """Do it until there is nothing more to do, or no time; whether there is nothing more."""
    while time.monotonic() < until:
        if not act():
            return True
    return False


def _fold_month(month: dt.date, until: float) -> bool:
    return _repeat(lambda: fold_next_day(month), until) and _repeat(lambda: spread_some(month), until)


def fold_next_day(month: dt.date) -> bool:
    """Add the next day of a month that has ended to its sums; whether there was one. Only within `alone`."""
    day = state.next_day(month)
    return day is not None and fold_day(day)


def fold_day(day: dt.date) -> bool:
    """Add a day, the first of its month that is not summed up; whether the month is still there. Only in `alone`."""
    state.announce(day)
    await_writers(_WRITERS_PATIENCE_S)
    with transaction.atomic():
        if not state.stays(month := day.replace(day=1)):
            return False
        if month in months_of("series_day"):
            number = day_number(day)
            wire.execute(_ADD.format(which="TRUE"), {"month": month, "first": number, "last": number})
        state.completed(day)
    return True


def spread_some(month: dt.date) -> int:
    """Make the histograms of some more series of a month that is summed up; how many. Only within `alone`."""
    with transaction.atomic():
        if not state.stays(month) or not state.is_whole(month):
            return 0
        params = {"month": month, "after": state.spread_to(month), "some": SERIES_AT_ONCE}
        ids = np.array([series for (series,) in wire.fetch(_NEXT_SERIES, params)], np.int64)
        if ids.size:
            _spread(month, ids)
            state.has_spread(month, int(ids[-1]))
        return int(ids.size)


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
    folded = state.last_folded(month)
    if folded is not None:
        days = {"first": day_number(month), "last": day_number(folded)}
        wire.execute(_ADD.format(which="series_id = ANY (%(ids)s::bigint[])"), {"ids": ids, "month": month} | days)
    if state.is_whole(month):
        _spread(month, ids)


def _spread(month: dt.date, ids: NDArray[np.int64]) -> None:
    """The histograms of these series, in place of those that are there."""
    blocks = blocks_of(month, ids)
    if blocks:
        put_spread(spread_of(blocks))


# The youngest months first, which is the order of the key, backwards: no other row is sorted or looked at.
_CHANGED = f"""
SELECT c.month, c.series_id FROM series_month_changed c JOIN metering_series s ON s.id = c.series_id
WHERE c.month NOT IN ({LEAVING})
ORDER BY c.month DESC, c.series_id DESC LIMIT %(some)s FOR NO KEY UPDATE OF s SKIP LOCKED
"""  # noqa: S608  (no text from outside)
SUMMED = """
SELECT series_id, greatest(extract(isodow FROM day)::smallint - 5, 0) AS day_type, count(*) AS days,
    count(*) FILTER (WHERE present * interval_s = 86400) AS complete, sum(86400 / interval_s) AS slots,
    sum(present) AS present, sum(suspect) AS suspect, sum(estimated) AS estimated, max(maximum) AS maximum,
    sum(total) AS total, coalesce(sum(total) FILTER (WHERE present * interval_s = 86400), 0) AS complete_total
FROM series_day WHERE {which} GROUP BY 1, 2
"""
_IN_DAYS = "day BETWEEN date '1970-01-01' + %(first)s::integer AND date '1970-01-01' + %(last)s::integer"
_ADD = f"""
INSERT INTO series_month AS m (month, series_id, day_type, days, complete, slots, present, suspect, estimated, maximum,
    total, complete_total, exponent)
SELECT %(month)s::date, d.*, coalesce(s.exponent, 0) FROM (
    {SUMMED.format(which=f"{_IN_DAYS} AND {{which}}")}) AS d
LEFT JOIN metering_series s ON s.id = d.series_id
ON CONFLICT (month, series_id, day_type) DO UPDATE SET
    days = m.days + excluded.days, complete = m.complete + excluded.complete, slots = m.slots + excluded.slots,
    present = m.present + excluded.present, suspect = m.suspect + excluded.suspect,
    estimated = m.estimated + excluded.estimated, maximum = greatest(m.maximum, excluded.maximum),
    total = m.total + excluded.total, complete_total = m.complete_total + excluded.complete_total
"""  # noqa: S608  (no text from outside)
_NEXT_SERIES = """
SELECT DISTINCT series_id FROM series_month WHERE month = %(month)s AND series_id > %(after)s
ORDER BY series_id LIMIT %(some)s
"""
