"""A window as it was received: what was measured where validation put estimates in place."""

from __future__ import annotations

import numpy as np

from metering.intervals import DAY_S, slots_per_day
from metering.store import NO_VALUE, last_received
from validation.window import Bools, Window


def as_received(window: Window, own: Bools) -> Window:
    """The window with the last reading in each slot of `own`, bool (n, slots), and no value where there never was one.

    One query, for the blocks concerned alone. Column 0 begins a UTC day, as `load_window` has it.
    """
    if not own.any():
        return window
    per_day = slots_per_day(window.interval_s)
    rows, columns = np.nonzero(own)
    blocks, where = np.unique(np.stack([rows, columns // per_day]), axis=1, return_inverse=True)
    days = (window.start_s // DAY_S + blocks[1]).astype(np.int32)
    found = last_received(window.series_ids[blocks[0]], days, per_day)
    slot = columns % per_day
    values, quality, status = window.values.copy(), window.quality.copy(), window.status.copy()
    values[rows, columns] = found.values[where, slot]
    quality[rows, columns] = found.quality_or_missing()[where, slot]
    there = found.values[where, slot] != NO_VALUE
    words = found.status_words()[where, slot]
    status[rows[there], columns[there]] = words[there]
    return window.with_values(values, quality, status)
