"""Energy at another interval, exact in integers (E18): 5, 15, 30, 60 minutes and any other."""

from math import gcd

import numpy as np

from validation.estimators.apportioning import apportion
from validation.estimators.arrays import NO_VALUE, Floats, Ints


def rescaled(values: Ints, from_s: int, to_s: int) -> Ints:
    """Energy int64 (n, slots) per `from_s` seconds as energy per `to_s` seconds, over the same period.

    Split into what divides both and merged again, so that nothing is lost; an interval of which any part is missing is
    missing. ValueError where the period is no whole number of the new intervals.
    """
    if from_s <= 0 or to_s <= 0 or values.shape[1] * from_s % to_s:
        raise ValueError(f"{values.shape[1]} intervals of {from_s} s are no whole number of intervals of {to_s} s")
    common = gcd(from_s, to_s)
    return merged(split(values, from_s // common), to_s // common)


def merged(values: Ints, parts: int) -> Ints:
    """Sums of `parts` consecutive values, (n, slots) to (n, slots / parts); `NO_VALUE` if one of them is missing."""
    grouped = values.reshape(len(values), -1, parts)
    missing = (grouped == NO_VALUE).any(axis=2)
    return np.where(missing, NO_VALUE, np.where(grouped == NO_VALUE, 0, grouped).sum(axis=2))


def split(values: Ints, parts: int, shape: Floats | None = None) -> Ints:
    """Each value shared among `parts` consecutive ones that add up to it, (n, slots) to (n, slots × parts).

    Equal shares, the earlier ones getting what is left over; with `shape` float64 (n, slots × parts) as largest
    remainders of shares that follow it.
    """
    missing = np.repeat(values == NO_VALUE, parts, axis=1)
    known = np.where(values == NO_VALUE, 0, values)
    if shape is None:
        each, over = np.divmod(known, parts)
        shares = (each[:, :, None] + (np.arange(parts) < over[:, :, None])).reshape(missing.shape)
    else:
        segment = np.repeat(np.arange(values.size), parts)
        shares = apportion(shape.reshape(-1), segment, known.reshape(-1)).reshape(missing.shape)
    return np.where(missing, NO_VALUE, shares)
