"""What is kept of the past of blocks, online or archived: what writes replaced, and which write filled each slot."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from operator import itemgetter
from typing import Any

import numpy as np
from numpy.typing import NDArray

from metering.store import wire
from metering.store.archive.months import Archived, MovedError
from metering.store.archive.rows import arrivals_of, replaced_since
from metering.store.arrivals import first_writes

Keys = NDArray[np.int64]
Row = tuple[Any, ...]


def replaced(keys: Keys, since: dt.datetime | None, archived: Archived) -> list[Row]:
    """(row of `keys`, ledger id of the write that replaced it, first slot, slots, values, quality, status) of what was
    replaced after `since` (None: ever), of each block the newest first. `keys` (n, 2): series, day since 1970.
    """
    return _fetch(_REPLACED, replaced_since, keys, since, archived)


def filled_by(keys: Keys, slots: int, archived: Archived) -> NDArray[np.int64]:
    """Ledger id of the write that first filled each slot of these stored blocks, int64 (n, slots); slots never filled
    have any. MovedError when a block is no longer where it was found.
    """
    found = sorted(_fetch(_ARRIVALS, arrivals_of, keys, None, archived), key=itemgetter(0))
    if len(found) != len(keys):
        raise MovedError
    _rows, made_by, encoded = zip(*found, strict=True)
    return first_writes(np.array(made_by, np.int64), encoded, slots)


# OFFSET 0 keeps the subquery: one index probe per key, into the one partition that can hold it.
_FIND = """
SELECT k.n - 1, {columns}
FROM unnest(%(series)s::bigint[], %(days)s::bigint[]) WITH ORDINALITY AS k (series_id, day, n)
CROSS JOIN LATERAL (
    SELECT * FROM {table} s
    WHERE s.series_id = k.series_id AND s.day = date '1970-01-01' + k.day::integer
    AND s.day BETWEEN date '1970-01-01' + %(first)s::integer AND date '1970-01-01' + %(last)s::integer
    OFFSET 0) AS d
"""
_ARRIVALS = _FIND.format(table="series_day", columns="d.origin_id, d.arrivals")
_STATE = "d.replaced_by, d.first_slot, d.slots, d.values, d.quality, d.status"
_REPLACED = (
    _FIND.format(table="series_day_version", columns=_STATE)
    + "WHERE %(since)s::timestamptz IS NULL OR d.replaced_at > %(since)s ORDER BY d.version DESC"
)


_FromFiles = Callable[[Archived, Keys, dt.datetime | None], list[Row]]


def _fetch(sql: str, from_files: _FromFiles, keys: Keys, since: dt.datetime | None, archived: Archived) -> list[Row]:
    """Rows of these keys, from the database or from files, each with the index of its key in front."""
    held = archived.holds(keys[:, 1])
    online, filed = np.flatnonzero(~held), np.flatnonzero(held)
    found = _online(sql, keys[online], since) if online.size else []
    rows = [(int(online[row]), *rest) for row, *rest in found]
    found = from_files(archived, keys[filed], since) if filed.size else []
    return rows + [(int(filed[row]), *rest) for row, *rest in found]


def _online(sql: str, keys: Keys, since: dt.datetime | None) -> list[Row]:
    days = keys[:, 1]
    return wire.fetch(
        sql,
        {"series": keys[:, 0], "days": days, "first": int(days.min()), "last": int(days.max()), "since": since},
    )
