"""What a write of register values would do, before anything is done: as `metering.store.plan` for blocks."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from metering.intervals import DAY_S
from metering.quality import QualityClass, quality_class
from metering.store import wire
from metering.store.admit import in_range, known_days
from metering.store.archive.months import objections
from metering.store.batch import NO_VALUE
from metering.store.blocks import Blocks
from metering.store.ledger import Locked, look_up_series
from metering.store.merge import Merged, merge
from metering.store.mode import Mode
from metering.store.outcome import Counts, Refusal
from metering.store.plan import TRIAL_ROWS
from metering.store.register_news import heard_before
from metering.store.registers import RegisterBatch


@dataclass(frozen=True, slots=True, eq=False)
class RegisterPlan:
    """What becomes of a write: values that are `fresh`, `known` ones in their stored `versions` and what `merged` makes
    of them, and the `counts` of both."""

    fresh: RegisterBatch
    known: RegisterBatch
    versions: NDArray[np.int64]
    merged: Merged
    counts: Counts

    @property
    def touched(self) -> NDArray[np.bool_]:
        """bool (n,): which of the `known` change."""
        touched: NDArray[np.bool_] = self.merged.touched[:, 0]
        return touched

    @property
    def stores(self) -> bool:
        """Whether anything would be stored."""
        return bool(len(self.fresh)) or bool(self.touched.any())


def weigh_registers(batch: RegisterBatch) -> Counts:
    """What `write_registers` of this batch would answer now. Stores nothing and locks nothing.

    ValueError when a (series, instant) occurs twice.
    """
    ordered = in_key_order(batch.take(batch.given))
    return _unlocked(ordered, Mode.ORDINARY).counts if len(ordered) else Counts()


def nothing_new(ordered: RegisterBatch, mode: Mode) -> Counts | None:
    """What a write would answer that changes nothing; None where it would, or most likely would: as for blocks."""
    if _unlocked(ordered.take(np.arange(min(TRIAL_ROWS, len(ordered)))), mode).stores:
        return None
    whole = _unlocked(ordered, mode)
    return None if whole.stores else whole.counts


def _unlocked(ordered: RegisterBatch, mode: Mode) -> RegisterPlan:
    return plan_registers(ordered, look_up_series(ordered.series_ids), mode)


def in_key_order(batch: RegisterBatch) -> RegisterBatch:
    """The batch by series and instant. ValueError when one occurs twice."""
    ordered = batch.take(np.lexsort((batch.at, batch.series_ids)))
    if ((np.diff(ordered.series_ids) == 0) & (np.diff(ordered.at) == 0)).any():
        raise ValueError("A series and instant occurs twice in one batch")
    return ordered


def _admit(batch: RegisterBatch, locked: Locked, mode: Mode) -> tuple[RegisterBatch, Counts]:
    kind = quality_class(codes_of(batch))
    found = [
        ("the series does not exist", ~locked.known(batch.series_ids)),
        ("the day lies outside the years 2000 to 2099", ~known_days(batch.at // DAY_S)),
        ("the value is too large", ~(in_range(batch.values) | (batch.values == NO_VALUE))),
        *objections("register", batch.at // DAY_S),
    ]
    if mode is not Mode.RESTORING:
        own = locked.is_raw(batch.series_ids) & (kind >= QualityClass.ESTIMATED)
        found += [
            ("the quality code is unknown", kind > QualityClass.FINAL),
            ("stands are kept as read, never edited or estimated", own),
        ]
    good = np.ones(len(batch), np.bool_)
    counts = Counts()
    for reason, bad in found:
        counts += _refused(batch, good & bad, reason)
        good &= ~bad
    return batch.take(good), counts


def plan_registers(offered: RegisterBatch, locked: Locked, mode: Mode) -> RegisterPlan:
    """Look at what is stored and decide about every value of `offered`, which is in key order."""
    batch, refused = _admit(offered, locked, mode)
    rows, versions, stored = _fetch(batch)
    fresh = np.ones(len(batch), np.bool_)
    fresh[rows] = False
    known = batch.take(rows)
    restoring = mode is Mode.RESTORING
    given = np.ones(len(known), np.bool_)
    if not restoring:
        given = ~heard_before(known, stored.quality_codes()[:, 0], versions)
    merged = merge(stored, _as_blocks(known), given[:, None], mode)
    counts = refused + _count(known, merged) + Counts(new=int(fresh.sum()), unchanged=int((~given).sum()))
    return RegisterPlan(batch.take(fresh), known, versions, merged, counts)


def _count(known: RegisterBatch, merged: Merged) -> Counts:
    new = int(merged.first.sum() + merged.again.sum())
    counts = Counts(new, int(merged.changed.sum()), int(merged.unchanged.sum()))
    return counts + _refused(known, merged.refused[:, 0], "a better value is stored")


def _fetch(batch: RegisterBatch) -> tuple[NDArray[np.intp], NDArray[np.int64], Blocks]:
    """Which rows of the batch are stored already, in which version, and as what: blocks of one slot."""
    if not len(batch):
        return np.empty(0, np.intp), np.empty(0, np.int64), _as_blocks(batch)
    found = wire.fetch(
        """
        SELECT k.n - 1, d.version, coalesce(d.value, %(none)s::bigint), d.quality::integer, d.status
        FROM unnest(%(series)s::bigint[], %(at)s::bigint[]) WITH ORDINALITY AS k (series_id, at, n)
        CROSS JOIN LATERAL (
            SELECT * FROM register_value s
            WHERE s.series_id = k.series_id AND s.at = to_timestamp(k.at)
            AND s.at BETWEEN to_timestamp(%(first)s::bigint) AND to_timestamp(%(last)s::bigint) OFFSET 0) AS d
        ORDER BY 1
        """,
        {
            "series": batch.series_ids,
            "at": batch.at,
            "first": int(batch.at.min()),
            "last": int(batch.at.max()),
            "none": NO_VALUE,
        },
    )
    table = np.array(found, np.int64).reshape(-1, 5)
    blocks = Blocks(table[:, 2:3].copy(), table[:, 3:4].astype(np.uint8), table[:, 4:5].astype(np.uint32))
    return table[:, 0].astype(np.intp), table[:, 1], blocks


def _as_blocks(batch: RegisterBatch) -> Blocks:
    status = None if batch.status is None else batch.status[:, None]
    return Blocks(batch.values[:, None], codes_of(batch)[:, None], status)


def codes_of(batch: RegisterBatch) -> NDArray[np.uint8]:
    """The quality of every value, uint8 (n,); measured where the batch says nothing."""
    return np.zeros(len(batch), np.uint8) if batch.quality is None else batch.quality


def _refused(batch: RegisterBatch, rows: NDArray[np.bool_], reason: str) -> Counts:
    days = batch.at // DAY_S
    return Counts.of_refusals(
        tuple(Refusal(int(batch.series_ids[row]), int(days[row]), 1, reason) for row in np.flatnonzero(rows))
    )
