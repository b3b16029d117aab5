"""Rows of text as octets with marks: where each cell starts and ends. Columns are read from it without making strings.

Both text files and sheets arrive here, so that everything behind knows one kind of row.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from integration.formats.portion import Problem

LONGEST_CELL = 200
"""Octets of a cell that says what a value is: identifications, times, units. Longer ones are cut, and match nothing."""

_BLANKS = np.zeros(256, dtype=np.bool_)
_BLANKS[[9, 32]] = True


@dataclass(frozen=True, slots=True, eq=False)
class Grid:
    """r rows of c cells.

    octets    uint8, UTF-8; cell (i, j) is `octets[starts[i, j]:ends[i, j]]`
    starts    int64 (r, c), ends the same
    lines     int64 (r,), line of the file or row of the sheet, counted from 1
    position  octets of the file that are read when these rows are
    problems  rows that could not be made out, and notes
    """

    octets: NDArray[np.uint8]
    starts: NDArray[np.int64]
    ends: NDArray[np.int64]
    lines: NDArray[np.int64]
    position: int
    problems: tuple[Problem, ...] = ()

    def __len__(self) -> int:
        return len(self.lines)

    def rows(self) -> list[list[str]]:
        """All cells as text."""
        octets = self.octets.tobytes()
        pairs = zip(self.starts.tolist(), self.ends.tolist(), strict=True)
        return [[octets[a:b].decode() for a, b in zip(*marks, strict=True)] for marks in pairs]

    def text(self, row: int, column: int) -> str:
        """One cell as text."""
        return self.octets[self.starts[row, column] : self.ends[row, column]].tobytes().decode()

    def column(self, index: int) -> NDArray[np.bytes_]:
        """A column as UTF-8, bytes (r,), blanks around it taken off, at most `LONGEST_CELL` octets."""
        starts, ends = stripped(self.octets, self.starts[:, index], self.ends[:, index])
        widths = ends - starts
        width = min(max(int(widths.max(initial=0)), 1), LONGEST_CELL)
        steps = np.arange(width)
        places = np.minimum(starts[:, None] + steps, len(self.octets) - 1)
        cells = np.where(steps < widths[:, None], self.octets[places], np.uint8(0))
        column: NDArray[np.bytes_] = np.ascontiguousarray(cells).view(f"S{width}").ravel()
        return column

    def take(self, rows: NDArray[np.bool_]) -> Grid:
        """The grid with these rows only."""
        if rows.all():
            return self
        return replace(self, starts=self.starts[rows], ends=self.ends[rows], lines=self.lines[rows])


def stripped(
    octets: NDArray[np.uint8], starts: NDArray[np.int64], ends: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Starts and ends of cells without the blanks (space, tab) around them."""
    starts, ends, last = starts.copy(), ends.copy(), len(octets) - 1
    while (blank := (starts < ends) & _BLANKS[octets[np.minimum(starts, last)]]).any():
        starts += blank
    while (blank := (starts < ends) & _BLANKS[octets[ends - 1]]).any():
        ends -= blank
    return starts, ends


def grid_of(rows: Sequence[Sequence[str]], lines: Sequence[int], columns: int, position: int) -> Grid:
    """A grid of rows that are text already; each has `columns` cells."""
    cells = [cell.encode() for row in rows for cell in row]
    widths = np.fromiter(map(len, cells), dtype=np.int64, count=len(cells))
    ends = np.cumsum(widths)
    return Grid(
        octets=np.frombuffer(b"".join(cells) + b"\n", dtype=np.uint8),
        starts=(ends - widths).reshape(-1, columns),
        ends=ends.reshape(-1, columns),
        lines=np.array(lines, dtype=np.int64),
        position=position,
    )
