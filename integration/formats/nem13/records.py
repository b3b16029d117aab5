"""The records of a NEM13 file in their order."""

from __future__ import annotations

from integration.formats.nem import codes
from integration.formats.nem.fields import join, split
from integration.formats.nem.findings import Fault, Findings
from integration.formats.nem.reading import MOST_ERRORS, MOST_ROWS
from integration.formats.nem13.assembly import DETAIL_KIND, ORDER_KIND, REASON_KIND, Note, assemble
from integration.formats.nem13.reading import Read, Reading, quantity_fault, read_reading
from integration.formats.portion import Channel, Portion, Severity

_ORDER = b"550"
_ORDER_FIELDS = 5


class Nem13Records:
    """Takes records, gives portions. Each record 250 is complete in itself; only a 550 belongs to the one before."""

    def __init__(self, findings: Findings) -> None:
        self.findings = findings
        self.rows = 0
        self._reads: dict[tuple[Channel, int], tuple[Read, int]] = {}
        self._notes: list[Note] = []
        self._latest: Reading | None = None

    def may_end(self, kind: bytes) -> bool:
        """Before anything but a 550."""
        return kind != _ORDER and (self.rows >= MOST_ROWS or len(self.findings) >= MOST_ERRORS)

    def take(self, kind: bytes, content: bytes, line: int) -> None:
        """One record."""
        if kind == b"250":
            self._take_reading(content, line)
        elif kind == _ORDER:
            self._take_order(content, line)
        else:
            self.lose(content, line, "not a record of this format" if kind != b"100" else "a second header")

    def lose(self, content: bytes, line: int, reason: str, *, whole: bool = True) -> None:
        """A line that is no record; it may have been a 250, known in `whole` or not."""
        self.findings.unreadable(line, reason, content)
        self._latest = None

    def portion(self, position: int) -> Portion:
        """What has come since the last portion."""
        portion = assemble(self._reads, self._notes, self.findings, position, self.rows)
        self._reads, self._notes, self.rows = {}, [], 0
        return portion

    def _take_reading(self, content: bytes, line: int) -> None:
        fields = split(content)
        reading = read_reading(fields, line) if fields else Fault("quotation marks do not match")
        self._latest = None
        if isinstance(reading, Fault):
            self.findings.error(line, reading, values=2)
            return
        if fields and (fault := quantity_fault(fields)):
            self.findings.error(line, fault)
        self._latest = reading
        for read in (reading.previous, reading.current):
            self._take_read(reading, read)
        period = reading.channel, reading.previous.at, reading.current.at
        self._notes.append(Note(*period, DETAIL_KIND, reading.details))

    def _take_read(self, reading: Reading, read: Read) -> None:
        """The current reading of a record is the previous of the next; where they differ the later record counts."""
        key = (reading.channel, read.at)
        earlier = self._reads.get(key)
        if earlier and (earlier[0].text, earlier[0].flags) != (read.text, read.flags):
            self.findings.note(
                read.line, "two readings of one instant: the later record is taken", 1, Severity.REPAIRED
            )
        if reason := read.flags.remarkable(described=bool(read.description)):
            self.findings.note(read.line, reason, 1)
        self._reads[key] = (read, reading.power)
        if read.description:
            self._notes.append(Note(reading.channel, read.at, read.at + 1, REASON_KIND, read.description))

    def _take_order(self, content: bytes, line: int) -> None:
        if self._latest is None:
            self.findings.unreadable(line, "belongs to no record 250 that was taken", content)
            return
        fields = split(content)
        if fault := _order_fault(fields):
            self.findings.error(line, fault)
        elif fields:
            period = self._latest.channel, self._latest.previous.at, self._latest.current.at
            self._notes.append(Note(*period, ORDER_KIND, join(fields[1:])))


def _order_fault(fields: list[str] | None) -> Fault | None:
    """What is wrong with a record 550: transaction and service order of both readings."""
    if fields is None:
        return Fault("quotation marks do not match")
    if not 2 <= len(fields) <= _ORDER_FIELDS:
        return Fault(f"a record 550 has {_ORDER_FIELDS} fields, this has {len(fields)}")
    for column in (2, 4):
        code = fields[column - 1] if len(fields) >= column else ""
        if code and code not in codes.TRANSACTIONS:
            return Fault("not a transaction code", column, code)
    return None
