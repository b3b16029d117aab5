"""All states register values ever had, with the writes that made them."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from metering.intervals import DAY_S, to_instant, to_seconds
from metering.store import wire
from metering.store.archive.months import Archived, steadily
from metering.store.archive.registers import register_past_rows
from metering.store.batch import NO_VALUE
from metering.store.registers import Registers


@dataclass(frozen=True, slots=True, eq=False)
class RegisterPast:
    """States of register values, the newest of each value first; `made_by` int64 (m,): ledger ids of their writes."""

    states: Registers
    made_by: NDArray[np.int64]


def register_past(ids: NDArray[np.int64], start: dt.datetime, end: dt.datetime) -> RegisterPast:
    """All states of the register values of these series (ascending) with an instant in [start, end)."""
    first, end_s = to_seconds(start), to_seconds(end)
    find = partial(_past, ids, first, end_s)
    return steadily("register", first // DAY_S, max(first, end_s - 1) // DAY_S, find)


def _past(ids: NDArray[np.int64], start: int, end: int, archived: Archived) -> RegisterPast:
    period = {"ids": ids, "start": to_instant(start), "end": to_instant(end), "none": NO_VALUE}
    table = np.array(wire.fetch(_PAST, period), np.int64).reshape(-1, 7)
    if archived:
        online = table[~archived.holds(table[:, 1] // DAY_S)]
        table = np.concatenate([online, register_past_rows(archived, ids, start, end)])
    table = table[np.lexsort((-table[:, 5], table[:, 1], table[:, 0]))]
    series_ids, at, value, quality, status, _version, made_by = table.T
    states = Registers(
        series_ids, at.astype("datetime64[s]"), value, quality.astype(np.uint8), status.astype(np.uint32)
    )
    return RegisterPast(states, made_by)


_PAST = """
SELECT series_id, extract(epoch FROM at)::bigint, coalesce(value, %(none)s::bigint), quality::integer, status,
    version, origin_id
FROM (
    SELECT series_id, at, value, quality, status, version, origin_id FROM register_value
    WHERE series_id = ANY (%(ids)s::bigint[]) AND at >= %(start)s AND at < %(end)s
    UNION ALL
    SELECT series_id, at, value, quality, status, version, origin_id FROM register_value_version
    WHERE series_id = ANY (%(ids)s::bigint[]) AND at >= %(start)s AND at < %(end)s
) AS states
"""
