"""Time columns: texts to labels, each text looked at once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from integration.formats.portion import Problem
from integration.formats.table.grid import Grid
from integration.formats.table.patterns import TimeError, parser_of
from integration.formats.table.pieces import LOCAL
from integration.formats.table.telling import told
from integration.formats.table.vocabulary import Vocabulary

MOST_KNOWN = 200_000
"""Texts of times kept at once; a file with more different ones starts afresh."""
_BAD = np.iinfo(np.int64).min


@dataclass(frozen=True, slots=True, eq=False)
class Labels:
    """For r rows: seconds as the calendar reads, offsets or `LOCAL`, and which rows have a time at all."""

    seconds: NDArray[np.int64]
    offsets: NDArray[np.int32]
    good: NDArray[np.bool_]
    problems: tuple[Problem, ...]


class TimeReader:
    """Reads one time column, or a date column and one of times of day."""

    def __init__(self, format_: str, columns: tuple[int, ...], headings: tuple[str, ...]) -> None:
        self._parse = parser_of(format_)
        self._columns = columns
        self._heading = headings[0]
        self._forget()

    def _forget(self) -> None:
        self._texts = Vocabulary()
        self._seconds = np.zeros(0, dtype=np.int64)
        self._offsets = np.zeros(0, dtype=np.int32)
        self._reasons: dict[int, tuple[str, str]] = {}

    def read(self, grid: Grid) -> Labels:
        """The times of all rows; a problem for every row without one."""
        if len(self._texts) > MOST_KNOWN:
            self._forget()
        codes = self._texts.encode([grid.column(column) for column in self._columns])
        if new := self._texts.since(len(self._seconds)):
            learned = [self._learn(code, parts) for code, parts in enumerate(new, len(self._seconds))]
            self._seconds = np.append(self._seconds, [seconds for seconds, _ in learned])
            self._offsets = np.append(self._offsets, np.array([offset for _, offset in learned], dtype=np.int32))
        seconds = self._seconds[codes]
        good = seconds != _BAD
        return Labels(seconds, self._offsets[codes], good, self._problems(grid, codes, good))

    def _learn(self, code: int, parts: tuple[str, ...]) -> tuple[int, int]:
        text = " ".join(part for part in parts if part)
        try:
            label = self._parse(text)
        except TimeError as error:
            self._reasons[code] = (text[:60], str(error))
            return int(_BAD), int(LOCAL)
        return label.seconds, int(LOCAL) if label.offset is None else label.offset

    def _problems(self, grid: Grid, codes: NDArray[np.int32], good: NDArray[np.bool_]) -> tuple[Problem, ...]:
        def problem(row: int) -> Problem:
            text, reason = self._reasons[int(codes[row])]
            return Problem(int(grid.lines[row]), reason, self._heading, text)

        return tuple(told(np.flatnonzero(~good), problem))
