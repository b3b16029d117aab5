"""Writing register values: the rules of blocks, applied to blocks of one value."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from django.db import transaction
from numpy.typing import NDArray

from metering.intervals import DAY_S
from metering.quality import QualityClass, quality_class
from metering.store import copy, wire
from metering.store.admit import in_range, known_days
from metering.store.archive.months import objections
from metering.store.batch import NO_VALUE
from metering.store.blocks import Blocks
from metering.store.ledger import Entry, Locked, enter, lock_series
from metering.store.merge import merge
from metering.store.mode import Mode
from metering.store.outcome import Counts, Origin, Refusal
from metering.store.partitions import ensure_months, months_of_days
from metering.store.register_news import heard_before
from metering.store.registers import RegisterBatch


def write_registers(batch: RegisterBatch, *, origin: Origin) -> Counts:
    """Store register values, in any order; precedence, versions, refusals and transactions are those of `write`.

    ValueError when a (series, instant) occurs twice.
    """
    return put_registers(batch, origin, Mode.ORDINARY)


def put_registers(batch: RegisterBatch, origin: Origin, mode: Mode) -> Counts:
    """`write_registers`, judged by `mode`. For the store itself."""
    if not len(batch):
        return Counts()
    ordered = _in_key_order(batch.take(batch.given))
    with transaction.atomic(savepoint=False):
        admitted, counts = _admit(ordered, lock_series(ordered.series_ids), mode)
        return counts + _store(admitted, origin, mode) if len(admitted) else counts


def _in_key_order(batch: RegisterBatch) -> RegisterBatch:
    ordered = batch.take(np.lexsort((batch.at, batch.series_ids)))
    if ((np.diff(ordered.series_ids) == 0) & (np.diff(ordered.at) == 0)).any():
        raise ValueError("A series and instant occurs twice in one batch")
    return ordered


def _admit(batch: RegisterBatch, locked: Locked, mode: Mode) -> tuple[RegisterBatch, Counts]:
    kind = quality_class(_codes(batch))
    found = [
        ("the series does not exist", ~locked.known(batch.series_ids)),
        ("the day lies outside the years 2000 to 2099", ~known_days(batch.at // DAY_S)),
        ("the value is too large", ~(in_range(batch.values) | (batch.values == NO_VALUE))),
        *objections("register", batch.at // DAY_S),
    ]
    if mode is not Mode.RESTORING:
        own = locked.is_raw(batch.series_ids) & (kind >= QualityClass.ESTIMATED)
        found += [
            ("the quality code is unknown", kind > QualityClass.DECIDED),
            ("stands are kept as read, never edited or estimated", own),
        ]
    good = np.ones(len(batch), np.bool_)
    counts = Counts()
    for reason, bad in found:
        counts += _refused(batch, good & bad, reason)
        good &= ~bad
    return batch.take(good), counts


def _store(batch: RegisterBatch, origin: Origin, mode: Mode) -> Counts:
    rows, versions, stored = _fetch(batch)
    fresh = np.ones(len(batch), np.bool_)
    fresh[rows] = False
    known = batch.take(rows)
    restoring = mode is Mode.RESTORING
    given = np.ones(len(known), np.bool_)
    if not restoring:
        given = ~heard_before(known, stored.quality_codes()[:, 0], versions)
    merged = merge(stored, _as_blocks(known), given[:, None], restoring=restoring)
    touched = merged.touched[:, 0]
    entries: tuple[int, ...] = ()
    if fresh.any() or touched.any():
        entry = enter(origin)
        entries = (entry.id,)
        if fresh.any():
            _insert(batch.take(fresh), entry)
        if touched.any():
            _replace(known.take(touched), versions[touched] + 1, entry)
    new = int(fresh.sum() + merged.first.sum() + merged.again.sum())
    unchanged = int(merged.unchanged.sum()) + int((~given).sum())
    done = Counts(new, int(merged.changed.sum()), unchanged, entries=entries)
    return done + _refused(known, merged.refused[:, 0], "a better value is stored")


def _fetch(batch: RegisterBatch) -> tuple[NDArray[np.intp], NDArray[np.int64], Blocks]:
    """Which rows of the batch are stored already, in which version, and as what: blocks of one slot."""
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
            copy.integer(_codes(part), 2),
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


def _replace(batch: RegisterBatch, versions: NDArray[np.int64], entry: Entry) -> None:
    params: dict[str, Any] = {
        "series": batch.series_ids,
        "at": batch.at,
        "value": [None if value == NO_VALUE else value for value in batch.values.tolist()],
        "quality": _codes(batch).tolist(),
        "status": ([0] * len(batch)) if batch.status is None else batch.status.tolist(),
        "version": versions.tolist(),
        "origin": entry.id,
    }
    wire.execute(_KEEP, params)
    wire.execute(_UPDATE, params)


def _as_blocks(batch: RegisterBatch) -> Blocks:
    status = None if batch.status is None else batch.status[:, None]
    return Blocks(batch.values[:, None], _codes(batch)[:, None], status)


def _codes(batch: RegisterBatch) -> NDArray[np.uint8]:
    return np.zeros(len(batch), np.uint8) if batch.quality is None else batch.quality


def _refused(batch: RegisterBatch, rows: NDArray[np.bool_], reason: str) -> Counts:
    days = batch.at // DAY_S
    return Counts.of_refusals(
        tuple(Refusal(int(batch.series_ids[row]), int(days[row]), 1, reason) for row in np.flatnonzero(rows))
    )
