"""Several batches as one."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from metering.quality import Quality
from metering.store.batch import NO_VALUE, Batch


def combine(batches: Sequence[Batch]) -> list[Batch]:
    """One batch per interval length, in key order. Where two say something about the same slot the later one stands."""
    lengths = sorted({batch.interval_s for batch in batches if len(batch)})
    return [_combine([batch for batch in batches if batch.interval_s == length and len(batch)]) for length in lengths]


def _combine(batches: list[Batch]) -> Batch:
    together = _stacked(batches)
    keys, target = np.unique(np.stack([together.series_ids, together.days], axis=1), axis=0, return_inverse=True)
    if len(keys) == len(together):
        return together.in_key_order()
    given = together.given
    quality = np.zeros(given.shape, np.uint8) if together.quality is None else together.quality
    status = np.zeros(given.shape, np.uint32) if together.status is None else together.status
    shape = (len(keys), given.shape[1])
    values, codes, words = (
        np.full(shape, NO_VALUE),
        np.full(shape, Quality.MEASURED, np.uint8),
        np.zeros(shape, np.uint32),
    )
    for rows in _rounds(target.reshape(-1)):
        own = target.reshape(-1)[rows]
        for grid, arriving in ((values, together.values), (codes, quality), (words, status)):
            grid[own] = np.where(given[rows], arriving[rows], grid[own])
    return Batch(
        together.interval_s, np.ascontiguousarray(keys[:, 0]), keys[:, 1].astype(np.int32), values, codes, words
    )


def _rounds(target: NDArray[np.intp]) -> list[NDArray[np.intp]]:
    """Rows in input order split so that no target occurs twice in one round: first occurrences, second ones, …"""
    order = np.argsort(target, kind="stable")
    starts = np.flatnonzero(np.diff(target[order], prepend=-1))
    occurrence = np.arange(len(order)) - np.repeat(starts, np.diff(starts, append=len(order)))
    return [order[occurrence == round_] for round_ in range(int(occurrence.max()) + 1)]


def _stacked(batches: list[Batch]) -> Batch:
    if len(batches) == 1:
        return batches[0]
    quality = status = None
    if any(batch.quality is not None for batch in batches):
        quality = np.concatenate(
            [np.zeros(b.values.shape, np.uint8) if b.quality is None else b.quality for b in batches]
        )
    if any(batch.status is not None for batch in batches):
        status = np.concatenate(
            [np.zeros(b.values.shape, np.uint32) if b.status is None else b.status for b in batches]
        )
    return Batch(
        batches[0].interval_s,
        np.concatenate([batch.series_ids for batch in batches]),
        np.concatenate([batch.days for batch in batches]),
        np.concatenate([batch.values for batch in batches]),
        quality,
        status,
    )
