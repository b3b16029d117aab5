"""Going back, for register values."""

from __future__ import annotations

import datetime as dt

import numpy as np
from numpy.typing import NDArray

from metering.quality import Quality
from metering.store.ledger import Entry
from metering.store.mode import Mode
from metering.store.outcome import Counts, Origin
from metering.store.register_past import RegisterPast, register_past
from metering.store.register_writer import put_registers
from metering.store.registers import RegisterBatch, Registers, register_states
from metering.store.withdrawals import Withdrawals


def registers_as_of(
    ids: NDArray[np.int64], start: dt.datetime, end: dt.datetime, *, as_of: dt.datetime, origin: Origin
) -> Counts:
    """Put the register values of [start, end) back to their state at `as_of`."""
    now = register_states(ids, start, end)
    then = _aligned(now, register_states(ids, start, end, as_of=as_of))
    return _put(now, then, origin)


def registers_standing(
    ids: NDArray[np.int64], start: dt.datetime, end: dt.datetime, *, origin: Origin, entry: Entry
) -> Counts:
    """Give the register values of [start, end) the newest states that were not taken back, as part of write `entry`."""
    now = register_states(ids, start, end)
    return _put(now, _aligned(now, _standing(register_past(ids, start, end))), origin, entry)


def _standing(past: RegisterPast) -> Registers:
    """Of each value the newest state whose write counts."""
    states, gone = past.states, np.zeros(len(past.states), np.bool_)
    withdrawals = Withdrawals.among(past.made_by)
    seconds = states.at.astype(np.int64)
    for write in np.unique(past.made_by).tolist():
        if withdrawals.concern(write):
            rows = np.flatnonzero(past.made_by == write)
            gone[rows] = withdrawals.passed_over(write, states.series_ids[rows], seconds[rows])
    counting = np.flatnonzero(~gone)
    keys = np.stack([states.series_ids[counting], seconds[counting]], axis=1)
    _distinct, newest = np.unique(keys, axis=0, return_index=True)
    return states.take(counting[newest])


def _aligned(now: Registers, then: Registers) -> Registers:
    """The states `then` of the values there are now; `Quality.WITHDRAWN` for those that were not there yet."""
    keys = [np.stack([part.series_ids, part.at.astype(np.int64)], axis=1) for part in (then, now)]
    distinct, key = np.unique(np.vstack(keys), axis=0, return_inverse=True)
    row_of_key = np.full(len(distinct), -1)
    row_of_key[key.reshape(-1)[: len(then)]] = np.arange(len(then))
    row = row_of_key[key.reshape(-1)[len(then) :]]
    there = row >= 0
    values = np.full(len(now), np.iinfo(np.int64).min)
    quality = np.full(len(now), Quality.WITHDRAWN, np.uint8)
    status = np.zeros(len(now), np.uint32)
    for grid, found in ((values, then.values), (quality, then.quality), (status, then.status)):
        grid[there] = found[row[there]]
    return Registers(now.series_ids, now.at, values, quality, status)


def _differ(one: Registers, other: Registers) -> NDArray[np.bool_]:
    value, code, word = one.values != other.values, one.quality != other.quality, one.status != other.status
    differ: NDArray[np.bool_] = value | code | word
    return differ


def _put(now: Registers, then: Registers, origin: Origin, entry: Entry | None = None) -> Counts:
    rows = np.flatnonzero(_differ(now, then))
    batch = RegisterBatch(
        now.series_ids[rows], now.at[rows].astype(np.int64), then.values[rows], then.quality[rows], then.status[rows]
    )
    return put_registers(batch, origin, Mode.RESTORING, entry)
