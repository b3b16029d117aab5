"""Whether archived values could still be read if their series were finer."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from metering.store.admit import FIRST_DAY, LAST_DAY
from metering.store.archive.exponents import slots_of_rows
from metering.store.archive.lookup import find, integers
from metering.store.archive.months import Archived, Kind, steadily
from metering.store.archive.tables import REGISTER_VALUE, REGISTER_VALUE_VERSION, SERIES_DAY, SERIES_DAY_VERSION, Table
from metering.store.batch import NO_VALUE
from metering.store.blocks import unpack_values
from metering.store.rescale import fits

_SERIES_AT_ONCE = 500
_EVER = 2**62
_KINDS: tuple[Kind, ...] = ("interval", "register")
_COLUMNS = {
    SERIES_DAY: ("values", "interval_s"),
    SERIES_DAY_VERSION: ("values", "slots"),
    REGISTER_VALUE: ("value",),
    REGISTER_VALUE_VERSION: ("value",),
}


@dataclass(frozen=True, slots=True)
class TooLarge:
    """An archived value, present or former, that could not be read in finer units: `value` times 10^`exponent`."""

    series_id: int
    month: dt.date
    value: int
    exponent: int


def too_large(ids: NDArray[np.int64], exponent: int) -> TooLarge | None:
    """An archived value of these series (ascending) that would reach 2^52 in units of 10^`exponent`, or None.

    ArchiveError for a file that is lost or damaged.
    """
    for first in range(0, len(ids), _SERIES_AT_ONCE):
        part = ids[first : first + _SERIES_AT_ONCE]
        for kind in _KINDS:
            found = steadily(kind, FIRST_DAY, LAST_DAY, partial(_first_of, part, exponent))
            if found is not None:
                return found
    return None


def _first_of(ids: NDArray[np.int64], exponent: int, archived: Archived) -> TooLarge | None:
    return next(_all_of(ids, exponent, archived), None)


def _all_of(ids: NDArray[np.int64], exponent: int, archived: Archived) -> Iterator[TooLarge]:
    for file in archived.files:
        table = next(table for table in _COLUMNS if table.name == file.table)
        columns = [*_COLUMNS[table], "exponent"]
        rows = find(Archived((file.month,), (file,)), table, ids, columns, -_EVER, _EVER)
        series, exponents = integers(rows, "series_id"), integers(rows, "exponent")
        for own in np.unique(exponents[exponents > exponent]).tolist():
            finer = np.flatnonzero(exponents == own)
            for row, value in _misfits(rows.take(pa.array(finer)), table, own - exponent):
                yield TooLarge(int(series[finer[row]]), file.month, value, own)


def _misfits(rows: pa.Table, table: Table, step: int) -> Iterator[tuple[int, int]]:
    """(row, value) where a value times 10^`step` is beyond the limit of the store."""
    if "value" in _COLUMNS[table]:
        yield from _of_grid(np.asarray(pc.fill_null(rows["value"], NO_VALUE), np.int64)[:, None], step)
        return
    slots = np.array(slots_of_rows(rows), np.int64)
    blocks = rows.column("values").to_pylist()
    for length in np.unique(slots).tolist():
        own = np.flatnonzero(slots == length)
        grid = unpack_values([blocks[row] for row in own.tolist()], length)
        yield from ((int(own[row]), value) for row, value in _of_grid(grid, step))


def _of_grid(values: NDArray[np.int64], step: int) -> Iterator[tuple[int, int]]:
    rows, slots = np.nonzero(~fits(values, step))
    return zip(rows.tolist(), values[rows, slots].tolist(), strict=True)
