"""The queue of series-days that changed: a row per write and day, with all the series it changed.

Writes put rows in, in their own transaction, so nothing is forgotten, and at next to no cost: a row is an array.
Workers lease the oldest together until they hold enough series-days, each of which is validated once however many rows
name it, and take the rows out. What changes meanwhile is a row of its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from metering.services.editing.saving import RULE as EDITED
from metering.store import Stored, wire
from validation.window import Ints

OURS = "validation"
"""How writes of validation name themselves as rule: they are no news to it."""
SETTLE_S = 20
"""So long after a write its days are left in peace: what belongs to them may come with the next."""
LEASE_S = 600
MOST_ROWS = 5_000
"""A meter that pushes every few minutes makes many rows of the same day: so many are merged at once."""


@dataclass(frozen=True, slots=True, eq=False)
class Claim:
    """Rows a worker holds, int64 `rows`; the series-days they name, each once: series int64 (n,), days int64 (n,) UTC
    since 1970; by_hand: somebody edited them."""

    rows: Ints
    series_ids: Ints
    days: Ints
    by_hand: bool

    def __len__(self) -> int:
        return len(self.series_ids)


def note_changes(stored: Stored) -> None:
    """Put what a write made different into the queue, in its transaction; what validation wrote itself is no news."""
    if stored.origin.rule.startswith(OURS):
        return
    rows = stored.slots.any(axis=1)
    series, days = stored.batch.series_ids[rows], stored.batch.days[rows]
    by_hand = stored.origin.rule == EDITED
    for day in np.unique(days).tolist():
        wire.execute(_PUT, {"day": day, "series": series[days == day], "settle": SETTLE_S, "by_hand": by_hand})


def note_outages(points: Mapping[int, datetime]) -> None:
    """Put days of outages into the queue that touch metering points from an instant on, in the transaction of what told
    of them: what was missing meanwhile may have been estimated as if there had been power."""
    if points:
        since = [at.timestamp() for at in points.values()]
        wire.execute(_PUT_OUTAGES, {"points": list(points), "since": since, "settle": SETTLE_S})


def claim(most: int) -> Claim | None:
    """Lease rows whose time has come, of one kind, that name up to `most` series-days, or the first of them alone; None
    when there are none."""
    rows = wire.fetch(_CLAIM, {"most": most, "lease": LEASE_S, "rows": MOST_ROWS})
    if not rows:
        return None
    lengths = [len(series) for _, _, series, _ in rows]
    days = np.repeat(np.array([day for _, day, _, _ in rows], np.int64), lengths)
    named = np.unique(np.stack([np.concatenate([series for _, _, series, _ in rows]), days]), axis=1)
    return Claim(np.array([row[0] for row in rows], np.int64), named[0], named[1], rows[0][3])


def release(claim: Claim) -> None:
    """What was held is validated: its rows are done with."""
    wire.execute("DELETE FROM validation_due WHERE id = ANY (%(rows)s::bigint[])", {"rows": claim.rows})


def give_back(claim: Claim) -> None:
    """What was held could not be validated: it waits again."""
    wire.execute(_BACK, {"rows": claim.rows})


def waiting() -> tuple[int, float]:
    """How many series-days wait, named more than once counted so, and for how long the oldest is due, in seconds."""
    count, age = wire.fetch(_WAITING)[0]
    return int(count), float(age)


_PUT = """
INSERT INTO validation_due (day, series, due_at, by_hand)
SELECT date '1970-01-01' + %(day)s::integer, %(series)s::bigint[], now() + make_interval(secs => %(settle)s),
    %(by_hand)s
"""
_PUT_OUTAGES = """
INSERT INTO validation_due (day, series, due_at)
SELECT day::date, array_agg(DISTINCT s.id), now() + make_interval(secs => %(settle)s)
FROM unnest(%(points)s::bigint[], %(since)s::float8[]) AS k (point, since)
JOIN metering_series s ON s.metering_point_id = k.point AND s.periodicity = 'interval' AND s.kind = 'consumption'
JOIN events_outage o ON o.metering_point_id = k.point AND o.started_at >= to_timestamp(k.since)
CROSS JOIN generate_series(
    date_trunc('day', o.started_at AT TIME ZONE 'UTC'), coalesce(o.ended_at, now()) AT TIME ZONE 'UTC', interval '1 day'
) AS day
GROUP BY day
"""
_CLAIM = """
WITH free AS (
    SELECT id, by_hand, series FROM validation_due
    WHERE due_at <= now() AND (leased_until IS NULL OR leased_until < now()) ORDER BY due_at, id LIMIT %(rows)s
), summed AS (
    SELECT id, cardinality(series) AS own, sum(cardinality(series)) OVER (ORDER BY id) AS upto FROM free
    WHERE by_hand = (SELECT by_hand FROM free ORDER BY id LIMIT 1)
), taken AS (
    SELECT d.id FROM validation_due d JOIN summed s ON s.id = d.id
    WHERE (s.upto <= %(most)s OR s.upto = s.own) AND (d.leased_until IS NULL OR d.leased_until < now())
    FOR UPDATE OF d SKIP LOCKED
)
UPDATE validation_due d SET leased_until = now() + make_interval(secs => %(lease)s) FROM taken t WHERE d.id = t.id
RETURNING d.id, (d.day - date '1970-01-01')::bigint, d.series, d.by_hand
"""
_BACK = """
UPDATE validation_due SET leased_until = NULL, due_at = now() + interval '1 minute'
WHERE id = ANY (%(rows)s::bigint[])
"""
_WAITING = """
SELECT coalesce(sum(cardinality(series)), 0)::bigint, coalesce(extract(epoch FROM now() - min(due_at)), 0)::float8
FROM validation_due
"""
