"""The values of a portion channel by channel, and channels that go on in the next portion."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from integration.formats.channel_values import ChannelValues
from integration.formats.portion import NO_VALUE, Portion, Remark


@dataclass(frozen=True, slots=True, eq=False)
class Stretch(ChannelValues):
    """Values of one channel in time order, and the remarks that may belong to them."""

    remarks: tuple[Remark, ...]

    def part(self, which: slice | NDArray[np.bool_]) -> Stretch:
        """Some of the values, with all remarks."""
        return Stretch(
            self.channel, self.at[which], self.values[which], self.quality[which], self.status[which], self.remarks
        )

    def from_place(self, place: int) -> Stretch:
        """The values from this index on, with the remarks that reach into them or lie later."""
        rest = self.part(slice(place, None))
        reaching = (remark for remark in self.remarks if not len(rest.at) or remark.end > rest.at[0])
        return replace(rest, remarks=tuple(reaching))

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
