"""The connection Django holds, used the way the store needs it: binary results, server-side parameters, raw COPY."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import psycopg
from django.db import connection

Params = dict[str, Any]


def fetch(sql: str, params: Params | None = None) -> list[tuple[Any, ...]]:
    """All rows of a query."""
    with connection.wrap_database_errors, _cursor() as cursor:
        return cursor.execute(sql.encode(), params).fetchall()


def execute(sql: str, params: Params | None = None) -> int:
    """Run a statement; returns how many rows it touched."""
    with connection.wrap_database_errors, _cursor() as cursor:
        return cursor.execute(sql.encode(), params).rowcount


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


def _cursor() -> psycopg.Cursor[tuple[Any, ...]]:
    connection.ensure_connection()
    cursor = psycopg.Cursor(connection.connection)
    cursor.format = psycopg.pq.Format.BINARY
    return cursor
