"""PostgreSQL's binary COPY format, built for whole arrays at once.

Rows whose fields have the same lengths form a fixed-size record, so a numpy structured array laid out as the wire
format wants it *is* the byte stream: each field is assigned as one column and the array is sent as it stands.
Format: PostgreSQL documentation, COPY, "Binary Format".
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

HEADER = b"PGCOPY\n\xff\r\n\x00" + bytes(8)
TRAILER = b"\xff\xff"

_INTEGER_TYPES = {2: ">i2", 4: ">i4", 8: ">i8"}
_EPOCH_DAY = 10_957  # 2000-01-01, PostgreSQL's day zero
_EPOCH_S = _EPOCH_DAY * 86_400


@dataclass(frozen=True, slots=True, eq=False)
class Column:
    """One field of every row, `size` bytes each.

    `data`: integers (n,), or one for all rows; (n, k) for k packed integers as one bytea; None = NULL in all rows.
    """

    data: NDArray[np.integer] | int | None
    size: int


def integer(data: NDArray[np.integer] | int | None, size: int) -> Column:
    """A smallint, integer or bigint column (`size` 2, 4, 8); date (4) and timestamptz (8) as PostgreSQL counts them."""
    return Column(data, size)


def packed(data: NDArray[np.integer] | None) -> Column:
    """A bytea column of packed integers (n, k); None = NULL."""
    return Column(data, 0 if data is None else data.shape[1] * data.dtype.itemsize)


def pg_days(days: NDArray[np.int32]) -> NDArray[np.int32]:
    """Days since 1970 as PostgreSQL counts them."""
    return days - np.int32(_EPOCH_DAY)


def pg_microseconds(seconds: NDArray[np.int64]) -> NDArray[np.int64]:
    """Seconds since 1970 as PostgreSQL counts timestamptz."""
    return (seconds - _EPOCH_S) * 1_000_000


def rows(columns: Sequence[Column], count: int) -> bytes:
    """`count` rows in COPY format, without header and trailer."""
    record = np.zeros(count, _layout(columns))
    record["fields"] = len(columns)
    for index, column in enumerate(columns):
        record[f"length{index}"] = -1 if column.data is None else column.size
        if column.data is not None:
            record[f"data{index}"] = column.data
    return record.tobytes()


def _layout(columns: Sequence[Column]) -> np.dtype[np.void]:
    fields: list[tuple[str, str] | tuple[str, np.dtype[np.integer], tuple[int, ...]]] = [("fields", ">i2")]
    for index, column in enumerate(columns):
        fields.append((f"length{index}", ">i4"))
        data = column.data
        if isinstance(data, np.ndarray) and data.ndim == 2:
            fields.append((f"data{index}", data.dtype, data.shape[1:]))
        elif data is not None:
            fields.append((f"data{index}", _INTEGER_TYPES[column.size]))
    return np.dtype(fields)
