"""The connection Django holds, used the way the store needs it: binary results, server-side parameters, raw COPY.

An integer array is a bigint[] to PostgreSQL, and a bigint[] comes back as an int64 array. Statements are never
prepared: a plan made without knowing the parameters can neither leave partitions out nor hash an array of
thousands of keys.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import psycopg
from django.db import connection
from numpy.typing import NDArray
from psycopg.adapt import Buffer, Dumper, Loader
from psycopg.pq import Format

Params = dict[str, Any]


def fetch(sql: str, params: Params | None = None) -> list[tuple[Any, ...]]:
    """All rows of a query."""
    with connection.wrap_database_errors, _cursor(sql) as cursor:
        return cursor.execute(sql.encode(), params, prepare=False).fetchall()


def execute(sql: str, params: Params | None = None) -> int:
    """Run a statement; returns how many rows it touched."""
    with connection.wrap_database_errors, _cursor(sql) as cursor:
        return cursor.execute(sql.encode(), params, prepare=False).rowcount


def copy_in(target: str, pieces: Iterable[bytes]) -> None:
    """COPY `target` (a table with its column list) FROM STDIN; the pieces together are one binary stream."""
    sql = f"COPY {target} FROM STDIN (FORMAT BINARY)"
    with connection.wrap_database_errors, _cursor(sql) as cursor, cursor.copy(sql.encode()) as copy:
        for piece in pieces:
            copy.write(piece)


_BIGINT, _BIGINT_ARRAY = 20, 1016
# The binary format of a one-dimensional array: dimensions, whether there are NULLs, element type, length, lower bound;
# then each element behind its own length.
_HEADER = np.dtype([("dimensions", ">i4"), ("nulls", ">i4"), ("element", ">i4"), ("count", ">i4"), ("first", ">i4")])
_ELEMENT = np.dtype([("length", ">i4"), ("value", ">i8")])


class BigintArrayDumper(Dumper):
    """A one-dimensional integer array as bigint[]."""

    format = Format.BINARY
    oid = _BIGINT_ARRAY

    def dump(self, obj: NDArray[np.integer]) -> Buffer:
        """The array in PostgreSQL's binary format."""
        elements = np.empty(obj.size, _ELEMENT)
        elements["length"], elements["value"] = 8, obj
        return np.array((1, 0, _BIGINT, obj.size, 1), _HEADER).tobytes() + elements.tobytes()


class BigintArrayLoader(Loader):
    """A bigint[] without NULLs as int64 (n,)."""

    format = Format.BINARY

    def load(self, data: Buffer) -> NDArray[np.int64]:
        """The array of PostgreSQL's binary format; an empty array has no dimensions there."""
        elements = np.frombuffer(data[_HEADER.itemsize :], _ELEMENT)
        return elements["value"].astype(np.int64)


def _cursor(sql: str) -> psycopg.Cursor[tuple[Any, ...]]:
    """A cursor of the store for one statement, which Django's query log shows like any other."""
    connection.ensure_connection()
    if connection.queries_logged:
        connection.queries_log.append({"sql": sql, "time": "0"})
    cursor = psycopg.Cursor(connection.connection)
    cursor.format = Format.BINARY
    cursor.adapters.register_dumper(np.ndarray, BigintArrayDumper)
    cursor.adapters.register_loader(_BIGINT_ARRAY, BigintArrayLoader)
    return cursor
