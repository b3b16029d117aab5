"""Noting what was delivered for billing, so that a later change of it is a correction; sending one settles it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from metering.store import wire
from validation.window import Ints

LONGEST = 80
"""Characters kept of a receiver and of a reference."""


@dataclass(frozen=True, slots=True, eq=False)
class Periods:
    """Stretches of local days, int64 (n,) each: series, first and last day since 1970, both included."""

    series_ids: Ints
    first: Ints
    last: Ints


def note_deliveries(periods: Periods, *, at: datetime, receiver: str = "", reference: str = "") -> int:
    """Note that the values of these series and days were delivered as they were at `at`; how many corrections that
    settles.

    A correction stays open where its day changed after `at`. Two statements, however many series.
    """
    given = {"ids": periods.series_ids, "first": periods.first, "last": periods.last, "at": at}
    wire.execute(_NOTE, given | {"receiver": receiver[:LONGEST], "reference": reference[:LONGEST]})
    return len(wire.fetch(_SETTLE, given))


_NOTE = """
INSERT INTO validation_delivery (series_id, first_day, last_day, delivered_at, receiver, reference)
SELECT series_id, date '1970-01-01' + first::integer, date '1970-01-01' + last::integer, %(at)s::timestamptz,
    %(receiver)s::text, %(reference)s::text
FROM unnest(%(ids)s::bigint[], %(first)s::bigint[], %(last)s::bigint[]) AS k (series_id, first, last)
ORDER BY series_id, first
"""
_SETTLE = """
UPDATE validation_correction c SET state = 'delivered', changed_at = now()
FROM unnest(%(ids)s::bigint[], %(first)s::bigint[], %(last)s::bigint[]) AS k (series_id, first, last)
WHERE c.series_id = k.series_id AND c.state = 'open' AND c.changed_at <= %(at)s::timestamptz
    AND c.day BETWEEN date '1970-01-01' + k.first::integer AND date '1970-01-01' + k.last::integer
RETURNING c.id
"""
