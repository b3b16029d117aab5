"""Single readings of registers, many series in one dimension, and what each is compared with.

All arrays are (m,), ordered by series and then by time; `series` int64 says whose reading it is.
"""

import numpy as np
from numpy.typing import NDArray

from validation.kernels.shapes import NO_VALUE, Mask, Values


def previous_values(values: Values, usable: Mask, series: NDArray[np.int64]) -> Values:
    """int64 (m,): the last usable reading of the same series before each one; `NO_VALUE` if there is none."""
    last = np.maximum.accumulate(np.where(usable, np.arange(len(values)), -1))
    before = np.concatenate([[-1], last[:-1]])[: len(values)]
    found = (before >= 0) & (series[before] == series)
    return np.where(found, values[before], NO_VALUE)


def values_at(
    values: Values,
    usable: Mask,
    series: NDArray[np.int64],
    at: NDArray[np.int64],
    wanted: NDArray[np.int64],
    within_s: int = 0,
) -> Values:
    """int64 (m,): the usable reading of the same series nearest to the instant `wanted`; `NO_VALUE` if there is none.

    `at`, `wanted` int64 (m,), seconds since 1970 UTC; `wanted` is what the calendar of the utility says a month or a
    year earlier. Readings more than `within_s` away do not count; of two equally near the earlier does.
    """
    result = np.full(len(values), NO_VALUE, dtype=np.int64)
    sources = np.flatnonzero(usable)
    if not len(sources):
        return result
    keys, wanted_keys = _keys(series, at, wanted)
    after = np.searchsorted(keys[sources], wanted_keys)
    nearest = np.full(len(values), within_s + 1, dtype=np.int64)
    for candidate in (after - 1, after):
        source = sources[np.clip(candidate, 0, len(sources) - 1)]
        distance = np.abs(at[source] - wanted)
        closer = (series[source] == series) & (distance < nearest)
        result[closer] = values[source][closer]
        nearest[closer] = distance[closer]
    return result


def _keys(
    series: NDArray[np.int64], at: NDArray[np.int64], wanted: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Keys in the order of series and time, for the readings and for the instants wanted."""
    first = min(int(at.min()), int(wanted.min()))
    span = max(int(at.max()), int(wanted.max())) - first + 1
    rank = np.unique(series, return_inverse=True)[1]
    return rank * span + (at - first), rank * span + (wanted - first)


def deltas(values: Values, previous: Values) -> Values:
    """int64 (m,): what was counted since the previous reading; `NO_VALUE` where either is unknown."""
    known = (values != NO_VALUE) & (previous != NO_VALUE)
    return np.where(known, values - previous, NO_VALUE)


def after_implausible(implausible: Mask, series: NDArray[np.int64]) -> Mask:
    """V19: fails if any earlier reading of the same series is implausible: what it is compared with cannot be trusted.

    One that somebody accepted or replaced is no longer implausible, and sets free what follows.
    """
    begins = np.concatenate([[True], series[1:] != series[:-1]])[: len(series)]
    before: Values = np.cumsum(implausible) - implausible
    at_begin = np.maximum.accumulate(np.where(begins, before, 0))
    fails: Mask = before > at_begin
    return fails
