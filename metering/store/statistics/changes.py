"""Which months of series have to be summed up anew, noted by the write that changes them.

A day is not summed up before `DELAY_S` after its end. A write of younger days, as nearly all are, is told so by one
comparison; one of older days asks how far their months are and notes its series, in its own transaction. Whoever writes
holds the series, and whoever sums a month up anew holds them too; a day is first announced as `folding`, and then
waits for all who hold series. So no change goes unnoticed.
"""

from __future__ import annotations

import datetime as dt
import time

import numpy as np
from numpy.typing import NDArray

from metering.intervals import DAY_S
from metering.store import wire
from metering.store.refine import Refined, on_refined
from metering.store.registry import Stored, on_stored

DELAY_S = 6 * 3600
"""Late values of a day mostly come within this time after its end: noting and summing up anew is then not needed."""
_CLOCKS_DIFFER_S = 3 * 3600
LEAVING = "SELECT month FROM store_archive_month WHERE kind = 'interval' AND state <> 'returned'"
"""The months that are archived, or on the way there or back: they take no writes."""


def note(series_ids: NDArray[np.int64], days: NDArray[np.integer]) -> None:
    """Note that the blocks of these series and days (since 1970), both (n,), are not what was summed up.

    In the transaction that changes them, which holds the series. Days not summed up yet need no note.
    """
    young = (int(time.time()) - DELAY_S + _CLOCKS_DIFFER_S) // DAY_S
    if not len(days) or days.min() >= young:
        return
    months = days.astype("datetime64[D]").astype("datetime64[M]")
    firsts = months.astype("datetime64[D]").astype(np.int64)
    for first, end in wire.fetch(_FOLDING, {"months": np.unique(firsts)}):
        own = np.unique(series_ids[(days >= first) & (days <= end)])
        if own.size:
            wire.execute(_NOTE, {"month": first, "ids": own})


def forget(month: dt.date) -> None:
    """Drop what is summed up of a month (its first day) whose values were dropped."""
    for table in ("series_month_changed", "series_month_histogram", "series_month", "folded_month"):
        wire.execute(f"DELETE FROM {table} WHERE month = %(month)s", {"month": month})  # noqa: S608


@on_stored.register
def _note_stored(stored: Stored) -> None:
    note(stored.batch.series_ids, stored.batch.days)


def _note_refined(refined: Refined) -> None:
    wire.execute(_NOTE_ALL, {"ids": refined.series_ids})


on_refined.append(_note_refined)

_FOLDING = """
SELECT (month - date '1970-01-01')::bigint, (folding - date '1970-01-01')::bigint FROM folded_month
WHERE month - date '1970-01-01' = ANY (%(months)s::bigint[])
"""
_NOTE = """
INSERT INTO series_month_changed (month, series_id)
SELECT date '1970-01-01' + %(month)s::integer, series FROM unnest(%(ids)s::bigint[]) AS series
ON CONFLICT DO NOTHING
"""
# Sums of an archived month stay in the units they were made in, which their rows tell.
_NOTE_ALL = f"""
INSERT INTO series_month_changed (month, series_id)
SELECT month, series FROM unnest(%(ids)s::bigint[]) AS series CROSS JOIN folded_month f
WHERE f.month NOT IN ({LEAVING})
ON CONFLICT DO NOTHING
"""  # noqa: S608  (no text from outside)
