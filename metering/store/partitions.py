"""Monthly partitions of the value tables.

Partitions are made ahead by the scheduler and, should it have failed to, by the write that needs one. A partition is
created as a table of its own and then attached: that lets readers and writers of other months go on, whereas
CREATE TABLE … PARTITION OF would stop them until the end of the transaction.
"""

import datetime as dt
from collections.abc import Iterable

import numpy as np
from django.db import connection, transaction
from numpy.typing import NDArray

MONTHS_AHEAD = 3
_TABLES = ("series_day", "series_day_version", "register_value", "register_value_version")
# A block that grows during the day stays in its page, without new index entries and with a third less log, where
# that has room for its next state.
_STORAGE = {"series_day": "WITH (fillfactor = 90)"}
_LOCK = 0x4F41494D  # any number not used as an advisory lock elsewhere


def ensure_partitions(first: dt.date, last: dt.date) -> int:
    """Make the partitions of every month from that of `first` to that of `last`; returns how many tables were made."""
    return ensure_months(_months_between(first, last))


def ensure_ahead(today: dt.date | None = None) -> int:
    """Make the partitions of this month and the next `MONTHS_AHEAD`; returns how many tables were made."""
    first = (today or dt.datetime.now(dt.UTC).date()).replace(day=1)
    return ensure_partitions(first, first + dt.timedelta(days=31 * MONTHS_AHEAD))


def months_of_days(days: NDArray[np.int32]) -> list[dt.date]:
    """The distinct months (first days) in which `days` (since 1970) lie."""
    months = np.unique(days.astype("datetime64[D]").astype("datetime64[M]"))
    return [month for month in months.astype("datetime64[D]").tolist() if isinstance(month, dt.date)]


def ensure_months(months: Iterable[dt.date]) -> int:
    """Make the partitions of these months (first days) where absent; one cheap query when all exist."""
    names = {f"{table}_{month:%Y_%m}": (table, month) for month in months for table in _TABLES}
    missing = _absent(list(names))
    if not missing:
        return 0
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
        missing = _absent(missing)
        for name in missing:
            _create(name, *names[name])
    return len(missing)


def _absent(names: list[str]) -> list[str]:
    with connection.cursor() as cursor:
        # to_regclass would not do: under an advisory lock it may answer from a cache older than the lock.
        cursor.execute(
            """
            SELECT name FROM unnest(%s::text[]) AS name
            WHERE NOT EXISTS (
                SELECT FROM pg_class WHERE relname = name AND relnamespace = current_schema()::regnamespace)
            """,
            [names],
        )
        return [name for (name,) in cursor.fetchall()]


def _create(name: str, table: str, month: dt.date) -> None:
    following = (month + dt.timedelta(days=31)).replace(day=1)
    zone = " 00:00+00" if table.startswith("register") else ""
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TABLE {name} (LIKE {table} INCLUDING ALL) {_STORAGE.get(table, '')}")
        cursor.execute(
            f"ALTER TABLE {table} ATTACH PARTITION {name} FOR VALUES FROM ('{month}{zone}') TO ('{following}{zone}')"
        )


def _months_between(first: dt.date, last: dt.date) -> list[dt.date]:
    months = [first.replace(day=1)]
    while (following := (months[-1] + dt.timedelta(days=31)).replace(day=1)) <= last:
        months.append(following)
    return months
