"""The beginning of a file: how it is encoded, what ends its lines, what its header says, and where to go on reading."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import BinaryIO

from integration.formats.nem.clock import market_instant
from integration.formats.nem.fields import split
from integration.formats.nem.findings import Fault
from integration.formats.nem.lines import LONGEST, terminator_of

_UTF8_MARK = b"\xef\xbb\xbf"
_UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")
_HEADER_FIELDS = ("version", "created", "sender", "receiver")
_RECORDS = {"NEM12": {"200", "300"}, "NEM13": {"250"}}
_BLOCK = 1 << 20


@dataclass(slots=True)
class Opening:
    """What the beginning tells. `offset` and `number`: the first line after the header; `hopeless`: do not read on."""

    header: dict[str, str] = field(default_factory=dict)
    terminator: bytes = b"\n"
    offset: int = 0
    number: int = 1
    faults: list[Fault] = field(default_factory=list)
    hopeless: bool = False
    marked: bool = False

    def refuse(self, reason: str, text: str = "") -> Opening:
        """The file is not what this reader reads."""
        self.faults.append(Fault(reason, text=text))
        self.hopeless = True
        return self


def open_file(stream: BinaryIO, version: str) -> Opening:
    """Read the header (record 100) of a file that should be of this version; the stream stands behind it then."""
    stream.seek(0)
    head = stream.read(LONGEST)
    opening = Opening(terminator=terminator_of(head), marked=head.startswith(_UTF8_MARK))
    opening.offset = len(_UTF8_MARK) if opening.marked else 0
    if not head.strip():
        return opening.refuse("the file is empty")
    if head.startswith(_UTF16_MARKS) or head[1:2] == b"\0":
        return opening.refuse("the file is in UTF-16; save it as plain text")
    first = head[opening.offset :].split(opening.terminator, 1)[0]
    fields = split(first) or [""]
    if fields[0] != "100":
        return _without_header(opening, fields, version)
    opening.offset += len(first) + 1
    opening.number = 2
    _read_header(opening, fields, version)
    return opening


def _without_header(opening: Opening, fields: list[str], version: str) -> Opening:
    if fields[0] not in _RECORDS[version]:
        return opening.refuse(f"not a {version} file: the first record is not a header (100)", fields[0])
    opening.faults.append(Fault("the header (100) is missing", 1, fields[0]))
    return opening


def _read_header(opening: Opening, fields: list[str], version: str) -> None:
    opening.header.update(zip(_HEADER_FIELDS, fields[1:], strict=False))
    found = opening.header.get("version", "")
    if found.upper() != version:
        opening.refuse(f"the header says this is {found or 'nothing'}, not {version}", found)
        return
    if len(fields) != len(_HEADER_FIELDS) + 1 and any(fields[len(_HEADER_FIELDS) + 1 :]):
        opening.faults.append(Fault("the header has more fields than five"))
    if market_instant(opening.header.get("created", "")) is None:
        opening.faults.append(Fault("not a date and time", 3, opening.header.get("created", "")))


def place_to_go_on(stream: BinaryIO, opening: Opening, record: bytes, position: int) -> tuple[int, int]:
    """Offset and number of the last line before `position` that begins with this record, which sets all state anew;
    else of the first line after the header. The file up to there is read once, for the line numbers."""
    place, found = opening.offset, opening.number
    stream.seek(0)
    number, read, tail = 1, 0, opening.terminator
    while read < position and (block := stream.read(min(_BLOCK, position - read))):
        window = tail + block
        start = max(_last_record(window, opening.terminator, record, quote) for quote in (b"", b'"'))
        if start >= 0 and read - len(tail) + start + 1 > opening.offset:
            place = read - len(tail) + start + 1
            found = number + window.count(opening.terminator, len(tail), start + 1)
            found -= window.count(opening.terminator, start + 1, len(tail))
        number += block.count(opening.terminator)
        read += len(block)
        tail = window[-len(record) - 4 :]
    return place, found


def _last_record(window: bytes, terminator: bytes, record: bytes, quote: bytes) -> int:
    return window.rfind(terminator + quote + record + quote + b",")
