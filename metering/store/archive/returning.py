"""An archived month comes back into the database.

Its rows are loaded into tables of their own, compared with the files, and made partitions in the transaction that ends
the archive: until then the files answer, after it the database does.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import psycopg
import pyarrow as pa
import pyarrow.parquet as pq
from django.db import OperationalError, connection, transaction
from psycopg import sql

from access import audit
from metering.models import ArchivedMonth
from metering.store import wire
from metering.store.archive.digest import Tally
from metering.store.archive.exponents import Exponents, in_present_units
from metering.store.archive.leaving import carry_on, compare
from metering.store.archive.months import ArchiveError, Kind, folder
from metering.store.archive.steps import (
    PATIENCE_S,
    NotNowError,
    State,
    Tell,
    alone,
    enter_state,
    others_in_the_way,
    remove_files,
    silent,
)
from metering.store.archive.tables import Table, tables_of
from metering.store.archive.writing import sha256_of
from metering.store.partitions import adopt, create_alone, patience

ROWS_AT_ONCE = 4096


def return_month(kind: Kind, month: dt.date, *, tell: Tell = silent) -> ArchivedMonth:
    """Bring the interval or register values of an archived month (its first day) back; goes on after a crash.

    A month that is only being closed is opened again. Not within a transaction. ArchiveError when the month is not
    archived or a file is lost or damaged; NotNowError, one of these, when trying again later helps.
    """
    with alone():
        row = ArchivedMonth.objects.filter(kind=kind, month=month).first()
        if row is None or row.state == State.DROPPING:
            raise ArchiveError(f"{month:%Y-%m} is not archived")
        if row.state == State.CLOSING:
            enter_state(row, State.RETURNED)
        if row.state == State.ARCHIVED:
            carry_on(row, tell)
            enter_state(row, State.RETURNING)
        come_back(row, tell)
        return row


def come_back(row: ArchivedMonth, tell: Tell) -> None:
    """Bring a month that is returning to its end. Only within `alone`."""
    if row.state == State.RETURNING:
        exponents = Exponents.of_all()
        for table in tables_of(row.kind):
            tell(f"loading {table.partition(row.month)}")
            _load(row, table, exponents)
        _adopt(row, exponents, tell)
    if row.state == State.RETURNED:
        remove_files(row, tell)


def _load(row: ArchivedMonth, table: Table, exponents: Exponents) -> None:
    """Fill a table of its own from the files of the month."""
    name = _name(table, row.month)
    create_alone(table.name, row.month, name)
    tally = Tally()
    with transaction.atomic():
        for piece in _pieces(row, table, exponents):
            tally.add(piece)
            _copy(piece, table, name)
    compare(tally, table, name)


def _pieces(row: ArchivedMonth, table: Table, exponents: Exponents) -> Iterator[pa.Table]:
    for file in row.files.filter(table_name=table.name, rows__gt=0).order_by("part"):
        path = folder() / file.path
        if not path.exists():
            raise ArchiveError(f"The archive lacks {path}: put it back from a backup")
        if sha256_of(path) != file.sha256:
            raise ArchiveError(f"{path} is damaged: put it back from a backup")
        with pq.ParquetFile(path) as parquet:
            for group in range(parquet.num_row_groups):
                yield in_present_units(parquet.read_row_group(group), exponents).select(table.names)


def _copy(piece: pa.Table, table: Table, name: str) -> None:
    columns = sql.SQL(", ").join(map(sql.Identifier, table.names))
    statement = sql.SQL("COPY {} ({}) FROM STDIN (FORMAT BINARY)").format(sql.Identifier(name), columns)
    cells = zip(*(column.to_pylist() for column in piece.columns), strict=True)
    with (
        connection.wrap_database_errors,
        psycopg.Cursor(connection.connection) as cursor,
        cursor.copy(statement) as copy,
    ):
        copy.set_types([column.database_type for column in table.columns])
        for row in cells:
            copy.write_row(row)


def _adopt(row: ArchivedMonth, exponents: Exponents, tell: Tell) -> None:
    """Make the tables partitions, unless a series was made finer since its rows were loaded."""
    tell(f"putting {row} back in place")
    try:
        with patience(PATIENCE_S), transaction.atomic():
            wire.execute("LOCK TABLE metering_series IN SHARE MODE")  # nobody changes exponents meanwhile
            if not exponents.same_as(Exponents.of_all()):
                raise NotNowError(f"Series changed while {row} was loaded")
            for table in tables_of(row.kind):
                adopt(table.name, row.month, _name(table, row.month))
            enter_state(row, State.RETURNED)
            audit.record("brought back", f"{row} brought back from the archive")
    except OperationalError as error:
        if others_in_the_way(error):
            raise NotNowError(f"The tables of {row} are in use") from error
        raise


def _name(table: Table, month: dt.date) -> str:
    return f"{table.partition(month)}_returning"
