"""What tables take on disk, and what the server logged."""

from __future__ import annotations

from django.db import connection

from metering.store import wire


def size(table: str) -> int:
    """Bytes on disk of a table with its partitions, indexes and all."""
    rows = wire.fetch(
        """
        SELECT pg_total_relation_size(%(table)s::regclass)
            + coalesce(sum(pg_total_relation_size(relid)), 0)::bigint
        FROM pg_partition_tree(%(table)s::regclass) WHERE isleaf AND level > 0
        """,
        {"table": table},
    )
    return int(rows[0][0])


def live(table: str) -> int:
    """Bytes of the rows in use of one partition."""
    return int(wire.fetch(f"SELECT coalesce(sum(pg_column_size(t)), 0)::bigint FROM {table} AS t")[0][0])  # noqa: S608


def log_position() -> int:
    """Bytes of write-ahead log the server has written since ever; other databases on it count too."""
    return int(wire.fetch("SELECT (pg_current_wal_insert_lsn() - '0/0'::pg_lsn)::bigint")[0][0])


def vacuum(*tables: str) -> None:
    """Clear outdated rows away, as autovacuum would; a transaction has left nothing behind yet."""
    if not connection.in_atomic_block:
        wire.execute(f"VACUUM (ANALYZE) {', '.join(tables)}")
