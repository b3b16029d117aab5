"""Blocks as bytes and back, whole arrays at a time. Pure numpy.

A block is one series-day: `slots` values as big-endian int32, or int64 where one needs it, the smallest integer of
that width meaning "no value"; one quality byte per slot unless all are zero; one status word per slot, as narrow as
the largest allows, unless all are zero.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import compress
from typing import cast

import numpy as np
from numpy.typing import NDArray

from metering.quality import Quality, is_estimate, is_suspect
from metering.store.batch import NO_VALUE, Batch, Rows

Codes = NDArray[np.uint8]

_NO_VALUE_32 = int(np.iinfo(np.int32).min)
_STATUS_TYPES = {1: ">u1", 2: ">u2", 4: ">u4"}


@dataclass(frozen=True, slots=True, eq=False)
class Blocks:
    """Decoded blocks: values int64, quality uint8, status uint32, all (n, slots).

    Empty slots hold `NO_VALUE`, 0 (or `Quality.DELETED`), 0. Quality or status None = zero everywhere.
    """

    values: NDArray[np.int64]
    quality: NDArray[np.uint8] | None = None
    status: NDArray[np.uint32] | None = None

    def __len__(self) -> int:
        return len(self.values)

    @property
    def slots(self) -> int:
        """Slots per day."""
        return int(self.values.shape[1])

    @classmethod
    def of_batch(cls, batch: Batch) -> Blocks:
        """The blocks of a batch; quality and status of slots not given are cleared."""
        given = batch.given
        quality = None if batch.quality is None else np.where(given, batch.quality, np.uint8(0))
        status = None if batch.status is None else np.where(given, batch.status, np.uint32(0))
        return cls(batch.values, quality, status)

    def take(self, rows: Rows) -> Blocks:
        """The blocks of these rows."""
        quality = None if self.quality is None else self.quality[rows]
        return Blocks(self.values[rows], quality, None if self.status is None else self.status[rows])

    def quality_codes(self) -> NDArray[np.uint8]:
        """Quality (n, slots), never None."""
        return np.zeros(self.values.shape, np.uint8) if self.quality is None else self.quality

    def status_words(self) -> NDArray[np.uint32]:
        """Status (n, slots), never None."""
        return np.zeros(self.values.shape, np.uint32) if self.status is None else self.status

    def quality_or_missing(self) -> NDArray[np.uint8]:
        """Quality (n, slots) with `Quality.MISSING` in slots that are simply empty."""
        codes = self.quality_codes()
        return np.where((self.values == NO_VALUE) & (codes == 0), np.uint8(Quality.MISSING), codes)

    def quality_as_read(self) -> NDArray[np.uint8]:
        """Quality (n, slots) with `Quality.MISSING` in slots that are empty or withdrawn."""
        codes = self.quality_or_missing()
        return codes if self.quality is None else np.where(codes == Quality.WITHDRAWN, np.uint8(Quality.MISSING), codes)

    def differs(self, other: Blocks) -> NDArray[np.bool_]:
        """bool (n, slots): slots that read otherwise in blocks `other` of the same shape."""
        differs: NDArray[np.bool_] = self.values != other.values
        differs |= self.quality_as_read() != other.quality_as_read()
        differs |= self.status_words() != other.status_words()
        return differs


@dataclass(frozen=True, slots=True, eq=False)
class Summary:
    """Summary columns, each int64 (n,); `maximum` is `NO_VALUE` for an empty block."""

    present: NDArray[np.int64]
    suspect: NDArray[np.int64]
    estimated: NDArray[np.int64]
    total: NDArray[np.int64]
    maximum: NDArray[np.int64]


def summarise(values: NDArray[np.int64], quality: NDArray[np.uint8] | None) -> Summary:
    """Count and add up blocks (n, slots); quality None = all measured."""
    has_value = values != NO_VALUE
    full = bool(has_value.all())
    present = has_value.sum(axis=1, dtype=np.int64)
    total = values.sum(axis=1) if full else np.where(has_value, values, 0).sum(axis=1)
    return Summary(
        present,
        _count(has_value, quality, is_suspect),
        _count(has_value, quality, is_estimate),
        total,
        values.max(axis=1),  # NO_VALUE is the smallest int64
    )


def _count(
    has_value: NDArray[np.bool_], quality: NDArray[np.uint8] | None, wanted: Callable[[Codes], NDArray[np.bool_]]
) -> NDArray[np.int64]:
    if quality is None:
        return np.zeros(len(has_value), np.int64)
    count: NDArray[np.int64] = (wanted(quality) & has_value).sum(axis=1, dtype=np.int64)
    return count


def value_widths(values: NDArray[np.int64]) -> NDArray[np.int64]:
    """Bytes per value (4 or 8) that each row of (n, slots) needs; (n,)."""
    low, high = np.iinfo(np.int32).min, np.iinfo(np.int32).max
    fits = ((values > low) & (values <= high)) | (values == NO_VALUE)
    return np.where(fits.all(axis=1), 4, 8)


def status_widths(status: NDArray[np.uint32] | None, rows: int) -> NDArray[np.int64]:
    """Bytes per status word (0, 1, 2 or 4) that each row needs; (rows,)."""
    if status is None:
        return np.zeros(rows, np.int64)
    widths: NDArray[np.int64] = np.array([0, 1, 2, 4])[np.searchsorted([0, 0xFF, 0xFFFF], status.max(axis=1))]
    return widths


def pack_values(values: NDArray[np.int64], width: int) -> NDArray[np.signedinteger]:
    """Values (n, slots) as big-endian integers of `width` bytes."""
    if width == 8:
        return values.astype(">i8")
    return np.where(values == NO_VALUE, _NO_VALUE_32, values).astype(">i4")


def pack_status(status: NDArray[np.uint32], width: int) -> NDArray[np.unsignedinteger]:
    """Status words (n, slots) as big-endian integers of `width` bytes."""
    return status.astype(_STATUS_TYPES[width])


def unpack_values(blocks: Sequence[bytes], slots: int) -> NDArray[np.int64]:
    """Values int64 (n, slots) of encoded blocks of either width."""
    out = np.empty((len(blocks), slots), np.int64)
    for width, rows, joined in _by_length(blocks, slots):
        if width == 8:
            out[rows] = np.frombuffer(joined, ">i8").reshape(-1, slots)
            continue
        narrow = np.frombuffer(joined, ">i4").reshape(-1, slots).astype(np.int64)
        narrow[narrow == _NO_VALUE_32] = NO_VALUE
        out[rows] = narrow
    return out


def unpack_quality(blocks: Sequence[bytes | None], slots: int) -> NDArray[np.uint8] | None:
    """Quality uint8 (n, slots) of encoded blocks; None = all measured."""
    if not any(blocks):
        return None
    out = np.zeros((len(blocks), slots), np.uint8)
    for _width, rows, joined in _by_length(blocks, slots):
        out[rows] = np.frombuffer(joined, np.uint8).reshape(-1, slots)
    return out


def unpack_status(blocks: Sequence[bytes | None], slots: int) -> NDArray[np.uint32] | None:
    """Status words uint32 (n, slots) of encoded blocks; None = all zero."""
    if not any(blocks):
        return None
    out = np.zeros((len(blocks), slots), np.uint32)
    for width, rows, joined in _by_length(blocks, slots):
        out[rows] = np.frombuffer(joined, _STATUS_TYPES[width]).reshape(-1, slots)
    return out


def _by_length(blocks: Sequence[bytes | None], slots: int) -> list[tuple[int, NDArray[np.intp] | slice, bytes]]:
    """Encoded blocks gathered by bytes per slot: (width, rows, all bytes of these rows); absent ones left out."""
    lengths = np.array([0 if block is None else len(block) for block in blocks], np.int64)
    found = np.unique(lengths[lengths > 0]).tolist()
    if len(found) == 1 and lengths.all():
        return [(found[0] // slots, slice(None), b"".join(cast("Sequence[bytes]", blocks)))]
    return [(length // slots, np.flatnonzero(own := lengths == length), _joined(blocks, own)) for length in found]


def _joined(blocks: Sequence[bytes | None], wanted: NDArray[np.bool_]) -> bytes:
    return b"".join(cast("Iterator[bytes]", compress(blocks, wanted.tolist())))
