"""What storing points would do, without storing any."""

from __future__ import annotations

from functools import reduce
from operator import add

from integration.imports.readings.targets import NOWHERE
from integration.imports.readings.values import Points, batches, registers
from metering import store
from metering.store import VALUE_LIMIT, Counts

FINER = VALUE_LIMIT - 1
"""Stands for a value finer than its series: no series holds it, so it weighs as new or as a change, as it will be."""


def weigh(points: Points) -> Counts:
    """What the store would answer; everything of a series there is not yet would be new."""
    fresh = points.series == NOWHERE
    known = points.take(~fresh) if fresh.any() else points
    counts = Counts(new=int(fresh.sum()))
    if not len(known):
        return counts
    if not points.interval_s:
        return counts + store.weigh_registers(registers(known))
    return reduce(add, (store.weigh(batch) for batch in batches(known)), counts)
