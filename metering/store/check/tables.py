"""Partitions: the months there must be, and nothing else."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator

from metering.store import wire
from metering.store.archive.tables import TABLES, Table
from metering.store.check.findings import Fault, Finding
from metering.store.partitions import MONTHS_AHEAD, months_of, next_month


def check_tables(today: dt.date | None = None) -> Iterator[Finding]:
    """What is missing, beside or in place of the partitions there should be on this UTC day."""
    for table in TABLES:
        yield from _missing(table, (today or dt.datetime.now(dt.UTC).date()).replace(day=1))
        yield from _loose(table)
        yield from _foreign(table)


def _missing(table: Table, month: dt.date) -> Iterator[Finding]:
    """This month and those ahead; and every month of which another table of the kind has one."""
    wanted = {each for other in TABLES if other.kind == table.kind for each in months_of(other.name)}
    for _ in range(MONTHS_AHEAD + 1):
        wanted.add(month)
        month = next_month(month)
    for absent in sorted(wanted - set(months_of(table.name))):
        yield Finding(Fault.NO_TABLE, table.partition(absent), "the table of the month is missing")


def _loose(table: Table) -> Iterator[Finding]:
    """Tables of months that are part of nothing, or on their way out, though nobody moves their month."""
    for name, leaving in wire.fetch(
        _LOOSE, {"names": f"^{table.name}_\\d{{4}}_\\d\\d(_returning)?$", "kind": table.kind}
    ):
        what = "still there, though it was being detached" if leaving else f"not part of {table.name}"
        yield Finding(Fault.LOOSE_TABLE, name, what)


def _foreign(table: Table) -> Iterator[Finding]:
    """Partitions that are no month: default ones, and others than their name says."""
    zone = " 00:00:00+00" if table.time == "at" else ""
    for name, bounds in wire.fetch(_PARTITIONS, {"table": table.name}):
        found = re.fullmatch(rf"{table.name}_(\d{{4}})_(\d\d)", name)
        month = dt.date(int(found[1]), int(found[2]), 1) if found else None
        right = month and f"FOR VALUES FROM ('{month}{zone}') TO ('{next_month(month)}{zone}')"
        if bounds != right:
            yield Finding(Fault.FOREIGN_TABLE, name, f"part of {table.name}, but not a month of it: {bounds}")


_LOOSE = """
SELECT relname::text, coalesce(inhdetachpending, FALSE)
FROM pg_class c LEFT JOIN pg_inherits ON inhrelid = c.oid
WHERE relnamespace = current_schema()::regnamespace AND relkind = 'r' AND relname ~ %(names)s
AND coalesce(inhdetachpending, TRUE)
AND NOT EXISTS (
    SELECT FROM store_archive_month m WHERE m.kind = %(kind)s
    AND m.state <> 'returned' AND to_char(m.month, 'YYYY_MM') = substring(relname FROM '\\d{4}_\\d\\d'))
ORDER BY 1
"""
_PARTITIONS = """
SELECT relname::text, pg_get_expr(relpartbound, c.oid) FROM pg_inherits JOIN pg_class c ON c.oid = inhrelid
WHERE inhparent = %(table)s::regclass AND NOT inhdetachpending ORDER BY 1
"""
