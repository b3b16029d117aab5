"""Portions as rows of a wide table: an instant by row, a channel by column."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from integration.formats.errors import UnwritableError
from integration.formats.portion import Channel, Portion
from integration.formats.table.rows import MOST_COLUMNS
from integration.formats.table.style import heading_of
from integration.formats.table.writable import shown_alone

MOST_CHANNELS = MOST_COLUMNS - 2
"""Columns beside those of the time and of the hour that comes twice."""

_CELLS_AT_ONCE = 1_000_000


class WideRows:
    """The columns of a file, by its channels. UnwritableError where two have one heading, or they are too many."""

    def __init__(self, channels: Sequence[Channel]) -> None:
        self.headings = [heading_of(channel) for channel in channels]
        if len(channels) > MOST_CHANNELS:
            raise UnwritableError(f"{len(channels)} channels; a table has at most {MOST_CHANNELS} columns for them")
        self._columns: dict[Channel, int] = {}
        for number, channel in enumerate(channels):
            if self._columns.setdefault(_place(channel), number) != number:
                raise UnwritableError(f"two channels have the heading {self.headings[number]}")
        self._last = -(1 << 62)

    def of(
        self, portion: Portion, cells: NDArray[np.generic], empty: object
    ) -> Iterator[tuple[NDArray[np.int64], NDArray[np.generic]]]:
        """Instants (r,) and their cells (r, c), some rows at a time; `cells` (m,) of the values, `empty` for no value.

        ValueError where the portion goes back in time: its rows would stand below later ones.
        """
        if not len(portion):
            return
        if int(portion.at.min()) <= self._last:
            raise ValueError("A wide table needs portions of whole instants in the order of time")
        self._last = int(portion.at.max())
        shown: NDArray[Any] = cells.copy()
        shown[~shown_alone(portion)] = empty
        columns = np.array([self._column(channel) for channel in portion.channels])[portion.channel]
        order = np.argsort(portion.at, kind="stable")
        instants, starts = np.unique(portion.at[order], return_index=True)
        step = max(1, _CELLS_AT_ONCE // max(len(self.headings), 1))
        for first in range(0, len(instants), step):
            at = instants[first : first + step]
            end = starts[first + step] if first + step < len(starts) else len(order)
            values = order[starts[first] : end]
            block = np.full((len(at), len(self.headings)), empty, dtype=cells.dtype)
            block[np.searchsorted(at, portion.at[values]), columns[values]] = shown[values]
            yield at, block

    def _column(self, channel: Channel) -> int:
        """The column of a channel; days kept in intervals of another length stand in the column of their series."""
        found = self._columns.get(_place(channel))
        if found is None:
            alike = replace(_place(channel), interval_s=0)
            found = next((at for own, at in self._columns.items() if replace(own, interval_s=0) == alike), None)
        if found is None:
            raise UnwritableError(f"{heading_of(channel)} has no column: the first portion must name all channels")
        return found


def _place(channel: Channel) -> Channel:
    """What tells channels apart in a wide table."""
    return replace(channel, name="", exponent=0)
