"""The queue of series-days that changed: one row each, however often they change, so it is never larger than the data.

Writes put rows in, in their own transaction, so nothing is forgotten; workers lease some at a time, validate, and take
out those that did not change again meanwhile.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from metering.services.editing.saving import RULE as EDITED
from metering.store import Stored, wire
from validation.window import Ints

OURS = "validation"
"""How writes of validation name themselves as rule: they are no news to it."""
SETTLE_S = 20
"""A day that still arrives is left in peace for so long after its last write, but not longer than `AT_LAST_S`."""
AT_LAST_S = 300
LEASE_S = 600


@dataclass(frozen=True, slots=True, eq=False)
class Claim:
    """Rows a worker holds: series int64 (n,), days int64 (n,) UTC since 1970, how often each had changed, by_hand."""

    series_ids: Ints
    days: Ints
    changes: Ints
    by_hand: bool

    def __len__(self) -> int:
        return len(self.series_ids)


def note_changes(stored: Stored) -> None:
    """Put what a write made different into the queue, in its transaction; what validation wrote itself is no news."""
    if stored.origin.rule.startswith(OURS):
        return
    rows = stored.slots.any(axis=1)
    if rows.any():
        series, days = stored.batch.series_ids[rows], stored.batch.days[rows]
        by_hand = stored.origin.rule == EDITED
        wire.execute(_PUT, {"series": series, "days": days, "settle": SETTLE_S, "last": AT_LAST_S, "by_hand": by_hand})


def claim(most: int) -> Claim | None:
    """Lease up to `most` rows whose time has come, of one kind; None when there are none."""
    rows = wire.fetch(_CLAIM, {"most": most, "lease": LEASE_S})
    if not rows:
        return None
    series, days, changes = np.array([row[:3] for row in rows], np.int64).T
    return Claim(series, days, changes, rows[0][3])


def release(claim: Claim) -> None:
    """The rows are validated: out with those that did not change meanwhile, the others wait again."""
    wire.execute(_DONE, {"series": claim.series_ids, "days": claim.days, "changes": claim.changes})


def give_back(claim: Claim) -> None:
    """The rows could not be validated: they wait again."""
    wire.execute(_BACK, {"series": claim.series_ids, "days": claim.days})


def waiting() -> tuple[int, float]:
    """How many rows wait, and how long the oldest has been due, in seconds."""
    count, age = wire.fetch(_WAITING)[0]
    return int(count), float(age)


# Consumption is what is validated as it arrives; anything else where a set is assigned to the series itself.
_PUT = """
INSERT INTO validation_due AS d (series_id, day, due_at, by_hand)
SELECT s.id, date '1970-01-01' + k.day::integer, now() + make_interval(secs => %(settle)s), %(by_hand)s
FROM unnest(%(series)s::bigint[], %(days)s::bigint[]) AS k (series, day) JOIN metering_series s ON s.id = k.series
WHERE s.periodicity = 'interval' AND (s.kind = 'consumption'
    OR s.kind <> 'stand' AND EXISTS (SELECT FROM validation_assignment a WHERE a.series_id = s.id))
ORDER BY s.id, 2
ON CONFLICT (series_id, day) DO UPDATE SET changes = d.changes + 1, by_hand = d.by_hand OR excluded.by_hand,
    due_at = greatest(d.due_at, least(excluded.due_at, d.since + make_interval(secs => %(last)s)))
"""
_CLAIM = """
WITH first AS (
    SELECT by_hand FROM validation_due
    WHERE due_at <= now() AND (leased_until IS NULL OR leased_until < now()) ORDER BY due_at LIMIT 1
), taken AS (
    SELECT d.series_id, d.day FROM validation_due d, first
    WHERE d.due_at <= now() AND (d.leased_until IS NULL OR d.leased_until < now()) AND d.by_hand = first.by_hand
    ORDER BY d.due_at, d.series_id, d.day LIMIT %(most)s FOR UPDATE OF d SKIP LOCKED
)
UPDATE validation_due d SET leased_until = now() + make_interval(secs => %(lease)s)
FROM taken t WHERE d.series_id = t.series_id AND d.day = t.day
RETURNING d.series_id, (d.day - date '1970-01-01')::bigint, d.changes::bigint, d.by_hand
"""
_DONE = """
WITH k AS (
    SELECT series, date '1970-01-01' + day::integer AS day, changes
    FROM unnest(%(series)s::bigint[], %(days)s::bigint[], %(changes)s::bigint[]) AS k (series, day, changes)
), gone AS (
    DELETE FROM validation_due d USING k
    WHERE d.series_id = k.series AND d.day = k.day AND d.changes = k.changes
)
UPDATE validation_due d SET leased_until = NULL FROM k
WHERE d.series_id = k.series AND d.day = k.day AND d.changes <> k.changes
"""
_BACK = """
UPDATE validation_due d SET leased_until = NULL, due_at = now() + interval '1 minute'
FROM unnest(%(series)s::bigint[], %(days)s::bigint[]) AS k (series, day)
WHERE d.series_id = k.series AND d.day = date '1970-01-01' + k.day::integer
"""
_WAITING = """
SELECT count(*), coalesce(extract(epoch FROM now() - min(due_at)), 0)::float8 FROM validation_due
"""
