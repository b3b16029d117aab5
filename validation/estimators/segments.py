"""Between which two register stands each wanted slot lies, and how much energy is missing there.

With register stands s1 … s6 of which s3, s4 and s5 are missing, the consumptions v2 … v5 lie between s2 and s6: what
they must add up to is s6 - s2. That holds for any stands, also one at midnight only, if the values that are trusted
between them are taken off.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from validation.estimators.arrays import NO_VALUE, Bools, Floats, Index, Ints


@dataclass(frozen=True, slots=True, eq=False)
class Segments:
    """Wanted slots and the energy missing between the stands around them.

    row, column  intp (m,), the wanted slots in order of row and column
    segment      intp (m,), number of the segment of each, from 0, ascending; gaps between the same stands share one
    totals       int64 (s,), energy missing in each segment in integers of the series, 0 where not known
    known        bool (s,), whether both stands are there and every other slot between them is trusted
    """

    row: Index
    column: Index
    segment: Index
    totals: Ints
    known: Bools

    @classmethod
    def of(cls, stands: Ints, values: Ints, trusted: Bools, wanted: Bools) -> Segments:
        """The segments of a block.

        stands   int64 (n, slots + 1), register at the borders of the slots, in units of the series, `NO_VALUE` = not
                 known; a register that rolled over or was exchanged is to be given as if it had not
        values   int64 (n, slots)
        trusted  bool (n, slots), values that stay as they are, also zeros in an outage
        wanted   bool (n, slots), slots to estimate; wanted slots are not trusted whatever `trusted` says

        ValueError if the stands do not fit.
        """
        rows, slots = wanted.shape
        if stands.shape != (rows, slots + 1):
            raise ValueError(f"{slots} slots lie between {slots + 1} stands, not {stands.shape[1]}")
        row, column = np.nonzero(wanted)
        before, after = _around(stands, row, column)
        starts = np.flatnonzero(np.diff(before, prepend=-1))
        segment = np.repeat(np.arange(len(starts)), np.diff(starts, append=len(row)))
        low, high = before[starts], after[starts]
        stays: Bools = trusted & ~wanted
        # A sum may wrap around; the difference of two is right again, because what lies between them is small.
        energy = _running(np.where(stays, values, 0))
        other = _running(~(stays | wanted))
        at = stands.reshape(-1)
        both: Bools = (at[low] != NO_VALUE) & (at[high] != NO_VALUE)
        known: Bools = both & (other[low] == other[high])
        missing = at[high] - at[low] - (energy[high] - energy[low])
        return cls(row, column, segment, np.where(known, missing, 0), known)

    def __len__(self) -> int:
        return len(self.totals)

    def every(self, holds: Bools) -> Bools:
        """Whether `holds` (m,) is true for all slots of each segment, (s,)."""
        every: Bools = np.bincount(self.segment[~holds], minlength=len(self)) == 0
        return every

    def sums(self, amounts: Floats) -> Floats:
        """Sum of `amounts` (m,) by segment, (s,)."""
        return np.bincount(self.segment, amounts, minlength=len(self)).astype(np.float64)


def _around(stands: Ints, row: Index, column: Index) -> tuple[Index, Index]:
    """Flat positions in `stands` of the nearest known stand before and after each slot, else the borders of the row."""
    width = stands.shape[1]
    known = np.flatnonzero(stands != NO_VALUE)
    here = row * width + column
    at = np.searchsorted(known, here, side="right")
    guarded = np.concatenate([[-1], known, [stands.size]])
    return np.maximum(guarded[at], row * width), np.minimum(guarded[at + 1], row * width + width - 1)


def _running(amounts: Ints | Bools) -> Ints:
    """Sum of what lies before each border, flat like the stands; rows run on, which no difference within a row sees."""
    rows, slots = amounts.shape
    sums = np.zeros((rows, slots + 1), np.int64)
    np.cumsum(amounts, axis=1, out=sums[:, 1:])
    return sums.reshape(-1)
