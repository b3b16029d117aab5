"""Sharing many totals at once by the method of largest remainders, so that integers add up exactly."""

import numpy as np
from numpy.typing import NDArray

from validation.estimators.arrays import Floats, Index, Ints

# 64 bits of mantissa or more on Linux: totals up to 2^52 are shared to well within one unit. Where it is no wider than
# float64 the sum is still exact and a share of a total beyond 2^50 may be off by a few units.
Wide = NDArray[np.longdouble]


def apportion(weights: Floats, segment: Ints | Index, totals: Ints) -> Ints:
    """Integers int64 (m,) that follow `weights` and add up, segment by segment, to `totals`.

    weights  float64 (m,), finite
    segment  int64 (m,), which total each weight shares, in any order, 0 … s - 1
    totals   int64 (s,), below 2^62 in size; the total of a segment without weights is not shared

    In proportion where no weight of the segment is negative and any is positive, or none positive and any negative;
    otherwise every weight is moved by the same amount, because proportions of both signs mean nothing, so weights of
    zero give equal shares. Each result is within one unit of its exact share; of equal remainders the earlier weight
    gets the unit, so the same input always gives the same shares.
    """
    if not len(weights):
        return np.zeros(0, np.int64)
    order = np.argsort(segment, kind="stable")
    sorted_segment = np.asarray(segment)[order]
    starts = np.flatnonzero(np.diff(sorted_segment, prepend=sorted_segment[0] - 1))
    total = np.asarray(totals, np.int64)[sorted_segment[starts]]
    shares = np.empty(len(order), np.int64)
    shares[order] = _rounded(_exact(weights[order].astype(np.longdouble), starts, total), starts, total)
    return shares


def _exact(weights: Wide, starts: Index, totals: Ints) -> Wide:
    sizes = np.diff(starts, append=len(weights))
    sums: Wide = np.add.reduceat(weights, starts)
    low, high = np.minimum.reduceat(weights, starts), np.maximum.reduceat(weights, starts)
    one_sided = (sums != 0) & ((low >= 0) | (high <= 0))
    moved = weights + np.repeat((totals - sums) / sizes, sizes)
    scale = np.repeat(np.where(one_sided, sums, 1), sizes)
    proportional = weights / scale * np.repeat(totals, sizes)
    exact: Wide = np.where(np.repeat(one_sided, sizes), proportional, moved)
    return exact


def _rounded(exact: Wide, starts: Index, totals: Ints) -> Ints:
    sizes = np.diff(starts, append=len(exact))
    low = np.floor(exact)
    shares = low.astype(np.int64)
    every, extra = np.divmod(totals - np.add.reduceat(shares, starts), sizes)
    part = np.repeat(np.arange(len(starts)), sizes)
    by_remainder = np.lexsort((low - exact, part))
    rank = np.empty(len(exact), np.intp)
    rank[by_remainder] = np.arange(len(exact)) - starts[part]
    result: Ints = shares + every[part] + (rank < extra[part])
    return result
