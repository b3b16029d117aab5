"""What becomes of each arriving value when something is stored already. Pure numpy."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from metering.quality import Quality, QualityClass, may_replace, quality_class
from metering.store.blocks import Blocks


@dataclass(frozen=True, slots=True, eq=False)
class Merged:
    """`blocks` as they should be stored; the masks (n, slots) say what became of each given value."""

    blocks: Blocks
    new: NDArray[np.bool_]
    changed: NDArray[np.bool_]
    unchanged: NDArray[np.bool_]
    refused: NDArray[np.bool_]

    @property
    def touched(self) -> NDArray[np.bool_]:
        """bool (n, slots): values that are new or changed."""
        return self.new | self.changed


def merge(stored: Blocks, arriving: Blocks, given: NDArray[np.bool_]) -> Merged:
    """Lay arriving values over stored ones, slot by slot, by the precedence of `metering.quality`."""
    before, codes, words = stored.quality_or_missing(), arriving.quality_codes(), arriving.status_words()
    stored_words = stored.status_words()
    same_reading = (arriving.values == stored.values) & (words == stored_words)
    unchanged = given & same_reading & ((codes == before) | _judged(before, codes))
    allowed = given & ~unchanged & may_replace(before, codes)
    new = allowed & (before == Quality.MISSING)
    return Merged(
        Blocks(
            np.where(allowed, arriving.values, stored.values),
            np.where(allowed, codes, stored.quality_codes()),
            np.where(allowed, words, stored_words),
        ),
        new,
        allowed & ~new,
        unchanged,
        given & ~unchanged & ~allowed,
    )


def _judged(before: NDArray[np.uint8], codes: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """Where a plain measurement meets a judgement of the same reading: hearing it again is no news."""
    judged = (quality_class(before) == QualityClass.SUSPECT) | (before == Quality.ACCEPTED)
    plain: NDArray[np.bool_] = judged & (codes == Quality.MEASURED)
    return plain
