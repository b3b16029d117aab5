"""What blocks would be without the writes that were taken back.

Each slot has a row of states, each made by the write that replaced the one before it, the oldest by the write that
filled the slot. What stands is the newest of them whose write still counts; where none does, nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from metering.intervals import DAY_S
from metering.store.archive.months import Archived
from metering.store.batch import NO_VALUE
from metering.store.blocks import Blocks, unpack_quality, unpack_status, unpack_values
from metering.store.past import filled_by, replaced
from metering.store.withdrawals import Withdrawals

Keys = NDArray[np.int64]


def standing(blocks: Blocks, keys: Keys, interval_s: int, archived: Archived) -> Blocks:
    """The newest states of the blocks of `keys` (n, 2: series, day since 1970) that were not taken back."""
    former = replaced(keys, None, archived)
    first = filled_by(keys, blocks.slots, archived)
    makers = np.append(np.array([row[1] for row in former], np.int64), np.unique(first))
    walk = _Walk.back_from(blocks, keys, interval_s, Withdrawals.among(makers))
    for row, entry, first_slot, slots, *block in former:
        walk.meet(row, entry, slice(first_slot, first_slot + slots), _decoded(block, slots))
    walk.end(first)
    return walk.state


def _grids(blocks: Blocks) -> tuple[NDArray[Any], ...]:
    """Values, quality and status, each (n, slots)."""
    return blocks.values, blocks.quality_codes(), blocks.status_words()


def _decoded(block: list[Any], slots: int) -> Blocks:
    values, quality, status = block
    return Blocks(unpack_values([values], slots), unpack_quality([quality], slots), unpack_status([status], slots))


@dataclass(slots=True, eq=False)
class _Walk:
    """On the way back from the present: `state` is what each slot was then, `open` bool (n, slots) those that did not
    come to a state that counts yet; `at` int64 (n, slots) their instants in seconds since 1970."""

    state: Blocks
    series_ids: Keys
    at: Keys
    withdrawals: Withdrawals
    open: NDArray[np.bool_] = field(init=False)

    def __post_init__(self) -> None:
        self.open = np.ones(self.at.shape, np.bool_)

    @classmethod
    def back_from(cls, blocks: Blocks, keys: Keys, interval_s: int, withdrawals: Withdrawals) -> Self:
        """Begin with what is stored."""
        state = Blocks(*(grid.copy() for grid in _grids(blocks)))
        at = keys[:, 1:] * DAY_S + np.arange(0, DAY_S, interval_s)
        return cls(state, keys[:, 0], at, withdrawals)

    def meet(self, row: int, entry: int, part: slice, former: Blocks) -> None:
        """Step before the write `entry`, which replaced what `part` of a block held; slots then empty stay as they are,
        for they were filled later."""
        now = Blocks(*(grid[row : row + 1, part] for grid in _grids(self.state)))
        there = (former.values != NO_VALUE) | (former.quality_codes() != 0)
        slots = np.flatnonzero(self.open[row, part] & (there & now.differs(former))[0])
        gone = self._passed_over(entry, np.full(len(slots), row), slots + part.start)
        self.open[row, slots[~gone] + part.start] = False
        for grid, then in zip(_grids(self.state), _grids(former), strict=True):
            grid[row, slots[gone] + part.start] = then[0, slots[gone]]

    def end(self, first: NDArray[np.int64]) -> None:
        """Empty what the write that filled it, int64 (n, slots), does not leave either."""
        for entry in np.unique(first[self.open]).tolist():
            if self.withdrawals.concern(entry):
                rows, slots = np.nonzero(self.open & (first == entry))
                gone = self._passed_over(entry, rows, slots)
                for grid, empty in zip(_grids(self.state), (NO_VALUE, 0, 0), strict=True):
                    grid[rows[gone], slots[gone]] = empty

    def _passed_over(self, entry: int, rows: NDArray[np.intp], slots: NDArray[np.intp]) -> NDArray[np.bool_]:
        if not self.withdrawals.concern(entry):
            return np.zeros(len(slots), np.bool_)
        return self.withdrawals.passed_over(entry, self.series_ids[rows], self.at[rows, slots])
