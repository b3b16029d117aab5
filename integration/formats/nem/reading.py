"""Reading a meter data file: header, records, end; in portions, and going on where a portion ended."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from typing import BinaryIO, ClassVar, Protocol

import numpy as np

from integration.formats.nem.findings import Fault, Findings
from integration.formats.nem.lines import LONGEST, Ending, Line, lines
from integration.formats.nem.opening import Opening, open_file, place_to_go_on
from integration.formats.portion import Portion, Severity

MOST_ERRORS = 5_000
MOST_ROWS = 50_000
"""A portion of a file that is wrong in every line ends here."""
_END = b"900"


class Records(Protocol):
    """What is between header and end of one version: takes records, gives portions."""

    findings: Findings
    rows: int

    def may_end(self, kind: bytes) -> bool:
        """Whether the portion is full, and a record of this kind begins something new."""
        ...

    def take(self, kind: bytes, content: bytes, line: int) -> None:
        """One record; `kind` is its first field."""
        ...

    def lose(self, content: bytes, line: int, reason: str, *, whole: bool = True) -> None:
        """A line that is no record: what follows must not be taken for part of what came before."""
        ...

    def portion(self, position: int) -> Portion:
        """What has come since the last portion."""
        ...


class NemReader(ABC):
    """Reads one file, seekable, opened in binary mode; see `portion.Reader`. `position`: of the portion before, or 0.

    State lives from one data record (200, 250) to the next only. A reader that goes on within a block therefore reads
    the block again from that record, and gives out what lies behind `position`.
    """

    VERSION: ClassVar[str]
    RECORD: ClassVar[bytes]

    def __init__(self, stream: BinaryIO, *, position: int = 0) -> None:
        self._stream = stream
        self._position = position
        self.header: dict[str, str] = {}

    @abstractmethod
    def _records(self, findings: Findings) -> Records:
        """What takes the records of this version."""

    def __iter__(self) -> Iterator[Portion]:
        opening = open_file(self._stream, self.VERSION)
        self.header.update(opening.header)
        findings = Findings()
        if self._position <= opening.offset:
            _tell(opening, findings)
        if opening.hopeless:
            yield empty_portion(findings, 0)
            return
        yield from self._read(opening, self._records(findings))

    def _read(self, opening: Opening, records: Records) -> Iterator[Portion]:
        fresh = self._position <= opening.offset
        last, ended = opening.number, False
        for content, line, offset, ending in self._lines(opening):
            if not fresh and offset >= self._position:
                records.portion(offset)
                fresh = True
            if ended and content.strip():
                records.findings.unreadable(line, "after the end of the file (900), which is not read", content)
                yield records.portion(offset)
                return
            if records.may_end(kind_of(content)):
                portion = records.portion(offset)
                if fresh:
                    yield portion
            last, ended = line, ended or _feed(records, content, line, ending)
        if not fresh:
            records.portion(self._position)
        if not ended:
            records.findings.error(last, Fault("the end (900) is missing: the file may be cut off"))
        yield records.portion(self._stream.tell())

    def _lines(self, opening: Opening) -> Iterator[Line]:
        offset, number = opening.offset, opening.number
        if self._position > offset:
            offset, number = place_to_go_on(self._stream, opening, self.RECORD, self._position)
        self._stream.seek(offset)
        return lines(self._stream, opening.terminator, number=number, offset=offset)


def kind_of(content: bytes) -> bytes:
    """The first three characters of the first field, which say what record this is."""
    return content[1:4] if content[:1] == b'"' else content[:3]


def _feed(records: Records, content: bytes, line: int, ending: Ending) -> bool:
    """Hand one line on; whether it is the end."""
    records.rows += 1
    if ending is Ending.TOO_LONG:
        records.lose(content, line, f"longer than {LONGEST} octets", whole=False)
    elif content.strip(b'\r\t ,"') == _END:
        return True
    elif ending is Ending.CUT:
        records.lose(content, line, "the file ends within this line")
    elif b"\0" in content:
        records.lose(content, line, "the line holds octets that are no text")
    elif content.strip():
        records.take(kind_of(content), content, line)
    return False


def _tell(opening: Opening, findings: Findings) -> None:
    """What the beginning of the file was like, at line 1."""
    for fault in opening.faults:
        findings.error(1, fault)
    if opening.marked:
        findings.note(1, "the file begins with a byte order mark, which is left out", 0, Severity.REPAIRED)


def empty_portion(findings: Findings, position: int, rows: int = 0) -> Portion:
    """A portion that only says something."""
    return Portion(
        channels=(),
        channel=np.empty(0, dtype=np.int32),
        at=np.empty(0, dtype=np.int64),
        values=np.empty(0, dtype=np.int64),
        quality=np.empty(0, dtype=np.uint8),
        status=np.empty(0, dtype=np.uint32),
        lines=np.empty(0, dtype=np.int64),
        problems=findings.take(),
        position=position,
        rows=rows,
    )
