"""A month leaves the database: into files, or for good.

A process may be cut off anywhere and another goes on from there: the month is closed to writes; its files are written,
read back, compared with the database and noted as complete one by one; then, in one transaction, the files become what
is read; then the partitions go. Until that transaction the database answers, after it the files do, and both hold
the same.
"""

from __future__ import annotations

import datetime as dt
import secrets

from django.db import transaction
from django.db.models import Count, Sum
from django.utils import timezone

from access import audit
from metering.models import ArchivedMonth, ArchiveFile
from metering.store import wire
from metering.store.archive.digest import Tally
from metering.store.archive.months import YOUNGEST, ArchiveError, Kind, folder
from metering.store.archive.steps import (
    State,
    Tell,
    alone,
    await_writers,
    enter_state,
    remove_files,
    remove_tables,
    silent,
)
from metering.store.archive.tables import Table, tables_of
from metering.store.archive.writing import remove_file, sha256_of, write_file
from metering.store.partitions import Place, place_of
from metering.store.statistics.changes import forget

SERIES_PER_FILE = 100_000
LAST_SERIES = 2**63 - 1


def archive_month(kind: Kind, month: dt.date, *, tell: Tell = silent) -> ArchivedMonth | None:
    """Move the interval or register values of a month (its first day) to files; goes on where an earlier call ended.

    None when there are no such values. Not within a transaction. ArchiveError when the month is too young or the files
    do not hold what the database does; NotNowError, one of these, when somebody else is using what has to go: calling
    again later goes on.
    """
    with alone():
        row = _begin(kind, month, State.CLOSING)
        carry_on(row, tell)
        return row if row.state == State.ARCHIVED else None


def drop_month(kind: Kind, month: dt.date, *, tell: Tell = silent) -> None:
    """Drop the values of a month for good, from the database or the archive. Errors as of `archive_month`."""
    with alone():
        carry_on(_begin(kind, month, State.DROPPING), tell)


def carry_on(row: ArchivedMonth, tell: Tell) -> None:
    """Bring a month that is leaving to its end. Only within `alone`."""
    if row.state == State.CLOSING:
        tell(f"closing {row}")
        await_writers()
        if tables := _tables_with_rows(row):
            for table in tables:
                _write_table(row, table, tell)
            _hand_over(row, tell)
        else:
            enter_state(row, State.DROPPING)
    if row.state == State.ARCHIVED:
        remove_tables(row, tell)
    if row.state == State.DROPPING:
        await_writers()
        remove_tables(row, tell)
        remove_files(row, tell)
        with transaction.atomic():
            if row.kind == "interval":
                forget(row.month)
            row.delete()


def _begin(kind: Kind, month: dt.date, state: State) -> ArchivedMonth:
    """The row of the month, in `state` unless it is there already."""
    following = (month + dt.timedelta(days=31)).replace(day=1)
    if following + YOUNGEST > timezone.now().date():
        raise ArchiveError(f"{month:%Y-%m} is too young: months stay online for {YOUNGEST.days} days after their end")
    with transaction.atomic():
        row, _ = ArchivedMonth.objects.select_for_update().get_or_create(
            kind=kind, month=month, defaults={"state": State.RETURNED, "since": timezone.now()}
        )
        if row.state == State.RETURNING or (row.state == State.DROPPING != state):
            raise ArchiveError(f"{row} is {row.get_state_display().lower()} at the moment")
        if row.state == State.RETURNED:
            remove_files(row, silent)
        if state == State.DROPPING != row.state:
            audit.record("dropped", f"{row} dropped", details={"files": row.files.count()})
        if state == State.DROPPING or row.state == State.RETURNED:
            enter_state(row, state)
    return row


def _tables_with_rows(row: ArchivedMonth) -> list[Table]:
    tables = [t for t in tables_of(row.kind) if place_of(t.name, row.month) is not Place.ABSENT]
    return [t for t in tables if wire.fetch(f"SELECT EXISTS (SELECT FROM {t.partition(row.month)})")[0][0]]  # noqa: S608


def _write_table(row: ArchivedMonth, table: Table, tell: Tell) -> None:
    """Write the files of a table that are not complete yet."""
    files = row.files.filter(table_name=table.name)
    for begun in files.filter(complete=False):
        remove_file(folder() / begun.path)
        begun.delete()
    done = files.order_by("part").last()
    part, first = (done.part + 1, done.last_series + 1) if done else (1, 0)
    while first <= LAST_SERIES:
        last = _end_of_file(first)
        tell(f"writing {table.name} of {row.month:%Y-%m}, file {part}")
        _write_part(row, table, part, first, last, tell)
        part, first = part + 1, last + 1


def _write_part(row: ArchivedMonth, table: Table, part: int, first: int, last: int, tell: Tell) -> None:
    """Note the file as begun, write it, compare it with the database, note it as complete."""
    file = ArchiveFile.objects.create(
        archived_month=row,
        table_name=table.name,
        part=part,
        path=f"{table.name}/{row.month:%Y-%m}/{part:04d}-{secrets.token_hex(4)}.parquet",
        first_series=first,
        last_series=last,
        made_at=timezone.now(),
    )
    path = folder() / file.path
    tally = write_file(table, row.month, first, last, path)
    tell(f"comparing {file.path} with the database")
    compare(tally, table, table.partition(row.month), first, last)
    if tally.rows:
        file.size, file.sha256 = path.stat().st_size, sha256_of(path)
    file.rows, file.complete = tally.rows, True
    file.save()


def compare(tally: Tally, table: Table, name: str, first: int = 0, last: int = LAST_SERIES) -> None:
    """The database table `name` holds as many rows of these series, and columns of the same sums; else ArchiveError."""
    totals = ", ".join(f"coalesce(sum({column.summed}), 0)::numeric" for column in table.columns)
    rows, *sums = wire.fetch(
        f"""
        SELECT count(*), {totals} FROM {name} t
        WHERE series_id BETWEEN %(first)s::bigint AND %(last)s::bigint
        """,  # noqa: S608  (no text from outside)
        {"first": first, "last": last},
    )[0]
    found = {column: int(total) for column, total in zip(table.names, sums, strict=True)}
    differing = [column for column, total in found.items() if total != tally.sums.get(column, 0)]
    if rows != tally.rows or differing:
        raise ArchiveError(
            f"{name} differs from its file: {rows} rows, in the file {tally.rows}; "
            f"columns {', '.join(differing) or 'alike'}"
        )


def _end_of_file(first: int) -> int:
    """The last series of a file that begins with `first`; the last file takes whatever comes."""
    rows = wire.fetch(
        "SELECT id FROM metering_series WHERE id >= %(first)s ORDER BY id OFFSET %(count)s LIMIT 1",
        {"first": first, "count": SERIES_PER_FILE - 1},
    )
    return int(rows[0][0]) if rows else LAST_SERIES


def _hand_over(row: ArchivedMonth, tell: Tell) -> None:
    """From here on the files answer."""
    tell(f"handing {row} over to its files")
    with transaction.atomic():
        enter_state(row, State.ARCHIVED)
        totals = row.files.aggregate(rows=Sum("rows"), bytes=Sum("size"), files=Count("pk"))
        audit.record("archived", f"{row} archived", details=totals)
