"""A file of master data, opened: its headings, a few lines of it, and what its columns are taken for."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from typing import Any

from access.models import Utility
from integration.formats.portion import Severity
from integration.formats.table import Row, Source, read_rows
from integration.formats.table.rows import open_table
from integration.imports.masterdata.columns import (
    Layout,
    LayoutError,
    holds_keys,
    kind_of_file,
    layout_of,
    propose,
)
from integration.imports.masterdata.kinds import Kind
from integration.imports.readings.remembered import heading_digest
from integration.models import ColumnMapping, FileImport, StoredFile
from integration.services.files import drop_file, head_of, open_file
from integration.work.holding import WorkFailedError

SAMPLE_ROWS = 5
_HEAD = 8
KEYS = (
    "The column {heading!r} holds keys of devices. Keys come in encrypted key files only, never in a list: "
    "the file was removed here. Take the column out and give it again."
)


@dataclass(frozen=True, slots=True)
class Opened:
    """The headings of a file with the line they stand in, and the first rows; `fault` says why there are none."""

    headings: list[str]
    line: int
    sample: list[Row]
    fault: str = ""


def look(file: StoredFile, source: Source) -> Opened:
    """Headings and first rows. FileGoneError."""
    with open_file(file) as stream:
        table = open_table(stream, source)
        faults = [problem.reason for problem in table.problems if problem.severity is Severity.ERROR]
        stream.seek(0)
        sample = [] if faults else list(islice(read_rows(stream, source), SAMPLE_ROWS))
    return Opened(table.headings, table.heading_line, sample, faults[0] if faults else "")


def source_of(file: StoredFile, name: str) -> Source:
    """How rows are got out of a file nobody has said anything about."""
    return Source(kind=kind_of_file(head_of(file, _HEAD), name))


def proposed(kind: Kind, file: StoredFile, name: str, source: Source | None = None) -> Layout | None:
    """The layout the headings of a file tell; None where they do not even tell what names a row."""
    source = source or source_of(file, name)
    columns = propose(look(file, source).headings, kind.fields)
    return Layout(source, columns) if kind.key in columns else None


def remembered(kind: Kind, file: StoredFile, name: str, utility: Utility) -> dict[str, Any]:
    """The columns somebody has declared for a file of the same headings; empty where nobody has."""
    with open_file(file) as stream:
        digest = heading_digest(stream, name)
    known = ColumnMapping.objects.filter(utility=utility, heading=digest, layout__layout=kind.name)
    found = known.order_by("-changed_at").first()
    return dict(found.layout) if found else {}


def declared(kind: Kind, row: FileImport) -> Layout:
    """The layout the import has. WorkFailedError where it is of something else."""
    try:
        return layout_of(row.layout, kind.name, source_of(row.file, row.name).kind)
    except LayoutError as error:
        raise WorkFailedError(str(error)) from error


def refuse_keys(row: FileImport, headings: list[str]) -> None:
    """Drop a file with keys and fail the import: nobody shall find them lying here."""
    heading = next((heading for heading in headings if holds_keys(heading)), None)
    if heading is not None:
        drop_file(row.file)
        raise WorkFailedError(KEYS.format(heading=heading))


@contextmanager
def rows_of(row: FileImport, source: Source) -> Iterator[tuple[Iterator[Row], Any]]:
    """The rows of the file, and the stream they come from. FileGoneError."""
    with open_file(row.file) as stream:
        yield read_rows(stream, source), stream
