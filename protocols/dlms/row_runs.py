"""Rows of a profile buffer sorted by what they are made of.

A meter that compresses its buffer sends rows of a few patterns: everything at first, then null-data for the clock and
for what did not change. Rows of one pattern are found as runs and become one array of records, whatever lies between.
"""

from collections.abc import Callable
from typing import Any, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from protocols.dlms.row_layout import RowLayout, layout_for
from protocols.dlms.row_pattern import Match, cells_at

MOST_LAYOUTS = 32
"""In one buffer. Each costs some hundred microseconds the first time, so an attacker must not have many."""
_NUMBERS = [bytes((number,)) for number in range(MOST_LAYOUTS)]
LayoutAt: TypeAlias = Callable[[bytes, int], RowLayout | None]


Places: TypeAlias = NDArray[np.intp] | slice


class Rows(NamedTuple):
    """All rows of one layout: (n,) records, and their places in the buffer."""

    layout: RowLayout
    records: NDArray[Any]
    places: Places


def tagged_layout(data: bytes, offset: int) -> RowLayout | None:
    """The layout of the structure at `offset`, if it has one."""
    cells = cells_at(data, offset)
    return layout_for(cells) if cells else None


def sorted_rows(data: bytes, offset: int, layout_at: LayoutAt = tagged_layout) -> list[Rows] | None:
    """The rows from `offset` to the end of `data`, one element per layout.

    None when a row has no layout (nested or long cells, cut data) or when there are more than `MOST_LAYOUTS`: that is
    for the general decoder.
    """
    layout = layout_at(data, offset)
    if layout is None:
        return None
    if (found := layout.pattern.match(data, offset)) and found.end() == len(data):
        return [Rows(layout, np.frombuffer(data, layout.dtype, offset=offset), slice(None))]
    kinds: list[_Kind] = []
    order = _order(data, offset, kinds, layout_at)
    if order is None:
        return None
    which = np.frombuffer(order, np.uint8)
    return [_gathered(kind, (which == kind.number).nonzero()[0]) for kind in kinds]


class _Kind(NamedTuple):
    """A layout, its number, and the runs of it found so far."""

    number: int
    layout: RowLayout
    size: int
    match: Match
    runs: list[bytes]


def _order(data: bytes, offset: int, kinds: list[_Kind], layout_at: LayoutAt) -> bytes | None:
    """The number of each row's kind, one octet per row, up to the end of `data`; `kinds` gets them all.

    Kinds that came up last are tried first: the whole row at the beginning is not seen again soon.
    """
    order: list[bytes] = []
    while offset < len(data):
        for kind in reversed(kinds):
            if found := kind.match(data, offset):
                break
        else:
            layout = layout_at(data, offset) if len(kinds) < MOST_LAYOUTS else None
            if layout is None or (found := layout.pattern.match(data, offset)) is None:
                return None
            kind = _Kind(len(kinds), layout, layout.pattern.size, layout.pattern.match, [])
            kinds.append(kind)
        octets = found[0]
        kind.runs.append(octets)
        order.append(_NUMBERS[kind.number] * (len(octets) // kind.size))
        offset += len(octets)
    return b"".join(order)


def _gathered(kind: _Kind, places: Places) -> Rows:
    return Rows(kind.layout, np.frombuffer(b"".join(kind.runs), kind.layout.dtype), places)
