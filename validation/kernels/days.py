"""Figures of whole local days, made once and shared by all kernels that judge days."""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from validation.kernels.shapes import NO_VALUE, Edges, Mask, Values


@dataclass(frozen=True, slots=True, eq=False)
class DayFigures:
    """What the usable values of n rows are in each of d judged days.

    totals  int64 (n, d), 0 where a day has no usable value
    maxima  int64 (n, d), `NO_VALUE` where a day has none
    counts  int64 (n, d), number of usable values
    edges   intp (d + 1,), columns at which the days begin, and the end of the last
    """

    totals: Values
    maxima: Values
    counts: Values
    edges: Edges

    @property
    def lengths(self) -> NDArray[np.intp]:
        """intp (d,): slots of each day, 92, 96 or 100 of a quarter of an hour."""
        return np.diff(self.edges)

    @property
    def complete(self) -> Mask:
        """bool (n, d): all values of the day are usable."""
        complete: Mask = self.counts == self.lengths
        return complete


def day_figures(values: Values, usable: Mask, edges: Edges) -> DayFigures:
    """Totals, maxima and numbers of the usable values of each judged day.

    A total cannot overflow: the longest local day has 1,500 minutes, and 1,500 × 2^52 < 2^63.
    """
    summands = np.where(usable, values, 0)
    candidates = np.where(usable, values, NO_VALUE)
    shape = (len(values), len(edges) - 1)
    totals, maxima, counts = (np.empty(shape, dtype=np.int64) for _ in range(3))
    for day, columns in enumerate(day_slices(edges)):
        np.sum(summands[:, columns], axis=1, out=totals[:, day])
        np.max(candidates[:, columns], axis=1, out=maxima[:, day])
        counts[:, day] = count_true(usable[:, columns])
    return DayFigures(totals, maxima, counts, edges)


def day_slices(edges: Edges) -> list[slice]:
    """The columns of each judged day."""
    return [slice(int(first), int(end)) for first, end in pairwise(edges)]


def count_true(mask: Mask) -> NDArray[np.uint16]:
    """uint16 (n,): number of True in each row of at most 65,535 columns, in a quarter of the time `sum` takes."""
    counts: NDArray[np.uint16] = mask.view(np.uint8).sum(axis=1, dtype=np.uint16)
    return counts


def over_days(fails: Mask, edges: Edges) -> Mask:
    """bool (n, slots) from bool (n, d): a day that fails does so with all its slots."""
    whole = np.zeros((len(fails), int(edges[-1])), dtype=np.bool_)
    whole[:, int(edges[0]) :] = np.repeat(fails, np.diff(edges), axis=1)
    return whole
