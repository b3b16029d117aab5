"""How to get rows out of a file nobody has described: kind, and the row its headings stand in."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import replace
from itertools import islice
from typing import BinaryIO

from integration.formats.table.dialect import dialect_of
from integration.formats.table.evidence import is_time
from integration.formats.table.lines import TextBlocks
from integration.formats.table.mapping import FileKind, Source
from integration.formats.table.sheet import Sheet
from integration.formats.table.workbook import WorkbookError

SEARCHED_ROWS = 30
_WORKBOOK = b"PK\x03\x04"


def source_of(stream: BinaryIO, name: str) -> Source:
    """Kind of a file by its first octets and its name, and the row of its headings: the first one with as many filled
    cells as the rows below have, and no time among them. `stream` is left at its start."""
    kind = _kind(stream.read(len(_WORKBOOK)), name)
    stream.seek(0)
    try:
        row = _row_of_text(stream) if kind is FileKind.CSV else _row_of_headings(_rows_of_sheet(stream))
    except WorkbookError:
        row = 1
    finally:
        stream.seek(0)
    return Source(kind=kind, header_row=row)


def _kind(head: bytes, name: str) -> FileKind:
    if head != _WORKBOOK:
        return FileKind.CSV
    return FileKind.ODS if name.lower().endswith(".ods") else FileKind.XLSX


def _rows_of_sheet(stream: BinaryIO) -> list[list[str]]:
    return list(islice(Sheet(stream, "").rows(), SEARCHED_ROWS))


def _row_of_text(stream: BinaryIO) -> int:
    """Each line may be the headings: the delimiter is the one that suits the lines below it."""
    source = Source()
    first = next(iter(TextBlocks(stream, source.encoding, source.quote)), None)
    lines = first.text.decode().split("\n")[: 2 * SEARCHED_ROWS] if first else []
    for index in range(min(len(lines), SEARCHED_ROWS)):
        dialect = dialect_of(lines, replace(source, header_row=index + 1))
        rows = [_cells(line, dialect.delimiter) for line in lines[index : index + 10]]
        if _is_first_of_table(rows):
            return 0 if any(map(is_time, rows[0])) else index + 1
    return 1


def _row_of_headings(rows: Sequence[list[str]]) -> int:
    for index in range(len(rows)):
        if _is_first_of_table(rows[index : index + 10]):
            return 0 if any(map(is_time, rows[index])) else index + 1
    return 1


def _is_first_of_table(rows: Sequence[list[str]]) -> bool:
    """Whether a row has at least two cells, all filled, and the rows below as many."""
    counts = [len([cell for cell in row if cell.strip()]) for row in rows if any(row)]
    if not counts or counts[0] < 2 or not any(rows[0]):
        return False
    below = counts[1:]
    return not below or sum(2 <= count <= counts[0] for count in below) > len(below) / 2


def _cells(line: str, delimiter: str) -> list[str]:
    try:
        return next(csv.reader([line], delimiter=delimiter), [])
    except csv.Error:
        return []
