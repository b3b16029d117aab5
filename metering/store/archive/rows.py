"""Archived blocks as the readers of the store want them: the rows their own queries would give."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from metering.intervals import DAY_S
from metering.store.archive.exponents import Exponents, in_present_units
from metering.store.archive.lookup import find, integers
from metering.store.archive.months import Archived
from metering.store.archive.tables import SERIES_DAY, SERIES_DAY_VERSION, Table
from metering.store.batch import NO_VALUE
from metering.store.matrix import Summaries

Row = tuple[Any, ...]
BLOCK = ("values", "quality", "status")


def day_rows(archived: Archived, ids: NDArray[np.int64], first_day: int, last_day: int) -> list[Row]:
    """(series, day, interval_s, changed_at, values, quality, status) of the archived blocks of these series and days.

    `ids` ascend. ArchiveError, FileNotFoundError as of `lookup` and `exponents`; so do all functions here.
    """
    if not archived:
        return []
    columns = ("interval_s", "changed_at", *BLOCK)
    rows = _blocks(archived, SERIES_DAY, ids, columns, first_day, last_day)
    keys = (integers(rows, "series_id").tolist(), integers(rows, "day").tolist())
    return list(zip(*keys, *cells(rows, columns), strict=True))


def with_archived(
    online: Summaries, archived: Archived, ids: NDArray[np.int64] | None, first_day: int, last_day: int
) -> Summaries:
    """The summaries of days online and of archived ones, together by series and day.

    `online` are those the database gave for these series (ascending; None: all) and days.
    """
    if not archived:
        return online
    kept = np.flatnonzero(~archived.holds(online.days))
    filed = _summary_columns(archived, ids, first_day, last_day)
    names = Summaries.__dataclass_fields__
    columns = [np.concatenate([getattr(online, name)[kept], filed[name]]) for name in names]
    together = Summaries(*columns)
    order = np.lexsort((together.days, together.series_ids))
    return Summaries(*(column[order] for column in columns))


def _summary_columns(
    archived: Archived, ids: NDArray[np.int64] | None, first_day: int, last_day: int
) -> dict[str, NDArray[Any]]:
    """The columns of `Summaries` from files, by name."""
    columns = ("interval_s", "present", "suspect", "estimated", "total", "maximum")
    rows = _blocks(archived, SERIES_DAY, ids, columns, first_day, last_day)
    rows = rows.set_column(rows.schema.get_field_index("maximum"), "maximum", pc.fill_null(rows["maximum"], NO_VALUE))
    found: dict[str, NDArray[Any]] = {name: integers(rows, name) for name in ("total", "maximum")}
    found |= {name: integers(rows, name).astype(np.int32) for name in ("present", "suspect", "estimated")}
    found["series_ids"] = integers(rows, "series_id")
    found["days"] = integers(rows, "day").astype(np.int32)
    found["slots"] = (DAY_S // integers(rows, "interval_s")).astype(np.int32)
    return found


def replaced_since(archived: Archived, keys: NDArray[np.int64], since: dt.datetime | None) -> list[Row]:
    """(row of `keys`, ledger id of the write that replaced it, first slot, slots, values, quality, status) of what was
    replaced after `since` (None: ever), newest first. `keys` int64 (n, 2): series and day, of archived months.
    """
    columns = ("replaced_by", "first_slot", "slots", *BLOCK)
    rows = of_keys(archived, SERIES_DAY_VERSION, keys, (*columns, "version", "replaced_at"))
    if since is not None:
        rows = rows.filter(pc.greater(rows["replaced_at"], pa.scalar(since, rows["replaced_at"].type)))
    rows = rows.sort_by([("version", "descending")])
    return list(zip(_places(rows, keys), *cells(rows, columns), strict=True))


def arrivals_of(archived: Archived, keys: NDArray[np.int64], _since: dt.datetime | None) -> list[Row]:
    """(row of `keys`, ledger id of the write that made the block, arrivals) of archived blocks."""
    rows = of_keys(archived, SERIES_DAY, keys, ("origin_id", "arrivals"))
    return list(zip(_places(rows, keys), *cells(rows, ("origin_id", "arrivals")), strict=True))


def of_keys(archived: Archived, table: Table, keys: NDArray[np.int64], columns: Sequence[str]) -> pa.Table:
    """The rows of exactly these series and days, `keys` int64 (n, 2), with `columns` and more; values as of now."""
    first, last = int(keys[:, 1].min()), int(keys[:, 1].max())
    rows = _blocks(archived, table, np.unique(keys[:, 0]), columns, first, last)
    found = np.isin(_joined(integers(rows, "series_id"), integers(rows, "day")), _joined(*keys.T))
    return rows.filter(pa.array(found))


def _blocks(
    archived: Archived,
    table: Table,
    ids: NDArray[np.int64] | None,
    columns: Sequence[str],
    first: int,
    last: int,
) -> pa.Table:
    """Rows in the units of now, with `columns` and what that needs."""
    length = "slots" if table is SERIES_DAY_VERSION else "interval_s"
    rows = find(archived, table, ids, [*columns, "exponent", length], first, last)
    if not rows.num_rows:
        return rows
    return in_present_units(rows, Exponents.of(np.unique(integers(rows, "series_id"))))


def _places(rows: pa.Table, keys: NDArray[np.int64]) -> list[int]:
    """The index in `keys` of every row."""
    wanted = _joined(*keys.T)
    order = np.argsort(wanted)
    found = _joined(integers(rows, "series_id"), integers(rows, "day"))
    places: list[int] = order[np.searchsorted(wanted, found, sorter=order)].tolist()
    return places


def _joined(series: NDArray[np.int64], days: NDArray[np.int64]) -> NDArray[np.int64]:
    """Series and day as one number."""
    return series << 22 | days


def cells(rows: pa.Table, columns: Sequence[str]) -> list[list[Any]]:
    """Some columns as lists of Python objects."""
    return [rows.column(name).to_pylist() for name in columns]
