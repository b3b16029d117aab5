"""Going back, for register values."""

from __future__ import annotations

import datetime as dt

import numpy as np
from numpy.typing import NDArray

from metering.quality import Quality
from metering.store.mode import Mode
from metering.store.outcome import Counts, Origin
from metering.store.register_writer import put_registers
from metering.store.registers import RegisterBatch, Registers, register_states

_JUST_BEFORE = dt.timedelta(microseconds=1)


def registers_as_of(
    ids: NDArray[np.int64], start: dt.datetime, end: dt.datetime, *, as_of: dt.datetime, origin: Origin
) -> Counts:
    """Put the register values of [start, end) back to their state at `as_of`."""
    now = register_states(ids, start, end)
    then = _aligned(now, register_states(ids, start, end, as_of=as_of))
    return _put(now, then, np.ones(len(now), np.bool_), origin)


def registers_without(
    ids: NDArray[np.int64], start: dt.datetime, end: dt.datetime, *, at: dt.datetime, origin: Origin
) -> Counts:
    """Take back what the write at `at` did to register values of [start, end), where nobody changed them since."""
    now = register_states(ids, start, end)
    before = _aligned(now, register_states(ids, start, end, as_of=at - _JUST_BEFORE))
    after = _aligned(now, register_states(ids, start, end, as_of=at))
    return _put(now, before, _differ(before, after) & ~_differ(after, now), origin)


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


def _put(now: Registers, then: Registers, wanted: NDArray[np.bool_], origin: Origin) -> Counts:
    rows = np.flatnonzero(wanted & _differ(now, then))
    batch = RegisterBatch(
        now.series_ids[rows], now.at[rows].astype(np.int64), then.values[rows], then.quality[rows], then.status[rows]
    )
    return put_registers(batch, origin, Mode.RESTORING)
