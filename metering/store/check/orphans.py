"""Rows whose other half is gone: series, present states, entries of the ledger."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator

from metering.store import wire
from metering.store.archive.tables import TABLES, Table
from metering.store.check.findings import Fault, Finding
from metering.store.partitions import Place, place_of

_PRESENT = {"series_day_version": "series_day", "register_value_version": "register_value"}
_LEDGER = {
    "series_day": "origin_id",
    "series_day_version": "replaced_by",
    "register_value": "origin_id",
    "register_value_version": "origin_id",
}


def check_orphans(month: dt.date, tell: Callable[[str], None]) -> Iterator[Finding]:
    """Rows of this month, values and registers, that refer to something that is not there: one finding per series."""
    for table in TABLES:
        if place_of(table.name, month) is Place.ATTACHED:
            tell(f"what {table.partition(month)} refers to")
            yield from _without_series(table, month)
            yield from _without_ledger(table, month)
            if table.name in _PRESENT:
                yield from _without_present(table, month)


def _without_series(table: Table, month: dt.date) -> Iterator[Finding]:
    for series, rows in wire.fetch(_NO_SERIES.format(table=table.partition(month))):
        yield Finding(Fault.NO_SERIES, table.partition(month), f"the series of {rows} rows does not exist", series)


def _without_ledger(table: Table, month: dt.date) -> Iterator[Finding]:
    query = _NO_LEDGER.format(table=table.partition(month), column=_LEDGER[table.name])
    for series, entry, rows in wire.fetch(query):
        what = f"entry {entry} of the ledger, which {rows} rows refer to, does not exist"
        yield Finding(Fault.NO_LEDGER, table.partition(month), what, series)


def _without_present(table: Table, month: dt.date) -> Iterator[Finding]:
    query = _NO_PRESENT.format(table=table.partition(month), present=_PRESENT[table.name], time=table.time)
    for series, day, rows in wire.fetch(query):
        what = f"{rows} former states of what is not there, or of a later version than is"
        yield Finding(Fault.NO_BLOCK, table.partition(month), what, series, day)


_NO_SERIES = """
SELECT series_id, count(*) FROM {table} t
WHERE NOT EXISTS (SELECT FROM metering_series s WHERE s.id = t.series_id) GROUP BY 1 ORDER BY 1
"""
_NO_LEDGER = """
SELECT min(series_id), {column}, count(*) FROM {table} t
WHERE NOT EXISTS (SELECT FROM value_origin o WHERE o.id = t.{column}) GROUP BY 2 ORDER BY 2
"""
_NO_PRESENT = """
SELECT t.series_id, (t.{time} AT TIME ZONE 'UTC')::date, count(*) FROM {table} t
WHERE NOT EXISTS (
    SELECT FROM {present} p WHERE p.series_id = t.series_id AND p.{time} = t.{time} AND p.version > t.version)
GROUP BY 1, 2 ORDER BY 1, 2
"""
