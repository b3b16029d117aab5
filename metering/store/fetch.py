"""Stored blocks by exact key."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from metering.intervals import slots_per_day
from metering.store import wire
from metering.store.batch import Rows
from metering.store.blocks import Blocks, unpack_quality, unpack_status, unpack_values


@dataclass(frozen=True, slots=True, eq=False)
class StoredBlocks:
    """Blocks found for some of the keys asked for; `rows` intp (m,) are the indices of those keys.

    `made_by` int64 (m,): ledger ids of the writes that made them.
    Only blocks of one interval length can be decoded together: `blocks` needs `take` by interval_s first.
    """

    rows: NDArray[np.intp]
    interval_s: NDArray[np.int64]
    versions: NDArray[np.int32]
    made_by: NDArray[np.int64]
    encoded: list[tuple[bytes, bytes | None, bytes | None]]

    def __len__(self) -> int:
        return len(self.rows)

    def take(self, rows: Rows) -> StoredBlocks:
        """Those of these rows."""
        index = np.arange(len(self))[rows]
        encoded = self.encoded if len(index) == len(self) else [self.encoded[row] for row in index.tolist()]
        return StoredBlocks(
            self.rows[index], self.interval_s[index], self.versions[index], self.made_by[index], encoded
        )

    @property
    def blocks(self) -> Blocks:
        """The blocks decoded; they must be of one interval length and at least one."""
        return decode(self.encoded, slots_per_day(int(self.interval_s[0])))


def decode(encoded: list[tuple[bytes, bytes | None, bytes | None]], slots: int) -> Blocks:
    """Blocks of (values, quality, status) as stored; at least one."""
    return decode_columns(*zip(*encoded, strict=True), slots=slots)


def decode_columns(
    values: Sequence[bytes], quality: Sequence[bytes | None], status: Sequence[bytes | None], *, slots: int
) -> Blocks:
    """Blocks of their values, quality and status as stored, (n,) each and at least one."""
    return Blocks(unpack_values(values, slots), unpack_quality(quality, slots), unpack_status(status, slots))


def fetch_blocks(series_ids: NDArray[np.int64], days: NDArray[np.int32]) -> StoredBlocks:
    """The stored blocks of the keys (series, day since 1970), in the order of the keys; both arrays (n,)."""
    # OFFSET 0 keeps the subquery: one index probe per key, into the one partition that can hold it.
    found = wire.fetch(
        """
        SELECT k.n - 1, d.interval_s, d.version, d.origin_id, d.values, d.quality, d.status
        FROM unnest(%(series)s::bigint[], %(days)s::bigint[]) WITH ORDINALITY AS k (series_id, day, n)
        CROSS JOIN LATERAL (
            SELECT * FROM series_day s
            WHERE s.series_id = k.series_id AND s.day = date '1970-01-01' + k.day::integer
            AND s.day BETWEEN date '1970-01-01' + %(first)s::integer AND date '1970-01-01' + %(last)s::integer
            OFFSET 0) AS d
        ORDER BY 1
        """,
        {"series": series_ids, "days": days, "first": int(days.min()), "last": int(days.max())},
    )
    rows, interval_s, versions, made_by = np.array([row[:4] for row in found], np.int64).reshape(-1, 4).T
    return StoredBlocks(
        rows.astype(np.intp), interval_s, versions.astype(np.int32), made_by, [row[4:] for row in found]
    )
