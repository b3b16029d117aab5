"""Short ways to say which values at which instants."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

import numpy as np
from django.db import connection

from metering.intervals import day_number
from metering.store import NO_VALUE, Batch, Matrix

DAY = dt.date(2026, 3, 10)


def instant(day: int = 0, hour: int = 0, minute: int = 0) -> dt.datetime:
    """An instant on or after the sample day, UTC."""
    return dt.datetime.combine(DAY, dt.time(hour, minute), tzinfo=dt.UTC) + dt.timedelta(days=day)


def block(
    series: int,
    values: Iterable[int],
    *,
    day: int = 0,
    interval_s: int = 900,
    quality: int | None = None,
    status: int | None = None,
    first_slot: int = 0,
) -> Batch:
    """One day of one series holding `values` from `first_slot` on, nothing elsewhere."""
    given = np.array(list(values), np.int64)
    row = np.full((1, 86_400 // interval_s), NO_VALUE)
    row[0, first_slot : first_slot + len(given)] = given
    return Batch(
        interval_s,
        np.array([series], np.int64),
        np.array([day_number(DAY) + day], np.int32),
        row,
        None if quality is None else np.full(row.shape, quality, np.uint8),
        None if status is None else np.full(row.shape, status, np.uint32),
    )


def present_values(matrix: Matrix, row: int = 0) -> dict[str, int]:
    """Values of one row by their instant, "2026-03-10T00:15"."""
    has_value = matrix.present[row]
    names = np.datetime_as_string(matrix.instants[has_value].astype("datetime64[m]")).tolist()
    return dict(zip(names, matrix.values[row, has_value].tolist(), strict=True))


def query(sql: str, *parameters: Any) -> list[tuple[Any, ...]]:
    """All rows of a query."""
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
        return rows


def database_clock() -> dt.datetime:
    """Now, as the database sees it."""
    now: dt.datetime = query("SELECT clock_timestamp()")[0][0]
    return now
