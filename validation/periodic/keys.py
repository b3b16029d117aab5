"""Looking readings up by series and instant. Pure numpy."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from validation.window import Bools, Ints

_AT_BITS = 33
"""Seconds since 1970 have no more until the year 2242, and days have fewer."""


def keys_of(series: NDArray[np.integer], at: NDArray[np.integer]) -> Ints:
    """int64, same shape: one number of a series, or row, and an instant or day; in the order of the two."""
    keys: Ints = (series.astype(np.int64) << _AT_BITS) | at.astype(np.int64)
    return keys


def find(keys: Ints, wanted: Ints) -> tuple[NDArray[np.intp], Bools]:
    """Where each of `wanted` stands among ascending `keys`, and whether it does; elsewhere the place means nothing."""
    if not len(keys):
        return np.zeros(wanted.shape, np.intp), np.zeros(wanted.shape, np.bool_)
    place = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1).astype(np.intp)
    return place, keys[place] == wanted
