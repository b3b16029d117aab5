"""What was measured for slots in which something else stands now: the last reading an estimate took the place of."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from metering.quality import Quality, QualityClass, quality_class
from metering.store import wire
from metering.store.batch import NO_VALUE
from metering.store.blocks import Blocks, unpack_quality, unpack_status, unpack_values


def last_received(series_ids: NDArray[np.int64], days: NDArray[np.int32], slots: int) -> Blocks:
    """The last measurement, good or doubtful, that each slot of some blocks had before what stands there now.

    Row i is the UTC day `days[i]` (since 1970) of series `series_ids[i]`, both (n,). Values `NO_VALUE` with
    `Quality.MISSING` where nothing measured was ever replaced; all (n, slots).
    """
    values = np.full((len(series_ids), slots), NO_VALUE)
    quality = np.full(values.shape, Quality.MISSING, np.uint8)
    status = np.zeros(values.shape, np.uint32)
    for row, first, count, *packed in _former(series_ids, days):
        part = slice(first, first + count)
        former = unpack_values([packed[0]], count)[0]
        codes = unpack_quality([packed[1]], count)
        words = unpack_status([packed[2]], count)
        own = np.zeros(count, np.uint8) if codes is None else codes[0]
        measured = (former != NO_VALUE) & (quality_class(own) <= QualityClass.SUSPECT)
        np.copyto(values[row, part], former, where=measured)
        np.copyto(quality[row, part], own, where=measured)
        if words is not None:
            np.copyto(status[row, part], words[0], where=measured)
    return Blocks(values, quality, status)


def _former(series_ids: NDArray[np.int64], days: NDArray[np.int32]) -> list[tuple[Any, ...]]:
    """Replaced stretches with the row they belong to, the oldest first, so that a later reading lies over it."""
    if not len(days):
        return []
    return wire.fetch(_FORMER, {"series": series_ids, "days": days, "first": int(days.min()), "last": int(days.max())})


# The bounds on the day let the planner leave partitions out; the key alone would not.
_FORMER = """
SELECT k.n - 1, v.first_slot, v.slots, v.values, v.quality, v.status
FROM unnest(%(series)s::bigint[], %(days)s::bigint[]) WITH ORDINALITY AS k (series_id, day, n)
JOIN series_day_version v ON v.series_id = k.series_id AND v.day = date '1970-01-01' + k.day::integer
WHERE v.day BETWEEN date '1970-01-01' + %(first)s::integer AND date '1970-01-01' + %(last)s::integer
ORDER BY k.n, v.version
"""
