"""Factory files in XML, read element by element: no tree is built, so their length costs no memory.

    <factoryFile transportKey="NAME">
      <device>
        <serialNumber>…</serialNumber> <model>…</model> …
        <key kind="encryption" check="…">…</key>
      </device> …
    </factoryFile>

Document types and entities are refused before and by the parser, so nothing unfolds and nothing is fetched.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import BinaryIO
from xml.parsers import expat

from integration.formats.espi.pieces import read_start
from integration.formats.factory.record import FIELDS, KINDS, FactoryLine
from integration.formats.factory.wrapped import LONGEST, add_key, refuse_like_a_key
from integration.formats.portion import Problem, Severity

CHUNK = 1 << 16
PENDING = 1 << 20
"""Octets of a tag that does not end."""
ROOT, DEVICE, KEY = "factoryFile", "device", "key"
_SHOWN = 100


def element_of(name: str) -> str:
    """`serial_number` → `serialNumber`."""
    first, *others = name.split("_")
    return first + "".join(map(str.title, others))


_FIELDS = {element_of(name): name for name in FIELDS}


class _RefusedError(Exception):
    """The file cannot be read further; the message says why."""


@dataclass(slots=True)
class _Element:
    """An element of a device whose end has not come yet."""

    name: str
    attributes: Mapping[str, str]
    text: list[str] = field(default_factory=list)
    length: int = 0


class _Devices:
    """What the parser tells becomes devices; `done` are those complete by now."""

    def __init__(self, parser: expat.XMLParserType) -> None:
        self.done: list[FactoryLine] = []
        self._parser = parser
        self._depth = 0
        self._transport = ""
        self._device: FactoryLine | None = None
        self._own_transport = ""
        self._element: _Element | None = None
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text
        parser.StartDoctypeDeclHandler = self._refuse
        parser.EntityDeclHandler = self._refuse

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        name = name.rpartition(" ")[2]
        self._depth += 1
        if self._depth == 1 and name != ROOT:
            raise _RefusedError(f"not a factory file: the first element is {name[:_SHOWN]!r}, not {ROOT!r}")
        if self._depth == 1:
            self._transport = attributes.get("transportKey", "").strip()
        elif self._depth == 2 and name == DEVICE:
            self._device = FactoryLine(self._parser.CurrentLineNumber)
            self._own_transport = attributes.get("transportKey", "").strip() or self._transport
        elif self._depth == 3 and self._device is not None:
            self._element = _Element(name, attributes)

    def _text(self, text: str) -> None:
        if self._element is not None and self._element.length <= LONGEST:
            self._element.text.append(text)
            self._element.length += len(text)

    def _end(self, name: str) -> None:
        if self._depth == 3 and self._device is not None and self._element is not None:
            self._take(self._device, self._element)
            self._element = None
        elif self._depth == 2 and self._device is not None:
            self.done.append(self._device)
            self._device = None
        self._depth -= 1

    def _take(self, device: FactoryLine, element: _Element) -> None:
        text, name = "".join(element.text).strip(), element.name
        if name == KEY:
            self._take_key(device, element, text)
        elif name not in _FIELDS:
            refuse_like_a_key(text, device.line, name)
            note = Problem(device.line, "this element is not read", column=name, severity=Severity.NOTE, values=0)
            device.problems.append(note)
        elif _FIELDS[name] in device.cells:
            device.problems.append(Problem(device.line, "this element stands twice", column=name))
        elif text:
            device.cells[_FIELDS[name]] = text

    def _take_key(self, device: FactoryLine, element: _Element, text: str) -> None:
        kind = element.attributes.get("kind", "")
        column = f"key:{kind[:_SHOWN]}"
        if kind not in KINDS:
            refuse_like_a_key(text, device.line, column)
            reason = f"no such kind of key; there are: {', '.join(KINDS)}"
            device.problems.append(Problem(device.line, reason, column=column))
        elif kind in device.keys:
            device.problems.append(Problem(device.line, "this key stands twice", column=column))
        else:
            transport = element.attributes.get("transportKey", "").strip() or self._own_transport
            add_key(device, kind, column, text, transport, element.attributes.get("check", ""))

    def _refuse(self, *_: object) -> None:
        raise _RefusedError("document type and entity declarations are refused")


def read_xml(stream: BinaryIO) -> Iterator[FactoryLine]:
    """The devices of the file in order; where it breaks off, a line that says so. ClearKeyError for a key in clear."""
    prolog = read_start(stream)
    if prolog.refusal:
        yield _broken(prolog.line, prolog.refusal)
        return
    parser = expat.ParserCreate(namespace_separator=" ")
    devices, fed = _Devices(parser), 0
    while True:
        chunk = stream.read(CHUNK)
        fed += len(chunk)
        failure = _feed(parser, chunk)
        yield from devices.done
        devices.done.clear()
        if failure is None and fed - parser.CurrentByteIndex > PENDING:
            failure = _broken(parser.CurrentLineNumber, f"a tag of more than {PENDING} octets")
        if failure is not None:
            yield failure
        if failure is not None or not chunk:
            return


def _feed(parser: expat.XMLParserType, chunk: bytes) -> FactoryLine | None:
    """Take a chunk, an empty one for the end of the file; the line that says why this is as far as it goes."""
    try:
        parser.Parse(chunk, not chunk)
    except expat.ExpatError as error:
        reason = f"the file breaks off here, what came before is kept: {expat.ErrorString(error.code)}"
        return _broken(error.lineno, reason)
    except _RefusedError as error:
        return _broken(parser.CurrentLineNumber, str(error))
    return None


def _broken(line: int, reason: str) -> FactoryLine:
    return FactoryLine(line, problems=[Problem(line, reason)])
