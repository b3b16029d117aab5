"""What storing points would do, without storing any."""

from __future__ import annotations

from functools import reduce
from operator import add

import numpy as np
from numpy.typing import NDArray

from integration.imports.readings.targets import NOWHERE
from integration.imports.readings.values import Points, batches, registers
from metering import store
from metering.intervals import DAY_S, to_instant
from metering.quality import may_replace
from metering.store import VALUE_LIMIT, Counts, Refusal, RegisterBatch

FINER = VALUE_LIMIT - 1
"""Stands for a value finer than its series: no series holds it, so it weighs as new or as a change, as it will be."""
_BETTER = "a better value is stored"


def weigh(points: Points) -> Counts:
    """What the store would answer; everything of a series there is not yet would be new."""
    fresh = points.series == NOWHERE
    known = points.take(~fresh) if fresh.any() else points
    counts = Counts(new=int(fresh.sum()))
    if not len(known):
        return counts
    if not points.interval_s:
        return counts + weigh_registers(registers(known))
    return reduce(add, (store.weigh(batch) for batch in batches(known)), counts)


def weigh_registers(batch: RegisterBatch) -> Counts:
    """What `store.write_registers` would do with values that can be stored at all."""
    start, end = to_instant(int(batch.at.min())), to_instant(int(batch.at.max()) + 1)
    stored = store.read_registers(np.unique(batch.series_ids), start, end)
    there, row = _matched(batch, stored)
    values, quality, status = stored.values[row], stored.quality[row], stored.status[row]
    codes, words = _codes(batch), np.zeros(len(batch), np.uint32) if batch.status is None else batch.status
    alike = (values == batch.values[there]) & (quality == codes[there]) & (status == words[there])
    refused = ~alike & ~may_replace(quality, codes[there])
    refusals = _refusals(batch, np.flatnonzero(there)[refused])
    done = Counts(int((~there).sum()), int((~alike & ~refused).sum()), int(alike.sum()))
    return done + Counts.of_refusals(refusals)


def _matched(batch: RegisterBatch, stored: store.Registers) -> tuple[NDArray[np.bool_], NDArray[np.intp]]:
    """Which values of the batch meet a stored one, and where in `stored` that is."""
    known = {
        key: row
        for row, key in enumerate(zip(stored.series_ids.tolist(), stored.at.astype(np.int64).tolist(), strict=True))
    }
    rows = [known.get(key, -1) for key in zip(batch.series_ids.tolist(), batch.at.tolist(), strict=True)]
    row = np.array(rows, np.intp)
    return row >= 0, row[row >= 0]


def _codes(batch: RegisterBatch) -> NDArray[np.uint8]:
    return np.zeros(len(batch), np.uint8) if batch.quality is None else batch.quality


def _refusals(batch: RegisterBatch, rows: NDArray[np.intp]) -> tuple[Refusal, ...]:
    days = batch.at // DAY_S
    return tuple(Refusal(int(batch.series_ids[row]), int(days[row]), 1, _BETTER) for row in rows.tolist())
