"""Rows of some series from files of the archive: only the row groups that can hold them are read."""

from __future__ import annotations

import errno
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from metering.store.archive.months import Archived, ArchiveError
from metering.store.archive.tables import Table

_FOOTERS = 64
"""Footers kept; one of a full file (three million rows) takes about a megabyte. Files never change under their name."""
_GROUPS_AT_ONCE = 16


@dataclass(frozen=True, slots=True, eq=False)
class _Footer:
    """`first`, `last` int64 (row groups,): the series of each."""

    metadata: pq.FileMetaData
    first: NDArray[np.int64]
    last: NDArray[np.int64]

    def groups(self, ids: NDArray[np.int64]) -> list[int]:
        """The row groups that may hold any of these series (ascending)."""
        begin, end = np.searchsorted(ids, self.first), np.searchsorted(ids, self.last, side="right")
        return [int(group) for group in np.flatnonzero(begin < end)]


def find(
    archived: Archived, table: Table, ids: NDArray[np.int64] | None, columns: Sequence[str], first: int, last: int
) -> pa.Table:
    """Rows of these series (ascending; None: all) with `first` ≤ time ≤ `last`, in key order within each month.

    Times are days since 1970 of interval values, microseconds of register values. FileNotFoundError for a lost file,
    ArchiveError for a damaged one.
    """
    wanted = list(dict.fromkeys(["series_id", table.time, *columns]))
    found = [
        piece
        for file in archived.of(table.name, ids)
        for piece in _matching(file.path, table, ids, wanted, first, last)
    ]
    schema = pa.schema([table.schema.field(name) for name in wanted])
    return pa.concat_tables(found) if found else schema.empty_table()


def integers(rows: pa.Table, name: str) -> NDArray[np.int64]:
    """A column of numbers, days (since 1970) or instants (microseconds) as int64; it may hold no NULL."""
    column = rows.column(name)
    if pa.types.is_date32(column.type):
        column = column.cast(pa.int32())
    return np.array(column.cast(pa.int64()), np.int64)


def _matching(
    path: Path, table: Table, ids: NDArray[np.int64] | None, columns: list[str], first: int, last: int
) -> Iterator[pa.Table]:
    for rows in _row_groups(path, ids, columns):
        times = integers(rows, table.time)
        mask = (times >= first) & (times <= last)
        if ids is not None:
            mask &= np.isin(integers(rows, "series_id"), ids)
        if mask.any():
            yield rows.select(columns).filter(pa.array(mask))


def _row_groups(path: Path, ids: NDArray[np.int64] | None, columns: list[str]) -> Iterator[pa.Table]:
    """Some columns of the row groups that may hold any of these series; every page against its checksum."""
    if not path.exists():
        raise FileNotFoundError(errno.ENOENT, "not in the archive", str(path))
    try:
        footer = _footer(path)
        groups = list(range(len(footer.first))) if ids is None else footer.groups(ids)
        with pq.ParquetFile(path, metadata=footer.metadata, page_checksum_verification=True) as file:
            for begin in range(0, len(groups), _GROUPS_AT_ONCE):
                yield file.read_row_groups(groups[begin : begin + _GROUPS_AT_ONCE], columns=columns, use_threads=False)
    except FileNotFoundError:
        raise
    except (pa.ArrowException, OSError) as error:
        raise ArchiveError(f"{path} is damaged ({error}): put it back from a backup") from error


@lru_cache(maxsize=_FOOTERS)
def _footer(path: Path) -> _Footer:
    metadata = pq.read_metadata(path)
    statistics = [metadata.row_group(group).column(0).statistics for group in range(metadata.num_row_groups)]
    bounds = np.array([(found.min, found.max) for found in statistics], np.int64).reshape(-1, 2)
    return _Footer(metadata, bounds[:, 0], bounds[:, 1])
