"""The sheets of a workbook that is written row by row."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeAlias

from integration.formats.table.workbook import MOST_ROWS

SHEET = "Values"
_WIDTH, _HEAD_COLOUR = 20, "#DDE6EE"

Cell: TypeAlias = str | tuple[float, Any] | None
"""A text, a number with its format, or nothing."""


class Sheets:
    """Sheets of the same headings; when one is full the next begins. `book` is an open `xlsxwriter.Workbook`."""

    def __init__(self, book: Any) -> None:
        self._book = book
        self._bold = book.add_format({"bold": True, "bg_color": _HEAD_COLOUR})
        self.time = book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
        self._numbers: dict[int, Any] = {}
        self._headings: Sequence[str] = ()
        self._sheet: Any = None
        self._count = self._row = 0

    def begin(self, headings: Sequence[str]) -> None:
        """The first sheet; once, before any row."""
        self._headings = headings
        self._next_sheet()

    def add(self, cells: Sequence[Cell]) -> None:
        """One row. Texts stay texts, whatever they begin with."""
        if self._row == MOST_ROWS:
            self._next_sheet()
        for column, cell in enumerate(cells):
            if isinstance(cell, str):
                self._sheet.write_string(self._row, column, cell)
            elif cell is not None:
                self._sheet.write_number(self._row, column, *cell)
        self._row += 1

    def number(self, decimals: int) -> Any:
        """The format of numbers of so many decimals."""
        if decimals not in self._numbers:
            self._numbers[decimals] = self._book.add_format({"num_format": f"0.{'0' * decimals}" if decimals else "0"})
        return self._numbers[decimals]

    def _next_sheet(self) -> None:
        self._count += 1
        self._sheet = self._book.add_worksheet(SHEET if self._count == 1 else f"{SHEET} {self._count}")
        self._sheet.set_column(0, max(len(self._headings) - 1, 0), _WIDTH)
        self._sheet.freeze_panes(1, 0)
        for column, heading in enumerate(self._headings):
            self._sheet.write_string(0, column, heading, self._bold)
        self._row = 1
