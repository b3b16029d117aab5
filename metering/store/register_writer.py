"""Writing register values: the rules of blocks, applied to blocks of one value."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
from django.db import transaction

from metering.intervals import DAY_S
from metering.store import copy, wire
from metering.store.batch import NO_VALUE
from metering.store.ledger import Entry, enter, lock_series
from metering.store.mode import Mode
from metering.store.outcome import Counts, Origin
from metering.store.partitions import ensure_months, months_of_days
from metering.store.register_plan import RegisterPlan, codes_of, in_key_order, nothing_new, plan_registers
from metering.store.registers import RegisterBatch


def write_registers(batch: RegisterBatch, *, origin: Origin) -> Counts:
    """Store register values, in any order; precedence, versions, refusals and transactions are those of `write`.

    ValueError when a (series, instant) occurs twice.
    """
    return put_registers(batch, origin, Mode.ORDINARY)


def put_registers(batch: RegisterBatch, origin: Origin, mode: Mode, entry: Entry | None = None) -> Counts:
    """`write_registers`, judged by `mode`; `entry`: of the ledger, where the write is part of another. For the store
    itself.
    """
    ordered = in_key_order(batch.take(batch.given))
    if not len(ordered):
        return Counts()
    if (counts := nothing_new(ordered, mode)) is not None:
        return counts
    with transaction.atomic(savepoint=False):
        plan = plan_registers(ordered, lock_series(ordered.series_ids), mode)
        return _carried_out(plan, entry or enter(origin)) if plan.stores else plan.counts


def _carried_out(plan: RegisterPlan, entry: Entry) -> Counts:
    if len(plan.fresh):
        _insert(plan.fresh, entry)
    if plan.touched.any():
        _replace(plan.known.take(plan.touched), (plan.versions[plan.touched] + 1).tolist(), entry)
    return replace(plan.counts, entries=(entry.id,))


def _insert(batch: RegisterBatch, entry: Entry) -> None:
    ensure_months(months_of_days((batch.at // DAY_S).astype(np.int32)))
    wire.copy_in(
        "register_value (series_id, at, value, status, changed_at, origin_id, version, quality)", _encoded(batch, entry)
    )


def _encoded(batch: RegisterBatch, entry: Entry) -> Iterator[bytes]:
    yield copy.HEADER
    for deleted in (False, True):
        part = batch.take((batch.values == NO_VALUE) == deleted)
        columns = [
            copy.integer(part.series_ids, 8),
            copy.integer(copy.pg_microseconds(part.at), 8),
            copy.integer(None if deleted else part.values, 8),
            copy.integer(0 if part.status is None else part.status.astype(np.int64), 8),
            copy.integer(entry.at_us, 8),
            copy.integer(entry.id, 8),
            copy.integer(1, 4),
            copy.integer(codes_of(part), 2),
        ]
        yield copy.rows(columns, len(part))
    yield copy.TRAILER


_CHANGES = """
WITH a AS (
    SELECT k.series_id, to_timestamp(k.at) AS at, k.value, k.quality, k.status, k.version, o.id AS origin_id,
        o.at AS changed_at
    FROM unnest(%(series)s::bigint[], %(at)s::bigint[], %(value)s::bigint[], %(quality)s::smallint[],
        %(status)s::bigint[], %(version)s::integer[]) AS k (series_id, at, value, quality, status, version)
    CROSS JOIN value_origin o WHERE o.id = %(origin)s
)
"""
_KEEP = f"""
{_CHANGES}
INSERT INTO register_value_version
    (series_id, at, value, status, changed_at, replaced_at, origin_id, version, quality)
SELECT d.series_id, d.at, d.value, d.status, d.changed_at, a.changed_at, d.origin_id, d.version, d.quality
FROM a JOIN register_value d ON d.series_id = a.series_id AND d.at = a.at
"""  # noqa: S608  (no text from outside)
_UPDATE = f"""
{_CHANGES}
UPDATE register_value d SET value = a.value, quality = a.quality, status = a.status, version = a.version,
    origin_id = a.origin_id, changed_at = a.changed_at
FROM a WHERE d.series_id = a.series_id AND d.at = a.at
"""  # noqa: S608


def _replace(batch: RegisterBatch, versions: list[int], entry: Entry) -> None:
    params: dict[str, Any] = {
        "series": batch.series_ids,
        "at": batch.at,
        "value": [None if value == NO_VALUE else value for value in batch.values.tolist()],
        "quality": codes_of(batch).tolist(),
        "status": ([0] * len(batch)) if batch.status is None else batch.status.tolist(),
        "version": versions,
        "origin": entry.id,
    }
    wire.execute(_KEEP, params)
    wire.execute(_UPDATE, params)
