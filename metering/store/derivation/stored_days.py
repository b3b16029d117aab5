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

_SERIES_AT_ONCE = 500
_DAYS_AT_ONCE = 2_000


def stored_days(series_ids: NDArray[np.int64], start: int, end: int) -> Iterator[Days]:
    """The stored days of these series, in portions, affected where intervals start in [start, end), seconds."""
    ids, days = np.unique(series_ids), {"first": start // DAY_S, "last": (end - 1) // DAY_S}
    for part in range(0, len(ids), _SERIES_AT_ONCE):
        yield from _loaded(_OF_SERIES, {"ids": ids[part : part + _SERIES_AT_ONCE], **days}, start, end)


def with_days(series_ids: NDArray[np.int64]) -> NDArray[np.int64]:
    """Those of these series of which days are stored, or may be in an archive. One query, whatever their number."""
    ids: NDArray[np.int64] = wire.fetch(_STOCKED, {"ids": np.unique(series_ids)})[0][0]
    return ids


def sibling_days(days: Days) -> Iterator[Days]:
    """The same days, and those before, of the other series that feed the same series: affected as a whole."""
    around = np.unique(np.concatenate([days.days, days.days - 1]).astype(np.int64))
    params = {"ids": np.unique(days.series_ids), "days": around, "first": int(around[0]), "last": int(around[-1])}
    yield from _loaded(_OF_SIBLINGS, params, int(around[0]) * DAY_S, (int(around[-1]) + 1) * DAY_S)


_STOCKED = """
SELECT coalesce(array_agg(k.id ORDER BY k.id), '{}') FROM unnest(%(ids)s::bigint[]) AS k (id)
WHERE EXISTS (SELECT FROM series_day d WHERE d.series_id = k.id)
   OR EXISTS (SELECT FROM store_archive f WHERE k.id BETWEEN f.first_series AND f.last_series)
"""

# Gathered into arrays: no row ever becomes a Python object.
_KEYS = """
SELECT coalesce(array_agg(series_id), '{{}}'), coalesce(array_agg(number), '{{}}'), coalesce(array_agg(length), '{{}}')
FROM (
    SELECT series_id, (day - date '1970-01-01')::bigint AS number, interval_s::bigint AS length FROM series_day
    WHERE {which}
    AND day BETWEEN date '1970-01-01' + %(first)s::integer AND date '1970-01-01' + %(last)s::integer
    ORDER BY interval_s, series_id, day
) AS found
"""
_OF_SERIES = _KEYS.format(which="series_id = ANY (%(ids)s::bigint[])")
_OF_SIBLINGS = _KEYS.format(
    which="""
    series_id = ANY (ARRAY(
        SELECT id FROM metering_series WHERE kind = 'stand' AND id <> ALL (%(ids)s::bigint[])
        AND feeds_id IN (SELECT feeds_id FROM metering_series WHERE id = ANY (%(ids)s::bigint[]))))
    AND (day - date '1970-01-01')::bigint = ANY (%(days)s::bigint[])
    """
)


def _loaded(sql: str, params: dict[str, Any], start: int, end: int) -> Iterator[Days]:
    series_ids, days, lengths = wire.fetch(sql, params)[0]
    for interval_s in np.unique(lengths).tolist():
        own = np.flatnonzero(lengths == interval_s)
        for part in range(0, len(own), _DAYS_AT_ONCE):
            rows = own[part : part + _DAYS_AT_ONCE]
            yield _portion(interval_s, series_ids[rows], days[rows].astype(np.int32), start, end)


def _portion(interval_s: int, series_ids: NDArray[np.int64], days: NDArray[np.int32], start: int, end: int) -> Days:
    blocks = fetch_blocks(series_ids, days).blocks
    starts = days[:, None].astype(np.int64) * DAY_S + np.arange(0, DAY_S, interval_s)
    affected: NDArray[np.bool_] = (starts >= start) & (starts < end)
    stands = Readings(blocks.values, blocks.quality_codes(), blocks.status_words())
    return Days(interval_s, series_ids, days, stands, affected)
