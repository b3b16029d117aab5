"""Past states of blocks.

A version row holds what a write replaced: the former content of the slots from the first to the last one touched. Laid
over the present block, newest first, the rows replaced after an instant give the block as it was then.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
from numpy.typing import NDArray

from metering.store import wire
from metering.store.batch import NO_VALUE
from metering.store.blocks import Blocks, unpack_quality, unpack_status, unpack_values


def rebuild(blocks: Blocks, keys: NDArray[np.int64], changed_at: list[dt.datetime], as_of: dt.datetime) -> Blocks:
    """The blocks (n, slots) of `keys` (n, 2: series, day since 1970) at `as_of`; empty if not stored yet."""
    later = np.array([instant > as_of for instant in changed_at], np.bool_)
    if not later.any():
        return blocks
    past = Blocks(blocks.values.copy(), blocks.quality_codes().copy(), blocks.status_words().copy())
    unborn = later.copy()
    row_of = {(int(series), int(day)): row for row, (series, day) in enumerate(keys)}
    for series, day, since, *state in _replaced_after(keys[later], as_of):
        row = row_of[series, day]
        _lay_over(past, row, *state)
        unborn[row] &= since > as_of
    past.values[unborn], past.quality_codes()[unborn], past.status_words()[unborn] = NO_VALUE, 0, 0
    return past


def _lay_over(
    past: Blocks, row: int, first: int, slots: int, values: bytes | None, quality: bytes | None, status: bytes | None
) -> None:
    part = slice(first, first + slots)
    codes, words = unpack_quality([quality], slots), unpack_status([status], slots)
    past.values[row, part] = NO_VALUE if values is None else unpack_values([values], slots)[0]
    past.quality_codes()[row, part] = 0 if codes is None else codes[0]
    past.status_words()[row, part] = 0 if words is None else words[0]


def _replaced_after(keys: NDArray[np.int64], as_of: dt.datetime) -> list[tuple[Any, ...]]:
    """Version rows replaced after `as_of`, newest first; possibly of more days than asked for when keys are sparse."""
    wanted = {(int(series), int(day)) for series, day in keys}
    rows = wire.fetch(
        """
        SELECT series_id, day - date '1970-01-01', changed_at, first_slot, slots, v.values, quality, status
        FROM series_day_version v
        WHERE series_id = ANY (%(ids)s::bigint[]) AND replaced_at > %(as_of)s
        AND day BETWEEN date '1970-01-01' + %(first)s::integer AND date '1970-01-01' + %(last)s::integer
        ORDER BY version DESC
        """,
        {
            "ids": np.unique(keys[:, 0]),
            "first": int(keys[:, 1].min()),
            "last": int(keys[:, 1].max()),
            "as_of": as_of,
        },
    )
    return [row for row in rows if (row[0], row[1]) in wanted]
