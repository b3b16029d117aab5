"""Archived register values as the readers of the store want them."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from metering.store.archive.exponents import Exponents, in_present_units
from metering.store.archive.lookup import find, integers
from metering.store.archive.months import Archived
from metering.store.archive.tables import REGISTER_VALUE, REGISTER_VALUE_VERSION
from metering.store.batch import NO_VALUE

_MICRO = 1_000_000
_STATE = ("value", "quality", "status", "changed_at", "version", "origin_id")


def register_rows(
    archived: Archived, ids: NDArray[np.int64], start: int, end: int, as_of: dt.datetime | None
) -> NDArray[np.int64]:
    """Series, instant (s), value (`NO_VALUE` = deleted), quality and status of archived register values, int64 (m, 5).

    Of these series (ascending) with an instant in [start, end), seconds since 1970; `as_of`: as they were then.
    """
    rows = _states(archived, ids, start, end, with_former=as_of is not None)
    if as_of is not None:
        rows = _newest(rows.filter(pc.less_equal(rows["changed_at"], pa.scalar(as_of, rows["changed_at"].type))))
    return _columns(rows)


def _columns(rows: pa.Table) -> NDArray[np.int64]:
    value = np.asarray(pc.fill_null(rows["value"], NO_VALUE), np.int64)
    series, at, quality, status = (integers(rows, name) for name in ("series_id", "at", "quality", "status"))
    return np.stack([series, at // _MICRO, value, quality, status], axis=1)


def register_past_rows(archived: Archived, ids: NDArray[np.int64], start: int, end: int) -> NDArray[np.int64]:
    """All states: the columns of `register_rows`, then version and ledger id, int64 (m, 7)."""
    rows = _states(archived, ids, start, end, with_former=True)
    more = [integers(rows, name) for name in ("version", "origin_id")]
    return np.column_stack([_columns(rows), *more])


def archived_states(archived: Archived, series_id: int, at: int) -> list[tuple[Any, ...]]:
    """(value, quality, status, changed_at, ledger id) of one archived register value, newest first."""
    rows = _states(archived, np.array([series_id], np.int64), at, at + 1, with_former=True)
    rows = rows.sort_by([("version", "descending")])
    columns = (rows.column(name).to_pylist() for name in ("value", "quality", "status", "changed_at", "origin_id"))
    return list(zip(*columns, strict=True))


def _states(archived: Archived, ids: NDArray[np.int64], start: int, end: int, *, with_former: bool) -> pa.Table:
    tables = (REGISTER_VALUE, REGISTER_VALUE_VERSION) if with_former else (REGISTER_VALUE,)
    period = start * _MICRO, end * _MICRO - 1
    rows = pa.concat_tables([find(archived, table, ids, [*_STATE, "exponent"], *period) for table in tables])
    return in_present_units(rows, Exponents.of(ids)) if rows.num_rows else rows


def _newest(rows: pa.Table) -> pa.Table:
    """Of every register value the state with the highest version."""
    series, at, version = (integers(rows, name) for name in ("series_id", "at", "version"))
    order = np.lexsort((version, at, series))
    last = np.append((np.diff(series[order]) != 0) | (np.diff(at[order]) != 0), True)[: len(order)]
    return rows.take(pa.array(order[last]))
