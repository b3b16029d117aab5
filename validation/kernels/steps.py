"""Changes from one value to the next (V9)."""

import numpy as np
from numpy.typing import NDArray

from validation.kernels.runs import runs_of
from validation.kernels.shapes import Edges, Limits, Mask, Values, without_context


def step_change(
    values: Values, usable: Mask, percent: Limits | float, floor: Limits | float, edges: Edges | None = None
) -> Mask:
    """V9: fails if 100 × |v − p| / |p| > `percent`, p being the last usable value before v.

    `percent`, `floor` broadcastable to (n, 1), NaN = unknown, never fails. Not tested where both |v| and |p| are below
    `floor` (integers of the series): from 1 Wh to 3 Wh is 200 %, and says nothing. From 0 to the floor or more is
    an infinite change, and fails. The first usable value of a row, and what is not usable, pass.
    """
    size = np.abs(values)
    large = size >= np.asarray(floor)
    allowed = size * (np.asarray(percent) / 100)
    change = values[:, 1:] - values[:, :-1]
    np.abs(change, out=change)
    fails = np.zeros(values.shape, dtype=np.bool_)
    beside = (large[:, 1:] | large[:, :-1]) & usable[:, 1:] & usable[:, :-1]
    fails[:, 1:] = (change > allowed[:, :-1]) & beside
    row, last, here = _across_gaps(usable)
    far = np.abs(values[row, here] - values[row, last]) > allowed[row, last]
    fails[row, here] = far & (large[row, here] | large[row, last])
    return without_context(fails, edges)


def step_limits(values: Values, usable: Mask, fails: Mask, percent: Limits | float) -> Limits:
    """What the steps in `fails`, found by `step_change`, were held against: p ± |p| × percent / 100, on the side of v.

    float64 (n, slots) in integers of the series, NaN where nothing fails; (1, 1) NaN where nothing fails at all.
    """
    row, here = np.nonzero(fails)
    if not len(row):
        return np.full((1, 1), np.nan)
    rows, of_row = np.unique(row, return_inverse=True)
    before = np.maximum.accumulate(np.where(usable[rows], np.arange(values.shape[1]), -1), axis=1)
    last = values[row, before[of_row, here - 1]]
    allowed = np.abs(last) * (np.broadcast_to(percent, (len(values), 1))[row, 0] / 100)
    limits = np.full(values.shape, np.nan)
    limits[row, here] = last + np.where(values[row, here] > last, allowed, -allowed)
    return limits


def _across_gaps(usable: Mask) -> tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.intp]]:
    """Row, last column before and first column after each stretch of unusable values that has both."""
    gaps = runs_of(~usable)
    inside = (gaps.start > 0) & (gaps.stop < usable.shape[1])
    return gaps.row[inside], gaps.start[inside] - 1, gaps.stop[inside]
