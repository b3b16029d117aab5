"""Where the wanted slots are: gaps, and the parts of a gap that lie in one local day."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from validation.estimators.arrays import Bools, Floats, Index


@dataclass(frozen=True, slots=True, eq=False)
class Places:
    """Marked slots of a block in order of row and column, each array (m,).

    row, column  where the slot is
    part         number of the run it belongs to, from 0: adjacent slots of one row, cut at the edges of days if given
    starts       (parts,), index of the first slot of every part
    """

    row: Index
    column: Index
    part: Index
    starts: Index

    @classmethod
    def of(cls, marked: Bools, edges: Index | None = None) -> Places:
        """The runs of True in `marked` (n, slots); with `edges` no run crosses one of these columns."""
        row, column = np.nonzero(marked)
        begins = np.ones(len(row), np.bool_)
        begins[1:] = (np.diff(row) != 0) | (np.diff(column) != 1)
        if edges is not None:
            cut = np.zeros(marked.shape[1] + 1, np.bool_)
            cut[edges] = True
            begins |= cut[column]
        return cls(row, column, np.cumsum(begins) - 1, np.flatnonzero(begins))

    def __len__(self) -> int:
        return len(self.row)

    def whole(self, holds: Bools) -> Bools:
        """Where `holds` (m,) is true for every slot of the part; (m,)."""
        if not len(self):
            return holds
        every: Bools = np.logical_and.reduceat(holds, self.starts)[self.part]
        return every

    def sizes(self) -> Index:
        """Number of slots of every part, (parts,)."""
        return np.diff(self.starts, append=len(self))

    def spread(self, values: Floats, shape: tuple[int, ...]) -> Floats:
        """The values (m,) at their slots in an array of `shape` (n, slots), NaN elsewhere."""
        block = np.full(shape, np.nan)
        block[self.row, self.column] = values
        return block
