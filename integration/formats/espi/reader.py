"""Reading Green Button files."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import BinaryIO

from integration.formats.espi.directory import Directory
from integration.formats.espi.gather import Gatherer
from integration.formats.espi.limits import ENTRIES
from integration.formats.espi.problems import Problems
from integration.formats.espi.scan import Scan, Step
from integration.formats.espi.settle import Stretch
from integration.formats.espi.skeleton import take_blocks
from integration.formats.espi.summaries import Accounts
from integration.formats.espi.values import Values
from integration.formats.portion import PORTION_VALUES, Portion, Problem, Severity


class EspiReader:
    """Reads a Green Button file (NAESB REQ.21 ESPI, 1.1 to 4.0) portion by portion; iterate once.

    `stream` must be seekable and is read twice: first for everything but the values, then for these. `position` is that
    of a portion received earlier: portions up to there are not given again. Memory: a portion, a piece of the file and
    its usage points, meter readings, reading types and summaries (at most `limits.ENTRIES`).
    """

    def __init__(self, stream: BinaryIO, *, position: int = 0) -> None:
        self._stream = stream
        self._position = position
        self._header: dict[str, str] = {}

    @property
    def header(self) -> Mapping[str, str]:
        """`title` of the feed, `tz_offset` and `dst_offset` in seconds, `dst_start`, `dst_end`: what the file has."""
        return self._header

    def __iter__(self) -> Iterator[Portion]:
        for portion in self._portions(self._look_up()):
            if not self._position or portion.position > self._position:
                yield portion

    def _look_up(self) -> Directory:
        """The first pass: everything but the values."""
        scan, directory = Scan(self._stream, keep=False), Directory()
        for step in scan:
            for entry in step.entries:
                directory.add(entry)
            if step.open_entry is not None and any(take_blocks(step.open_entry, whole=False)):
                scan.progress()
            if scan.title:
                self._header.setdefault("title", scan.title)
        for local in directory.times[:1]:
            self._header |= {"tz_offset": str(local.offset_s), "dst_offset": str(local.saving_s)}
            self._header |= {"dst_start": local.start_rule, "dst_end": local.end_rule}
        return directory

    def _portions(self, directory: Directory) -> Iterator[Portion]:
        """The second pass: the values, and at the end what the summaries say to them."""
        problems = Problems()
        gatherer, accounts = Gatherer(problems), Accounts(directory)

        def emit(stretch: Stretch) -> None:
            gatherer.add(stretch)
            accounts.add(stretch)

        scan = Scan(self._stream, keep=True)
        values = Values(directory, scan.lifter.runs, problems, emit)
        _note(directory, problems)
        for step in scan:
            _read(step, scan, values, problems)
            if gatherer.count >= PORTION_VALUES:
                yield gatherer.take(step.position, values.take_rows())
        for problem in accounts.problems():
            problems.add(problem)
        yield gatherer.take(step.position, values.take_rows())


def _note(directory: Directory, problems: Problems) -> None:
    if directory.overflow:
        problems.add(Problem(1, f"more than {ENTRIES} usage points, meter readings and reading types: split the file"))
    if directory.customers:
        reason = f"customer data in {directory.customers} entries are not read"
        problems.add(Problem(1, reason, severity=Severity.NOTE, values=0))


def _read(step: Step, scan: Scan, values: Values, problems: Problems) -> None:
    """The values of one step."""
    for entry in step.entries:
        values.take(entry, whole=True)
    broken = step.failure is not None
    if step.open_entry is not None and values.take(step.open_entry, whole=False, broken=broken):
        scan.progress()
    values.flush()
    if step.failure is not None:
        problems.add(step.failure)
