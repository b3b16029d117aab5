"""Register values: daily, monthly and on-demand stands, one row per instant, with the same versions as blocks."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from metering.intervals import DAY_S, to_instant, to_seconds
from metering.quality import Quality
from metering.store import wire
from metering.store.archive.months import Archived, steadily
from metering.store.archive.registers import archived_states, register_rows
from metering.store.batch import NO_VALUE, Rows
from metering.store.matrix import ValueVersion
from metering.store.states import distinct_states, ledger_entries


@dataclass(frozen=True, slots=True, eq=False)
class RegisterBatch:
    """Register values to write: value i of series `series_ids[i]` belongs to the instant `at[i]`.

    series_ids int64, at int64 (seconds since 1970 UTC), values int64 (`NO_VALUE` = not given or, with
    `Quality.DELETED`, deleted), quality uint8 or None = all measured, status uint32 or None = all zero; all (n,).
    """

    series_ids: NDArray[np.int64]
    at: NDArray[np.int64]
    values: NDArray[np.int64]
    quality: NDArray[np.uint8] | None = None
    status: NDArray[np.uint32] | None = None

    def __post_init__(self) -> None:
        columns = (self.series_ids, self.at, self.values, self.quality, self.status)
        types = (np.int64, np.int64, np.int64, np.uint8, np.uint32)
        for column, dtype in zip(columns, types, strict=True):
            if column is not None and (column.shape != self.at.shape or column.dtype != dtype):
                raise ValueError(f"Register values need columns of one length; expected {dtype.__name__}")

    def __len__(self) -> int:
        return len(self.at)

    @property
    def given(self) -> NDArray[np.bool_]:
        """bool (n,): rows that say something."""
        given: NDArray[np.bool_] = self.values != NO_VALUE
        if self.quality is None:
            return given
        said: NDArray[np.bool_] = (self.quality == Quality.DELETED) | (self.quality == Quality.WITHDRAWN)
        return given | said

    def take(self, rows: Rows) -> RegisterBatch:
        """The values of these rows, in this order."""
        quality = None if self.quality is None else self.quality[rows]
        status = None if self.status is None else self.status[rows]
        return RegisterBatch(self.series_ids[rows], self.at[rows], self.values[rows], quality, status)


@dataclass(frozen=True, slots=True, eq=False)
class Registers:
    """Stored register values, all (m,), by series and instant: series_ids int64, at datetime64[s] UTC, values int64
    (`NO_VALUE` where deleted), quality uint8, status uint32."""

    series_ids: NDArray[np.int64]
    at: NDArray[np.datetime64]
    values: NDArray[np.int64]
    quality: NDArray[np.uint8]
    status: NDArray[np.uint32]

    def __len__(self) -> int:
        return len(self.at)

    def take(self, rows: Rows) -> Registers:
        """The values of these rows, in this order."""
        return Registers(self.series_ids[rows], self.at[rows], self.values[rows], self.quality[rows], self.status[rows])


_NOW = """
SELECT series_id, extract(epoch FROM at)::bigint, coalesce(value, %(none)s::bigint), quality::integer, status
FROM register_value
WHERE series_id = ANY (%(ids)s::bigint[]) AND at >= %(start)s AND at < %(end)s
ORDER BY series_id, at
"""
_THEN = """
SELECT DISTINCT ON (series_id, at) series_id, extract(epoch FROM at)::bigint, coalesce(value, %(none)s::bigint),
    quality::integer, status
FROM (
    SELECT series_id, at, value, quality, status, changed_at, version FROM register_value
    WHERE series_id = ANY (%(ids)s::bigint[]) AND at >= %(start)s AND at < %(end)s
    UNION ALL
    SELECT series_id, at, value, quality, status, changed_at, version FROM register_value_version
    WHERE series_id = ANY (%(ids)s::bigint[]) AND at >= %(start)s AND at < %(end)s
) AS states WHERE changed_at <= %(as_of)s
ORDER BY series_id, at, version DESC
"""


def read_registers(
    series_ids: Sequence[int] | NDArray[np.int64],
    start: dt.datetime,
    end: dt.datetime,
    *,
    as_of: dt.datetime | None = None,
) -> Registers:
    """The register values of these series with an instant in [start, end); `as_of`: as they were stored then."""
    found = register_states(series_ids, start, end, as_of=as_of)
    return found.take(found.quality != Quality.WITHDRAWN)


def register_states(
    series_ids: Sequence[int] | NDArray[np.int64],
    start: dt.datetime,
    end: dt.datetime,
    *,
    as_of: dt.datetime | None = None,
) -> Registers:
    """What `read_registers` reads, with the values that were withdrawn. For the store itself."""
    ids = np.unique(np.asarray(series_ids, np.int64))
    first, end_s = to_seconds(start), to_seconds(end)
    find = partial(_states, ids, first, end_s, as_of)
    return steadily("register", first // DAY_S, max(first, end_s - 1) // DAY_S, find)


def _states(ids: NDArray[np.int64], start: int, end: int, as_of: dt.datetime | None, archived: Archived) -> Registers:
    rows = wire.fetch(
        _NOW if as_of is None else _THEN,
        {"ids": ids, "start": to_instant(start), "end": to_instant(end), "as_of": as_of, "none": NO_VALUE},
    )
    table = np.array(rows, np.int64).reshape(-1, 5)
    if archived:
        online = table[~archived.holds(table[:, 1] // DAY_S)]
        table = np.concatenate([online, register_rows(archived, ids, start, end, as_of)])
        table = table[np.lexsort((table[:, 1], table[:, 0]))]
    return Registers(
        table[:, 0].copy(),
        table[:, 1].astype("datetime64[s]"),
        table[:, 2].copy(),
        table[:, 3].astype(np.uint8),
        table[:, 4].astype(np.uint32),
    )


def register_history(series_id: int, at: dt.datetime) -> list[ValueVersion]:
    """The states of the register value of this instant, newest first; empty when there never was one."""
    second = to_seconds(at)
    return steadily("register", second // DAY_S, second // DAY_S, partial(_history, series_id, second))


_ALL_STATES = """
SELECT value, quality::integer, status, changed_at, origin_id FROM (
    SELECT version, value, quality, status, changed_at, origin_id FROM register_value
    WHERE series_id = %(series)s AND at = %(at)s
    UNION ALL
    SELECT version, value, quality, status, changed_at, origin_id FROM register_value_version
    WHERE series_id = %(series)s AND at = %(at)s
) AS states ORDER BY version DESC
"""


def _history(series_id: int, second: int, archived: Archived) -> list[ValueVersion]:
    if archived:
        rows = archived_states(archived, series_id, second)
    else:
        rows = wire.fetch(_ALL_STATES, {"series": series_id, "at": to_instant(second)})
    writes = ledger_entries([row[-1] for row in rows])
    return distinct_states([(*row[:-1], *writes[row[-1]][1:]) for row in rows])
