"""Estimates from the values beside a gap: linear interpolation and extrapolation."""

import numpy as np

from validation.estimators.arrays import Bools, Floats, Index, Ints
from validation.estimators.gaps import Places


def linear(values: Ints, usable: Bools, wanted: Bools, limit: int, *, one_sided: bool = True) -> Floats:
    """The straight line between the nearest usable values on both sides (E1), float64 (n, slots).

    At slot c between usable slots a < c < b: v(a) + (v(b) - v(a)) (c - a) / (b - a). No answer where more than `limit`
    slots lie between the two, wanted or not. With a usable value on one side only, the value of that side throughout,
    if no more than `limit` slots lie between it and the border of the block; `one_sided` False: no answer.
    """
    places = Places.of(wanted)
    before, after = _beside(usable & ~wanted, places)
    left, right = before >= 0, after < usable.shape[1]
    first = _at(values, places.row, before, left)
    last = _at(values, places.row, after, right)
    first, last = np.where(left, first, last), np.where(right, last, first)
    answer = first + (last - first) * ((places.column - before) / (after - before))
    known = (after - before - 1 <= limit) & (left | right if one_sided else left & right)
    return places.spread(np.where(known, answer, np.nan), wanted.shape)


def extrapolated(values: Ints, usable: Bools, wanted: Bools, limit: int, *, lowest: float | None = 0.0) -> Floats:
    """The straight line through the last two usable adjacent slots before, carried forward; float64 (n, slots).

    v(a) + (v(a) - v(a-1)) (c - a), not below `lowest` (None: no bound), for the `limit` slots after a. For short gaps
    at the end of what is known; a line does not know that the evening ends.
    """
    places = Places.of(wanted)
    usable = usable & ~wanted
    before, _ = _beside(usable, places)
    second = np.maximum(before - 1, 0)
    known = (before >= 1) & (places.column - before <= limit) & usable[places.row, second]
    last = _at(values, places.row, before, known)
    slope = last - _at(values, places.row, second, known)
    answer = last + slope * (places.column - before)
    if lowest is not None:
        answer = np.maximum(answer, lowest)
    return places.spread(np.where(known, answer, np.nan), wanted.shape)


def _at(values: Ints, row: Index, column: Index, there: Bools) -> Floats:
    return np.where(there, values[row, np.where(there, column, 0)], 0).astype(np.float64)


def _beside(usable: Bools, places: Places) -> tuple[Index, Index]:
    """Columns (m,) of the nearest usable slot before and after each place; -1 and the number of slots if none."""
    slots = usable.shape[1]
    known = np.flatnonzero(usable)
    at = np.searchsorted(known, places.row * slots + places.column)
    # One guard on each side stands for "no usable slot"; what lies in another row is none either.
    guarded = np.concatenate([[-1], known, [usable.size]])
    before = guarded[at] - places.row * slots
    after = guarded[at + 1] - places.row * slots
    return np.maximum(before, -1), np.minimum(after, slots)
