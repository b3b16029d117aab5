"""What was sent to a file and what comes back from it, told by sums over the columns. No Django."""

from __future__ import annotations

import hashlib
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc


class Tally:
    """Rows in pieces: how many, a checksum of every column, and sums that the database can compute too.

    Two tallies agree when the same rows came in the same pieces and order.
    """

    def __init__(self) -> None:
        self.rows = 0
        self.sums: dict[str, int] = {}
        self._digests: dict[str, Any] = {}

    def add(self, piece: pa.Table) -> None:
        """Count a piece."""
        self.rows += piece.num_rows
        for name in piece.column_names:
            column = piece.column(name).combine_chunks()
            digest = self._digests.setdefault(name, hashlib.blake2b(digest_size=16))
            _update(digest, column)
            self.sums[name] = self.sums.get(name, 0) + _sum(column)

    @property
    def checksums(self) -> dict[str, str]:
        """Checksum by column."""
        return {name: digest.hexdigest() for name, digest in self._digests.items()}

    def differences(self, other: Tally) -> list[str]:
        """The columns in which the two differ; `rows` where they are not even as many."""
        if self.rows != other.rows:
            return ["rows"]
        mine, theirs = self.checksums, other.checksums
        return sorted(name for name in mine.keys() | theirs.keys() if mine.get(name) != theirs.get(name))


def _update(digest: Any, column: pa.Array) -> None:
    digest.update(np.asarray(column.is_valid()).tobytes())
    if pa.types.is_binary(column.type) or pa.types.is_string(column.type):
        octets = column.cast(pa.binary())
        digest.update(np.asarray(pc.binary_length(octets).fill_null(0)).tobytes())
        digest.update(b"".join(octets.drop_null().to_pylist()))
    else:
        digest.update(_integers(column).tobytes())


def _integers(column: pa.Array) -> np.ndarray[Any, np.dtype[np.int64]]:
    """Any column of fixed width as int64, NULL as zero."""
    narrow = column.cast(pa.int32()) if pa.types.is_date32(column.type) else column
    return np.asarray(narrow.cast(pa.int64()).fill_null(0), np.int64)


def _sum(column: pa.Array) -> int:
    """Sum of a column of numbers, octets of all others; exact: a piece is short, but a total may be near 2^62."""
    if pa.types.is_binary(column.type) or pa.types.is_string(column.type):
        return int(pc.sum(pc.binary_length(column)).as_py() or 0)
    return sum(_integers(column).tolist())
