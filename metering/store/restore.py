"""Going back: a period to an earlier state.

That is a write of its own: what stood there becomes a version like any other, so going back can itself be undone.
A slot that had no value then is withdrawn. Blocks and register values follow the same rule, state by state.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from django.db import transaction
from numpy.typing import NDArray

from metering.intervals import DAY_S, to_seconds
from metering.quality import Quality
from metering.store.archive.changed import changed_since
from metering.store.archive.months import Archived
from metering.store.asof import rebuild
from metering.store.batch import NO_VALUE, Batch
from metering.store.blocks import Blocks
from metering.store.fetch import decode
from metering.store.ledger import Entry, lock_series
from metering.store.mode import Mode
from metering.store.outcome import Counts, Origin
from metering.store.plan import ROWS_PER_CHUNK
from metering.store.restore_registers import registers_as_of
from metering.store.writer import put

Ids = Sequence[int] | NDArray[np.int64]


def restore(series_ids: Ids, start: dt.datetime, end: dt.datetime, *, as_of: dt.datetime, origin: Origin) -> Counts:
    """Put the values of [start, end) back to their state at `as_of`, whatever was written since and by whom.

    Counts what changed; values that are as they were are not counted. Consumption that is derived from restored stands
    follows them, save where somebody decided or estimated. One transaction. NaiveInstantError without a zone.
    """
    with transaction.atomic(savepoint=False):
        ids = lock_series(np.asarray(series_ids, np.int64)).among(np.asarray(series_ids, np.int64))
        wanted = (_as_they_were(found, as_of) for found in changed_blocks(ids, start, end, as_of))
        return put_back(wanted, origin) + registers_as_of(ids, start, end, as_of=as_of, origin=origin)


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """Stored blocks of one interval length: `keys` int64 (n, 2) series and day, `inside` bool (n, slots) the period."""

    interval_s: int
    keys: NDArray[np.int64]
    changed_at: list[dt.datetime]
    blocks: Blocks
    inside: NDArray[np.bool_]
    archived: Archived

    def at(self, instant: dt.datetime) -> Blocks:
        """The blocks as they were then."""
        return rebuild(self.blocks, self.keys, self.changed_at, instant, self.archived)


def _as_they_were(found: Found, as_of: dt.datetime) -> Batch:
    return towards(found, found.at(as_of))


def towards(found: Found, then: Blocks) -> Batch:
    """A batch that gives the slots inside the period their state `then`, where that is another one."""
    wanted = found.inside & found.blocks.differs(then)
    codes = then.quality_or_missing()
    codes = np.where(codes == Quality.MISSING, np.uint8(Quality.WITHDRAWN), codes)
    return Batch(
        found.interval_s,
        np.ascontiguousarray(found.keys[:, 0]),
        found.keys[:, 1].astype(np.int32),
        np.where(wanted, then.values, NO_VALUE),
        np.where(wanted, codes, np.uint8(0)),
        np.where(wanted, then.status_words(), np.uint32(0)),
    )


def put_back(batches: Iterable[Batch], origin: Origin, entry: Entry | None = None) -> Counts:
    """Store these former states; `entry`: as part of a write that entered the ledger already."""
    counts = Counts()
    for batch in batches:
        rows = np.flatnonzero(batch.given.any(axis=1))
        counts += put([batch.take(rows)], origin, Mode.RESTORING, entry)
    return counts


def changed_blocks(ids: NDArray[np.int64], start: dt.datetime, end: dt.datetime, after: dt.datetime) -> Iterator[Found]:
    """The blocks around [start, end) that were changed later than `after`, in portions of bounded size."""
    first, last = to_seconds(start) // DAY_S, (to_seconds(end) - 1) // DAY_S
    at_once = max(1, ROWS_PER_CHUNK // max(1, last - first + 1))
    for part in range(0, len(ids), at_once):
        for days in range(first, last + 1, ROWS_PER_CHUNK):
            until = min(last, days + ROWS_PER_CHUNK - 1)
            archived, rows = changed_since(ids[part : part + at_once], days, until, after)
            for interval_s in sorted({row[2] for row in rows}):
                own = [row for row in rows if row[2] == interval_s]
                keys = np.array([row[:2] for row in own], np.int64)
                blocks = decode([row[4:] for row in own], DAY_S // interval_s)
                inside = _inside(keys[:, 1], interval_s, to_seconds(start), to_seconds(end))
                yield Found(interval_s, keys, [row[3] for row in own], blocks, inside, archived)


def _inside(days: NDArray[np.int64], interval_s: int, start: int, end: int) -> NDArray[np.bool_]:
    at = days[:, None] * DAY_S + np.arange(0, DAY_S, interval_s)
    inside: NDArray[np.bool_] = (at >= start) & (at < end)
    return inside
