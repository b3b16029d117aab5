"""Cells that say nothing themselves: null-data and differences refer to the row before.

All functions work on whole columns of n rows. `told` marks the cells that hold a value.
"""

from datetime import tzinfo
from typing import Any

import numpy as np
from numpy.typing import NDArray

from protocols.dlms.zone_offsets import Int64Array, utc_offsets

Flags = NDArray[np.bool_]
_DAY = 86_400
_ALL = np.ones(4096, np.bool_)
_ALL.setflags(write=False)


def everywhere(rows: int) -> Flags:
    """(rows,) True; not to be written, as many columns share it."""
    return _ALL[:rows] if rows <= len(_ALL) else np.broadcast_to(_ALL[:1], rows)


def last_told(told: Flags) -> NDArray[np.intp]:
    """(n,) the row whose value counts: the row itself or the last one before that was told; 0 before the first."""
    rows = np.arange(len(told))
    return np.maximum.accumulate(np.where(told, rows, 0))


def carried_values(
    values: NDArray[Any], told: Flags, changes: Int64Array | None, silent: Flags | None
) -> tuple[NDArray[Any], Flags]:
    """Numbers where null-data means the value of the row before, and where there are any.

    `changes` are differences to the row before, 0 where there is none; rows that are `silent` have no value.
    """
    last = last_told(told)
    carried, present = values[last], told[last]
    if changes is not None:
        total = changes.cumsum()
        carried += total - total[last]
    if silent is None and len(told) and told[0]:
        return carried, everywhere(len(told))
    if silent is not None:
        present &= ~silent
    return np.where(present, carried, np.zeros(1, carried.dtype)), present


def carried_times(
    times: Int64Array, told: Flags, usable: Flags, period: int, zone: tzinfo | None
) -> tuple[Int64Array, Flags]:
    """Clocks where null-data means one capture period after the row before: UTC epoch seconds, and where there are any.

    Without a period no clock follows from another, nor does one from a clock that is told but not `usable`.
    """
    last = last_told(told)
    steps = np.arange(len(told)) - last
    present = usable[last] if period else usable & told
    carried = _later(times[last], steps * period, zone if period and period % _DAY == 0 else None)
    return np.where(present, carried, np.zeros(1, carried.dtype)), present


def _later(times: Int64Array, seconds: Int64Array, zone: tzinfo | None) -> Int64Array:
    """`seconds` later; given a zone, on its wall clock: a day more is the same time of day, also when clocks change."""
    if zone is None:
        return times + seconds
    local = times + utc_offsets(times, zone)[0] + seconds
    guess = local - utc_offsets(times, zone)[0]
    return np.where(seconds > 0, local - utc_offsets(guess, zone)[0], times)
