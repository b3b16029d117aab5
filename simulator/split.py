"""Splitting the energy of an interval into shorter ones without losing a watt-hour."""

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]


def apportion(totals: Ints, weights: Ints) -> Ints:
    """Share each total among the columns of `weights` by largest remainder.

    `totals` has shape (n,), `weights` (n, parts), both non-negative; a row of zero weights counts as equal
    weights. The result has the shape of `weights` and its row sums are exactly `totals`; equal remainders
    are served from the left.
    """
    weights = np.where(weights.sum(axis=1, keepdims=True) == 0, 1, weights)
    shares, remainders = np.divmod(totals[:, None] * weights, weights.sum(axis=1, keepdims=True))
    left = totals - shares.sum(axis=1)
    rank = np.argsort(np.argsort(-remainders, axis=1, kind="stable"), axis=1, kind="stable")
    return np.asarray(shares + (rank < left[:, None]), dtype=np.int64)


def split_intervals(energy: Ints, parts: int) -> Ints:
    """Split each of n consecutive intervals into `parts`; shape (n,) to (n * parts,).

    The weight of a part is the load at its middle on the straight line between the middles of
    neighbouring intervals, so that the result follows the curve instead of climbing stairs.
    """
    before, after = np.roll(energy, 1), np.roll(energy, -1)
    # Middle of part k, counted from the middle of the interval, in units of 1/(2 * parts) interval.
    columns = []
    for offset in range(1 - parts, parts, 2):
        neighbour = before if offset < 0 else after
        columns.append(energy * (2 * parts - abs(offset)) + neighbour * abs(offset))
    return apportion(energy, np.stack(columns, axis=1)).reshape(-1)
