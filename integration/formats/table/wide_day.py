"""The wide layout by day: a row is a day of a series, a column an interval of it, in their order from midnight."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from integration.formats.decimals import State
from integration.formats.portion import Problem
from integration.formats.table.cells import read_cells
from integration.formats.table.days import DayRules, Group
from integration.formats.table.grid import Grid
from integration.formats.table.layout import Places
from integration.formats.table.long import key_cells
from integration.formats.table.mapping import Mapping
from integration.formats.table.numbers import Column, NumberReader
from integration.formats.table.pieces import Piece
from integration.formats.table.plans import NOTHING, Plan
from integration.formats.table.times import TimeReader
from integration.formats.table.vocabulary import Vocabulary
from integration.formats.table.zones import DAY_S

_POWERS = 10 ** np.arange(10, dtype=np.int64)


class WideDayLayout:
    """Turns grids into pieces whose labels are UTC and name the start of the interval."""

    def __init__(
        self, mapping: Mapping, headings: list[str], places: Places, numbers: NumberReader, interval_s: int
    ) -> None:
        self._headings, self._places, self._numbers = headings, places, numbers
        date = places.of["time"]
        self._times = TimeReader(mapping.times.format, (date,), (headings[date],))
        self._rules = DayRules(mapping.times, interval_s)

    def piece(self, grid: Grid, vocabulary: Vocabulary) -> tuple[Piece, list[Problem]]:
        """The values of a grid; days that do not fit are refused or repaired, row by row and by name."""
        times = self._times.read(grid)
        grid = grid.take(times.good)
        days = times.seconds[times.good] // DAY_S
        cells, problems = read_cells(self._numbers, grid, self._places.values, self._headings)
        valued = (cells.states != State.EMPTY).reshape(len(grid), len(self._places.values))
        places = np.array(self._places.values)
        groups = self._rules.groups(days, valued, grid.starts[:, places] < grid.ends[:, places])
        placing = _Placing(
            grid, vocabulary.encode(key_cells(grid, self._places)), self._rules.starts(days), cells, self._places
        )
        pieces = [placing.piece(group.rows, group.plan) for group in groups if group.plan]
        told = [self._problem(group, row, grid, valued) for group in groups if group.reason for row in group.rows]
        return Piece.joined([placing.nothing(), *pieces]), [*times.problems, *problems, *told]

    def _problem(self, group: Group, row: int, grid: Grid, valued: NDArray[np.bool_]) -> Problem:
        date = self._places.of["time"]
        text, values = grid.text(row, date)[:60], int(valued[row].sum())
        return Problem(int(grid.lines[row]), group.reason, self._headings[date], text, group.severity, values)


class _Placing:
    """The numbers of r rows by k columns, and where they go."""

    def __init__(
        self, grid: Grid, series: NDArray[np.int32], starts: NDArray[np.int64], cells: Column, places: Places
    ) -> None:
        shape = (len(grid), len(places.values))
        self._lines, self._series, self._starts = grid.lines, series, starts
        self._integers, self._decimals = cells.integers.reshape(shape), cells.decimals.reshape(shape)
        self._states, self._faulty = cells.states.reshape(shape), cells.faulty.reshape(shape)
        self._columns = np.array(places.values, dtype=np.int32)

    def nothing(self) -> Piece:
        """No values."""
        none = np.zeros(0, dtype=np.int64)
        return self.piece(none, Plan(none, none, none.astype(np.bool_), none))

    def piece(self, rows: NDArray[np.intp], plan: Plan) -> Piece:
        """The values of these rows by this plan; intervals whose column the file does not have are left out."""
        there = plan.columns < len(self._columns)
        columns, halved, added = plan.columns[there], plan.halved[there], plan.added[there]
        cells = np.ix_(rows, columns)
        integers, decimals, states = self._integers[cells], self._decimals[cells], self._states[cells]
        faulty = self._faulty[cells]
        for place in np.flatnonzero(added != NOTHING):
            other = rows, added[place]
            both = np.maximum(decimals[:, place], self._decimals[other])
            integers[:, place] *= _POWERS[both - decimals[:, place]]
            integers[:, place] += self._integers[other] * _POWERS[both - self._decimals[other]]
            decimals[:, place] = both
            faulty[:, place] |= self._faulty[other] | (states[:, place] != self._states[other])
        integers = np.where(halved, integers * 5, integers)
        decimals = decimals + halved
        return self._flat(rows, columns, plan.seconds[there], integers, decimals, states).take(~faulty.ravel())

    def _flat(
        self,
        rows: NDArray[np.intp],
        columns: NDArray[np.int64],
        seconds: NDArray[np.int64],
        integers: NDArray[np.int64],
        decimals: NDArray[np.int64],
        states: NDArray[np.uint8],
    ) -> Piece:
        count, wide = len(rows) * len(columns), len(columns)
        return Piece(
            series=np.repeat(self._series[rows], wide),
            labels=(self._starts[rows][:, None] + seconds).ravel(),
            offsets=np.zeros(count, dtype=np.int32),
            first=np.zeros(count, dtype=np.bool_),
            integers=integers.ravel(),
            decimals=decimals.ravel(),
            states=states.ravel(),
            quality=np.zeros(count, dtype=np.uint8),
            lines=np.repeat(self._lines[rows], wide),
            columns=np.tile(self._columns[columns], len(rows)),
        )
