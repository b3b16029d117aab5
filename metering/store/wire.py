"""The connection Django holds, used the way the store needs it: binary results, server-side parameters, raw COPY.

Integer arrays may be passed as they are: PostgreSQL sees bigint[]. Statements are never prepared: a plan made without
knowing the parameters can neither leave partitions out nor hash an array of thousands of keys.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import psycopg
from django.db import connection
from numpy.typing import NDArray
from psycopg.adapt import Buffer, Dumper
from psycopg.pq import Format

Params = dict[str, Any]


def fetch(sql: str, params: Params | None = None) -> list[tuple[Any, ...]]:
    """All rows of a query."""
    with connection.wrap_database_errors, _cursor() as cursor:
        return cursor.execute(sql.encode(), params, prepare=False).fetchall()


def execute(sql: str, params: Params | None = None) -> int:
    """Run a statement; returns how many rows it touched."""
    with connection.wrap_database_errors, _cursor() as cursor:
        return cursor.execute(sql.encode(), params, prepare=False).rowcount


def copy_in(target: str, pieces: Iterable[bytes]) -> None:
    """COPY `target` (a table with its column list) FROM STDIN; the pieces together are one binary stream."""
    with (
        connection.wrap_database_errors,
        _cursor() as cursor,
        cursor.copy(f"COPY {target} FROM STDIN (FORMAT BINARY)".encode()) as copy,
    ):
        for piece in pieces:
            copy.write(piece)


def copy_out(query: str, params: Params | None = None) -> bytes:
    """The rows of a query as one binary COPY stream; parameters are written into the statement."""
    with (
        connection.wrap_database_errors,
        _cursor() as cursor,
        cursor.copy(f"COPY ({query}) TO STDOUT (FORMAT BINARY)".encode(), params) as copy,
    ):
        return b"".join(copy)


class BigintArrayDumper(Dumper):
    """A one-dimensional integer array as bigint[].

    PostgreSQL's format: dimensions, whether there are NULLs, element type, length, lower bound; then each element
    behind its own length.
    """

    format = Format.BINARY
    oid = 1016
    _HEADER = np.dtype(
        [("dimensions", ">i4"), ("nulls", ">i4"), ("element", ">i4"), ("count", ">i4"), ("first", ">i4")]
    )
    _ELEMENT = np.dtype([("length", ">i4"), ("value", ">i8")])

    def dump(self, obj: NDArray[np.integer]) -> Buffer:
        """The array in PostgreSQL's binary format."""
        elements = np.empty(obj.size, self._ELEMENT)
        elements["length"], elements["value"] = 8, obj
        return np.array((1, 0, 20, obj.size, 1), self._HEADER).tobytes() + elements.tobytes()


def _cursor() -> psycopg.Cursor[tuple[Any, ...]]:
    connection.ensure_connection()
    cursor = psycopg.Cursor(connection.connection)
    cursor.format = Format.BINARY
    cursor.adapters.register_dumper(np.ndarray, BigintArrayDumper)
    return cursor
