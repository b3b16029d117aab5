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

    ValueError unless `edges` ascend to the number of columns. A total cannot overflow: the longest local day has 1,500
    minutes, and 1,500 × 2^52 < 2^63.
    """
    if (np.diff(edges) <= 0).any() or edges[-1] != values.shape[1]:
        raise ValueError(f"Days of {values.shape[1]} columns cannot begin at {edges.tolist()}")
    begins = edges[:-1]
    candidates = np.where(usable, values, NO_VALUE)
    return DayFigures(
        np.add.reduceat(values * usable, begins, axis=1),
        np.maximum.reduceat(candidates, begins, axis=1),
        count_in_days(usable, edges).astype(np.int64),
        edges,
    )


def day_slices(edges: Edges) -> list[slice]:
    """The columns of each judged day."""
    return [slice(int(first), int(end)) for first, end in pairwise(edges)]


def count_in_days(mask: Mask, edges: Edges) -> NDArray[np.uint16]:
    """uint16 (n, d): number of True in each judged day, of at most 65,535 columns."""
    counts: NDArray[np.uint16] = np.add.reduceat(mask, edges[:-1], axis=1, dtype=np.uint16)
    return counts


def over_days(fails: Mask, edges: Edges) -> Mask:
    """bool (n, slots) from bool (n, d): a day that fails does so with all its slots."""
    whole = np.zeros((len(fails), int(edges[-1])), dtype=np.bool_)
    whole[:, int(edges[0]) :] = np.repeat(fails, np.diff(edges), axis=1)
    return whole
