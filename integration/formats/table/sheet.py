"""Sheets of workbooks (xlsx, ods) as rows of text.

Numbers keep the fifteen digits a spreadsheet has, with the decimal sign of the mapping; dates and times become
ISO 8601, whatever the day zero of the workbook. Of formulas the stored result counts. A cell that shows an error is
empty, and so is a merged cell that is not the first. Columns without a heading are not read.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal
from itertools import islice
from typing import BinaryIO

import python_calamine as calamine

from integration.formats.portion import Problem, Severity
from integration.formats.table.grid import Grid, grid_of
from integration.formats.table.workbook import WorkbookError, check_workbook

ROWS_AT_ONCE = 5000
MERGED = "merged cells: what they show counts for the first of them"
_EXACT = 10**15

Cell = str | float | bool | dt.datetime | dt.date | dt.time | dt.timedelta


class Sheet:
    """One sheet, opened. WorkbookError when the file cannot be read or has no such sheet."""

    def __init__(self, stream: BinaryIO, name: str, decimal: str = ".") -> None:
        check_workbook(stream)
        self._size = stream.seek(0, 2)
        stream.seek(0)
        try:
            book = calamine.CalamineWorkbook.from_filelike(stream)
            self.names = book.sheet_names
            self._sheet = book.get_sheet_by_name(name) if name else book.get_sheet_by_index(0)
        except calamine.WorksheetNotFound as error:
            raise WorkbookError(f"the workbook has no sheet {name!r}; it has {', '.join(self.names)}") from error
        except (calamine.CalamineError, ValueError, OSError) as error:
            raise WorkbookError(f"not a readable workbook: {str(error)[:200]}") from error
        self._decimal = decimal
        self.name = self._sheet.name

    def notes(self) -> list[Problem]:
        """Merged cells: what they show belongs to the first of them only."""
        return [
            Problem(top + 1, MERGED, column=str(left + 1), severity=Severity.NOTE, values=0)
            for (top, left), _ in self._sheet.merged_cell_ranges or []
        ]

    def rows(self) -> Iterator[list[str]]:
        """All rows from the first of the sheet on, of equal length."""
        for row in self._sheet.iter_rows():
            yield [self._text(cell) for cell in row]

    def grids(self, rows: Iterator[list[str]], first: int, columns: int) -> Iterator[Grid]:
        """The remaining `rows`, of which the next one is number `first`; empty ones are passed over."""
        total = max(self._sheet.total_height, 1)
        while block := list(islice(rows, ROWS_AT_ONCE)):
            numbered = [(line, row[:columns]) for line, row in enumerate(block, first) if any(row)]
            first += len(block)
            position = self._size if first > total else self._size * (first - 1) // total
            yield grid_of([row for _, row in numbered], [line for line, _ in numbered], columns, position)

    def _text(self, cell: Cell) -> str:
        if isinstance(cell, str):
            return cell
        if isinstance(cell, bool):
            return "TRUE" if cell else "FALSE"
        if isinstance(cell, int | float):
            return number_text(cell).replace(".", self._decimal)
        if isinstance(cell, dt.datetime):
            return _to_second(cell).isoformat(" ")
        return _clock(cell) if isinstance(cell, dt.timedelta) else cell.isoformat()


def number_text(number: float) -> str:
    """A number with the digits a spreadsheet shows at most; from 10^15 on, where it has lost digits, as `7.36e+17`."""
    if number == int(number) and abs(number) < _EXACT:
        return str(int(number))
    text = f"{number:.15g}"
    return format(Decimal(text), "f") if "e-" in text else text


def _to_second(instant: dt.datetime) -> dt.datetime:
    """Days as binary fractions miss the second by a millionth: 00:14:59.999 is 00:15:00."""
    return (instant + dt.timedelta(microseconds=500_000)).replace(microsecond=0)


def _clock(duration: dt.timedelta) -> str:
    minutes, seconds = divmod(round(duration.total_seconds()), 60)
    return f"{minutes // 60:02}:{minutes % 60:02}:{seconds:02}"
