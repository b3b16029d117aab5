"""Which write the first state of every value came with.

A block remembers the write that made it. Slots that other writes filled later are listed behind each other, in the
order they came: of each stretch the first slot, the number of slots, and how far the ledger id of the write lies beyond
that of the write that made the block (never before it: a write enters the ledger when it holds its series). A slot is
filled for the first time only once, so stretches never overlap.

Numbers take as many octets as they need, seven bits each, the lowest first, the top bit set where more follow. A
value appended to a day of quarters of an hour takes three to six octets, where fixed widths that last (ledger ids are
64 bits wide) would take twelve.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from metering.store.stretches import runs

_NUMBERS = 3  # first slot, slots, ledger id beyond that of the block
_MORE, _BITS = 0x80, 0x7F
_PLACE = np.arange(10)  # 64 bits need ten octets
_SHIFT = (7 * _PLACE).astype(np.uint64)


@dataclass(frozen=True, slots=True, eq=False)
class Arrivals:
    """Encoded stretches of several blocks: all octets, uint8, and how many belong to each block, int64 (n,)."""

    octets: NDArray[np.uint8]
    lengths: NDArray[np.int64]

    def of(self, rows: NDArray[np.int64]) -> NDArray[np.uint8] | None:
        """The octets of these blocks, uint8 (m, length), all of one length; None when they have none."""
        length = int(self.lengths[rows[0]])
        if not length:
            return None
        start = np.cumsum(self.lengths) - self.lengths
        own: NDArray[np.uint8] = self.octets[start[rows, None] + np.arange(length)]
        return own


def encode(filled: NDArray[np.bool_], beyond: NDArray[np.int64]) -> Arrivals:
    """The stretches a write fills, bool (n, slots); `beyond` (n,) is its ledger id less that of each block."""
    rows, first, end = runs(filled)
    numbers = np.stack([first, end - first, beyond[rows]], axis=1).astype(np.uint64).reshape(-1, 1)
    rest = numbers >> _SHIFT  # what is left of each number at each of its octets
    octets = (rest & np.uint64(_BITS)).astype(np.uint8) | np.where(rest > _BITS, _MORE, 0).astype(np.uint8)
    used = (rest != 0) | (_PLACE == 0)
    lengths = np.bincount(np.repeat(rows, _NUMBERS), weights=used.sum(axis=1), minlength=len(filled))
    return Arrivals(octets[used], lengths.astype(np.int64))


def first_writes(made_by: NDArray[np.int64], encoded: Sequence[bytes | None], slots: int) -> NDArray[np.int64]:
    """Ledger id of the write that first filled each slot, int64 (n, slots); slots never filled have any.

    `made_by` (n,): ledger ids of the writes that made the blocks; `encoded` (n,): their stretches as stored.
    """
    writes = np.repeat(made_by[:, None], slots, axis=1)
    numbers, starts = _decode(b"".join(block for block in encoded if block))
    first, count, beyond = numbers.reshape(-1, _NUMBERS).T
    ends = np.cumsum([len(block or b"") for block in encoded])
    row = np.searchsorted(ends, starts[::_NUMBERS], side="right")
    within = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count)
    writes[np.repeat(row, count), np.repeat(first, count) + within] = np.repeat(made_by[row] + beyond, count)
    return writes


def _decode(stored: bytes) -> tuple[NDArray[np.int64], NDArray[np.intp]]:
    """The numbers of a sequence of octets, and where each begins; both (m,)."""
    octets = np.frombuffer(stored, np.uint8)
    ends = np.flatnonzero(octets < _MORE)
    starts = np.append(0, ends + 1)[: len(ends)]
    place = np.arange(len(octets)) - np.repeat(starts, ends + 1 - starts)
    parts = (octets & _BITS).astype(np.uint64) << _SHIFT[place]
    return np.add.reduceat(parts, starts).astype(np.int64) if len(starts) else np.array([], np.int64), starts
