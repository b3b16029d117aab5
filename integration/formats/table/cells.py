"""Cells of values: numbers with their problems, for all layouts."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from integration.formats.portion import Problem, Severity
from integration.formats.table.grid import Grid
from integration.formats.table.numbers import REASONS, ROUNDED_NOTE, Column, NumberReader
from integration.formats.table.telling import told


def read_cells(
    reader: NumberReader, grid: Grid, columns: tuple[int, ...], headings: list[str]
) -> tuple[Column, list[Problem]]:
    """The numbers of these columns, row by row: cell (i, j) is number i × len(columns) + j; and what is wrong."""
    places = np.array(columns)
    starts, ends = grid.starts[:, places].ravel(), grid.ends[:, places].ravel()
    found = reader.read(grid.octets, starts, ends)

    def fault(index: int) -> Problem:
        row, column = divmod(index, len(columns))
        return _problem(grid, row, columns[column], headings, REASONS[int(found.states[index])], Severity.ERROR)

    problems = told(np.flatnonzero(found.faulty), fault)
    if found.rounded.any():
        first = int(np.flatnonzero(found.rounded)[0])
        row, column = divmod(first, len(columns))
        problems.append(_problem(grid, row, columns[column], headings, ROUNDED_NOTE, Severity.NOTE))
    return found, problems


def _problem(grid: Grid, row: int, column: int, headings: list[str], reason: str, severity: Severity) -> Problem:
    values = 0 if severity is Severity.NOTE else 1
    return Problem(int(grid.lines[row]), reason, headings[column], grid.text(row, column)[:60], severity, values)


def is_one_of(column: NDArray[np.bytes_], texts: tuple[str, ...]) -> NDArray[np.bool_]:
    """bool (r,): cells that hold one of the texts, in any case of letters."""
    wanted = {text.strip().casefold() for text in texts}
    unique, where = np.unique(column, return_inverse=True)
    matches = np.array([text.decode(errors="replace").casefold() in wanted for text in unique.tolist()], dtype=np.bool_)
    return matches[where]
