"""Encoding whole profile buffers with numpy: columns in, the octets of `array of structure` out."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, tzinfo
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from protocols.dlms.axdr import encode_length
from protocols.dlms.clock import SIZE
from protocols.dlms.elements import FIXED, Encoded
from protocols.dlms.row_layout import INTEGER_TYPES, layout_for
from protocols.dlms.row_pattern import Cell
from protocols.dlms.tags import Tag
from protocols.dlms.zone_offsets import Int64Array, utc_offsets
from protocols.errors import Cause, LocalProtocolError

Octets = NDArray[np.uint8]
_DAY = 86_400
_DST = 0x80
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
CLOCK_CELL = Cell(Tag.OCTET_STRING, SIZE)


class RowColumn(Protocol):
    """One column of n rows on its way to the wire."""

    @property
    def cell(self) -> Cell:
        """Type and size of every cell."""
        ...

    def content(self) -> NDArray[Any]:
        """The cells without their heads: numbers (n,) that fit the type, or octets (n, cell size)."""
        ...


@dataclass(frozen=True, slots=True)
class ClockColumn:
    """Instants as 12-octet clocks: `times` UTC epoch seconds (n,), shown in `zone`; `status` bits without DST."""

    times: Int64Array
    zone: tzinfo = UTC
    status: int | Octets = 0

    @property
    def cell(self) -> Cell:
        """An octet-string of 12."""
        return CLOCK_CELL

    def content(self) -> Octets:
        """(n, 12) clocks."""
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
        return clock.view(np.uint8).reshape(-1, CLOCK_TYPE.itemsize)


@dataclass(frozen=True, slots=True)
class IntegerColumn:
    """Integers of one A-XDR type; `values` (n,)."""

    tag: Tag
    values: Int64Array

    @property
    def cell(self) -> Cell:
        """A number of the type."""
        return Cell(self.tag, FIXED[self.tag].size)

    def content(self) -> Int64Array:
        """`values` (n,). LocalProtocolError (INVALID_VALUE) when one does not fit the type."""
        low, high = _LIMITS[self.tag]
        if self.values.size and not low <= self.values.min() <= self.values.max() <= high:
            raise LocalProtocolError(Cause.INVALID_VALUE, f"a value does not fit {self.tag.name.lower()}")
        return self.values


_LIMITS = {tag: (np.iinfo(kind).min, np.iinfo(kind).max) for tag, kind in INTEGER_TYPES.items()}


def row_matrix(columns: Sequence[RowColumn]) -> Octets:
    """(n, size): every row as one structure. Slices of it go to `join_rows`, so a buffer is encoded only once."""
    layout = layout_for(tuple(column.cell for column in columns))
    return layout.filled([column.content() for column in columns])


def join_rows(matrix: Octets) -> Encoded:
    """The profile buffer that holds the rows of `matrix`."""
    return Encoded(b"\x01" + encode_length(len(matrix)) + matrix.tobytes())


def encode_rows(columns: Sequence[RowColumn]) -> Encoded:
    """The profile buffer of equally long columns."""
    return join_rows(row_matrix(columns))
