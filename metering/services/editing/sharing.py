"""Sharing a total among values by the method of largest remainders, so that the integers add up to it exactly."""

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


def share(weights: Floats, total: int) -> Ints:
    """Integers int64 (n,) that add up to `total` and follow `weights` (n,), n > 0.

    They follow in proportion where no weight is negative and any is positive, and where none is positive and any is
    negative; otherwise each weight is moved by the same amount, because proportions of both signs mean nothing.
    """
    whole = float(weights.sum())
    one_sided = whole != 0 and (bool((weights >= 0).all()) or bool((weights <= 0).all()))
    exact = weights / whole * total if one_sided else weights + (total - whole) / len(weights)
    return _rounded(exact, total)


def rounded(values: Floats) -> Ints:
    """The nearest integers that add up to the rounded sum of `values` (n,)."""
    return _rounded(values, round(float(values.sum()))) if len(values) else values.astype(np.int64)


def _rounded(exact: Floats, total: int) -> Ints:
    low = np.floor(exact)
    shares = low.astype(np.int64)
    left = total - int(shares.sum())
    every, extra = divmod(left, len(shares))
    # Of equal remainders the earlier value gets the unit: the same input always gives the same shares.
    order = np.argsort(-(exact - low), kind="stable")
    shares += every
    shares[order[:extra]] += 1
    return shares
