"""Rows of a profile buffer sorted by what they are made of.

A meter that compresses its buffer sends rows of a few patterns: everything at first, then null-data for the clock and
for what did not change. Rows of one pattern are found as runs and become one array of records, whatever lies between.
"""

from collections.abc import Callable
from typing import Any, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from protocols.dlms.row_layout import RowLayout, layout_for
from protocols.dlms.row_pattern import cells_at

MOST_LAYOUTS = 32
"""In one buffer. Each costs some hundred microseconds the first time, so an attacker must not have many."""
LayoutAt: TypeAlias = Callable[[bytes, int], RowLayout | None]


Index: TypeAlias = NDArray[np.intp] | slice


class Rows(NamedTuple):
    """All rows of one layout: (n,) records, and their places in the buffer."""

    layout: RowLayout
    records: NDArray[Any]
    places: Index


class _Run(NamedTuple):
    layout: int
    offset: int
    end: int
    rows: int


def tagged_layout(data: bytes, offset: int) -> RowLayout | None:
    """The layout of the structure at `offset`, if it has one."""
    cells = cells_at(data, offset)
    return layout_for(cells) if cells else None


def sorted_rows(data: bytes, offset: int, layout_at: LayoutAt = tagged_layout) -> list[Rows] | None:
    """The rows from `offset` to the end of `data`, one element per layout.

    None when a row has no layout (nested or long cells, cut data) or when there are more than `MOST_LAYOUTS`: that is
    for the general decoder.
    """
    first = layout_at(data, offset)
    if first is None:
        return None
    if (found := first.pattern.match(data, offset)) and found.end() == len(data):
        return [Rows(first, np.frombuffer(data, first.dtype, offset=offset), slice(None))]
    layouts = [first]
    runs = _runs(data, offset, layouts, layout_at)
    if runs is None:
        return None
    which = np.repeat([run.layout for run in runs], [run.rows for run in runs])
    return [_gathered(data, runs, which, number, layout) for number, layout in enumerate(layouts)]


def _gathered(data: bytes, runs: list[_Run], which: NDArray[np.intp], number: int, layout: RowLayout) -> Rows:
    octets = b"".join([data[run.offset : run.end] for run in runs if run.layout == number])
    return Rows(layout, np.frombuffer(octets, layout.dtype), np.flatnonzero(which == number))


def _runs(data: bytes, offset: int, layouts: list[RowLayout], layout_at: LayoutAt) -> list[_Run] | None:
    """Runs of equal rows in order; `layouts` gets those it has not."""
    runs: list[_Run] = []
    while offset < len(data):
        run = _known_run(data, offset, layouts)
        if run is None:
            layout = layout_at(data, offset) if len(layouts) < MOST_LAYOUTS else None
            if layout is None:
                return None
            layouts.append(layout)
            run = _known_run(data, offset, layouts)
        if run is None:
            return None
        runs.append(run)
        offset = run.end
    return runs


def _known_run(data: bytes, offset: int, layouts: list[RowLayout]) -> _Run | None:
    for number, layout in enumerate(layouts):
        if found := layout.pattern.match(data, offset):
            end = found.end()
            return _Run(number, offset, end, (end - offset) // layout.pattern.size)
    return None
