"""The repeated row of a profile buffer: its cells have fixed sizes, so all rows are read and written at fixed offsets.

Decoding recognises it once on the first row; encoding knows it beforehand.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from protocols.dlms.clock import SIZE
from protocols.dlms.data import FIXED
from protocols.dlms.tags import Tag

INTEGER_TYPES: dict[int, str] = {
    Tag.BOOLEAN: "u1",
    Tag.BCD: "i1",
    Tag.INTEGER: "i1",
    Tag.UNSIGNED: "u1",
    Tag.ENUM: "u1",
    Tag.LONG: ">i2",
    Tag.LONG_UNSIGNED: ">u2",
    Tag.DOUBLE_LONG: ">i4",
    Tag.DOUBLE_LONG_UNSIGNED: ">u4",
    Tag.LONG64: ">i8",
    Tag.LONG64_UNSIGNED: ">u8",
}
_SIZES = {int(tag): layout.size for tag, layout in FIXED.items()}
_STRINGS = frozenset((int(Tag.OCTET_STRING), int(Tag.VISIBLE_STRING)))
_FLOATS = {int(Tag.FLOAT32): ">f4", int(Tag.FLOAT64): ">f8"}


class Cell(NamedTuple):
    """Type and content size of one column's cells, in octets."""

    tag: int
    size: int

    @property
    def head(self) -> bytes:
        """The octets before the content."""
        return bytes((self.tag, self.size)) if self.tag in _STRINGS else bytes((self.tag,))

    @property
    def may_be_clock(self) -> bool:
        """Whether the content can be a 12-octet date-time."""
        return self.size == SIZE and self.tag in (Tag.OCTET_STRING, Tag.DATE_TIME)


@dataclass(frozen=True, slots=True)
class RowLayout:
    """`dtype` has a field c0, c1, … per column; `heads` are the offsets of the octets that must equal `template`.

    `blank` (size,) is a row with these octets and zeros.
    """

    cells: tuple[Cell, ...]
    dtype: np.dtype[Any]
    heads: NDArray[np.intp]
    template: NDArray[np.uint8]
    blank: NDArray[np.uint8]

    def records(self, data: bytes, start: int, rows: int) -> NDArray[Any] | None:
        """(rows,) records of `dtype`, or None if a row has other types or sizes than the first."""
        if len(data) - start != rows * self.dtype.itemsize:
            return None
        matrix = np.frombuffer(data, np.uint8, offset=start).reshape(rows, self.dtype.itemsize)
        if not (matrix[:, self.heads] == self.template).all():
            return None
        return np.frombuffer(data, self.dtype, offset=start)

    def filled(self, contents: Sequence[NDArray[Any]]) -> NDArray[np.uint8]:
        """(rows, size) octets of rows that hold `contents`: per column numbers (rows,) or octets (rows, cell size)."""
        matrix = np.empty((len(contents[0]), self.dtype.itemsize), np.uint8)
        matrix[:] = self.blank
        records = matrix.view(self.dtype)[:, 0]
        for name, content in zip(self.dtype.names or (), contents, strict=True):
            records[name] = content
        return matrix


def layout_of(data: bytes, start: int) -> RowLayout | None:
    """The layout of the row at `start`; None when it has cells of no fixed size (null-data, nested data)."""
    if data[start : start + 1] != b"\x02" or start + 2 > len(data) or not 0 < data[start + 1] < 0x80:
        return None
    cells: list[Cell] = []
    offset = start + 2
    for _ in range(data[start + 1]):
        cell = _cell(data, offset)
        if cell is None:
            return None
        cells.append(cell)
        offset += len(cell.head) + cell.size
    return layout_for(tuple(cells))


def _cell(data: bytes, offset: int) -> Cell | None:
    tag = data[offset] if offset < len(data) else Tag.NULL
    if tag in _SIZES:
        return Cell(tag, _SIZES[tag])
    if tag in _STRINGS and offset + 1 < len(data) and 0 < data[offset + 1] < 0x80:
        return Cell(tag, data[offset + 1])
    return None


@lru_cache(maxsize=1024)
def layout_for(cells: tuple[Cell, ...]) -> RowLayout:
    """The layout of rows of these cells, at most 127."""
    names, formats, offsets = [], [], []
    heads: list[tuple[int, int]] = list(enumerate(bytes((Tag.STRUCTURE, len(cells)))))
    end = len(heads)
    for index, cell in enumerate(cells):
        heads += enumerate(cell.head, start=end)
        end += len(cell.head)
        names.append(f"c{index}")
        formats.append(_format(cell))
        offsets.append(end)
        end += cell.size
    dtype: np.dtype[Any] = np.dtype({"names": names, "formats": formats, "offsets": offsets, "itemsize": end})
    positions, octets = zip(*heads, strict=True)
    blank = np.zeros(end, np.uint8)
    blank[list(positions)] = octets
    return RowLayout(cells, dtype, np.array(positions, np.intp), np.array(octets, np.uint8), blank)


def _format(cell: Cell) -> Any:
    if cell.may_be_clock:
        return (np.uint8, (cell.size,))
    return INTEGER_TYPES.get(cell.tag) or _FLOATS.get(cell.tag) or f"V{cell.size}"
