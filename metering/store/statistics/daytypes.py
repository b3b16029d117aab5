"""Types of days: people live by the week. Pure numpy."""

from __future__ import annotations

from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

_SATURDAY_AFTER_MONDAY = 5


class DayType(IntEnum):
    """UTC days by the day of the week; public holidays count as what they fall on. ALL is all of them together."""

    WORKING = 0
    SATURDAY = 1
    SUNDAY = 2
    ALL = 3


def day_types(days: NDArray[np.integer]) -> NDArray[np.int64]:
    """The type of each day (since 1970), without ALL; same shape."""
    after_monday = (days.astype(np.int64) + 3) % 7  # 1970-01-01 was a Thursday
    types: NDArray[np.int64] = np.maximum(after_monday - _SATURDAY_AFTER_MONDAY + 1, 0)
    return types
