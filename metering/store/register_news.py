"""Telling a register value that is news from one that was heard before, as `metering.store.news` does for blocks."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from metering.quality import Quality, QualityClass, is_substitute, quality_class
from metering.store import wire
from metering.store.registers import RegisterBatch


def heard_before(batch: RegisterBatch, standing: NDArray[np.uint8], versions: NDArray[np.int64]) -> NDArray[np.bool_]:
    """bool (n,): measurements of the batch that a decision or an estimate replaced before and that still stands.

    `standing` (n,): the quality of what is stored of each; `versions` (n,): in which version.
    """
    substituted = is_substitute(standing)
    arriving = np.ones(len(batch), np.bool_)
    if batch.quality is not None:
        arriving = quality_class(batch.quality) <= QualityClass.SUSPECT
    rows = np.flatnonzero(arriving & substituted & (versions > 1))
    heard = np.zeros(len(batch), np.bool_)
    if rows.size:
        heard[rows[_kept(batch.take(rows))]] = True
    return heard


def _kept(batch: RegisterBatch) -> NDArray[np.int64]:
    """Which of these values an earlier version holds as a measurement."""
    status = np.zeros(len(batch), np.int64) if batch.status is None else batch.status.astype(np.int64)
    params = {"series": batch.series_ids, "at": batch.at, "value": batch.values, "status": status}
    bounds = {"first": int(batch.at.min()), "last": int(batch.at.max()), "estimated": int(Quality.ESTIMATED)}
    rows: NDArray[np.int64] = wire.fetch(_KEPT, params | bounds)[0][0]
    return rows


# The bounds on the instant let the planner leave partitions out; the key alone would not.
_KEPT = """
SELECT coalesce(array_agg(k.n - 1), '{}')
FROM unnest(%(series)s::bigint[], %(at)s::bigint[], %(value)s::bigint[], %(status)s::bigint[])
    WITH ORDINALITY AS k (series_id, at, value, status, n)
WHERE EXISTS (
    SELECT FROM register_value_version v
    WHERE v.series_id = k.series_id AND v.at = to_timestamp(k.at) AND v.value = k.value AND v.status = k.status
    AND v.quality < %(estimated)s
    AND v.at BETWEEN to_timestamp(%(first)s::bigint) AND to_timestamp(%(last)s::bigint))
"""
