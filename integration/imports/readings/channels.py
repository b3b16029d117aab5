"""The channels of a portion: what tells them apart, and what a portion says of each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from hashlib import blake2b
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from integration.formats.portion import Channel, Portion
from integration.imports.texts import NAME, plain

SHIFT = 26
"""Values have at most 53 bits: summed in two halves, half a million of them stay inside 64 bits."""


def key_of(channel: Channel) -> UUID:
    """Digest of what tells a channel from others: everything but its name and how fine it is in this portion."""
    parts = (channel.point, channel.obis, channel.unit, channel.kind.value, str(channel.interval_s), channel.source)
    return UUID(bytes=blake2b("\0".join(parts).encode("utf-8", "surrogatepass"), digest_size=16).digest())


MOST_EXPONENT = 12
"""Series hold values in units from 10^-12 to 10^12."""


@dataclass(frozen=True, slots=True, eq=False)
class Figures:
    """What a portion says of each of its k channels, all (k,): values given, first and last instant (seconds since
    1970 UTC), line of the first mention, sum in units. Instants mean nothing where no value is given."""

    values: NDArray[np.int64]
    first_at: NDArray[np.int64]
    last_at: NDArray[np.int64]
    line: NDArray[np.int64]
    total: list[Decimal]


def figures_of(portion: Portion) -> Figures:
    """Count and add up a portion by channel; the sums are exact."""
    count = len(portion.channels)
    lines = np.full(count, np.iinfo(np.int64).max)
    np.minimum.at(lines, *_firsts(portion.channel, portion.lines))
    given = portion.present
    rows = slice(None) if given.all() else np.flatnonzero(given)
    channel, at, values = portion.channel[rows], portion.at[rows], portion.values[rows]
    order = _grouped(channel)
    channel, at, values = channel[order], at[order], values[order]
    starts = np.flatnonzero(np.diff(channel, prepend=-1))
    mine = channel[starts]
    number, first, last = np.zeros(count, np.int64), np.zeros(count, np.int64), np.zeros(count, np.int64)
    number[mine] = np.diff(starts, append=len(channel))
    totals = [Decimal(0)] * count
    if len(starts):
        first[mine], last[mine] = np.minimum.reduceat(at, starts), np.maximum.reduceat(at, starts)
        for index, total in zip(mine.tolist(), _sums(values, starts), strict=True):
            totals[index] = in_units(total, portion.channels[index].exponent)
    return Figures(number, first, last, np.where(lines == np.iinfo(np.int64).max, 0, lines), totals)


def in_units(total: int, exponent: int) -> Decimal:
    """`total` · 10^`exponent`; zero for an exponent no series has, whose channel is refused."""
    return Decimal(total).scaleb(exponent) if abs(exponent) <= MOST_EXPONENT else Decimal(0)


def _firsts(channel: NDArray[np.int32], lines: NDArray[np.int64]) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
    """Channel and line where a run of one channel begins."""
    starts = np.flatnonzero(np.diff(channel, prepend=-1))
    return channel[starts], lines[starts]


def _grouped(channel: NDArray[np.int32]) -> NDArray[np.intp] | slice:
    """An order in which the values of a channel stand together; most files have it."""
    return slice(None) if (np.diff(channel) >= 0).all() else np.argsort(channel, kind="stable")


def _sums(values: NDArray[np.int64], starts: NDArray[np.intp]) -> list[int]:
    high, low = np.add.reduceat(values >> SHIFT, starts), np.add.reduceat(values & ((1 << SHIFT) - 1), starts)
    return [(above << SHIFT) + below for above, below in zip(high.tolist(), low.tolist(), strict=True)]


def sample_of(portion: Portion, index: int, length: int) -> list[int | None]:
    """The first values of one channel, for a small chart; None where the file names one without value."""
    rows = np.flatnonzero(portion.channel == index)[:length]
    given = portion.present[rows].tolist()
    return [value if there else None for value, there in zip(portion.values[rows].tolist(), given, strict=True)]


def label_of(channel: Channel) -> str:
    """A channel in words, for messages."""
    return f"{channel.point} {channel.name or channel.obis}"


def clashing(channels: Sequence[Channel], keys: Sequence[UUID], names: dict[UUID, str]) -> dict[int, str]:
    """Channels that would go where another one goes already: index → what is wrong. `names`: of those seen before."""
    seen = dict(names)
    clashes = {}
    for index, (channel, key) in enumerate(zip(channels, keys, strict=True)):
        name = plain(channel.name, NAME)
        if seen.setdefault(key, name) != name:
            clashes[index] = f"{name} would go to the same series as {seen[key]}"
    return clashes
