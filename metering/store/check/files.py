"""Files of archived months: there, as they were written, and together all that was archived."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from itertools import groupby
from operator import attrgetter

import pyarrow as pa
import pyarrow.parquet as pq

from metering.models import ArchivedMonth, ArchiveFile
from metering.store.archive.leaving import LAST_SERIES
from metering.store.archive.months import folder
from metering.store.archive.writing import sha256_of
from metering.store.check.findings import Fault, Finding

_READ_FROM_FILES = (ArchivedMonth.State.ARCHIVED, ArchivedMonth.State.RETURNING)


def check_files(month: dt.date | None, tell: Callable[[str], None]) -> Iterator[Finding]:
    """What is not as it should be in the files of this month (its first day), or of all archived months.

    Every file is read once from end to end; memory does not grow with it.
    """
    months = ArchivedMonth.objects.filter(state__in=_READ_FROM_FILES).order_by("month", "kind")
    for each in months if month is None else months.filter(month=month):
        files = list(each.files.filter(complete=True).order_by("table_name", "part"))
        found = [*_not_named(each, files), *(finding for file in files for finding in _of_file(file, tell))]
        # It may have come back, and its files gone, meanwhile.
        if found and ArchivedMonth.objects.filter(pk=each.pk, state__in=_READ_FROM_FILES, since=each.since).exists():
            yield from found


def _not_named(month: ArchivedMonth, files: list[ArchiveFile]) -> Iterator[Finding]:
    """The files of a table follow each other from the first possible series to the last."""
    if not files:
        yield Finding(Fault.NO_FILE, "store_archive", f"no file of {month} is named, though it is archived")
    for table, parts in groupby(files, attrgetter("table_name")):
        following = 0
        for file in parts:
            if file.first_series != following:
                yield _gap(table, month, following, file.first_series - 1)
            following = file.last_series + 1
        if following <= LAST_SERIES:
            yield _gap(table, month, following, LAST_SERIES)


def _gap(table: str, month: ArchivedMonth, first: int, last: int) -> Finding:
    what = f"no file of {table} of {month.month:%Y-%m} is named for series {first} to {last}"
    return Finding(Fault.NO_FILE, "store_archive", what)


def _of_file(file: ArchiveFile, tell: Callable[[str], None]) -> Iterator[Finding]:
    """Rows there are none of have no file."""
    if not file.rows:
        return
    path = folder() / file.path
    tell(f"file {file.path}")
    if not path.exists():
        yield Finding(Fault.NO_FILE, str(path), "the file is missing")
    elif path.stat().st_size != file.size or sha256_of(path) != file.sha256:
        yield Finding(Fault.FILE, str(path), f"not the {file.size} octets with the checksum it was written with")
    elif (rows := _rows_in(file)) != file.rows:
        yield Finding(Fault.FILE, str(path), f"{rows} rows, where {file.rows} were archived")


def _rows_in(file: ArchiveFile) -> int | None:
    """How many rows its footer tells; None for one that is not a file of the archive."""
    try:
        return int(pq.read_metadata(folder() / file.path).num_rows)
    except pa.ArrowInvalid:
        return None
