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


def consumption(begin: Readings, end: Readings, factor: NDArray[np.int64]) -> Readings:
    """What was used between stands, element by element, times `factor` (broadcast) to change the unit.

    Unknown where either stand is. Suspect where it is negative or either stand is; the status words are combined by OR.
    What no longer fits the store comes out as `VALUE_LIMIT`, which the store refuses by name.
    """
    known = (begin.values != NO_VALUE) & (end.values != NO_VALUE)
    difference = np.where(known, end.values, 0) - np.where(known, begin.values, 0)
    fits = np.abs(difference) <= VALUE_LIMIT // factor
    scaled = np.where(fits, np.where(fits, difference, 0) * factor, VALUE_LIMIT)
    suspect = (difference < 0) | _suspect(begin) | _suspect(end)
    return Readings(
        np.where(known, scaled, NO_VALUE),
        np.where(known & suspect, Quality.SUSPECT, Quality.MEASURED).astype(np.uint8),
        np.where(known, begin.status | end.status, 0).astype(np.uint32),
    )


def _suspect(readings: Readings) -> NDArray[np.bool_]:
    suspect: NDArray[np.bool_] = quality_class(readings.quality) == QualityClass.SUSPECT
    return suspect
