"""Archived values in the exponents their series have now.

A file keeps values in the exponent of the day it was made. A series may be made finer afterwards, never coarser while
it holds values; its archived values are then multiplied when they are read, exactly.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from metering.intervals import DAY_S
from metering.store import wire
from metering.store.archive.months import ArchiveError
from metering.store.batch import NO_VALUE, VALUE_LIMIT
from metering.store.blocks import pack_values, unpack_values, value_widths

_LIMITS = {"value": VALUE_LIMIT, "maximum": VALUE_LIMIT, "total": 2**63}


@dataclass(frozen=True, slots=True, eq=False)
class Exponents:
    """Exponents of series now: `ids` int64 ascending, `exponents` int64, both (n,)."""

    ids: NDArray[np.int64]
    exponents: NDArray[np.int64]

    @classmethod
    def of_all(cls) -> Exponents:
        """Those of all series there are."""
        return cls._fetched("SELECT id, exponent::bigint AS exponent FROM metering_series", {})

    @classmethod
    def of(cls, ids: NDArray[np.int64]) -> Exponents:
        """Those of these series."""
        sql = "SELECT id, exponent::bigint AS exponent FROM metering_series WHERE id = ANY (%(ids)s::bigint[])"
        return cls._fetched(sql, {"ids": ids})

    @classmethod
    def _fetched(cls, sql: str, params: dict[str, Any]) -> Exponents:
        gathered = f"SELECT array_agg(id ORDER BY id), array_agg(exponent ORDER BY id) FROM ({sql}) AS s"  # noqa: S608
        ids, exponents = wire.fetch(gathered, params)[0]
        none = np.array([], np.int64)
        return cls(none if ids is None else ids, none if exponents is None else exponents)

    def steps(self, series_ids: NDArray[np.int64], archived: NDArray[np.int64]) -> NDArray[np.int64]:
        """By how many powers of ten each row has to be multiplied; none where the series is gone. All (m,)."""
        place = np.searchsorted(self.ids, series_ids)
        known = place < len(self.ids)
        known[known] = self.ids[place[known]] == series_ids[known]
        steps = np.zeros(len(series_ids), np.int64)
        steps[known] = archived[known] - self.exponents[place[known]]
        return steps

    def same_as(self, other: Exponents) -> bool:
        """Whether every series known here has the same exponent there."""
        return not other.steps(self.ids, self.exponents).any()


def in_present_units(rows: pa.Table, exponents: Exponents) -> pa.Table:
    """The rows with their values, totals and blocks in the exponents of now; they need the columns `series_id` and
    `exponent`, blocks also `interval_s` or `slots`. ArchiveError where that is impossible.
    """
    series_ids, archived = (np.asarray(rows.column(name).cast(pa.int64())) for name in ("series_id", "exponent"))
    steps = exponents.steps(series_ids, archived)
    own = np.flatnonzero(steps)
    if not own.size:
        return rows
    if (steps < 0).any():
        coarser = np.unique(series_ids[steps < 0]).tolist()
        raise ArchiveError(f"Series {coarser} became coarser than their archived values")
    for name, limit in _LIMITS.items():
        if name in rows.column_names:
            rows = _with(rows, name, own, steps, partial(_scaled, limit=limit))
    if "values" in rows.column_names:
        rows = _with(rows, "values", own, steps, partial(_scaled_block, slots=slots_of_rows(rows)))
    return rows


def _with(
    rows: pa.Table,
    name: str,
    own: NDArray[np.intp],
    steps: NDArray[np.int64],
    scale: Callable[[Any, int, int], Any],
) -> pa.Table:
    """The table with the column `name` scaled in the rows `own`."""
    cells = rows.column(name).to_pylist()
    for row in own.tolist():
        if cells[row] is not None:
            cells[row] = scale(cells[row], row, 10 ** int(steps[row]))
    field = rows.schema.field(name)
    return rows.set_column(rows.schema.get_field_index(name), field, pa.array(cells, field.type))


def slots_of_rows(rows: pa.Table) -> Sequence[int]:
    """Slots of each block; the rows need the column `slots` or `interval_s`."""
    if "slots" in rows.column_names:
        return [int(slots) for slots in rows.column("slots").to_pylist()]
    return [DAY_S // int(interval) for interval in rows.column("interval_s").to_pylist()]


def _scaled(value: int, _row: int, factor: int, *, limit: int) -> int:
    if abs(value * factor) >= limit:
        raise ArchiveError(f"The archived value {value} times {factor} is too large")
    return value * factor


def _scaled_block(block: bytes, row: int, factor: int, *, slots: Sequence[int]) -> bytes:
    values = unpack_values([block], slots[row])
    given = values != NO_VALUE
    for bound in (values[given].min(), values[given].max()) if given.any() else ():
        _scaled(int(bound), row, factor, limit=VALUE_LIMIT)
    scaled = np.where(given, np.where(given, values, 0) * factor, NO_VALUE)
    return pack_values(scaled, int(value_widths(scaled)[0])).tobytes()
