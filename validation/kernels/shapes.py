"""The arrays all kernels share, and the steps they begin and end with.

A kernel sees n series (rows) × slots (columns) of one interval length and one zone, so that a column is the same
instant in every row. `edges` are the columns at which the local days to be judged begin, and the end of the last one:
a day of quarter hours has 92, 96 or 100 columns. Columns before `edges[0]` are context, looked at and never judged.
Without `edges` every column is judged; that serves readings of registers, in one dimension, as well.

Values are integers of 10^exponent units, strictly between ±2^52, so that sums of a day, products with a percentage
and differences stay within 64 bits, and every value is exact as float64.
"""

from typing import TypeVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

Values = NDArray[np.int64]
Mask = NDArray[np.bool_]
Limits = NDArray[np.float64]
Edges = NDArray[np.intp]

NO_VALUE = int(np.iinfo(np.int64).min)
"""Nothing there: `metering.store.NO_VALUE`, told again because that package needs a database."""

BLOCK_VALUES = 65_536
"""Values of a row block. Arrays of larger ones come from the system in new pages each time, which takes longer than to
compute with them; smaller ones are mostly calls."""

_FURTHEST = 2**62
_Kind = TypeVar("_Kind", bound=np.generic)


def row_blocks(rows: int, slots: int) -> list[slice]:
    """Consecutive rows that all kernels should see together before the next ones, about `BLOCK_VALUES` values each."""
    height = max(BLOCK_VALUES // max(slots, 1), 1)
    return [slice(first, min(first + height, rows)) for first in range(0, rows, height)]


def judged(values: NDArray[_Kind], edges: Edges | None) -> NDArray[_Kind]:
    """The columns that are judged, a view."""
    return values if edges is None else values[..., int(edges[0]) :]


def judged_limits(limits: ArrayLike, edges: Edges | None) -> Limits:
    """Limits for the columns that are judged; one limit per row, or one for all, stays as it is."""
    given = np.asarray(limits, dtype=np.float64)
    return given if edges is None or given.ndim == 0 or given.shape[-1] == 1 else given[..., int(edges[0]) :]


def with_context(fails: Mask, edges: Edges | None) -> Mask:
    """`fails` of the judged columns with the columns of context, which never fail, before them."""
    if edges is None or edges[0] == 0:
        return fails
    whole = np.zeros((*fails.shape[:-1], int(edges[0]) + fails.shape[-1]), dtype=np.bool_)
    whole[..., int(edges[0]) :] = fails
    return whole


def without_context(fails: Mask, edges: Edges | None) -> Mask:
    """`fails` with the columns of context cleared, in place, for kernels that had to look at them."""
    if edges is not None:
        fails[..., : int(edges[0])] = False
    return fails


def highest_allowed(limits: Limits) -> Values:
    """The integers above which a value is above its limit; an unknown limit (NaN) is never exceeded.

    Comparing integers with integers is exact, and twice as fast as with floats: v > L is v > floor(L).
    """
    return _integers(np.floor(limits), unknown=np.iinfo(np.int64).max)


def lowest_allowed(limits: Limits) -> Values:
    """The integers below which a value is below its limit: v < L is v < ceil(L)."""
    return _integers(np.ceil(limits), unknown=NO_VALUE)


def _integers(limits: Limits, unknown: int) -> Values:
    known = ~np.isnan(limits)
    bounds = np.clip(np.where(known, limits, 0.0), -_FURTHEST, _FURTHEST).astype(np.int64)
    return np.where(known, bounds, unknown)
