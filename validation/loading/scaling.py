"""Integers of one power of ten as integers of another. Pure numpy."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from metering.store.batch import NO_VALUE, VALUE_LIMIT
from validation.window import Ints

_FURTHEST = 15
"""10^15 times an integer is beyond what the store holds, and a 10^15th of one is none."""


def by_powers(values: Ints, steps: NDArray[np.integer]) -> Ints:
    """int64 like `values`: each times 10^step, exact; `NO_VALUE` where that is no integer, or one beyond the store.

    `steps` broadcast to the values.
    """
    if not np.any(steps):
        return values
    near = np.abs(steps) <= _FURTHEST
    up, down = (10 ** np.where(near, np.maximum(each, 0), 0).astype(np.int64) for each in (steps, -steps))
    there = np.where(values == NO_VALUE, 0, values)
    exact = (values != NO_VALUE) & (near | (there == 0))
    exact &= (np.abs(there) <= (VALUE_LIMIT - 1) // up) & (there % down == 0)
    return np.where(exact, np.where(exact, there, 0) * up // down, NO_VALUE)
