"""The values of interval blocks, from marks and elements in the tree to stretches of channels."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import groupby

import numpy as np

from integration.formats.espi.columns import ABSENT, Columns
from integration.formats.espi.directory import Directory, Meter, links_of
from integration.formats.espi.element import Element
from integration.formats.espi.names import ESPI_SPACE, READING, espi
from integration.formats.espi.problems import Problems
from integration.formats.espi.readings import read_readings
from integration.formats.espi.resources import number, short
from integration.formats.espi.runs import Run
from integration.formats.espi.settle import Stretch, settle
from integration.formats.espi.skeleton import Taken, is_mark, take_blocks
from integration.formats.portion import Kind, Problem, Severity

_INTERVAL, _START, _DURATION = espi("interval"), espi("start"), espi("duration")
_EARLY = 10


@dataclass(slots=True)
class _Block:
    """An interval block that is being read: where its next reading begins, its length, how much of it was covered."""

    element: Element
    next: int | None = None
    duration: int | None = None
    covered_s: int = 0

    def learn(self, children: list[Element]) -> None:
        """Take up the declared period, which stands before the readings, if it is among these."""
        period = next((child for child in children[:_EARLY] if child.tag == _INTERVAL), None)
        if period is not None:
            self.next, self.duration = number(period.findtext(_START)), number(period.findtext(_DURATION))

    def advance(self, columns: Columns, declared: int) -> None:
        """Count readings that have starts; those without a length have the declared one."""
        lengths = columns.duration
        self.covered_s += int(lengths[lengths > 0].sum()) + declared * int((lengths <= 0).sum())
        self.next = int(columns.start[-1]) + (max(int(lengths[-1]), 0) or declared)


class Values:
    """Reads the values of entry after entry; `emit` gets the stretches, at the latest with `flush`."""

    def __init__(
        self, directory: Directory, runs: dict[str, Run], problems: Problems, emit: Callable[[Stretch], None]
    ) -> None:
        self._directory = directory
        self._runs = runs
        self._problems = problems
        self._emit = emit
        self._block: _Block | None = None
        self._meter: Meter | None = None
        self._waiting: list[Columns] = []
        self._rows = 0

    def take_rows(self) -> int:
        """How many readings of the file there were since the last time."""
        rows, self._rows = self._rows, 0
        return rows

    def flush(self) -> None:
        """Give out what waits: blocks of one meter reading that follow each other become one stretch."""
        if self._meter is not None and self._waiting:
            for stretch in settle(self._meter, Columns.joined(self._waiting), self._problems):
                self._emit(stretch)
        self._waiting = []

    def take(self, entry: Element, *, whole: bool, broken: bool = False) -> bool:
        """Read what is complete of an entry. False where nothing was: an entry whose links are still to come waits."""
        links = links_of(entry)
        if not whole and not (links.up or links.own):
            return False
        before = self._rows
        for taken in take_blocks(entry, whole=whole, broken=broken):
            self._take_block(taken, self._directory.meter(links), short(links.up or links.own))
        return self._rows > before

    def _take_block(self, taken: Taken, meter: Meter | str, owner: str) -> None:
        if self._block is None or self._block.element is not taken.block:
            self._block = _Block(taken.block)
        self._block.learn(taken.children)
        if isinstance(meter, str):
            self._refuse(taken, meter, owner)
        else:
            self._queue(taken, meter, self._block)
        if taken.whole:
            self._block = None

    def _refuse(self, taken: Taken, reason: str, owner: str) -> None:
        columns = [part for part in self._parts(taken) if len(part)]
        if columns:
            line, count = int(columns[0].line[0]), sum(map(len, columns))
            self._problems.add(Problem(line, reason, "IntervalBlock", owner, values=count))

    def _queue(self, taken: Taken, meter: Meter, block: _Block) -> None:
        if meter is not self._meter:
            self.flush()
            self._meter = meter
        declared = meter.reading_type.interval_s
        for part in self._parts(taken):
            dated = self._dated(part, declared, block)
            if len(dated):
                block.advance(dated, declared)
                self._waiting.append(dated)
        if taken.whole and meter.measured.kind is not Kind.STAND:
            self._note_gap(block)

    def _parts(self, taken: Taken) -> Iterator[Columns]:
        """Columns of marks and of elements, in their order."""
        for marked, children in groupby(taken.children, is_mark):
            if not marked:
                elements = [child for child in children if child.tag == READING]
                self._rows += len(elements)
                yield read_readings(elements, self._problems)
                continue
            for mark in children:
                run = self._runs.pop(mark.text or "", None)
                if run is not None and taken.block.nsmap.get(run.prefix) == ESPI_SPACE:
                    self._rows += len(run.columns)
                    yield run.columns

    def _dated(self, columns: Columns, declared: int, block: _Block) -> Columns:
        """With the starts that are not written: a reading without a period follows the one before it."""
        undated = columns.start == ABSENT
        if not undated.any():
            return columns
        starts, at = columns.start.tolist(), block.next
        for index, length in enumerate(columns.duration.tolist()):
            if starts[index] == ABSENT and at is not None:
                starts[index] = at
            at = starts[index] + (max(length, 0) or declared) if starts[index] != ABSENT else None
        dated = replace(columns, start=np.array(starts, dtype=np.int64))
        undated = dated.start == ABSENT
        self._problems.each(undated, columns.line, "a reading without a start", "timePeriod", columns.value)
        return dated.take(~undated)

    def _note_gap(self, block: _Block) -> None:
        if block.duration and 0 < block.covered_s < block.duration:
            reason = f"readings cover {block.covered_s} of the {block.duration} s of their block"
            line = int(block.element.sourceline or 1)
            self._problems.add(Problem(line, reason, "interval", "", Severity.NOTE, 0))
