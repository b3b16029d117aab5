"""Summary columns as they are stored: what is known of days without decoding a block."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from functools import partial

import numpy as np
from numpy.typing import NDArray

from metering.intervals import day_number
from metering.store import wire
from metering.store.archive.months import Archived, steadily
from metering.store.archive.rows import with_archived
from metering.store.batch import NO_VALUE
from metering.store.matrix import Summaries
from metering.store.selection import selection


def summaries(series_ids: Sequence[int] | NDArray[np.int64], first_day: dt.date, last_day: dt.date) -> Summaries:
    """Summary columns of the blocks of these series and UTC days, `last_day` included; days without are absent."""
    ids, first, last = np.unique(np.asarray(series_ids, np.int64)), day_number(first_day), day_number(last_day)
    return steadily("interval", first, last, partial(_summaries, ids, first, last))


def _summaries(ids: NDArray[np.int64], first_day: int, last_day: int, archived: Archived) -> Summaries:
    # Sorted before they are gathered, the columns come as one array each: no row ever becomes a Python object.
    rows = wire.fetch(
        """
        SELECT array_agg(series_id), array_agg(day), array_agg(slots), array_agg(present::bigint),
            array_agg(suspect::bigint), array_agg(estimated::bigint), array_agg(total), array_agg(maximum)
        FROM (
            SELECT series_id, (day - date '1970-01-01')::bigint AS day, (86400 / interval_s)::bigint AS slots,
                present, suspect, estimated, total, coalesce(maximum, %(none)s::bigint) AS maximum
            FROM series_day
            WHERE series_id = ANY (%(ids)s::bigint[])
            AND series_day.day BETWEEN date '1970-01-01' + %(first)s::integer AND date '1970-01-01' + %(last)s::integer
            ORDER BY series_id, series_day.day
        ) AS blocks
        """,
        {"ids": ids, "first": first_day, "last": last_day, "none": NO_VALUE},
    )
    none = np.array([], np.int64)
    series, *counts, total, maximum = (none if column is None else column for column in rows[0])
    days, slots, present, suspect, estimated = (column.astype(np.int32) for column in counts)
    online = Summaries(series, days, slots, present, suspect, estimated, total, maximum)
    return with_archived(online, archived, ids, first_day, last_day)


def full_days(
    series_ids: Sequence[int] | NDArray[np.int64], first_day: dt.date, last_day: dt.date
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Series id and day (since 1970) of every block without a missing slot, `last_day` included, in no order; (m,).

    Far cheaper than `summaries` where nearly all days are full and only the others matter.
    """
    ids, first, last = np.unique(np.asarray(series_ids, np.int64)), day_number(first_day), day_number(last_day)
    return steadily("interval", first, last, partial(_full_days, ids, first, last))


def present(series_ids: NDArray[np.int64], first_day: dt.date, last_day: dt.date) -> NDArray[np.int32]:
    """How many values there are of each series and UTC day, int32 (n, days), `last_day` included."""
    ids, row_of_asked = np.unique(series_ids, return_inverse=True)
    first, last = day_number(first_day), day_number(last_day)
    counts = steadily("interval", first, last, partial(present_of, ids, first, last))
    return counts if np.array_equal(ids, series_ids) else counts[row_of_asked]


def present_of(ids: NDArray[np.int64], first_day: int, last_day: int, archived: Archived) -> NDArray[np.int32]:
    """As `present`, of ids in ascending order and days since 1970, by what is known of the archive already."""
    counts = np.zeros((len(ids), last_day - first_day + 1), np.int32)
    if archived:
        found = _summaries(ids, first_day, last_day, archived)
        series, days, there = found.series_ids, found.days, found.present
    else:
        condition, params = selection(ids)
        series, days, there = wire.fetch(
            _PRESENT.format(which=condition), params | {"first": first_day, "last": last_day}
        )[0]
    row = np.searchsorted(ids, series)
    known = np.flatnonzero(np.append(ids, -1)[row] == series)
    counts[row[known], days[known] - first_day] = there[known]
    return counts


_PRESENT = """
SELECT coalesce(array_agg(series_id), '{{}}'), coalesce(array_agg((day - date '1970-01-01')::bigint), '{{}}'),
    coalesce(array_agg(present::bigint), '{{}}')
FROM series_day
WHERE {which} AND day BETWEEN date '1970-01-01' + %(first)s::integer AND date '1970-01-01' + %(last)s::integer
"""


def _full_days(
    ids: NDArray[np.int64], first_day: int, last_day: int, archived: Archived
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    if archived:
        found = _summaries(ids, first_day, last_day, archived)
        full = found.present == found.slots
        return found.series_ids[full], found.days[full].astype(np.int64)
    rows = wire.fetch(
        """
        SELECT coalesce(array_agg(series_id), '{}'), coalesce(array_agg((day - date '1970-01-01')::bigint), '{}')
        FROM series_day
        WHERE series_id = ANY (%(ids)s::bigint[]) AND present * interval_s = 86400
        AND day BETWEEN date '1970-01-01' + %(first)s::integer AND date '1970-01-01' + %(last)s::integer
        """,
        {"ids": ids, "first": first_day, "last": last_day},
    )
    series, days = rows[0]
    return series, days
