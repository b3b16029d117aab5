"""Lines of delimited text to a grid of cells.

Plain lines, and those whose quotation marks stand around whole cells, are split together by where the delimiters lie.
The rest (doubled quotation marks, stray ones) goes record by record through the csv module, which also says what is
wrong with a line.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from integration.formats.portion import Problem
from integration.formats.table.grid import Grid, grid_of, stripped
from integration.formats.table.lines import LONGEST_RECORD, Block
from integration.formats.table.telling import told

csv.field_size_limit(1 << 21)
_NEWLINE = ord("\n")
NEVER_CLOSED = "a quotation mark opened here is never closed"


@dataclass(frozen=True, slots=True)
class Dialect:
    """What stands between cells, and around those that contain it."""

    delimiter: str
    quote: str

    def cells(self, record: str) -> list[str]:
        """The cells of one record. csv.Error where quotation marks stand in the wrong place."""
        return next(csv.reader([record], delimiter=self.delimiter, quotechar=self.quote, strict=True), [])


def split(block: Block, dialect: Dialect, columns: int) -> Grid:
    """The rows of a block with exactly `columns` cells; empty lines are passed over, other rows become problems."""
    if not block.text:
        return replace(grid_of([], [], columns, block.position), problems=block.problems)
    octets = np.frombuffer(block.text, dtype=np.uint8)
    ends_of_cells = (octets == ord(dialect.delimiter)) | (octets == _NEWLINE)
    if dialect.quote.encode() not in block.text:
        return _marked(block, octets, np.flatnonzero(ends_of_cells), columns)
    quotes = octets == ord(dialect.quote)
    seen = np.cumsum(quotes)
    marks = np.flatnonzero(ends_of_cells & (seen % 2 == 0))
    if not _well_quoted(octets, quotes, seen, marks):
        return _by_record(block, dialect, columns)
    grid = _marked(block, octets, marks, columns)
    quoted = quotes[grid.starts] & (grid.starts < grid.ends)
    return replace(grid, starts=grid.starts + quoted, ends=grid.ends - quoted)


def _well_quoted(
    octets: NDArray[np.uint8], quotes: NDArray[np.bool_], seen: NDArray[np.int64], marks: NDArray[np.int64]
) -> bool:
    """Whether every cell has no quotation mark, or exactly two: at its start and at its end."""
    if not len(marks) or marks[-1] != len(octets) - 1:
        return False
    counts = np.diff(seen[marks], prepend=0)
    starts = np.concatenate(([0], marks[:-1] + 1))
    whole = quotes[starts] & quotes[marks - 1] & (marks - starts >= 2)
    return bool(((counts == 0) | ((counts == 2) & whole)).all())


def _marked(block: Block, octets: NDArray[np.uint8], marks: NDArray[np.int64], columns: int) -> Grid:
    """The grid of cells that end at `marks`, an octet each. Empty cells beyond the last heading do no harm."""
    last_of_row = np.flatnonzero(octets[marks] == _NEWLINE)
    counts = np.diff(last_of_row, prepend=-1)
    firsts = last_of_row - counts + 1
    row_ends = marks[last_of_row]
    row_starts = np.concatenate(([0], row_ends[:-1] + 1))
    lines = _line_numbers(block, octets, row_starts)
    spare = counts - columns
    good = (spare >= 0) & (row_ends - marks[np.minimum(firsts + columns - 1, len(marks) - 1)] == spare)
    ends = marks[firsts[good, None] + np.arange(columns)]
    starts = np.empty_like(ends)
    starts[:, 0] = row_starts[good]
    starts[:, 1:] = ends[:, :-1] + 1

    def ragged(row: int) -> Problem:
        text = octets[row_starts[row] : row_ends[row]].tobytes().decode()
        return Problem(int(lines[row]), _ragged(int(counts[row]), columns), text=text[:60])

    bad = np.flatnonzero(~good & ~_empty(octets, row_starts, row_ends))
    return Grid(octets, starts, ends, lines[good], block.position, (*block.problems, *told(bad, ragged)))


def _line_numbers(block: Block, octets: NDArray[np.uint8], row_starts: NDArray[np.int64]) -> NDArray[np.int64]:
    newlines = np.flatnonzero(octets == _NEWLINE)
    if len(newlines) == len(row_starts):
        return np.arange(block.line, block.line + len(row_starts), dtype=np.int64)
    return np.searchsorted(newlines, row_starts).astype(np.int64) + block.line


def _empty(octets: NDArray[np.uint8], starts: NDArray[np.int64], ends: NDArray[np.int64]) -> NDArray[np.bool_]:
    """bool (r,): rows with nothing but blanks."""
    starts, ends = stripped(octets, starts, ends)
    empty: NDArray[np.bool_] = starts == ends
    return empty


def _ragged(found: int, columns: int) -> str:
    return f"{found} cells where there are {columns} headings"


def _by_record(block: Block, dialect: Dialect, columns: int) -> Grid:
    faults: list[tuple[int, str]] = []
    rows, numbers = [], []
    lines = block.text.decode().split("\n")[:-1]
    index = 0
    while index < len(lines):
        taken, cells = _record(lines, index, dialect, columns)
        if isinstance(cells, str):
            faults.append((index, cells))
        elif cells:
            rows.append(cells)
            numbers.append(block.line + index)
        index += taken

    def problem(fault: int) -> Problem:
        index, reason = faults[fault]
        return Problem(block.line + index, reason, text=lines[index][:60])

    grid = grid_of(rows, numbers, columns, block.position)
    return replace(grid, problems=(*block.problems, *told(np.arange(len(faults)), problem)))


def _record(lines: list[str], first: int, dialect: Dialect, columns: int) -> tuple[int, list[str] | str]:
    """The lines taken and the cells of the record that begins here; none for an empty one, a text for what is wrong.

    A record that is wrong costs its first line only: a stray quotation mark must not swallow the lines after it.
    """
    taken = lines_of_record(lines, first, dialect.quote)
    if not taken:
        return 1, NEVER_CLOSED
    try:
        cells = dialect.cells("\n".join(lines[first : first + taken]))
    except csv.Error:
        return 1, "quotation marks in the wrong place"
    if not any(cells):
        return taken, []
    if len(cells) < columns or any(cells[columns:]):
        return 1, _ragged(len(cells), columns)
    return taken, cells[:columns]


def lines_of_record(lines: list[str], first: int, quote: str) -> int:
    """How many lines the record takes that begins here; 0 where its quotation mark is never closed."""
    odd, length = False, 0
    for index in range(first, len(lines)):
        odd ^= bool(lines[index].count(quote) % 2)
        if not odd:
            return index - first + 1
        length += len(lines[index])
        if length > LONGEST_RECORD:
            return 0
    return 0
