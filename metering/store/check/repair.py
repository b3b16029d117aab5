"""Putting right what follows from the values: summaries, sums and histograms. No value is touched."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from django.db import transaction

from metering.intervals import day_number
from metering.store import wire
from metering.store.check.blocks import Row, rows_of, summaries_of, wrong_summaries
from metering.store.check.findings import Fault, Finding
from metering.store.ledger import lock_series
from metering.store.statistics.changes import note

REPAIRED_AT_ONCE = 200
_FOLLOWING = (Fault.SUMMARY, Fault.SUMS, Fault.HISTOGRAM)


def is_repairable(finding: Finding) -> bool:
    """Whether `repair` can do anything about it."""
    return finding.fault in _FOLLOWING


def repair(findings: Sequence[Finding]) -> int:
    """Put right those of these that are repairable, some at a time; how many.

    Each is looked at again under the lock of its series: a writer may have done it since. Sums are made anew by the
    scheduler, within minutes.
    """
    own = [finding for finding in findings if is_repairable(finding)]
    for first in range(0, len(own), REPAIRED_AT_ONCE):
        _repair(own[first : first + REPAIRED_AT_ONCE])
    return len(own)


def _repair(findings: Sequence[Finding]) -> None:
    keys = np.array([(f.series_id or 0, day_number(f.day)) for f in findings if f.day], np.int64)
    with transaction.atomic():
        lock_series(keys[:, 0])
        for table in {finding.table for finding in findings if finding.fault is Fault.SUMMARY}:
            rows = rows_of(table, _OF_KEYS, {"series": keys[:, 0], "days": keys[:, 1]})
            for row in wrong_summaries([row for row in rows if row.decodes]):
                _correct(table, row)
        note(keys[:, 0], keys[:, 1])


def _correct(table: str, row: Row) -> None:
    names = ("present", "suspect", "estimated", "total", "maximum")
    summary = dict(zip(names, summaries_of([row])[0].tolist(), strict=True))
    if not summary["present"]:
        summary["maximum"] = None
    wire.execute(_CORRECT.format(table=table), {"series": row.series_id, "day": row.day} | summary)


_OF_KEYS = """
(series_id, day) IN (
    SELECT series, date '1970-01-01' + number::integer
    FROM unnest(%(series)s::bigint[], %(days)s::bigint[]) AS k (series, number))
"""
_CORRECT = """
UPDATE {table} SET present = %(present)s, suspect = %(suspect)s, estimated = %(estimated)s, total = %(total)s,
    maximum = %(maximum)s
WHERE series_id = %(series)s AND day = date '1970-01-01' + %(day)s::integer
"""
