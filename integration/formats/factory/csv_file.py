"""Factory files as tables of text: one device per line, headings as declared, in any order."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import BinaryIO

from integration.formats.factory.record import FIELDS, KINDS, FactoryLine
from integration.formats.factory.wrapped import add_key, refuse_like_a_key
from integration.formats.portion import Problem, Severity
from integration.formats.table import Row, Source, read_rows

TRANSPORT = "transport_key"
_KEY, _CHECK = "key:", "check:"
KNOWN = frozenset((*FIELDS, TRANSPORT, *(f"{part}{kind}" for part in (_KEY, _CHECK) for kind in KINDS)))


def read_csv(stream: BinaryIO) -> Iterator[FactoryLine]:
    """The devices of the file in order. ClearKeyError where it holds what looks like a key in clear."""
    told = False
    for row in read_rows(stream, Source()):
        cells = {plain(heading): (heading, text) for heading, text in row.cells.items()}
        found = _line(row, cells)
        if not told and cells:
            found.problems += _of_headings(cells)
            told = True
        yield found


def plain(heading: str) -> str:
    """`Serial Number` → `serial_number`, `Key: encryption` → `key:encryption`."""
    return heading.strip().casefold().replace(": ", ":").replace(" ", "_")


def _line(row: Row, cells: Mapping[str, tuple[str, str]]) -> FactoryLine:
    found = FactoryLine(row.line, problems=list(row.problems))
    found.cells = {name: text for name in FIELDS if (text := _text(cells, name))}
    transport = _text(cells, TRANSPORT)
    for name, (heading, text) in cells.items():
        if name not in KNOWN:
            refuse_like_a_key(text, row.line, heading)
    for kind in KINDS:
        if text := _text(cells, _KEY + kind):
            add_key(found, kind, cells[_KEY + kind][0], text, transport, _text(cells, _CHECK + kind))
    return found


def _text(cells: Mapping[str, tuple[str, str]], name: str) -> str:
    return cells[name][1].strip() if name in cells else ""


def _of_headings(cells: Mapping[str, tuple[str, str]]) -> Iterator[Problem]:
    for name, (heading, _) in cells.items():
        if name.startswith((_KEY, _CHECK)) and name not in KNOWN:
            yield Problem(1, f"no such kind of key; there are: {', '.join(KINDS)}", column=heading)
        elif name not in KNOWN and heading:
            yield Problem(1, "this column is not read", column=heading, severity=Severity.NOTE, values=0)
