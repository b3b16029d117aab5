"""What a write would do, before anything is done."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import add

import numpy as np
from numpy.typing import NDArray

from metering.quality import Quality
from metering.store.admit import admit
from metering.store.batch import Batch
from metering.store.blocks import Blocks
from metering.store.fetch import StoredBlocks, fetch_blocks
from metering.store.ledger import Locked, look_up_series
from metering.store.merge import Merged, merge
from metering.store.mode import Mode
from metering.store.news import without_old_news
from metering.store.outcome import Counts, Refusal

ROWS_PER_CHUNK = 20_000
TRIAL_ROWS = 64


@dataclass(frozen=True, slots=True, eq=False)
class Meeting:
    """Blocks that meet stored ones: `batch` and `stored` row by row, `merged` what becomes of them."""

    batch: Batch
    stored: StoredBlocks
    merged: Merged


@dataclass(frozen=True, slots=True, eq=False)
class Plan:
    """What becomes of one part of a write: blocks that are `fresh`, those that are `met`, and the `counts` of both."""

    fresh: Batch
    met: Meeting | None
    counts: Counts

    @property
    def stores(self) -> bool:
        """Whether anything would be stored."""
        return bool(len(self.fresh)) or (self.met is not None and bool(self.met.merged.touched.any()))


def weigh(*batches: Batch) -> Counts:
    """What `write` of these batches would answer now. Stores nothing, locks nothing and asks no handler.

    ValueError when a batch holds a (series, day) twice.
    """
    return reduce(add, (each.counts for each in _plans(list(in_order(batches)), Mode.ORDINARY)), Counts())


def nothing_new(ordered: Sequence[Batch], mode: Mode) -> Counts | None:
    """What a write would answer that changes nothing; None where it would, or most likely would.

    Locking a series is written to the log. What is only heard again, as in every reading with overlap, need not be
    locked for; whether it may be that is told by a few blocks, before all are looked at.
    """
    if any(each.stores for each in _plans([ordered[0].take(slice(0, TRIAL_ROWS))], mode)):
        return None
    counts = Counts()
    for each in _plans(ordered, mode):
        if each.stores:
            return None
        counts += each.counts
    return counts


def _plans(ordered: Sequence[Batch], mode: Mode) -> Iterator[Plan]:
    """A plan for every part of the batches, without locks."""
    for batch in ordered:
        known = look_up_series(batch.series_ids)
        yield from (plan(part, known, mode) for part in batch.chunks(ROWS_PER_CHUNK))


def in_order(batches: tuple[Batch, ...]) -> Iterator[Batch]:
    """The batches that hold anything, each in key order."""
    return (batch.in_key_order() for batch in batches if len(batch))


def plan(offered: Batch, locked: Locked, mode: Mode) -> Plan:
    """Look at what is stored and decide about every value of `offered`, which is in key order."""
    batch, refusals = admit(offered, locked, mode)
    counts = Counts.of_refusals(refusals)
    if not len(batch):
        return Plan(batch, None, counts)
    stored = fetch_blocks(batch.series_ids, batch.days)
    unmet = np.ones(len(batch), np.bool_)
    unmet[stored.rows] = False
    fresh = _without_withdrawals(batch.take(unmet))
    counts += Counts(new=int(fresh.given.sum())) + _refuse_interval(batch, stored)
    fitting = stored.take(stored.interval_s == batch.interval_s)
    if not len(fitting):
        return Plan(fresh, None, counts)
    met, outcome = _meet(batch.take(fitting.rows), fitting, mode)
    return Plan(fresh, met, counts + outcome)


def _without_withdrawals(batch: Batch) -> Batch:
    """What was never stored cannot be taken back."""
    if batch.quality is None or not (withdrawn := batch.quality == Quality.WITHDRAWN).any():
        return batch
    quality = np.where(withdrawn, np.uint8(0), batch.quality)
    kept = Batch(batch.interval_s, batch.series_ids, batch.days, batch.values, quality, batch.status)
    return kept.take(np.flatnonzero(kept.given.any(axis=1)))


def _meet(batch: Batch, stored: StoredBlocks, mode: Mode) -> tuple[Meeting, Counts]:
    restoring = mode is Mode.RESTORING
    blocks = stored.blocks
    given = batch.given if restoring else without_old_news(batch, stored, blocks)
    merged = merge(blocks, Blocks.of_batch(batch), given, mode)
    old_news = int((batch.given & ~given).sum())
    return Meeting(batch, stored, merged), _count(batch, merged) + Counts(unchanged=old_news)


def _count(batch: Batch, merged: Merged) -> Counts:
    refused = merged.refused.sum(axis=1)
    refusals = tuple(
        Refusal(int(batch.series_ids[row]), int(batch.days[row]), int(refused[row]), "a better value is stored")
        for row in np.flatnonzero(refused)
    )
    new = int(merged.first.sum() + merged.again.sum())
    return Counts(new, int(merged.changed.sum()), int(merged.unchanged.sum())) + Counts.of_refusals(refusals)


def _refuse_interval(batch: Batch, stored: StoredBlocks) -> Counts:
    unfit: NDArray[np.intp] = np.flatnonzero(stored.interval_s != batch.interval_s)
    if not unfit.size:
        return Counts()
    given = batch.given[stored.rows[unfit]].sum(axis=1)
    return Counts.of_refusals(
        tuple(
            Refusal(
                int(batch.series_ids[stored.rows[index]]),
                int(batch.days[stored.rows[index]]),
                int(values),
                f"the day is stored in intervals of {stored.interval_s[index]} s, not of {batch.interval_s} s",
            )
            for index, values in zip(unfit, given, strict=True)
        )
    )
