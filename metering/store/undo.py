"""Going back: writes as if they had not happened.

A write taken back no longer counts, and every value returns to the newest state that does: whatever order writes are
taken back in, what is left is what the others made. Taking back is a write too; once it is taken back, what it took
back counts again.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from django.db import transaction
from numpy.typing import NDArray

from metering.store import wire
from metering.store.batch import Batch
from metering.store.ledger import Entry, enter, lock_series
from metering.store.outcome import Counts, Origin
from metering.store.restore import Found, Ids, changed_blocks, put_back, towards
from metering.store.restore_registers import registers_standing
from metering.store.standing import standing
from metering.store.withdrawals import withdraw

_JUST_BEFORE = dt.timedelta(microseconds=1)


def undo(entries: Sequence[int], series_ids: Ids, start: dt.datetime, end: dt.datetime, *, origin: Origin) -> Counts:
    """Take back what the writes `entries` (`Counts.entries`) did to these series in [start, end).

    What was written over them since stays as it is, but gives way to what was there before them when it is taken back
    itself. Counts what changed. `Counts.entries` names the undoing, also where nothing changed yet. One transaction.
    """
    with transaction.atomic(savepoint=False):
        locked = lock_series(np.asarray(series_ids, np.int64))
        ids = locked.among(np.asarray(series_ids, np.int64))
        since = _first_instant(entries)
        if since is None:
            return Counts()
        undoing = _Undoing(start, end, since, origin, enter(origin))
        withdraw(entries, undoing.entry.id, ids, start, end)
        # Stands last: consumption is derived from them by writes of its own, later than the entry of this one.
        raw = locked.is_raw(ids)
        counts = undoing.carry_out(ids[~raw]) + undoing.carry_out(ids[raw])
        return replace(counts, entries=(undoing.entry.id,))


@dataclass(frozen=True, slots=True)
class _Undoing:
    """A period where writes are taken back, the first of them at `since`; `entry` is its own in the ledger."""

    start: dt.datetime
    end: dt.datetime
    since: dt.datetime
    origin: Origin
    entry: Entry

    def carry_out(self, ids: NDArray[np.int64]) -> Counts:
        """Give the values of these series the newest states that count."""
        blocks = changed_blocks(ids, self.start, self.end, self.since - _JUST_BEFORE)
        counts = put_back((_without_undone(found) for found in blocks), self.origin, self.entry)
        return counts + registers_standing(ids, self.start, self.end, origin=self.origin, entry=self.entry)


def _without_undone(found: Found) -> Batch:
    return towards(found, standing(found.blocks, found.keys, found.interval_s, found.archived))


def _first_instant(entries: Sequence[int]) -> dt.datetime | None:
    """When the first of these writes happened."""
    ids = {"ids": np.asarray(entries, np.int64)}
    rows = wire.fetch("SELECT min(at) FROM value_origin WHERE id = ANY (%(ids)s::bigint[])", ids)
    first: dt.datetime | None = rows[0][0]
    return first
