"""From values in time order to whole market days, as a record 300 holds them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from integration.formats.errors import UnwritableError
from integration.formats.nem.clock import DAY_S, MARKET_OFFSET_S
from integration.formats.nem.flags import are_data, statuses_to_write
from integration.formats.nem.stretch import Stretch
from integration.formats.portion import NO_VALUE


def last_day(stretch: Stretch) -> int:
    """Index of the first value of the last market day."""
    days = (stretch.at + MARKET_OFFSET_S) // DAY_S
    return int(np.searchsorted(days, days[-1]))


@dataclass(frozen=True, slots=True, eq=False)
class MarketDays:
    """Whole days: numbers since 1970 (r,), their values and the status words to write, (r, intervals of a day)."""

    days: NDArray[np.int64]
    values: NDArray[np.int64]
    status: NDArray[np.uint32]


def arrange(stretch: Stretch) -> MarketDays:
    """Put every value in its place; days without any value are left out, intervals without one are no data."""
    interval_s = stretch.channel.interval_s
    seconds = stretch.at + MARKET_OFFSET_S
    if (seconds % interval_s).any() or (np.diff(stretch.at) <= 0).any():
        raise UnwritableError(f"{stretch.channel.point} {stretch.channel.name}: values are not in order on the grid")
    days, rows = np.unique(seconds // DAY_S, return_inverse=True)
    shape = (len(days), DAY_S // interval_s)
    places = rows * shape[1] + seconds % DAY_S // interval_s
    values = np.full(shape[0] * shape[1], NO_VALUE, dtype=np.int64)
    quality = np.zeros(len(values), dtype=np.uint8)
    status = np.zeros(len(values), dtype=np.uint32)
    values[places], quality[places], status[places] = stretch.values, stretch.quality, stretch.status
    words = statuses_to_write(values, quality, status)
    values = np.where(are_data(values, quality), values, NO_VALUE)
    return MarketDays(days, values.reshape(shape), words.reshape(shape))
