"""One file of the archive: written from the database, on disk for good, and read back before anybody relies on it."""

from __future__ import annotations

import datetime as dt
import hashlib
import os
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import psycopg
import pyarrow as pa
import pyarrow.parquet as pq
from django.db import connection, transaction

from aim.disk import sync_folder
from metering.store.archive.digest import Tally
from metering.store.archive.months import ArchiveError
from metering.store.archive.tables import Table

ROWS_PER_GROUP = 4096
"""Rows of a row group: about a hundred series-months of blocks, decompressed in some milliseconds for one of them."""
_COMPRESSION = "zstd"


def write_file(table: Table, month: dt.date, first: int, last: int, path: Path) -> Tally:
    """Write the rows of a month and of the series from `first` to `last`, and tell them; without rows there is no file.

    ArchiveError when it reads back otherwise than it was written.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    sent = Tally()
    with path.open("wb") as sink:
        # Small integers compress well by themselves; statistics of a row group tell which series it holds.
        options = {
            "compression": _COMPRESSION,
            "use_dictionary": ["unit"],
            "write_statistics": True,
            "write_page_checksum": True,
        }
        with pq.ParquetWriter(sink, table.schema, **options) as writer:
            for piece in _pieces(table, month, first, last):
                sent.add(piece)
                writer.write_table(piece, row_group_size=ROWS_PER_GROUP)
        sink.flush()
        os.fsync(sink.fileno())
    if not sent.rows:
        path.unlink()
        return sent
    sync_folder(path.parent)
    found = read_back(path)
    if differences := sent.differences(found):
        raise ArchiveError(f"{path} reads back otherwise than it was written: {', '.join(differences)}")
    return found


def read_back(path: Path) -> Tally:
    """What a file holds, row group by row group. ArchiveError when it cannot be read."""
    tally = Tally()
    try:
        with pq.ParquetFile(path, page_checksum_verification=True) as file:
            for group in range(file.num_row_groups):
                tally.add(file.read_row_group(group))
    except (pa.ArrowException, OSError) as error:
        raise ArchiveError(f"{path} cannot be read: {error}") from error
    return tally


def sha256_of(path: Path) -> str:
    """SHA-256 of a file, hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def remove_file(path: Path) -> None:
    """Remove a file, if it is there, and the folders that are empty then."""
    path.unlink(missing_ok=True)
    with suppress(OSError):
        path.parent.rmdir()


def _pieces(table: Table, month: dt.date, first: int, last: int) -> Iterator[pa.Table]:
    """The rows in pieces of a row group, from one snapshot of the database."""
    for rows in _stream(table.rows_of(month), {"first": first, "last": last}):
        columns = zip(*rows, strict=True)
        yield pa.table([pa.array(c, f.type) for c, f in zip(columns, table.schema, strict=True)], schema=table.schema)


def _stream(sql: str, params: dict[str, Any]) -> Iterator[Sequence[tuple[Any, ...]]]:
    """Rows of a query by a cursor of the server, so that neither side holds them all."""
    with transaction.atomic(), connection.wrap_database_errors:
        connection.ensure_connection()
        with psycopg.ServerCursor(connection.connection, "archive") as cursor:
            cursor.execute(sql.encode(), params, binary=True)
            while rows := cursor.fetchmany(ROWS_PER_GROUP):
                yield rows
