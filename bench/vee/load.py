"""Series-days with something wrong: real curves, 2 % of the values missing, 1 % suspicious."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from metering.intervals import DAY_S
from metering.store import NO_VALUE, Batch
from simulator.curves import CURVES, curve

INTERVAL_S = 900
SLOTS = DAY_S // INTERVAL_S
Ints = NDArray[np.int64]

GAPS = (1, 2, 4, 8, 24, 96)
"""Lengths of gaps, one as likely as the other: 22.5 values on average."""
_GAP_SHARE = 0.02 * SLOTS / (sum(GAPS) / len(GAPS))
_SPIKE_SHARE, _NEGATIVE_SHARE, _SENTINEL_SHARE = 0.01, 0.003, 0.0005
_FLAT = 56
"""A stuck meter: fourteen hours, longer than the rule for flat stretches allows."""
_FLAT_SHARE = (0.01 * SLOTS - _SPIKE_SHARE - _NEGATIVE_SHARE - _SENTINEL_SHARE) / _FLAT


@dataclass(frozen=True, slots=True, eq=False)
class Spoilt:
    """values int64 (n, days · slots); missing and suspicious bool of the same shape: what was done to them."""

    values: Ints
    missing: NDArray[np.bool_]
    suspicious: NDArray[np.bool_]


def good(series: int, first_day: int, days: int, seed: int) -> Ints:
    """Real days in Wh, scaled by the size of each home and changed a little, int64 (series, days · 96)."""
    random = np.random.default_rng(seed)
    numbers = np.arange(first_day, first_day + days)
    found = np.empty((series, days, SLOTS), np.int64)
    size = random.lognormal(0, 0.5, series)
    for variant, name in enumerate(CURVES):
        own = np.arange(variant, series, len(CURVES))
        played = curve(name)
        for row in own.tolist():
            found[row] = played.energy[played.source_days(numbers, row)] * size[row]
    found = found * random.integers(90, 111, found.shape) // 100
    return np.maximum(found, 3).reshape(series, days * SLOTS)


def spoilt(values: Ints, seed: int) -> Spoilt:
    """The values with gaps, spikes, negative values, error codes and stuck stretches."""
    random = np.random.default_rng(seed)
    rows, slots = values.shape
    days = slots // SLOTS
    values = values.copy()
    suspicious = np.zeros(values.shape, np.bool_)
    flat = _stretches(random, rows, days, _FLAT_SHARE, np.full(rows * days, _FLAT))
    level = np.maximum.accumulate(np.where(flat & ~np.roll(flat, 1, axis=1), np.arange(slots), 0), axis=1)
    values = np.where(flat, np.take_along_axis(values, level, axis=1), values)
    suspicious |= flat
    for share, changed in ((_SPIKE_SHARE, 40), (_NEGATIVE_SHARE, -1)):
        marked = random.random(values.shape) < share / SLOTS
        values = np.where(marked, (values + 100) * changed, values)
        suspicious |= marked
    codes = random.random(values.shape) < _SENTINEL_SHARE / SLOTS
    values = np.where(codes, 4_294_967_295, values)
    lengths = random.choice(np.array(GAPS), rows * days)
    missing = _stretches(random, rows, days, _GAP_SHARE, lengths)
    return Spoilt(np.where(missing, NO_VALUE, values), missing, (suspicious | codes) & ~missing)


def _stretches(random: np.random.Generator, rows: int, days: int, share: float, lengths: Ints) -> NDArray[np.bool_]:
    """One stretch of so many slots in a `share` of the series-days, cut at the end of the day."""
    shape = (rows, days)
    has = random.random(shape) < share
    length = lengths.reshape(shape)
    start = (random.random(shape) * (SLOTS - np.minimum(length, SLOTS) + 1)).astype(np.int64)
    slot = np.arange(SLOTS)
    marked: NDArray[np.bool_] = has[..., None] & (slot >= start[..., None]) & (slot < (start + length)[..., None])
    flat: NDArray[np.bool_] = marked.reshape(rows, days * SLOTS)
    return flat


def batch(series_ids: Ints, first_day: int, values: Ints) -> Batch:
    """The values as blocks: UTC days from `first_day` on."""
    days = values.shape[1] // SLOTS
    return Batch(
        INTERVAL_S,
        np.repeat(series_ids, days),
        np.tile(np.arange(first_day, first_day + days, dtype=np.int32), len(series_ids)),
        values.reshape(-1, SLOTS),
    )
