"""One stream of rows from text files and sheets alike."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import chain, islice
from typing import BinaryIO

from integration.formats.portion import Problem, Severity
from integration.formats.table.dialect import dialect_of
from integration.formats.table.grid import Grid
from integration.formats.table.headings import duplicates, numbered, tidy
from integration.formats.table.lines import Block, TextBlocks
from integration.formats.table.mapping import FileKind, Source
from integration.formats.table.sheet import Sheet
from integration.formats.table.split import Dialect, lines_of_record, split
from integration.formats.table.workbook import WorkbookError

MOST_COLUMNS = 16_384


@dataclass(slots=True)
class Table:
    """A file opened for reading: `grids` can be gone through once.

    info      what was found out: encoding, delimiter, sheet
    problems  of the file as a whole and of its headings; without headings there are no rows
    """

    headings: list[str]
    grids: Iterator[Grid]
    problems: list[Problem]
    info: dict[str, str]
    heading_line: int


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a table as text by heading; `problems` say what could not be read, the cells are empty then."""

    line: int
    cells: dict[str, str]
    problems: tuple[Problem, ...] = field(default=())


def read_rows(stream: BinaryIO, source: Source) -> Iterator[Row]:
    """The rows of a file in order. What is wrong with the file or a line comes as a row with problems.

    `stream` must be seekable for workbooks. A heading that stands twice is refused: nobody could say which is meant.
    """
    table = open_table(stream, source)
    twice = [
        Problem(table.heading_line, "this heading stands more than once", column=heading)
        for heading in duplicates(table.headings)
    ]
    if table.problems or twice:
        yield Row(table.heading_line, {}, (*table.problems, *twice))
    if twice or any(problem.severity is Severity.ERROR for problem in table.problems):
        return
    for grid in table.grids:
        yield from (Row(problem.line, {}, (problem,)) for problem in grid.problems)
        for line, cells in zip(grid.lines.tolist(), grid.rows(), strict=True):
            yield Row(line, dict(zip(table.headings, map(str.strip, cells), strict=True)))


def open_table(stream: BinaryIO, source: Source, decimal: str = ".") -> Table:
    """Open a file: find encoding, delimiter and headings. Never raises for what the file contains."""
    if source.kind is FileKind.CSV:
        return _open_text(stream, source)
    try:
        sheet = Sheet(stream, source.sheet, decimal)
    except WorkbookError as error:
        return _unreadable(str(error))
    return _open_sheet(sheet, source)


def _unreadable(reason: str, line: int = 1) -> Table:
    return Table([], iter(()), [Problem(line, reason, values=0)], {}, line)


def _open_sheet(sheet: Sheet, source: Source) -> Table:
    rows = sheet.rows()
    above = list(islice(rows, source.header_row))
    if len(above) < source.header_row:
        return _unreadable(f"the sheet {sheet.name} has no row {source.header_row} for the headings")
    if source.header_row:
        headings = tidy(above[-1])
    else:
        first = next(rows, [])
        headings, rows = numbered(len(first)), chain([first], rows)
    return _table(
        headings,
        sheet.grids(rows, source.header_row + 1, len(headings)),
        sheet.notes(),
        {"sheet": sheet.name},
        source,
    )


def _open_text(stream: BinaryIO, source: Source) -> Table:
    blocks = TextBlocks(stream, source.encoding, source.quote)
    rest = iter(blocks)
    first = next(rest, None)
    if first is None:
        return _unreadable("the file is empty")
    lines = first.text.decode().split("\n")[:-1]
    dialect = dialect_of(lines, source)
    try:
        headings, taken = _headings(lines, dialect, source)
    except (csv.Error, IndexError):
        return _unreadable(f"there is no row of headings in line {source.header_row}", source.header_row)
    body = _without_lines(first, taken)
    grids = (split(block, dialect, len(headings)) for block in chain([body], rest))
    info = {"encoding": blocks.decoder.encoding, "delimiter": dialect.delimiter}
    return _table(headings, grids, [], info, source)


def _headings(lines: list[str], dialect: Dialect, source: Source) -> tuple[list[str], int]:
    """The headings and how many lines they and what is above them take."""
    if not source.header_row:
        first_filled = next((line for line in lines if line.strip()), "")
        return numbered(len(dialect.cells(first_filled))), 0
    first = source.header_row - 1
    taken = lines_of_record(lines, first, dialect.quote)
    if not taken:
        raise csv.Error("a quotation mark is never closed")
    return tidy(dialect.cells("\n".join(lines[first : first + taken]))), first + taken


def _without_lines(block: Block, count: int) -> Block:
    text = block.text.split(b"\n", count)[count]
    problems = tuple(problem for problem in block.problems if problem.line >= block.line + count or not problem.values)
    return Block(text, block.line + count, block.position, problems)


def _table(
    headings: list[str], grids: Iterator[Grid], notes: list[Problem], info: dict[str, str], source: Source
) -> Table:
    line = max(source.header_row, 1)
    if not any(headings):
        return _unreadable(f"there are no headings in row {line}", line)
    if len(headings) > MOST_COLUMNS:
        return _unreadable(f"{len(headings)} columns; at most {MOST_COLUMNS} are read", line)
    return Table(headings, grids, notes, info, line)
