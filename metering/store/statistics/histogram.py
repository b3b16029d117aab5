"""How values are spread, in bins of equal ratio: small, mergeable, and good for a median. Pure numpy.

An octave has eight bins, so the largest value of a bin is less than 1.0906 times the smallest. A bin stands for the
geometric mean of its least and greatest integer: an estimate of any value of it is wrong by at most 4.5 %, and exact
where it holds one integer, as for all values up to 11. Zero and negative values have bins of their own.

Stored, a histogram is a sequence of pairs of big-endian uint16, a bin and its count, ascending by bin, without empty
bins. A month has at most 31 · 1,440 values, so counts fit.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

ERROR = 0.045
"""The largest relative error of an estimate."""

_PER_OCTAVE = 8
_BINS, _ZERO = 1024, 512  # bins of both signs up to 2^63, the total of any day
_ROWS_AT_ONCE = 2048
_PAIR = np.dtype([("bin", ">u2"), ("count", ">u2")])


@dataclass(frozen=True, slots=True, eq=False)
class Histograms:
    """Histograms of several rows: `rows` intp, `bins` and `counts` int64, all (m,), ascending by row and bin."""

    rows: NDArray[np.intp]
    bins: NDArray[np.int64]
    counts: NDArray[np.int64]


def count(rows: NDArray[np.intp], values: NDArray[np.int64], height: int) -> Histograms:
    """The histograms of `height` rows of values; `rows` ascending and `values`, both (m,)."""
    return _add(rows, _bin_of(values), np.ones(len(rows), np.int64), height)


def merge(parts: Sequence[Histograms], height: int) -> Histograms:
    """The histograms of the values of all parts, row by row of `height` rows."""
    rows = np.concatenate([part.rows for part in parts])
    order = np.argsort(rows, kind="stable")
    bins, counts = (np.concatenate([getattr(part, name) for part in parts])[order] for name in ("bins", "counts"))
    return _add(rows[order], bins, counts, height)


def encode(histograms: Histograms, height: int) -> list[bytes]:
    """Each of `height` rows as it is stored."""
    pairs = np.empty(len(histograms.rows), _PAIR)
    pairs["bin"], pairs["count"] = histograms.bins, histograms.counts
    octets = pairs.tobytes()
    bounds = (np.searchsorted(histograms.rows, np.arange(height + 1)) * _PAIR.itemsize).tolist()
    return [octets[first:end] for first, end in pairwise(bounds)]


def decode(stored: Sequence[bytes], rows: NDArray[np.intp] | None = None) -> Histograms:
    """Stored histograms, one per row, or of ascending `rows`."""
    pairs = np.frombuffer(b"".join(stored), _PAIR)
    lengths = np.array([len(octets) for octets in stored], np.int64) // _PAIR.itemsize
    places = np.arange(len(stored)) if rows is None else rows
    return Histograms(np.repeat(places, lengths), pairs["bin"].astype(np.int64), pairs["count"].astype(np.int64))


def medians(histograms: Histograms, height: int) -> NDArray[np.float64]:
    """The median of each of `height` rows within `ERROR`, float64; NaN where a row has no value.

    Of an even number of values the mean of the two in the middle, each within `ERROR`.
    """
    reached = np.cumsum(histograms.counts)
    bounds = np.append(0, reached)[np.searchsorted(histograms.rows, np.arange(height + 1))]
    counts = np.diff(bounds)
    filled = np.flatnonzero(counts)
    found = np.full(height, np.nan)
    middle = [bounds[filled] + (counts[filled] + odd) // 2 for odd in (1, 2)]
    lower, upper = (_MIDDLE[histograms.bins[np.searchsorted(reached, place)]] for place in middle)
    found[filled] = (lower + upper) / 2
    return found


def in_finer_units(histograms: Histograms, steps: NDArray[np.int64]) -> Histograms:
    """The histograms of values 10^`steps` times as large, (height,); estimates then err up to twice as much."""
    if not steps.any():
        return histograms
    scaled = np.rint(_MIDDLE[histograms.bins] * 10.0 ** steps[histograms.rows])
    bins = np.where(steps[histograms.rows] == 0, histograms.bins, _bin_of(scaled))
    return Histograms(histograms.rows, bins, histograms.counts)


def _bin_of(values: NDArray[np.int64] | NDArray[np.float64]) -> NDArray[np.int64]:
    size = np.abs(values.astype(np.float64))
    octaves = np.log2(np.maximum(size, 1))
    bins: NDArray[np.int64] = _ZERO + np.sign(values).astype(np.int64) * (
        1 + np.floor(_PER_OCTAVE * octaves).astype(np.int64)
    )
    return bins


def _add(rows: NDArray[np.intp], bins: NDArray[np.int64], counts: NDArray[np.int64], height: int) -> Histograms:
    """One entry per row and bin with the sum of its counts; a slab of rows at a time, to bound memory."""
    keys = rows.astype(np.int64) * _BINS + bins
    found: list[tuple[NDArray[np.int64], NDArray[np.int64]]] = []
    for first in range(0, height, _ROWS_AT_ONCE):
        begin, end = np.searchsorted(rows, [first, first + _ROWS_AT_ONCE])
        sums = np.bincount(keys[begin:end] - first * _BINS, counts[begin:end]).astype(np.int64)
        own = np.flatnonzero(sums)
        found.append((own + first * _BINS, sums[own]))
    places, totals = (np.concatenate(column) for column in zip(*found, strict=True)) if found else (keys, counts)
    return Histograms((places // _BINS).astype(np.intp), places % _BINS, totals)


def _middles() -> NDArray[np.float64]:
    """The value each bin stands for."""
    edges = np.ceil(2.0 ** (np.arange(_ZERO) / _PER_OCTAVE))
    size = np.sqrt(edges[:-1] * np.maximum(edges[1:] - 1, edges[:-1]))
    return np.concatenate([[-np.inf], -size[::-1], [0.0], size])


_MIDDLE = _middles()
