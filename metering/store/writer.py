"""Writing blocks: COPY what is new, merge what meets something stored, keep what is replaced."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import reduce
from operator import add

import numpy as np
from django.db import transaction

from metering.store import wire
from metering.store.arrivals import encode
from metering.store.batch import Batch
from metering.store.blocks import Blocks
from metering.store.dayrows import COLUMNS, Change, DayRows
from metering.store.ledger import Entry, Locked, enter, lock_series
from metering.store.mode import Mode
from metering.store.outcome import Counts, Origin
from metering.store.partitions import ensure_months, months_of_days
from metering.store.plan import ROWS_PER_CHUNK, Meeting, in_order, nothing_new, plan
from metering.store.registry import Stored, on_stored
from metering.store.stretches import span

# Truncating is written to the log, more than a small write itself; deleted rows are in the way until the commit.
FEW_ROWS = 1_000


def write(*batches: Batch, origin: Origin) -> Counts:
    """Store blocks of any number of series and days; returns how many values were new, changed, unchanged, refused.

    Slots not given leave what is stored. Identical values change nothing, not even a time stamp. What is replaced goes
    to the version table under `origin`. Precedence is that of `metering.quality`; what it forbids is refused, and so
    are unknown series, another interval length than the day already has, edits of stands, values of 2^52 and more:
    always the smallest part possible, with the reason in `Counts.refusals`.

    Joins the transaction of the caller or makes its own; handlers of `on_stored` run inside it. Data may come late,
    twice, overlapping and in any order. Several batches (of different interval lengths) in one call are safer than
    several calls in one transaction: see `lock_series`. ValueError when a batch holds a (series, day) twice.
    """
    return put(batches, origin, Mode.ORDINARY)


def substitute(*batches: Batch, origin: Origin) -> Counts:
    """`write` for whoever judged what is stored: an estimate in the batch takes the place of a measurement, too.

    The measurement is kept as a version, and is no news when it is read again.
    """
    return put(batches, origin, Mode.JUDGING)


def put(batches: Sequence[Batch], origin: Origin, mode: Mode, entry: Entry | None = None) -> Counts:
    """`write`, judged by `mode`; `entry`: of the ledger, where the write is part of another. For the store itself."""
    ordered = list(in_order(tuple(batches)))
    if not ordered:
        return Counts()
    with transaction.atomic(savepoint=False):
        if (unchanged := nothing_new(ordered, mode)) is not None:
            return unchanged
        locked = lock_series(np.concatenate([batch.series_ids for batch in ordered]))
        writer = _Writer(locked, origin, mode, entry)
        counts = reduce(add, (writer.put(part) for batch in ordered for part in batch.chunks(ROWS_PER_CHUNK)), Counts())
        return counts if writer.entered is None else replace(counts, entries=(writer.entered.id,))


@dataclass(slots=True)
class _Writer:
    """One write under way; it enters the ledger when something is to be stored."""

    locked: Locked
    origin: Origin
    mode: Mode
    entered: Entry | None = None

    @property
    def entry(self) -> Entry:
        if self.entered is None:
            self.entered = enter(self.origin)
        return self.entered

    def put(self, offered: Batch) -> Counts:
        planned = plan(offered, self.locked, self.mode)
        inserted = self._insert(planned.fresh) if len(planned.fresh) else None
        updated = self._update(planned.met) if planned.met else None
        for change in (inserted, updated):
            if change is not None:
                on_stored.announce(change)
        return planned.counts

    def _insert(self, batch: Batch) -> Stored:
        ensure_months(months_of_days(batch.days))
        blocks = Blocks.of_batch(batch)
        rows = DayRows(batch.series_ids, batch.days, batch.interval_s, blocks, np.ones(len(batch), np.int32))
        wire.copy_in(f"series_day ({COLUMNS})", rows.encoded(self.entry))
        return Stored(batch, batch.given, self.origin)

    def _update(self, met: Meeting) -> Stored | None:
        batch, merged = met.batch, met.merged
        rows = np.flatnonzero(merged.touched.any(axis=1))
        if not rows.size:
            return None
        first, replaced, blocks = merged.first[rows], merged.replaced[rows], merged.blocks.take(rows)
        versions = met.stored.versions[rows] + replaced.any(axis=1)
        change = Change(encode(first, self.entry.id - met.stored.made_by[rows]), *span(replaced))
        series_ids, days = batch.series_ids[rows], batch.days[rows]
        arriving = DayRows(series_ids, days, batch.interval_s, blocks, versions, change)
        _put(arriving, self.entry, keep=bool(replaced.any()))
        now = Batch(batch.interval_s, series_ids, days, blocks.values, blocks.quality, blocks.status)
        return Stored(now, first | replaced, self.origin)


def _put(rows: DayRows, entry: Entry, *, keep: bool) -> None:
    """Keep what is replaced, if anything is, then put the merged blocks in place."""
    wire.execute(
        "CREATE TEMPORARY TABLE IF NOT EXISTS arriving_day "
        "(LIKE series_day, first_slot smallint, slots smallint) ON COMMIT DELETE ROWS"
    )
    wire.copy_in(f"arriving_day ({COLUMNS}, {Change.COLUMNS})", rows.encoded(entry))
    days = {"first": int(rows.days.min()), "last": int(rows.days.max())}
    if keep:
        wire.execute(_KEEP, days)
    wire.execute(_UPDATE, days)
    wire.execute("DELETE FROM arriving_day" if len(rows.days) <= FEW_ROWS else "TRUNCATE arriving_day")


# The bounds on the day let the planner leave partitions out; the join alone would not.
_JOIN = """
d.series_id = a.series_id AND d.day = a.day
AND d.day BETWEEN date '1970-01-01' + %(first)s::integer AND date '1970-01-01' + %(last)s::integer
"""
_KEEP = f"""
INSERT INTO series_day_version
    (series_id, replaced_at, replaced_by, day, version, first_slot, slots, values, quality, status)
SELECT d.series_id, a.changed_at, a.origin_id, d.day, d.version, a.first_slot, a.slots,
    block_slice(d.values, 86400 / d.interval_s, a.first_slot, a.slots),
    block_slice(d.quality, 86400 / d.interval_s, a.first_slot, a.slots),
    block_slice(d.status, 86400 / d.interval_s, a.first_slot, a.slots)
FROM arriving_day a JOIN series_day d ON {_JOIN}
WHERE a.slots > 0
"""  # noqa: S608  (no text from outside)
_UPDATE = f"""
UPDATE series_day d SET
    total = a.total, maximum = a.maximum, changed_at = a.changed_at, version = a.version,
    present = a.present, suspect = a.suspect, estimated = a.estimated,
    arrivals = coalesce(d.arrivals || a.arrivals, a.arrivals, d.arrivals),
    values = a.values, quality = a.quality, status = a.status
FROM arriving_day a WHERE {_JOIN}
"""  # noqa: S608
