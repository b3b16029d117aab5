"""The wide layout by time: a row is an instant, a column a series."""

from __future__ import annotations

import numpy as np

from integration.formats.portion import Problem
from integration.formats.table.cells import read_cells
from integration.formats.table.channels import PARTS, key_of_heading
from integration.formats.table.grid import Grid
from integration.formats.table.layout import Places
from integration.formats.table.long import first_of_two
from integration.formats.table.mapping import Mapping
from integration.formats.table.numbers import NumberReader
from integration.formats.table.pieces import Piece
from integration.formats.table.times import TimeReader
from integration.formats.table.vocabulary import Vocabulary


class WideTimeLayout:
    """Turns grids into pieces."""

    def __init__(self, mapping: Mapping, headings: list[str], places: Places, numbers: NumberReader) -> None:
        self._mapping, self._headings, self._places, self._numbers = mapping, headings, places, numbers
        named = [places.of[name] for name in ("time", "clock") if name in places.of]
        self._times = TimeReader(mapping.times.format, tuple(named), tuple(headings[index] for index in named))
        keys = [key_of_heading(headings[index], mapping) for index in places.values]
        texts = ([getattr(key, name) for key in keys] for name in PARTS)
        self._keys = [np.array([text.encode() for text in column]) for column in texts]

    def piece(self, grid: Grid, vocabulary: Vocabulary) -> tuple[Piece, list[Problem]]:
        """The values of a grid, row by row; rows without a usable time and cells without a usable number are left out
        by name."""
        times = self._times.read(grid)
        grid = grid.take(times.good)
        cells, problems = read_cells(self._numbers, grid, self._places.values, self._headings)
        wide, rows = len(self._places.values), len(grid)
        piece = Piece(
            series=np.tile(vocabulary.encode(self._keys), rows),
            labels=np.repeat(times.seconds[times.good], wide),
            offsets=np.repeat(times.offsets[times.good], wide),
            first=np.repeat(first_of_two(grid, self._mapping, self._places), wide),
            integers=cells.integers,
            decimals=cells.decimals,
            states=cells.states,
            quality=np.zeros(rows * wide, dtype=np.uint8),
            lines=np.repeat(grid.lines, wide),
            columns=np.tile(np.array(self._places.values, dtype=np.int32), rows),
        )
        return piece.take(~cells.faulty), [*times.problems, *problems]
