"""Readings of a table file as portions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import chain, islice
from typing import BinaryIO, Protocol

import numpy as np

from integration.formats.portion import PORTION_VALUES, Portion, Problem, Severity
from integration.formats.table import mapping as declared
from integration.formats.table.channels import Drafting
from integration.formats.table.checks import MappingError, check
from integration.formats.table.clock import Clock
from integration.formats.table.days import interval_of_width
from integration.formats.table.grid import Grid
from integration.formats.table.layout import Places, find_columns
from integration.formats.table.lengths import Lengths
from integration.formats.table.long import LongLayout
from integration.formats.table.numbers import NumberReader
from integration.formats.table.pieces import Piece
from integration.formats.table.rows import Table, open_table
from integration.formats.table.settle import Rules, Settling
from integration.formats.table.signs import decimal_sign
from integration.formats.table.vocabulary import Vocabulary
from integration.formats.table.wide_day import WideDayLayout
from integration.formats.table.wide_time import WideTimeLayout

MOST_PROBLEMS = 20_000
"""A portion ends early when it has so many, so that a file of nothing but faults needs no memory either."""
MOST_ROWS = 1_000_000
SAMPLE_ROWS = 200


class _Layout(Protocol):
    def piece(self, grid: Grid, vocabulary: Vocabulary) -> tuple[Piece, list[Problem]]: ...


class TableReader:
    """Reads CSV files and sheets by a mapping; see `portion.Reader`. MappingError when the mapping cannot be followed.

    `header` says what was found: encoding, delimiter, sheet, decimal sign, headings. With `position` of an earlier
    portion the reader gives the portions after it; it goes through the file from its start, because what came before
    decides how the rest is read (interval lengths, the order of two equal hours), and costs reading time only.
    `stream` must be seekable for workbooks.
    """

    def __init__(self, stream: BinaryIO, mapping: declared.Mapping, *, position: int = 0) -> None:
        if faults := check(mapping):
            raise MappingError(tuple(faults))
        self._stream, self._mapping, self._position = stream, mapping, position
        self.header: dict[str, str] = {}

    def __iter__(self) -> Iterator[Portion]:
        return (portion for portion in self._portions() if portion.position > self._position or not self._position)

    def _portions(self) -> Iterator[Portion]:
        mapping = self._mapping
        sign = mapping.numbers.decimal if mapping.numbers.decimal != declared.AUTO else "."
        table = open_table(self._stream, mapping.source, sign)
        self.header = table.info | {"headings": " · ".join(table.headings[:50])}
        places, problems = find_columns(table.headings, mapping, table.heading_line)
        interval = _interval(mapping, places)
        if not problems and mapping.layout is declared.Layout.WIDE_DAY and interval is None:
            reason = f"{len(places.values)} columns of values are no day of 5, 10, 15, 30 or 60 minutes"
            problems.append(Problem(table.heading_line, reason, values=0))
        if problems or any(problem.severity is Severity.ERROR for problem in table.problems):
            yield _empty((*table.problems, *(problems if table.headings else ())))
            return
        yield from self._read(table, places, interval)

    def _read(self, table: Table, places: Places, interval: int | None) -> Iterator[Portion]:
        first = next(table.grids, None)
        grids = chain([] if first is None else [first], table.grids)
        sign, told = self._decimal(first, places, table)
        layout = self._layout(table, places, NumberReader(self._mapping.numbers, sign), interval)
        value_heading = table.headings[places.values[0]] if self._mapping.layout is declared.Layout.LONG else ""
        rules = Rules(
            headings=table.headings,
            drafting=Drafting(self._mapping, value_heading),
            clock=Clock(self._mapping.times, table.headings[places.of["time"]]),
            lengths=Lengths(interval),
            ends=self._mapping.times.mark is declared.Mark.END and interval != 0,
            shared=self._mapping.layout is declared.Layout.WIDE_TIME,
        )
        for gathered in _gathered(layout, grids, [*table.problems, *told]):
            yield gathered.portion(rules)

    def _decimal(self, sample: Grid | None, places: Places, table: Table) -> tuple[str, list[Problem]]:
        """The decimal sign, with a note where it had to be assumed."""
        if self._mapping.numbers.decimal != declared.AUTO:
            return self._mapping.numbers.decimal, []
        sign, sure = decimal_sign(_sample(sample, places)) if sample else (".", True)
        self.header["decimal sign"] = sign
        if sure:
            return sign, []
        reason = f"nothing tells decimals from thousands: {sign!r} is taken for the decimal sign"
        heading = table.headings[places.values[0]]
        return sign, [Problem(table.heading_line, reason, heading, severity=Severity.NOTE, values=0)]

    def _layout(self, table: Table, places: Places, numbers: NumberReader, interval: int | None) -> _Layout:
        if self._mapping.layout is declared.Layout.LONG:
            return LongLayout(self._mapping, table.headings, places, numbers)
        if self._mapping.layout is declared.Layout.WIDE_TIME:
            return WideTimeLayout(self._mapping, table.headings, places, numbers)
        assert interval
        return WideDayLayout(self._mapping, table.headings, places, numbers, interval)


class _Gathered:
    """Pieces of one portion."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.vocabulary = Vocabulary()
        self.pieces: list[Piece] = []
        self.problems = list(problems)
        self.position = self.rows = self.values = 0

    def add(self, piece: Piece, problems: Iterable[Problem], grid: Grid) -> None:
        self.pieces.append(piece)
        self.problems.extend(problems)
        self.position = grid.position
        self.rows += len(grid)
        self.values += len(piece)

    @property
    def is_full(self) -> bool:
        return self.values >= PORTION_VALUES or len(self.problems) >= MOST_PROBLEMS or self.rows >= MOST_ROWS

    def portion(self, rules: Rules) -> Portion:
        if not self.values:
            return replace(_empty(tuple(self.problems)), position=self.position, rows=self.rows)
        settling = Settling(rules, Piece.joined(self.pieces), self.vocabulary, self.problems)
        return settling.portion(self.position, self.rows)


def _gathered(layout: _Layout, grids: Iterator[Grid], problems: list[Problem]) -> Iterator[_Gathered]:
    """Portions' worth of pieces; at least one, which tells what is wrong with an empty file."""
    gathered = _Gathered(problems)
    for grid in grids:
        piece, told = layout.piece(grid, gathered.vocabulary)
        gathered.add(piece, (*grid.problems, *told), grid)
        if gathered.is_full:
            yield gathered
            gathered = _Gathered(())
    if gathered.rows or gathered.problems or not gathered.position:
        yield gathered


def _interval(mapping: declared.Mapping, places: Places) -> int | None:
    if mapping.layout is declared.Layout.WIDE_DAY:
        return mapping.times.interval_s or interval_of_width(len(places.values))
    return mapping.times.interval_s


def _sample(grid: Grid, places: Places) -> Iterator[str]:
    rows = grid.take(np.arange(len(grid)) < SAMPLE_ROWS).rows()
    return (row[index].strip() for row in rows for index in islice(places.values, 50))


def _empty(problems: tuple[Problem, ...]) -> Portion:
    none = np.zeros(0, dtype=np.int64)
    return Portion(
        channels=(),
        channel=none.astype(np.int32),
        at=none,
        values=none,
        quality=none.astype(np.uint8),
        status=none.astype(np.uint32),
        lines=none,
        problems=problems,
    )
