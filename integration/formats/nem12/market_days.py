"""From values in time order to whole market days, as a record 300 holds them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from integration.formats.errors import UnwritableError
from integration.formats.nem.clock import DAY_S, MARKET_OFFSET_S
from integration.formats.nem.flags import statuses_to_write
from integration.formats.portion import NO_VALUE, Channel, Portion, Remark


@dataclass(frozen=True, slots=True, eq=False)
class Stretch:
    """Values of one channel in time order, arrays (m,), and the remarks that may belong to them."""

    channel: Channel
    at: NDArray[np.int64]
    values: NDArray[np.int64]
    quality: NDArray[np.uint8]
    status: NDArray[np.uint32]
    remarks: tuple[Remark, ...]

    def part(self, begin: int, end: int) -> Stretch:
        """The values from one index to another, with the remarks that reach into them or lie later."""
        remarks = self.remarks
        if remarks and 0 < begin < len(self.at):
            remarks = tuple(remark for remark in remarks if remark.end > self.at[begin])
        return Stretch(
            self.channel,
            self.at[begin:end],
            self.values[begin:end],
            self.quality[begin:end],
            self.status[begin:end],
            remarks,
        )

    def last_day(self) -> int:
        """Index of the first value of the last market day."""
        days = (self.at + MARKET_OFFSET_S) // DAY_S
        return int(np.searchsorted(days, days[-1]))

    def continues(self, other: Stretch) -> bool:
        """Whether both are of one channel; how finely the numbers are divided does not matter."""
        return replace(self.channel, exponent=0) == replace(other.channel, exponent=0)

    def followed_by(self, other: Stretch) -> Stretch:
        """Both as one, in the finer of the two exponents."""
        exponent = min(self.channel.exponent, other.channel.exponent)
        return Stretch(
            replace(self.channel, exponent=exponent),
            np.concatenate((self.at, other.at)),
            np.concatenate((_in(self, exponent), _in(other, exponent))),
            np.concatenate((self.quality, other.quality)),
            np.concatenate((self.status, other.status)),
            tuple(dict.fromkeys(self.remarks + other.remarks)),
        )


def _in(stretch: Stretch, exponent: int) -> NDArray[np.int64]:
    factor = 10 ** (stretch.channel.exponent - exponent)
    return np.where(stretch.values == NO_VALUE, NO_VALUE, stretch.values * factor)


def stretches(portion: Portion) -> Iterator[Stretch]:
    """The portion channel by channel, as the values come."""
    if not len(portion):
        return
    remarks: dict[int, list[Remark]] = {}
    for remark in portion.remarks:
        remarks.setdefault(remark.channel, []).append(remark)
    changes = [0, *(np.flatnonzero(np.diff(portion.channel)) + 1).tolist(), len(portion)]
    for begin, end in pairwise(changes):
        index = int(portion.channel[begin])
        yield Stretch(
            portion.channels[index],
            portion.at[begin:end],
            portion.values[begin:end],
            portion.quality[begin:end],
            portion.status[begin:end],
            tuple(remarks.get(index, ())),
        )


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
    return MarketDays(days, values.reshape(shape), words.reshape(shape))
