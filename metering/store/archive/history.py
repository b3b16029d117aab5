"""All states of one archived value, as the queries of `metering.store.states` give those of one online."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from metering.intervals import slots_per_day
from metering.store.archive.lookup import integers
from metering.store.archive.months import Archived
from metering.store.archive.rows import BLOCK, Row, cells, of_keys
from metering.store.archive.tables import SERIES_DAY, SERIES_DAY_VERSION
from metering.store.batch import NO_VALUE
from metering.store.blocks import unpack_quality, unpack_status, unpack_values


def present_state(archived: Archived, series_id: int, day: int, second: int) -> list[Row]:
    """The slot of an archived day that begins with `second`, as a list of one row, or none: (value, quality, status,
    interval_s, ledger id, arrivals).
    """
    columns = ("interval_s", "origin_id", "arrivals", *BLOCK)
    rows = of_keys(archived, SERIES_DAY, np.array([[series_id, day]], np.int64), columns)
    return [
        (*_slot(block, slots_per_day(interval_s), second // interval_s), interval_s, origin_id, arrivals)
        for interval_s, origin_id, arrivals, *block in zip(*cells(rows, columns), strict=True)
        if second % interval_s == 0
    ]


def former_states(archived: Archived, series_id: int, day: int, slot: int) -> list[Row]:
    """(value, quality, status, ledger id of the write that replaced it) of a slot of an archived day, newest first."""
    columns = ("first_slot", "slots", "replaced_by", *BLOCK)
    keys = np.array([[series_id, day]], np.int64)
    rows = of_keys(archived, SERIES_DAY_VERSION, keys, (*columns, "version")).sort_by([("version", "descending")])
    states = [
        (*_slot(block, slots, slot - first), replaced_by)
        for first, slots, replaced_by, *block in zip(*cells(rows, columns), strict=True)
        if first <= slot < first + slots
    ]
    return [state for state in states if state[0] is not None or state[1]]


def slots_of(archived: Archived, keys: NDArray[np.int64], on_grid: bool) -> list[Row]:
    """(row of `keys`, interval length, value or `NO_VALUE`, quality, status) of slots of archived days that there are.

    `keys` int64 (n, 3): series, day, and a second of the day within the slot; with `on_grid`, the one it begins with.
    """
    columns = ("interval_s", *BLOCK)
    rows = of_keys(archived, SERIES_DAY, keys[:, :2], columns)
    days = zip(integers(rows, "series_id").tolist(), integers(rows, "day").tolist(), strict=True)
    blocks = dict(zip(days, zip(*cells(rows, columns), strict=True), strict=True))
    found: list[Row] = []
    for row, (series, day, second) in enumerate(keys.tolist()):
        interval_s, *block = blocks.get((series, day), (0,))
        if interval_s and not (on_grid and second % interval_s):
            value, quality, status = _slot(block, slots_per_day(interval_s), second // interval_s)
            found.append((row, interval_s, NO_VALUE if value is None else value, quality, status))
    return found


def _slot(block: list[bytes | None], slots: int, slot: int) -> tuple[int | None, int, int]:
    """Value, quality and status of a slot of an encoded block."""
    values, quality, status = block
    value = int(unpack_values([values or b""], slots)[0, slot])
    codes, words = unpack_quality([quality], slots), unpack_status([status], slots)
    code, word = 0 if codes is None else int(codes[0, slot]), 0 if words is None else int(words[0, slot])
    return None if value == NO_VALUE else value, code, word
