"""Days of stands out of the store."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from metering.intervals import DAY_S
from metering.store import wire
from metering.store.derivation.days import Days
from metering.store.fetch import fetch_blocks
from metering.store.stands import Readings

_DAYS_AT_ONCE = 2_000


def stored_days(series_ids: NDArray[np.int64], start: int, end: int) -> Iterator[Days]:
    """The stored days of these series, in portions, affected where intervals start in [start, end), seconds."""
    params = {"ids": np.unique(series_ids), "first": start // DAY_S, "last": (end - 1) // DAY_S}
    yield from _loaded(_OF_SERIES, params, start, end)


def sibling_days(days: Days) -> Iterator[Days]:
    """The same days, and those before, of the other series that feed the same series: affected as a whole."""
    around = np.unique(np.concatenate([days.days, days.days - 1]).astype(np.int64))
    params = {"ids": np.unique(days.series_ids), "days": around, "first": int(around[0]), "last": int(around[-1])}
    yield from _loaded(_OF_SIBLINGS, params, int(around[0]) * DAY_S, (int(around[-1]) + 1) * DAY_S)


_OF_SERIES = """
SELECT series_id, (day - date '1970-01-01')::bigint, interval_s FROM series_day
WHERE series_id = ANY (%(ids)s::bigint[])
AND day BETWEEN date '1970-01-01' + %(first)s::integer AND date '1970-01-01' + %(last)s::integer
ORDER BY interval_s, series_id, day
"""
_OF_SIBLINGS = """
SELECT series_id, (day - date '1970-01-01')::bigint, interval_s FROM series_day
WHERE series_id = ANY (ARRAY(
    SELECT id FROM metering_series WHERE kind = 'stand' AND id <> ALL (%(ids)s::bigint[])
    AND feeds_id IN (SELECT feeds_id FROM metering_series WHERE id = ANY (%(ids)s::bigint[]))))
AND (day - date '1970-01-01')::bigint = ANY (%(days)s::bigint[])
AND day BETWEEN date '1970-01-01' + %(first)s::integer AND date '1970-01-01' + %(last)s::integer
ORDER BY interval_s, series_id, day
"""


def _loaded(sql: str, params: dict[str, Any], start: int, end: int) -> Iterator[Days]:
    keys = np.array(wire.fetch(sql, params), np.int64).reshape(-1, 3)
    for interval_s in np.unique(keys[:, 2]).tolist():
        own = keys[keys[:, 2] == interval_s]
        for part in range(0, len(own), _DAYS_AT_ONCE):
            series_ids, days = own[part : part + _DAYS_AT_ONCE, 0], own[part : part + _DAYS_AT_ONCE, 1]
            yield _portion(interval_s, series_ids.copy(), days.astype(np.int32), start, end)


def _portion(interval_s: int, series_ids: NDArray[np.int64], days: NDArray[np.int32], start: int, end: int) -> Days:
    blocks = fetch_blocks(series_ids, days).blocks
    starts = days[:, None].astype(np.int64) * DAY_S + np.arange(0, DAY_S, interval_s)
    affected: NDArray[np.bool_] = (starts >= start) & (starts < end)
    stands = Readings(blocks.values, blocks.quality_codes(), blocks.status_words())
    return Days(interval_s, series_ids, days, stands, affected)
