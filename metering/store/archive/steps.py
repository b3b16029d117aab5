"""What archiving, dropping and bringing back have in common: one at a time, told, and safe to cut off anywhere."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.db import OperationalError
from django.utils import timezone
from psycopg.errors import DeadlockDetected, LockNotAvailable

from metering.models import ArchivedMonth
from metering.store import wire
from metering.store.advisory import only_one
from metering.store.archive.months import ArchiveError, folder
from metering.store.archive.tables import Table, tables_of
from metering.store.archive.writing import remove_file
from metering.store.partitions import detach, drop_detached, patience

Tell = Callable[[str], None]
State = ArchivedMonth.State

PATIENCE_S = 5.0
"""How long a step waits for others to let go of a table or to end a write; what began goes on with the next call."""
_LOCK = 0x4152_4348
_LOOK_AGAIN_S = 0.05


class NotNowError(ArchiveError):
    """Somebody else holds what is needed; trying again later goes on where this ended."""


def silent(_words: str) -> None:
    """Tell nobody."""


@contextmanager
def alone() -> Iterator[None]:
    """Nobody else archives or brings back anything meanwhile. NotNowError when somebody does."""
    with only_one(_LOCK) as is_alone:
        if not is_alone:
            raise NotNowError("Another process is archiving or bringing back a month")
        yield


def enter_state(month: ArchivedMonth, state: State) -> None:
    """Keep that the month is in this state from now on."""
    month.state, month.since = state, timezone.now()
    month.save()


def await_writers(patience_s: float = PATIENCE_S) -> None:
    """Wait for every transaction that holds series: they may have asked for closed months before this one was closed.

    Whoever takes series later sees the month closed. NotNowError after `patience_s`.
    """
    _await(_WRITERS, "Writes that began before the month was closed have not ended yet", patience_s)


def await_readers() -> None:
    """Wait for every transaction that reads as of an instant before now: it does not know yet where the values are.

    NotNowError after `PATIENCE_S`.
    """
    _await(_READERS, "Reading that began before the month changed its place has not ended yet")


def remove_tables(month: ArchivedMonth, tell: Tell) -> None:
    """Detach and drop the partitions of the month, those that are still there."""
    await_readers()
    for table in tables_of(month.kind):
        tell(f"detaching {table.partition(month.month)}")
        _patiently(detach, table, month.month)
        tell(f"dropping {table.partition(month.month)}")
        _patiently(drop_detached, table, month.month)


def remove_files(month: ArchivedMonth, tell: Tell) -> None:
    """Remove the files of the month, and what is known of them."""
    files = list(month.files.all())
    if files:
        await_readers()
    for file in files:
        tell(f"removing {file.path}")
        remove_file(folder() / file.path)
        file.delete()


def _patiently(act: Callable[[str, dt.date], None], table: Table, month: dt.date) -> None:
    try:
        with patience(PATIENCE_S):
            act(table.name, month)
    except OperationalError as error:
        if others_in_the_way(error):
            raise NotNowError(f"{table.partition(month)} is still being read") from error
        raise


def others_in_the_way(error: OperationalError) -> bool:
    """Whether others hold what was wanted, or had to be given way to: it can be tried again later."""
    return isinstance(error.__cause__, LockNotAvailable | DeadlockDetected)


_WRITERS = """
SELECT virtualtransaction FROM pg_locks
WHERE locktype = 'relation' AND relation = 'metering_series'::regclass AND granted
AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
AND mode <> 'AccessShareLock' AND pid <> pg_backend_pid()
"""
_READERS = """
SELECT pid || ' ' || xact_start FROM pg_stat_activity
WHERE datname = current_database() AND backend_type = 'client backend' AND backend_xmin IS NOT NULL
AND pid <> pg_backend_pid()
"""


def _await(transactions: str, words: str, patience_s: float = PATIENCE_S) -> None:
    """Wait until none of the transactions that this query names now is there any more."""
    deadline = time.monotonic() + patience_s
    before = _named(transactions)
    while before & _named(transactions):
        if time.monotonic() > deadline:
            raise NotNowError(words)
        time.sleep(_LOOK_AGAIN_S)


def _named(transactions: str) -> set[str]:
    return {row[0] for row in wire.fetch(transactions)}
