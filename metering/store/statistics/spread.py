"""From blocks to the histograms of a month, and these into the database."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from metering.intervals import DAY_S
from metering.store import wire
from metering.store.batch import NO_VALUE
from metering.store.blocks import unpack_values
from metering.store.statistics.daytypes import day_types
from metering.store.statistics.histogram import Histograms, count, encode, merge

log = logging.getLogger(__name__)


class Block(NamedTuple):
    """A stored block: its day since 1970, interval length, summary and values as stored."""

    series_id: int
    day: int
    interval_s: int
    present: int
    total: int
    values: bytes

    @property
    def decodes(self) -> bool:
        """Whether its octets are as many as its slots need."""
        slots, rest = divmod(DAY_S, self.interval_s)
        return not rest and len(self.values) in (4 * slots, 8 * slots)


@dataclass(frozen=True, slots=True, eq=False)
class Spread:
    """Histograms of `series_ids` in `months` (first days, since 1970) on `types` of days, all int64 (n,).

    `values`: of all values; `totals`: of the totals of complete days.
    """

    months: NDArray[np.int64]
    series_ids: NDArray[np.int64]
    types: NDArray[np.int64]
    values: Histograms
    totals: Histograms

    def __len__(self) -> int:
        return len(self.series_ids)


def blocks_of(month: dt.date, ids: NDArray[np.int64]) -> list[Block]:
    """The blocks of these series in a month (its first day) that is online; damaged ones are left out."""
    found = [Block(*row) for row in wire.fetch(_BLOCKS, {"ids": ids, "month": month})]
    sound = [block for block in found if block.decodes]
    if len(sound) < len(found):
        log.warning("%s: %d blocks are damaged: run manage.py store check", month, len(found) - len(sound))
    return sound


def spread_of(blocks: Sequence[Block]) -> Spread:
    """How the values and the daily totals of these blocks are spread; any number of days, in any order."""
    series, days, intervals, present, total = (
        np.array([block[column] for block in blocks], np.int64) for column in range(5)
    )
    months = days.astype("datetime64[D]").astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)
    keys, rows = np.unique(series << _SERIES | months << _MONTH | day_types(days), return_inverse=True)
    height = len(keys)
    parts = [_values(blocks, rows, np.flatnonzero(intervals == length), height) for length in np.unique(intervals)]
    full = np.flatnonzero(present * intervals == DAY_S)
    full = full[np.argsort(rows[full], kind="stable")]
    values = parts[0] if len(parts) == 1 else merge(parts, height)
    totals = count(rows[full], total[full], height)
    return Spread(keys >> _MONTH & _MONTHS, keys >> _SERIES, keys & _TYPES, values, totals)


_MONTH, _SERIES = 2, 22  # where month and series begin in a key
_TYPES, _MONTHS = (1 << _MONTH) - 1, (1 << _SERIES - _MONTH) - 1


def _values(blocks: Sequence[Block], rows: NDArray[np.intp], own: NDArray[np.intp], height: int) -> Histograms:
    """Of the blocks `own`, which are of one interval length."""
    own = own[np.argsort(rows[own], kind="stable")]
    values = unpack_values([blocks[place].values for place in own.tolist()], DAY_S // blocks[own[0]].interval_s)
    there = values != NO_VALUE
    return count(np.repeat(rows[own], there.sum(axis=1)), values[there], height)


def put_spread(spread: Spread) -> None:
    """Store the histograms, in place of those that are there."""
    keys = {"months": spread.months, "series": spread.series_ids, "types": spread.types}
    blocks = {"values": encode(spread.values, len(spread)), "totals": encode(spread.totals, len(spread))}
    wire.execute(_PUT, keys | blocks)


_BLOCKS = """
SELECT series_id, (day - date '1970-01-01')::bigint, interval_s, present, total, d.values FROM series_day d
WHERE series_id = ANY (%(ids)s::bigint[]) AND day >= %(month)s::date AND day < %(month)s::date + interval '1 month'
"""
_PUT = """
INSERT INTO series_month_histogram (month, series_id, day_type, values, totals)
SELECT date '1970-01-01' + k.month::integer, k.series_id, k.day_type, k.values, k.totals
FROM unnest(%(months)s::bigint[], %(series)s::bigint[], %(types)s::bigint[], %(values)s::bytea[], %(totals)s::bytea[])
    AS k (month, series_id, day_type, values, totals)
ON CONFLICT (month, series_id, day_type) DO UPDATE SET values = excluded.values, totals = excluded.totals
"""
