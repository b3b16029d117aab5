"""Blocks that changed after an instant, online and archived, for going back.

Those of archived months are given like the others: putting them back is then refused by name, not passed over.
"""

from __future__ import annotations

import datetime as dt
from functools import partial

import numpy as np
from numpy.typing import NDArray

from metering.store import wire
from metering.store.archive.months import Archived, steadily
from metering.store.archive.rows import Row, day_rows


def changed_since(
    ids: NDArray[np.int64], first_day: int, last_day: int, after: dt.datetime
) -> tuple[Archived, list[Row]]:
    """(series, day, interval_s, changed_at, values, quality, status) of the blocks of these series (ascending) and days
    that changed after `after`, and which months are archived. ArchiveError for a lost file.
    """
    return steadily("interval", first_day, last_day, partial(_changed_since, ids, first_day, last_day, after))


def _changed_since(
    ids: NDArray[np.int64], first_day: int, last_day: int, after: dt.datetime, archived: Archived
) -> tuple[Archived, list[Row]]:
    rows = wire.fetch(_CHANGED, {"ids": ids, "a": first_day, "b": last_day, "after": after})
    if archived:
        filed = day_rows(archived, ids, first_day, last_day)
        rows = archived.drop_held(rows, day=1) + [row for row in filed if row[3] > after]
    return archived, rows


_CHANGED = """
SELECT series_id, (day - date '1970-01-01')::bigint, interval_s, changed_at, d.values, quality, status
FROM series_day d
WHERE series_id = ANY (%(ids)s::bigint[]) AND changed_at > %(after)s
AND day BETWEEN date '1970-01-01' + %(a)s::integer AND date '1970-01-01' + %(b)s::integer
ORDER BY series_id, day
"""
