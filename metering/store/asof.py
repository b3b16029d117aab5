"""Past states of blocks.

A version row holds what a write replaced: the former content of the slots from the first to the last one it changed.
Laid over the present block, newest first, the rows replaced after an instant undo all later changes; slots that were
filled for the first time after it are then emptied.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from operator import itemgetter
from typing import Any

import numpy as np
from numpy.typing import NDArray

from metering.store import wire
from metering.store.archive.months import ONLINE, Archived
from metering.store.archive.rows import arrivals_of, replaced_since
from metering.store.arrivals import first_writes
from metering.store.batch import NO_VALUE
from metering.store.blocks import Blocks, unpack_quality, unpack_status, unpack_values


def rebuild(
    blocks: Blocks,
    keys: NDArray[np.int64],
    changed_at: list[dt.datetime],
    as_of: dt.datetime,
    archived: Archived = ONLINE,
) -> Blocks:
    """The blocks (n, slots) of `keys` (n, 2: series, day since 1970) at `as_of`; empty if not stored yet."""
    rows = np.flatnonzero([instant > as_of for instant in changed_at])
    if not rows.size:
        return blocks
    past = Blocks(blocks.values.copy(), blocks.quality_codes().copy(), blocks.status_words().copy())
    for row, *state in _fetch(_REPLACED, replaced_since, keys[rows], as_of, archived):
        _lay_over(past, rows[row], *state)
    later = np.zeros(past.values.shape, np.bool_)
    later[rows] = _filled_after(keys[rows], blocks.slots, as_of, archived)
    past.values[later], past.quality_codes()[later], past.status_words()[later] = NO_VALUE, 0, 0
    return past


def _lay_over(
    past: Blocks, row: int, first: int, slots: int, values: bytes, quality: bytes | None, status: bytes | None
) -> None:
    part = slice(first, first + slots)
    codes, words = unpack_quality([quality], slots), unpack_status([status], slots)
    past.values[row, part] = unpack_values([values], slots)[0]
    past.quality_codes()[row, part] = 0 if codes is None else codes[0]
    past.status_words()[row, part] = 0 if words is None else words[0]


def _filled_after(keys: NDArray[np.int64], slots: int, as_of: dt.datetime, archived: Archived) -> NDArray[np.bool_]:
    """bool (n, slots): slots whose first value came after `as_of`; never filled ones may be among them."""
    found = sorted(_fetch(_ARRIVALS, arrivals_of, keys, as_of, archived), key=itemgetter(0))
    _rows, made_by, encoded = zip(*found, strict=True)
    writes = first_writes(np.array(made_by, np.int64), encoded, slots)
    later = wire.fetch(
        "SELECT id FROM value_origin WHERE id = ANY (%(ids)s::bigint[]) AND at > %(as_of)s",
        {"ids": np.unique(writes), "as_of": as_of},
    )
    return np.isin(writes, np.array(later, np.int64))


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
_REPLACED = (
    _FIND.format(table="series_day_version", columns="d.first_slot, d.slots, d.values, d.quality, d.status")
    + "WHERE d.replaced_at > %(as_of)s ORDER BY d.version DESC"
)


_FromFiles = Callable[[Archived, NDArray[np.int64], dt.datetime], list[tuple[Any, ...]]]


def _fetch(
    sql: str, from_files: _FromFiles, keys: NDArray[np.int64], as_of: dt.datetime, archived: Archived
) -> list[tuple[Any, ...]]:
    """Rows of these keys, from the database or from files, each with the index of its key in front."""
    held = archived.holds(keys[:, 1])
    online, filed = np.flatnonzero(~held), np.flatnonzero(held)
    found = _online(sql, keys[online], as_of) if online.size else []
    rows = [(int(online[row]), *rest) for row, *rest in found]
    found = from_files(archived, keys[filed], as_of) if filed.size else []
    return rows + [(int(filed[row]), *rest) for row, *rest in found]


def _online(sql: str, keys: NDArray[np.int64], as_of: dt.datetime) -> list[tuple[Any, ...]]:
    days = keys[:, 1]
    return wire.fetch(
        sql,
        {"series": keys[:, 0], "days": days, "first": int(days.min()), "last": int(days.max()), "as_of": as_of},
    )
