"""Past states of blocks.

A version row holds what a write replaced: the former content of the slots from the first to the last one it changed.
Laid over the present block, newest first, the rows replaced after an instant undo all later changes; slots that were
filled for the first time after it are then emptied.
"""

from __future__ import annotations

import datetime as dt

import numpy as np
from numpy.typing import NDArray

from metering.store import wire
from metering.store.archive.months import ONLINE, Archived
from metering.store.batch import NO_VALUE
from metering.store.blocks import Blocks, unpack_quality, unpack_status, unpack_values
from metering.store.past import filled_by, replaced


def rebuild(
    blocks: Blocks,
    keys: NDArray[np.int64],
    changed_at: list[dt.datetime],
    as_of: dt.datetime,
    archived: Archived = ONLINE,
) -> Blocks:
    """The blocks (n, slots) of `keys` (n, 2: series, day since 1970) at `as_of`; empty if not stored yet."""
    rows = np.flatnonzero([instant > as_of for instant in changed_at])
    if not rows.size:
        return blocks
    past = Blocks(blocks.values.copy(), blocks.quality_codes().copy(), blocks.status_words().copy())
    for row, _entry, *state in replaced(keys[rows], as_of, archived):
        _lay_over(past, int(rows[row]), *state)
    later = np.zeros(past.values.shape, np.bool_)
    later[rows] = _filled_after(keys[rows], blocks.slots, as_of, archived)
    past.values[later], past.quality_codes()[later], past.status_words()[later] = NO_VALUE, 0, 0
    return past


def _lay_over(
    past: Blocks, row: int, first: int, slots: int, values: bytes, quality: bytes | None, status: bytes | None
) -> None:
    part = slice(first, first + slots)
    codes, words = unpack_quality([quality], slots), unpack_status([status], slots)
    past.values[row, part] = unpack_values([values], slots)[0]
    past.quality_codes()[row, part] = 0 if codes is None else codes[0]
    past.status_words()[row, part] = 0 if words is None else words[0]


def _filled_after(keys: NDArray[np.int64], slots: int, as_of: dt.datetime, archived: Archived) -> NDArray[np.bool_]:
    """bool (n, slots): slots whose first value came after `as_of`; never filled ones may be among them."""
    writes = filled_by(keys, slots, archived)
    later = wire.fetch(
        "SELECT id FROM value_origin WHERE id = ANY (%(ids)s::bigint[]) AND at > %(as_of)s",
        {"ids": np.unique(writes), "as_of": as_of},
    )
    return np.isin(writes, np.array(later, np.int64))
