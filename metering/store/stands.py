"""Differences of stands. Pure numpy."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from metering.quality import Quality, QualityClass, quality_class
from metering.store.batch import NO_VALUE, VALUE_LIMIT


@dataclass(frozen=True, slots=True, eq=False)
class Readings:
    """Stands of any shape, all three alike: values int64 (`NO_VALUE` = none), quality uint8, status uint32."""

    values: NDArray[np.int64]
    quality: NDArray[np.uint8]
    status: NDArray[np.uint32]

    def then(self, last: Readings) -> Readings:
        """These (n, slots) shifted one slot to the left, closed by `last` (n,)."""
        return Readings(
            np.hstack([self.values[:, 1:], last.values[:, None]]),
            np.hstack([self.quality[:, 1:], last.quality[:, None]]),
            np.hstack([self.status[:, 1:], last.status[:, None]]),
        )


@dataclass(frozen=True, slots=True, eq=False)
class Scale:
    """How stands become consumption, int64 that broadcast to the stands.

    A stand s counts floor(s · numerator / denominator) units of the consumption. The product of the two is below 2^62.
    `capacity` is the number at which the register starts again from zero, 0 where nobody knows.
    """

    numerator: NDArray[np.int64]
    denominator: NDArray[np.int64]
    capacity: NDArray[np.int64]

    def take(self, rows: NDArray[np.intp] | NDArray[np.bool_] | slice) -> Scale:
        """The scale of these rows."""
        return Scale(self.numerator[rows], self.denominator[rows], self.capacity[rows])


def consumption(begin: Readings, end: Readings, scale: Scale) -> Readings:
    """What was used between stands, element by element: scaled end − scaled begin, plus the scaled capacity where the
    register rolled over.

    Each stand is rounded down by itself, so the differences of any chain of stands add up to that of its ends. A step
    backwards is a roll-over where less than half the capacity was used then. Unknown where either stand is. Suspect
    where it is negative or either stand is; the status words are combined by OR. What no longer fits the store comes
    out as `VALUE_LIMIT`, which the store refuses by name.
    """
    known = (begin.values != NO_VALUE) & (end.values != NO_VALUE)
    first, last = np.where(known, begin.values, 0), np.where(known, end.values, 0)
    backwards = last < first
    rolled = backwards & _rolled_over(last - first, scale.capacity) if backwards.any() else backwards
    scaled = _scaled_difference(first, last, rolled, scale)
    suspect = (backwards & ~rolled) | _suspect(begin) | _suspect(end)
    return Readings(
        np.where(known, scaled, NO_VALUE),
        np.where(known & suspect, Quality.SUSPECT, Quality.MEASURED).astype(np.uint8),
        np.where(known, begin.status | end.status, 0).astype(np.uint32),
    )


def _rolled_over(difference: NDArray[np.int64], capacity: NDArray[np.int64]) -> NDArray[np.bool_]:
    used = difference + capacity
    rolled: NDArray[np.bool_] = (used >= 0) & (2 * used < capacity)
    return rolled


def _scaled_difference(
    first: NDArray[np.int64], last: NDArray[np.int64], rolled: NDArray[np.bool_], scale: Scale
) -> NDArray[np.int64]:
    """floor(last · n / d) − floor(first · n / d) + floor(capacity · n / d) where rolled, without a product that is cut.

    s · n / d = (s div d) · n + (s mod d) · n / d: the second part is below n, and of the first the differences are
    small where the stands are not.
    """
    numerator, denominator = scale.numerator, scale.denominator
    if (denominator == 1).all():
        whole = last - first
        if rolled.any():
            whole = whole + np.where(rolled, scale.capacity, 0)
        return _times(whole, numerator)
    (q0, r0), (q1, r1), (q2, r2) = (np.divmod(each, denominator) for each in (first, last, scale.capacity))
    r0, r1, r2 = (r * numerator // denominator for r in (r0, r1, r2))
    product = _times(q1 - q0 + np.where(rolled, q2, 0), numerator)
    return np.where(product == VALUE_LIMIT, product, product + r1 - r0 + np.where(rolled, r2, 0))


def _times(number: NDArray[np.int64], factor: NDArray[np.int64]) -> NDArray[np.int64]:
    """The product, or `VALUE_LIMIT` where it is beyond that on either side."""
    fits = np.abs(number) <= (VALUE_LIMIT - 1) // factor
    return np.where(fits, np.where(fits, number, 0) * factor, VALUE_LIMIT)


def _suspect(readings: Readings) -> NDArray[np.bool_]:
    suspect: NDArray[np.bool_] = quality_class(readings.quality) == QualityClass.SUSPECT
    return suspect
