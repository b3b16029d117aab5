"""What becomes of each arriving value when something is stored already. Pure numpy."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from metering.quality import Quality, QualityClass, may_replace, quality_class
from metering.store.blocks import Blocks
from metering.store.mode import Mode


@dataclass(frozen=True, slots=True, eq=False)
class Merged:
    """`blocks` as they should be stored; the masks (n, slots) say what became of each given value.

    `first` fills a slot that never had a value, `again` one whose value had been withdrawn; both are new to the reader.
    """

    blocks: Blocks
    first: NDArray[np.bool_]
    again: NDArray[np.bool_]
    changed: NDArray[np.bool_]
    unchanged: NDArray[np.bool_]
    refused: NDArray[np.bool_]

    @property
    def replaced(self) -> NDArray[np.bool_]:
        """bool (n, slots): slots with a former state that has to be kept."""
        return self.again | self.changed

    @property
    def touched(self) -> NDArray[np.bool_]:
        """bool (n, slots): values that are new or changed."""
        return self.first | self.again | self.changed


def merge(stored: Blocks, arriving: Blocks, given: NDArray[np.bool_], mode: Mode = Mode.ORDINARY) -> Merged:
    """Lay arriving values over stored ones, slot by slot, by the precedence of `metering.quality`.

    Restoring puts a former state back: nothing is refused, and every difference counts.
    """
    restoring = mode is Mode.RESTORING
    before, codes, words = stored.quality_or_missing(), arriving.quality_codes(), arriving.status_words()
    stored_words = stored.status_words()
    alike = codes == before if restoring else (codes == before) | _judged(before, codes)
    unchanged = given & (arriving.values == stored.values) & (words == stored_words) & alike
    unchanged |= given & (before == Quality.MISSING) & (codes == Quality.WITHDRAWN)
    allowed = given & ~unchanged
    if not restoring:
        allowed &= may_replace(before, codes, judged=mode is Mode.JUDGING)
    first, again = allowed & (before == Quality.MISSING), allowed & (before == Quality.WITHDRAWN)
    return Merged(
        Blocks(
            np.where(allowed, arriving.values, stored.values),
            np.where(allowed, codes, stored.quality_codes()),
            np.where(allowed, words, stored_words),
        ),
        first,
        again,
        allowed & ~first & ~again,
        unchanged,
        given & ~unchanged & ~allowed,
    )


def _judged(before: NDArray[np.uint8], codes: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """Where a plain measurement meets a judgement of the same reading: hearing it again is no news."""
    judged = (quality_class(before) == QualityClass.SUSPECT) | np.isin(before, (Quality.ACCEPTED, Quality.VERIFIED))
    plain: NDArray[np.bool_] = judged & (codes == Quality.MEASURED)
    return plain
