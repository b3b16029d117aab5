"""Workbooks before they are opened: refused when what they unpack to is not a table somebody made.

The library that reads sheets keeps a whole sheet in memory, empty cells between the first and the last included, and a
single cell in the last corner makes that 17 thousand million. So size and extent are looked up in the compressed file,
in pieces, first.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator, Mapping
from typing import IO, Any, BinaryIO, cast
from zipfile import BadZipFile, ZipFile

from lxml import etree

from integration.formats.errors import FormatError

MOST_UNPACKED = 500_000_000
MOST_RATIO = 200
MOST_ROWS = 1_048_576
MOST_CELLS = 10_000_000
"""Cells of a sheet, empty ones included: about 300 MB while it is read."""

UNREADABLE = (BadZipFile, OSError, EOFError, NotImplementedError, RuntimeError, ValueError, zlib.error, etree.LxmlError)
_PIECE = 1 << 20
_SMALL = 1 << 20
_CELL = re.compile(rb'<(?:\w+:)?c [^>]*?\br="([A-Z]{1,3})([0-9]{1,7})"')
_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"


class WorkbookError(FormatError):
    """The workbook is not opened; the message says why."""


def check_workbook(stream: BinaryIO) -> None:
    """WorkbookError when the file is no workbook, or larger than this program wants to unpack."""
    try:
        with ZipFile(stream) as archive:
            _check_sizes(archive)
            for name in archive.namelist():
                if re.fullmatch(r"xl/worksheets/[^/]+\.xml", name):
                    with archive.open(name) as part:
                        _check_extent(*_extent_of_xlsx(part))
                elif name == "content.xml":
                    with archive.open(name) as part:
                        _check_extent(*_extent_of_ods(part))
    except UNREADABLE as error:
        raise WorkbookError(f"not a readable workbook: {str(error)[:200]}") from error
    finally:
        stream.seek(0)


def _check_sizes(archive: ZipFile) -> None:
    parts = archive.infolist()
    unpacked = sum(part.file_size for part in parts)
    packed = sum(part.compress_size for part in parts)
    if unpacked > MOST_UNPACKED:
        raise WorkbookError(f"the workbook unpacks to {unpacked:,} octets; at most {MOST_UNPACKED:,} are read")
    if unpacked > _SMALL and unpacked > MOST_RATIO * packed:
        raise WorkbookError(f"the workbook unpacks to {unpacked // max(packed, 1)} times its size; no table does")


def _check_extent(rows: int, cells: int) -> None:
    if rows > MOST_ROWS:
        raise WorkbookError(f"a sheet has {rows:,} rows; at most {MOST_ROWS:,} are read")
    if cells > MOST_CELLS:
        raise WorkbookError(f"a sheet has {cells:,} cells, empty ones included; at most {MOST_CELLS:,} are read")


def _extent_of_xlsx(part: IO[bytes]) -> tuple[int, int]:
    """(rows, cells) of the rectangle from A1 that holds all cells; what the sheet says of itself is not used."""
    rows, columns = 0, set[bytes]()
    for text in _pieces(part):
        found = _CELL.findall(text)
        columns.update(letters for letters, _ in found)
        rows = max(rows, max((int(number) for _, number in found), default=0))
    return rows, rows * max(map(_column_number, columns), default=0)


def _pieces(part: IO[bytes]) -> Iterator[bytes]:
    """The text in pieces that end with a tag; a tag is at most a piece long."""
    rest = b""
    while piece := part.read(_PIECE):
        text = rest + piece
        cut = text.rfind(b">") + 1 or len(text)
        rest = text[cut:]
        yield text[:cut]
    yield rest


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - ord("A") + 1
    return number


def _extent_of_ods(part: IO[bytes]) -> tuple[int, int]:
    """(rows, cells) with what repeated rows and cells stand for; what is empty at the end of rows and sheets is not
    counted. No tree is built: of rows without anything in them half a gigabyte may come."""
    extent = _OdsExtent()
    # What is not counted needs no method here, whatever the type says.
    parser = etree.XMLParser(target=cast("Any", extent), resolve_entities=False, no_network=True)
    while piece := part.read(_PIECE):
        parser.feed(piece)
    parser.close()
    return extent.last, extent.last * extent.widest


class _OdsExtent:
    """Counts rows and cells as the parser meets their tags."""

    def __init__(self) -> None:
        self.last = self.widest = 0
        self._here = self._rows = self._width = self._filled = 0
        self._depth = 0
        """0 outside of rows, 1 in a row, 2 in a cell, more in what stands in it."""

    def start(self, tag: str | bytes, attributes: Mapping[str | bytes, str | bytes]) -> None:
        if self._depth:
            self._depth += 1
            self._in_row(attributes)
        elif tag == f"{_TABLE}table-row":
            self._depth, self._width, self._filled = 1, 0, 0
            self._rows = int(attributes.get(f"{_TABLE}number-rows-repeated", "1"))
        elif tag == f"{_TABLE}table":
            self._here = 0

    def _in_row(self, attributes: Mapping[str | bytes, str | bytes]) -> None:
        if self._depth == 2:
            self._width += int(attributes.get(f"{_TABLE}number-columns-repeated", "1"))
        if self._depth > 2 or any("value" in str(name) for name in attributes):
            self._filled = self._width

    def end(self, tag: str | bytes) -> None:
        if not self._depth:
            return
        self._depth -= 1
        if not self._depth:
            self._here += self._rows
            if self._filled:
                self.last, self.widest = max(self.last, self._here), max(self.widest, self._filled)

    def close(self) -> None:
        """The parser asks for it at the end of the text."""
