"""The repeated row of an array of structures, such as a profile buffer: cells of fixed types and sizes.

A regular expression of the row, heads literal and contents any octets, finds how often it repeats: one match at the
speed of C for a whole buffer, and no false one, because it begins where the row before ended.
"""

import re
import struct
from collections.abc import Callable
from functools import lru_cache
from typing import NamedTuple, TypeAlias

from protocols.dlms.elements import DELTAS, FIXED, STRINGS
from protocols.dlms.tags import Tag

Match: TypeAlias = Callable[[bytes, int], re.Match[bytes] | None]
FEW_ROWS = 4
"""Fewer rows are not worth to look for a pattern."""
LONGEST = 0x7F
"""Of strings and rows: longer ones have lengths of more octets."""
_FORMATS = {
    int(tag): layout.format.lstrip(">") for tag, layout in FIXED.items() if tag not in DELTAS and tag != Tag.DATE_TIME
}


class Cell(NamedTuple):
    """Type and content size of one column's cells, in octets; null-data has none."""

    tag: int
    size: int

    @property
    def head(self) -> bytes:
        """The octets before the content."""
        return bytes((self.tag, self.size)) if self.tag in STRINGS else bytes((self.tag,))

    @property
    def may_be_clock(self) -> bool:
        """Whether the content can be a 12-octet date-time."""
        return self.size == FIXED[Tag.DATE_TIME].size and self.tag in (Tag.OCTET_STRING, Tag.DATE_TIME)


_OF_FIXED_SIZE = {int(tag): Cell(int(tag), layout.size) for tag, layout in FIXED.items()}
_OF_FIXED_SIZE[int(Tag.NULL)] = Cell(int(Tag.NULL), 0)


class RowPattern(NamedTuple):
    """Rows of these cells.

    `heads` are the octets before the first cell and before each content, `size` is the octets of a row, `match` finds
    as many rows as follow each other, `struct` gives the values of a row (None when these need more than that).
    """

    cells: tuple[Cell, ...]
    heads: tuple[bytes, ...]
    size: int
    match: Match
    struct: struct.Struct | None

    def rows(self, data: bytes, offset: int) -> int:
        """How many of these rows follow each other from `offset` on."""
        found = self.match(data, offset)
        return (found.end() - offset) // self.size if found else 0


def cells_at(data: bytes, offset: int) -> tuple[Cell, ...] | None:
    """The cells of the structure at `offset`; None when one has no fixed size (nested, bits, long strings)."""
    if data[offset : offset + 1] != b"\x02" or offset + 2 > len(data) or not 0 < data[offset + 1] <= LONGEST:
        return None
    cells: list[Cell] = []
    end = offset + 2
    for _ in range(data[offset + 1]):
        cell = _cell_at(data, end)
        if cell is None:
            return None
        cells.append(cell)
        end += 1 + (cell.tag in STRINGS) + cell.size
    return tuple(cells)


def packed_cells_at(tags: tuple[int, ...], data: bytes, offset: int) -> tuple[Cell, ...] | None:
    """The cells whose contents stand at `offset` without tags, as in a compact array of structures of simple types."""
    cells: list[Cell] = []
    for tag in tags:
        cell = _content_at(tag, data, offset)
        if cell is None:
            return None
        cells.append(cell)
        offset += (tag in STRINGS) + cell.size
    return tuple(cells)


def _cell_at(data: bytes, offset: int) -> Cell | None:
    return _content_at(data[offset], data, offset + 1) if offset < len(data) else None


def _content_at(tag: int, data: bytes, offset: int) -> Cell | None:
    if tag in _OF_FIXED_SIZE:
        return _OF_FIXED_SIZE[tag]
    if tag in STRINGS and offset < len(data) and 0 < data[offset] <= LONGEST:
        return Cell(tag, data[offset])
    return None


@lru_cache(maxsize=512)
def pattern_for(cells: tuple[Cell, ...], packed: bool = False) -> RowPattern:
    """The pattern of rows of these cells, at most 127; `packed` rows have no tags."""
    heads = tuple(cell.head[1:] if packed else cell.head for cell in cells)
    start = b"" if packed else bytes((Tag.STRUCTURE, len(cells)))
    size = len(start) + sum(len(head) + cell.size for head, cell in zip(heads, cells, strict=True))
    octets = b"".join(re.escape(head) + b".{%d}" % cell.size for head, cell in zip(heads, cells, strict=True))
    rows = re.compile(b"(?:%b%b)++" % (re.escape(start), octets), re.DOTALL)
    return RowPattern(cells, (start, *heads), size, rows.match, _struct(cells, (start, *heads)))


def _struct(cells: tuple[Cell, ...], heads: tuple[bytes, ...]) -> struct.Struct | None:
    formats = [f"{len(heads[0])}x"]
    for cell, head in zip(cells, heads[1:], strict=True):
        content = f"{cell.size}s" if cell.tag == Tag.OCTET_STRING else _FORMATS.get(cell.tag)
        if content is None:
            return None
        formats.append(f"{len(head)}x{content}")
    return struct.Struct(">" + "".join(formats))
