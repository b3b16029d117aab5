"""Values of some series leave before their month does: classes of a kind of series or of a measured property."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Iterator
from typing import cast

import numpy as np
from django.db import transaction
from django.utils import timezone
from numpy.typing import NDArray

from access import audit
from metering.intervals import day_number
from metering.models import ArchivedMonth, RetentionClass, Series
from metering.store import wire
from metering.store.archive.months import Kind
from metering.store.archive.retention import last_month_to_leave
from metering.store.archive.steps import NotNowError, State, alone
from metering.store.archive.tables import SERIES_DAY, Table, tables_of
from metering.store.ledger import lock_series
from metering.store.partitions import months_of
from metering.store.statistics.changes import note

log = logging.getLogger(__name__)

SERIES_ASKED = 10_000
SERIES_AT_ONCE = 500
"""Series dropped by one transaction: some ten thousand rows, held for a fraction of a second."""


def drop_early(today: dt.date | None = None) -> int:
    """Drop the values of series whose class keeps them shorter than their month stays; returns how many rows.

    Goes on where an earlier call ended, which it does where somebody is archiving. Not within a transaction. Archived
    months are left as they are.
    """
    this_month = (today or timezone.now().date()).replace(day=1)
    selecting = RetentionClass.objects.exclude(series_kind="", measured_property=None)
    dropped = 0
    try:
        for row in selecting:
            dropped += sum(_drop(row, month) for month in _months(row, this_month))
    except NotNowError as error:
        log.info("retention: single series go on later: %s", error)
    return dropped


def _months(row: RetentionClass, this_month: dt.date) -> list[dt.date]:
    last = last_month_to_leave(cast("int", row.online_months), this_month)
    return [month for month in months_of(tables_of(row.kind)[0].name) if month <= last]


def _drop(row: RetentionClass, month: dt.date) -> int:
    """Drop what the class selects of one month."""
    with alone():
        if ArchivedMonth.objects.filter(kind=row.kind, month=month).exclude(state=State.RETURNED).exists():
            return 0
        tables = tables_of(cast("Kind", row.kind))
        dropped = sum(_drop_series(tables, month, ids) for ids in _with_values(row, tables, month))
    if dropped:
        what = f"{row.get_kind_display()} of {month:%Y-%m} dropped by the class {row}"
        audit.record("dropped", what, target=row, details={"rows": dropped})
    return dropped


def _with_values(row: RetentionClass, tables: tuple[Table, ...], month: dt.date) -> Iterator[NDArray[np.int64]]:
    """The series of the class that hold any row of the month, some at a time (ascending)."""
    held = " OR ".join(f"EXISTS (SELECT FROM {t.partition(month)} WHERE series_id = id)" for t in tables)
    sql = f"SELECT id FROM unnest(%(ids)s::bigint[]) AS id WHERE {held} ORDER BY id"  # noqa: S608
    asked = np.array(_selected(row), np.int64)
    for first in range(0, len(asked), SERIES_ASKED):
        found = np.array([id_ for (id_,) in wire.fetch(sql, {"ids": asked[first : first + SERIES_ASKED]})], np.int64)
        yield from (found[at : at + SERIES_AT_ONCE] for at in range(0, len(found), SERIES_AT_ONCE))


def _selected(row: RetentionClass) -> list[int]:
    """The series the class is about."""
    series = Series.objects.order_by("pk")
    if row.series_kind:
        series = series.filter(kind=row.series_kind)
    if row.measured_property_id is not None:
        series = series.filter(measured_property=row.measured_property_id)
    return list(series.values_list("pk", flat=True))


def _drop_series(tables: tuple[Table, ...], month: dt.date, ids: NDArray[np.int64]) -> int:
    """Drop the rows of these series; no writer is in the middle of them."""
    with transaction.atomic():
        lock_series(ids)
        if SERIES_DAY in tables:
            note(ids, np.full(len(ids), day_number(month)))
        return sum(
            wire.execute(
                f"DELETE FROM {table.partition(month)} WHERE series_id = ANY (%(ids)s::bigint[])",  # noqa: S608
                {"ids": ids},
            )
            for table in tables
        )
