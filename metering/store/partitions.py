"""Monthly partitions of the value tables.

Partitions are made ahead by the scheduler and, should it have failed to, by the write that needs one. A partition is
created as a table of its own and then attached: that lets readers and writers of other months go on, whereas
CREATE TABLE … PARTITION OF would stop them until the end of the transaction. It leaves the same way: detached
concurrently, which waits for who still reads but stops nobody, and then dropped.
"""

import datetime as dt
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from enum import Enum

import numpy as np
from django.db import OperationalError, connection, transaction
from numpy.typing import NDArray

MONTHS_AHEAD = 3
_KEYS = {"series_day": "day", "series_day_version": "day", "register_value": "at", "register_value_version": "at"}
_IN_MONTH = "in_month"
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
    names = {_name(table, month): (table, month) for month in months for table in _KEYS}
    missing = _absent(list(names))
    if not missing:
        return 0
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
        missing = _absent(missing)
        for name in missing:
            _create(name, *names[name])
    return len(missing)


def next_month(month: dt.date) -> dt.date:
    """The first day of the month after that of this first day."""
    return (month + dt.timedelta(days=31)).replace(day=1)


class Place(Enum):
    """Where the table of a month is: part of its parent, on its way out, on its own, or nowhere."""

    ATTACHED = "attached"
    LEAVING = "leaving"
    ALONE = "alone"
    ABSENT = "absent"


def months_of(table: str) -> list[dt.date]:
    """The months (first days) that have a partition of `table`, oldest first."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_inherits JOIN pg_class ON oid = inhrelid WHERE inhparent = %s::regclass", [table]
        )
        names = [re.fullmatch(rf"{table}_(\d{{4}})_(\d\d)", name) for (name,) in cursor.fetchall()]
    return sorted(dt.date(int(name[1]), int(name[2]), 1) for name in names if name)


def place_of(table: str, month: dt.date) -> Place:
    """Where the table of this month is."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT inhdetachpending FROM pg_class LEFT JOIN pg_inherits ON inhrelid = oid
            WHERE relname = %s AND relnamespace = current_schema()::regnamespace
            """,
            [_name(table, month)],
        )
        found = cursor.fetchone()
    if found is None:
        return Place.ABSENT
    return {None: Place.ALONE, False: Place.ATTACHED, True: Place.LEAVING}[found[0]]


def detach(table: str, month: dt.date) -> None:
    """Take the table of this month out of its parent; again after a crash, and nothing where it is out.

    Waits for the transactions that use `table`, without stopping any. Not within a transaction. OperationalError when
    some take longer than `patience` allows: the table is then leaving, no statement that begins later looks into it,
    and the next call finishes, whichever month that is for: no other table can leave before.
    """
    for name in _leaving(table):
        _finish_leaving(table, name)
    if place_of(table, month) is Place.ATTACHED:
        _run(f"ALTER TABLE {table} DETACH PARTITION {_name(table, month)} CONCURRENTLY")


def drop_detached(table: str, month: dt.date) -> None:
    """Drop the table of this month, which must be detached; nothing where it is gone."""
    _run(f"DROP TABLE IF EXISTS {_name(table, month)}")


def create_alone(table: str, month: dt.date, name: str) -> None:
    """Make an empty table for rows of this month, attached to nothing, in place of one of that name."""
    first, end = _bounds(table, month)
    key = _KEYS[table]
    _run(f"DROP TABLE IF EXISTS {name}")
    _run(f"CREATE TABLE {name} (LIKE {table} INCLUDING ALL) {_STORAGE.get(table, '')}")
    _run(f"ALTER TABLE {name} ADD CONSTRAINT {_IN_MONTH} CHECK ({key} >= {first} AND {key} < {end})")


def adopt(table: str, month: dt.date, name: str) -> None:
    """Make a table of `create_alone` the partition of this month; within a transaction.

    What it holds is known to lie in the month and is not looked through again, so this takes no time.
    """
    _run(f"ALTER TABLE {name} RENAME TO {_name(table, month)}")
    _attach(table, month)
    _run(f"ALTER TABLE {_name(table, month)} DROP CONSTRAINT {_IN_MONTH}")


@contextmanager
def patience(seconds: float) -> Iterator[None]:
    """Within, no statement waits longer for a lock, and no longer in all for the others to let go of a table."""
    _run(f"SET lock_timeout = {int(seconds * 1000)}")
    try:
        yield
    finally:
        _run("RESET lock_timeout")


# An archived month has no partition, and needs none: it takes no writes.
_ABSENT = """
SELECT name FROM unnest(%s::text[]) AS name
WHERE NOT EXISTS (SELECT FROM pg_class WHERE relname = name AND relnamespace = current_schema()::regnamespace)
AND NOT EXISTS (
    SELECT FROM store_archive_month
    WHERE state <> 'returned' AND to_char(month, 'YYYY_MM') = right(name, 7)
    AND kind = CASE WHEN name LIKE 'register%%' THEN 'register' ELSE 'interval' END)
"""


def _leaving(table: str) -> list[str]:
    """The partition, if any, that somebody began to detach and did not finish."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = %s::regclass AND inhdetachpending",
            [table],
        )
        return [name for (name,) in cursor.fetchall()]


def _finish_leaving(table: str, name: str) -> None:
    try:
        _run(f"ALTER TABLE {table} DETACH PARTITION {name} FINALIZE")
    except OperationalError:
        if name in _leaving(table):
            raise
        # The server finished meanwhile, on the connection of a process that was killed.


def _absent(names: list[str]) -> list[str]:
    with connection.cursor() as cursor:
        # to_regclass would not do: under an advisory lock it may answer from a cache older than the lock.
        cursor.execute(_ABSENT, [names])
        return [name for (name,) in cursor.fetchall()]


def _create(name: str, table: str, month: dt.date) -> None:
    _run(f"CREATE TABLE {name} (LIKE {table} INCLUDING ALL) {_STORAGE.get(table, '')}")
    _attach(table, month)


def _attach(table: str, month: dt.date) -> None:
    first, end = _bounds(table, month)
    _run(f"ALTER TABLE {table} ATTACH PARTITION {_name(table, month)} FOR VALUES FROM ({first}) TO ({end})")


def _bounds(table: str, month: dt.date) -> tuple[str, str]:
    """The first instant or day of the month and of the next one, in SQL."""
    following = next_month(month)
    zone = " 00:00+00" if _KEYS[table] == "at" else ""
    return f"'{month}{zone}'", f"'{following}{zone}'"


def _name(table: str, month: dt.date) -> str:
    return f"{table}_{month:%Y_%m}"


def _run(sql: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql)


def _months_between(first: dt.date, last: dt.date) -> list[dt.date]:
    months = [first.replace(day=1)]
    while (following := next_month(months[-1])) <= last:
        months.append(following)
    return months
