"""The long layout: a row is a value."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from integration.formats.decimals import State
from integration.formats.portion import Problem
from integration.formats.table.cells import is_one_of, read_cells
from integration.formats.table.channels import PARTS
from integration.formats.table.grid import Grid
from integration.formats.table.layout import Places
from integration.formats.table.mapping import Mapping
from integration.formats.table.numbers import NumberReader
from integration.formats.table.pieces import Piece
from integration.formats.table.qualities import KNOWN
from integration.formats.table.telling import told
from integration.formats.table.times import TimeReader
from integration.formats.table.vocabulary import Vocabulary
from metering.quality import Quality


class LongLayout:
    """Turns grids into pieces."""

    def __init__(self, mapping: Mapping, headings: list[str], places: Places, numbers: NumberReader) -> None:
        self._mapping, self._headings, self._places, self._numbers = mapping, headings, places, numbers
        times = [places.of[name] for name in ("time", "clock") if name in places.of]
        self._times = TimeReader(mapping.times.format, tuple(times), tuple(headings[index] for index in times))
        named = {text.strip().casefold(): KNOWN[name] for text, name in mapping.names.qualities.items()}
        self._qualities = KNOWN | named

    def piece(self, grid: Grid, vocabulary: Vocabulary) -> tuple[Piece, list[Problem]]:
        """The values of a grid; rows without a usable time, number or quality are left out by name."""
        times = self._times.read(grid)
        cells, problems = read_cells(self._numbers, grid, self._places.values, self._headings)
        quality, known, unknown = self._quality(grid)
        states = np.where(quality == Quality.MISSING, np.uint8(State.EMPTY), cells.states)
        piece = Piece(
            series=vocabulary.encode(key_cells(grid, self._places)),
            labels=times.seconds,
            offsets=times.offsets,
            first=first_of_two(grid, self._mapping, self._places),
            integers=cells.integers,
            decimals=cells.decimals,
            states=states,
            quality=np.where(quality == Quality.MISSING, np.uint8(Quality.MEASURED), quality),
            lines=grid.lines,
            columns=np.full(len(grid), self._places.values[0], dtype=np.int32),
        )
        return piece.take(times.good & ~cells.faulty & known), [*times.problems, *problems, *unknown]

    def _quality(self, grid: Grid) -> tuple[NDArray[np.uint8], NDArray[np.bool_], list[Problem]]:
        """Codes of all rows, which of them are known, and problems for the others. An empty cell means measured, unless
        the mapping says otherwise."""
        if "quality" not in self._places.of:
            return np.zeros(len(grid), dtype=np.uint8), np.ones(len(grid), dtype=np.bool_), []
        index = self._places.of["quality"]
        unique, where = np.unique(grid.column(index), return_inverse=True)
        found = [self._code(text.decode(errors="replace")) for text in unique.tolist()]
        codes = np.array([code or 0 for code in found], dtype=np.uint8)[where]
        known = np.array([code is not None for code in found], dtype=np.bool_)[where]

        def problem(row: int) -> Problem:
            reason = "a quality the mapping does not name"
            return Problem(int(grid.lines[row]), reason, self._headings[index], grid.text(row, index)[:60])

        return codes, known, told(np.flatnonzero(~known), problem)

    def _code(self, text: str) -> int | None:
        return self._qualities.get(text.casefold(), None if text else int(Quality.MEASURED))


def key_cells(grid: Grid, places: Places) -> list[NDArray[np.bytes_]]:
    """The texts that say which series a row belongs to, in the order of `channels.Key`; empty where no column does."""
    nothing = np.zeros(len(grid), dtype="S1")
    return [grid.column(places.of[name]) if name in places.of else nothing for name in PARTS]


def first_of_two(grid: Grid, mapping: Mapping, places: Places) -> NDArray[np.bool_]:
    """bool (r,): rows whose flag column says that they belong to the first of two equal hours."""
    if "flag" not in places.of:
        return np.zeros(len(grid), dtype=np.bool_)
    return is_one_of(grid.column(places.of["flag"]), mapping.times.first)
