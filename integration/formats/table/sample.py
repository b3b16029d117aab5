"""The beginning of a file, for a person to look at and for proposals."""

from __future__ import annotations

import collections.abc as abc
from dataclasses import dataclass, replace
from itertools import islice
from typing import BinaryIO

from integration.formats.portion import Problem
from integration.formats.table.grid import Grid
from integration.formats.table.mapping import FileKind, Source
from integration.formats.table.rows import open_table
from integration.formats.table.sheet import Sheet
from integration.formats.table.workbook import WorkbookError

SAMPLE_ROWS = 200
_BLOCKS = 2


@dataclass(frozen=True, slots=True)
class Sample:
    """Headings and first rows, all cells as text; `rows` have as many cells as there are headings.

    lines     of the rows in the file
    sheets    names of the sheets of a workbook
    problems  of the file, its headings and these rows
    info      what was found: encoding, delimiter, sheet
    """

    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    lines: tuple[int, ...]
    sheets: tuple[str, ...]
    problems: tuple[Problem, ...]
    info: abc.Mapping[str, str]

    def column(self, index: int) -> list[str]:
        """The cells of a column that hold something."""
        return [row[index] for row in self.rows if row[index]]


def columns(stream: BinaryIO, source: Source, *, most: int = SAMPLE_ROWS) -> Sample:
    """At most `most` rows below the headings. Never raises for what the file contains. `stream` is at its start, and
    seekable for workbooks; of a text no more than two blocks are read: a last line that is not ended is one."""
    sheets = _sheets(stream, source)
    table = open_table(stream, source)
    grids = [_cut(grid, most) for grid in islice(table.grids, _BLOCKS)]
    lines = [line for grid in grids for line in grid.lines.tolist()]
    rows = [tuple(map(str.strip, row)) for grid in grids for row in grid.rows()]
    problems = [problem for grid in grids for problem in grid.problems]
    return Sample(
        headings=tuple(table.headings),
        rows=tuple(rows[:most]),
        lines=tuple(lines[:most]),
        sheets=sheets,
        problems=(*table.problems, *problems[:most]),
        info=table.info,
    )


def _sheets(stream: BinaryIO, source: Source) -> tuple[str, ...]:
    if source.kind is FileKind.CSV:
        return ()
    try:
        return tuple(Sheet(stream, "").names)
    except WorkbookError:
        return ()
    finally:
        stream.seek(0)


def _cut(grid: Grid, most: int) -> Grid:
    return replace(grid, starts=grid.starts[:most], ends=grid.ends[:most], lines=grid.lines[:most])
