"""The values of a portion by series and time: what comes twice, and lengths that change within a series."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from integration.formats.portion import NO_VALUE

RUN = 3
"""Equal steps longer than the interval, one after the other, that are no chance: values of another length."""


class Order:
    """m values sorted by series, then instant; for the same instant those with a value first, then as in the file."""

    def __init__(self, series: NDArray[np.int32], at: NDArray[np.int64], values: NDArray[np.int64]) -> None:
        self._order = np.lexsort((values == NO_VALUE, at, series))
        self._series, self._at, self._values = series[self._order], at[self._order], values[self._order]
        self._same_series = self._series[1:] == self._series[:-1]

    def again(self) -> NDArray[np.bool_]:
        """bool (m,): values of an instant of which the series has one already."""
        return self._back(self._again())

    def contradicting(self) -> NDArray[np.bool_]:
        """bool (m,): the values of `again` that say something else than the one before them."""
        differs = np.zeros(len(self._at), dtype=np.bool_)
        differs[1:] = (self._values[1:] != self._values[:-1]) & (self._values[1:] != NO_VALUE)
        return self._back(self._again() & differs)

    def of_another_length(self, lengths: NDArray[np.int64]) -> NDArray[np.bool_]:
        """bool (m,): values in a run of steps longer than their interval; the last of the run too, unless one of the
        right length follows it. `lengths` (m,), in the order of the file."""
        steps = np.where(self._same_series, np.diff(self._at), 0)
        longer = (steps > lengths[self._order][:-1]) & (steps > 0)
        equal = longer[1:] & longer[:-1] & (steps[1:] == steps[:-1])
        found = np.zeros(len(self._at), dtype=np.bool_)
        starts = np.flatnonzero(equal[1:] & equal[:-1]) if len(equal) > 1 else np.zeros(0, dtype=np.intp)
        for shift in range(RUN):
            found[starts + shift] = True
        unfollowed = np.append(longer | ~self._same_series, True)
        found[starts + RUN] |= unfollowed[starts + RUN]
        return self._back(found)

    def _again(self) -> NDArray[np.bool_]:
        again = np.zeros(len(self._at), dtype=np.bool_)
        again[1:] = self._same_series & (self._at[1:] == self._at[:-1])
        return again

    def _back(self, found: NDArray[np.bool_]) -> NDArray[np.bool_]:
        mask = np.zeros(len(found), dtype=np.bool_)
        mask[self._order] = found
        return mask
