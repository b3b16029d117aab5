"""What was used from stand to stand, added up. Pure numpy."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from metering.store.batch import NO_VALUE
from validation.window import Bools, Ints


@dataclass(frozen=True, slots=True, eq=False)
class Steps:
    """From each known stand of a row to the next, all (n, b): `known` bool, where there is a stand; `used` int64, what
    was used since the one before, 0 where there is none; `broken` bool, where that cannot be said."""

    known: Bools
    used: Ints
    broken: Bools

    @classmethod
    def none(cls, shape: tuple[int, int]) -> Steps:
        """Of rows without a stand."""
        return cls(np.zeros(shape, np.bool_), np.zeros(shape, np.int64), np.zeros(shape, np.bool_))


def added_up(steps: Steps) -> Ints:
    """int64 (n, b): what was used since the first stand, `NO_VALUE` where no stand is known.

    Of a row with breaks the stretch between two of them that takes longest is kept, the later of two as long: what lies
    in another one has no difference to it.
    """
    kept = steps.known
    rows = np.flatnonzero(np.logical_or.reduce(steps.broken, axis=1))
    if rows.size:
        kept = kept.copy()
        kept[rows] &= _longest(kept[rows], steps.broken[rows])
    return np.where(kept, np.cumsum(steps.used, axis=1), NO_VALUE)


def without_outliers(stands: Ints) -> Ints:
    """The stands int64 (n, b) without single ones that jump and come back: above the next although the one before is
    not, or below the one before although the next is not. What was used between their neighbours is known."""
    found = stands.copy()
    for row in np.flatnonzero(_falls(stands)):
        known = np.flatnonzero(stands[row] != NO_VALUE)
        shown = stands[row, known]
        before, here, after = shown[:-2], shown[1:-1], shown[2:]
        odd = (before <= after) & ((here > after) | (here < before))
        found[row, known[1:-1][odd]] = NO_VALUE
    return found


def _falls(stands: Ints) -> Bools:
    """bool (n,): rows of which any stand is lower than one before it."""
    known = stands != NO_VALUE
    highest = np.maximum.accumulate(stands, axis=1)
    falls: Bools = (known & (stands < highest)).any(axis=1)
    return falls


def _longest(known: Bools, broken: Bools) -> Bools:
    """bool (n, b): columns of the longest stretch of each row; every row has a stand."""
    stretch = np.cumsum(broken, axis=1)
    row, column = np.nonzero(known)
    number = stretch[row, column]
    first = np.flatnonzero((np.diff(row, prepend=-1) != 0) | (np.diff(number, prepend=-1) != 0))
    last = np.append(first[1:], len(row)) - 1
    order = np.lexsort((number[first], column[last] - column[first], row[first]))
    best = np.zeros(len(known), np.int64)
    best[row[first][order]] = number[first][order]
    longest: Bools = stretch == best[:, None]
    return longest
