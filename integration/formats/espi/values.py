"""The values of interval blocks, from marks and elements in the tree to stretches of channels."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import groupby

import numpy as np

from integration.formats.espi.columns import ABSENT, Columns
from integration.formats.espi.directory import Directory, Meter, links_of
from integration.formats.espi.element import Element
from integration.formats.espi.names import ESPI_SPACE, espi
from integration.formats.espi.problems import Problems
from integration.formats.espi.readings import read_readings
from integration.formats.espi.resources import number, short
from integration.formats.espi.runs import Run
from integration.formats.espi.settle import Stretch, settle
from integration.formats.espi.skeleton import Taken, is_mark, take_blocks
from integration.formats.portion import Kind, Problem, Severity

_INTERVAL = espi("interval")


class _Block:
    """An interval block that is being read: its declared period, where its next reading begins, how long all were."""

    def __init__(self, element: Element) -> None:
        period = element.find(_INTERVAL)
        self.element = element
        self.start = number(period.findtext(espi("start"))) if period is not None else None
        self.duration = number(period.findtext(espi("duration"))) if period is not None else None
        self.next = self.start
        self.covered_s = 0


class Values:
    """Reads the values of entry after entry; `emit` gets the stretches."""

    def __init__(
        self, directory: Directory, runs: dict[str, Run], problems: Problems, emit: Callable[[Stretch], None]
    ) -> None:
        self._directory = directory
        self._runs = runs
        self._problems = problems
        self._emit = emit
        self._block: _Block | None = None
        self._rows = 0

    def take_rows(self) -> int:
        """How many readings of the file there were since the last time."""
        rows, self._rows = self._rows, 0
        return rows

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
        parts = [part for part in self._parts(taken) if len(part)]
        if parts:
            columns = Columns.joined(parts)
            if isinstance(meter, str):
                self._problems.add(Problem(int(columns.line[0]), meter, "IntervalBlock", owner, values=len(columns)))
            else:
                self._settle(meter, columns, self._block)
        if taken.whole:
            if isinstance(meter, Meter) and meter.measured.kind is not Kind.STAND:
                self._note_gap(self._block)
            self._block = None

    def _parts(self, taken: Taken) -> Iterator[Columns]:
        """Columns of marks and of elements, in their order."""
        for marked, children in groupby(taken.children, is_mark):
            if marked:
                for mark in children:
                    run = self._runs.pop(mark.text or "", None)
                    if run is not None and taken.block.nsmap.get(run.prefix) == ESPI_SPACE:
                        self._rows += len(run.columns)
                        yield run.columns
            else:
                elements = list(children)
                yield read_readings(elements, self._problems)
                self._rows += len(elements)

    def _settle(self, meter: Meter, columns: Columns, block: _Block) -> None:
        lengths = np.where(columns.duration > 0, columns.duration, meter.reading_type.interval_s)
        if (columns.start == ABSENT).any():
            columns = self._dated(columns, lengths.tolist(), block)
        else:
            block.next = int(columns.start[-1] + lengths[-1])
        block.covered_s += int(lengths.sum())
        for stretch in settle(meter, columns, self._problems):
            self._emit(stretch)

    def _dated(self, columns: Columns, lengths: list[int], block: _Block) -> Columns:
        """With the starts that are not written: a reading without a period follows the one before it."""
        starts = columns.start.tolist()
        for index, start in enumerate(starts):
            starts[index] = block.next if start == ABSENT and block.next is not None else start
            block.next = starts[index] + lengths[index] if starts[index] != ABSENT else None
        undated = np.array(starts) == ABSENT
        self._problems.each(undated, columns.line, "a reading without a start", "timePeriod", columns.value)
        return replace(columns, start=np.array(starts, dtype=np.int64)).take(~undated)

    def _note_gap(self, block: _Block) -> None:
        if block.duration and 0 < block.covered_s < block.duration:
            reason = f"readings cover {block.covered_s} of the {block.duration} s of their block"
            line = int(block.element.sourceline or 1)
            self._problems.add(Problem(line, reason, "interval", "", Severity.NOTE, 0))
