"""Encoding whole profile buffers with numpy: columns in, the octets of `array of structure` out."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, tzinfo

import numpy as np
from numpy.typing import NDArray

from protocols.dlms.axdr import encode_length
from protocols.dlms.data import Encoded
from protocols.dlms.tags import Tag
from protocols.dlms.zone_offsets import Int64Array, utc_offsets
from protocols.errors import Cause, LocalProtocolError

Octets = NDArray[np.uint8]
_DAY = 86_400
_DST = 0x80
INTEGER_TYPES: dict[int, str] = {
    Tag.BOOLEAN: "u1",
    Tag.BCD: "i1",
    Tag.INTEGER: "i1",
    Tag.UNSIGNED: "u1",
    Tag.ENUM: "u1",
    Tag.LONG: ">i2",
    Tag.LONG_UNSIGNED: ">u2",
    Tag.DOUBLE_LONG: ">i4",
    Tag.DOUBLE_LONG_UNSIGNED: ">u4",
    Tag.LONG64: ">i8",
    Tag.LONG64_UNSIGNED: ">u8",
}
CLOCK_TYPE = np.dtype(
    [
        ("year", ">u2"),
        ("month", "u1"),
        ("day", "u1"),
        ("weekday", "u1"),
        ("hour", "u1"),
        ("minute", "u1"),
        ("second", "u1"),
        ("hundredths", "u1"),
        ("deviation", ">i2"),
        ("status", "u1"),
    ]
)


@dataclass(frozen=True, slots=True)
class ClockColumn:
    """Instants as 12-octet clocks: `times` UTC epoch seconds (n,), shown in `zone`; `status` bits without DST."""

    times: Int64Array
    zone: tzinfo = UTC
    status: int | Octets = 0

    def octets(self) -> Octets:
        """(n, 14): octet-string tag, length and clock."""
        offsets, summer = utc_offsets(self.times, self.zone)
        local = self.times + offsets
        seconds = local % _DAY
        days = (local // _DAY).astype("M8[D]")
        months = days.astype("M8[M]")
        clock = np.zeros(len(local), CLOCK_TYPE)
        clock["year"] = months.astype("M8[Y]").astype(np.int64) + 1970
        clock["month"] = months.astype(np.int64) % 12 + 1
        clock["day"] = (days - months.astype("M8[D]")).astype(np.int64) + 1
        clock["weekday"] = (days.astype(np.int64) + 3) % 7 + 1
        clock["hour"], clock["minute"], clock["second"] = seconds // 3600, seconds // 60 % 60, seconds % 60
        clock["deviation"] = -(offsets // 60)
        clock["status"] = summer * np.uint8(_DST) | np.asarray(self.status, np.uint8)
        return _with_head(b"\x09\x0c", clock.view(np.uint8).reshape(-1, CLOCK_TYPE.itemsize))


@dataclass(frozen=True, slots=True)
class IntegerColumn:
    """Integers of one A-XDR type; `values` (n,). LocalProtocolError (INVALID_VALUE) when one does not fit."""

    tag: Tag
    values: Int64Array

    def octets(self) -> Octets:
        """(n, 1 + size): tag and number."""
        kind = np.dtype(INTEGER_TYPES[self.tag])
        limits = np.iinfo(kind)
        if self.values.size and not limits.min <= self.values.min() <= self.values.max() <= limits.max:
            raise LocalProtocolError(Cause.INVALID_VALUE, f"a value does not fit {self.tag.name.lower()}")
        raw = self.values.astype(kind).view(np.uint8).reshape(-1, kind.itemsize)
        return _with_head(bytes((self.tag,)), raw)


RowColumn = ClockColumn | IntegerColumn


def row_matrix(columns: Sequence[RowColumn]) -> Octets:
    """(n, size): every row as one structure. Slices of it go to `join_rows`, so a buffer is encoded only once."""
    parts = [column.octets() for column in columns]
    head = np.broadcast_to(np.frombuffer(b"\x02" + encode_length(len(parts)), np.uint8), (len(parts[0]), 2))
    return np.concatenate([head, *parts], axis=1)


def join_rows(matrix: Octets) -> Encoded:
    """The profile buffer that holds the rows of `matrix`."""
    return Encoded(b"\x01" + encode_length(len(matrix)) + matrix.tobytes())


def encode_rows(columns: Sequence[RowColumn]) -> Encoded:
    """The profile buffer of equally long columns."""
    return join_rows(row_matrix(columns))


def _with_head(head: bytes, raw: Octets) -> Octets:
    out = np.empty((len(raw), len(head) + raw.shape[1]), np.uint8)
    out[:, : len(head)] = np.frombuffer(head, np.uint8)
    out[:, len(head) :] = raw
    return out
