"""Repeated rows of a profile buffer as numpy records, read and written at fixed offsets."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from protocols.dlms.row_pattern import Cell, RowPattern, pattern_for
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
DELTA_TYPES: dict[int, str] = {
    Tag.DELTA_INTEGER: "i1",
    Tag.DELTA_LONG: ">i2",
    Tag.DELTA_DOUBLE_LONG: ">i4",
    Tag.DELTA_UNSIGNED: "u1",
    Tag.DELTA_LONG_UNSIGNED: ">u2",
    Tag.DELTA_DOUBLE_LONG_UNSIGNED: ">u4",
}
FLOAT_TYPES: dict[int, str] = {Tag.FLOAT32: ">f4", Tag.FLOAT64: ">f8"}
_FORMATS = {int(tag): kind for types in (INTEGER_TYPES, DELTA_TYPES, FLOAT_TYPES) for tag, kind in types.items()}


@dataclass(frozen=True, slots=True)
class RowLayout:
    """`dtype` has a field per cell of `pattern`, `names` are theirs; `blank` (size,) is a row with heads and zeros."""

    pattern: RowPattern
    names: tuple[str, ...]
    dtype: np.dtype[Any]
    blank: NDArray[np.uint8]

    def filled(self, contents: Sequence[NDArray[Any]]) -> NDArray[np.uint8]:
        """(rows, size) octets of rows that hold `contents`: per column numbers (rows,) or octets (rows, cell size)."""
        matrix = np.empty((len(contents[0]), self.dtype.itemsize), np.uint8)
        matrix[:] = self.blank
        records = matrix.view(self.dtype)[:, 0]
        for name, content in zip(self.names, contents, strict=True):
            records[name] = content
        return matrix


@lru_cache(maxsize=512)
def layout_for(cells: tuple[Cell, ...], packed: bool = False) -> RowLayout:
    """The layout of rows of these cells, at most 127; `packed` rows have no tags."""
    pattern = pattern_for(cells, packed)
    names, formats, offsets = [], [], []
    blank = bytearray(pattern.heads[0])
    for index, (cell, head) in enumerate(zip(cells, pattern.heads[1:], strict=True)):
        blank += head
        names.append(f"c{index}")
        formats.append(_format(cell))
        offsets.append(len(blank))
        blank += bytes(cell.size)
    dtype: np.dtype[Any] = np.dtype({"names": names, "formats": formats, "offsets": offsets, "itemsize": pattern.size})
    return RowLayout(pattern, tuple(names), dtype, np.frombuffer(bytes(blank), np.uint8))


def _format(cell: Cell) -> Any:
    if cell.may_be_clock:
        return (np.uint8, (cell.size,))
    return _FORMATS.get(cell.tag) or f"V{cell.size}"
