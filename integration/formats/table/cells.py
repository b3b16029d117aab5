"""Cells of values: numbers with their problems, for all layouts."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from integration.formats.portion import Problem, Severity
from integration.formats.table.grid import Grid
from integration.formats.table.numbers import REASONS, ROUNDED_NOTE, Column, NumberReader

MOST_TOLD = 1000
"""Problems of one kind told row by row in a block; of the rest the number is told."""


def read_cells(
    reader: NumberReader, grid: Grid, columns: tuple[int, ...], headings: list[str]
) -> tuple[Column, list[Problem]]:
    """The numbers of these columns, row by row: cell (i, j) is number i × len(columns) + j; and what is wrong."""
    places = np.array(columns)
    starts, ends = grid.starts[:, places].ravel(), grid.ends[:, places].ravel()
    found = reader.read(grid.octets, starts, ends)
    problems = _faults(found, grid, columns, headings)
    if found.rounded.any():
        first = int(np.flatnonzero(found.rounded)[0])
        row, column = divmod(first, len(columns))
        problems.append(_problem(grid, row, columns[column], headings, ROUNDED_NOTE, Severity.NOTE))
    return found, problems


def _faults(found: Column, grid: Grid, columns: tuple[int, ...], headings: list[str]) -> list[Problem]:
    faulty = np.flatnonzero(found.faulty)
    problems = []
    for index in faulty[:MOST_TOLD].tolist():
        row, column = divmod(index, len(columns))
        reason = REASONS[int(found.states[index])]
        problems.append(_problem(grid, row, columns[column], headings, reason, Severity.ERROR))
    if len(faulty) > MOST_TOLD:
        line = int(grid.lines[faulty[MOST_TOLD] // len(columns)])
        problems.append(Problem(line, "more cells that cannot be taken follow", values=len(faulty) - MOST_TOLD))
    return problems


def _problem(grid: Grid, row: int, column: int, headings: list[str], reason: str, severity: Severity) -> Problem:
    values = 0 if severity is Severity.NOTE else 1
    return Problem(int(grid.lines[row]), reason, headings[column], grid.text(row, column)[:60], severity, values)


def is_one_of(column: NDArray[np.bytes_], texts: tuple[str, ...]) -> NDArray[np.bool_]:
    """bool (r,): cells that hold one of the texts, in any case of letters."""
    wanted = {text.strip().casefold() for text in texts}
    unique, where = np.unique(column, return_inverse=True)
    matches = np.array([text.decode(errors="replace").casefold() in wanted for text in unique.tolist()], dtype=np.bool_)
    return matches[where]
