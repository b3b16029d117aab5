"""Stretches of time laid over the rows and columns of a window. Pure numpy."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from validation.window import Bools, Ints

FOREVER = 1 << 40
"""Later than all instants, in seconds since 1970."""


@dataclass(frozen=True, slots=True, eq=False)
class Stretches:
    """From `starts` to `ends` (excluded), seconds since 1970, something is so in row `rows` of a window; all (m,).

    A row may have any number of them, and they may overlap.
    """

    rows: NDArray[np.intp]
    starts: Ints
    ends: Ints

    @classmethod
    def of(cls, columns: tuple[Ints, Ints, Ints]) -> Stretches:
        """Of three columns as a query gathers them, rows counted from 1."""
        rows, starts, ends = columns
        return cls((rows - 1).astype(np.intp), starts, ends)

    def whole(self, boundaries: Ints, rows: int) -> Bools:
        """bool (rows, slots): slots that lie in a stretch from beginning to end.

        `boundaries` int64 (slots + 1,) are the instants between the slots. A slot over which two stretches meet lies in
        neither.
        """
        first = np.searchsorted(boundaries, self.starts, side="left")
        behind = np.searchsorted(boundaries, self.ends, side="right") - 1
        return self._marked(first, behind, rows, len(boundaries) - 1)

    def touched(self, boundaries: Ints, rows: int) -> Bools:
        """bool (rows, slots): slots that share an instant with a stretch; one without length touches where it is."""
        first = np.searchsorted(boundaries, self.starts, side="right") - 1
        behind = np.searchsorted(boundaries, np.maximum(self.ends, self.starts + 1), side="left")
        return self._marked(first, behind, rows, len(boundaries) - 1)

    def _marked(self, first: NDArray[np.intp], behind: NDArray[np.intp], rows: int, slots: int) -> Bools:
        """Slots from `first` to `behind` (excluded), both clipped to the window."""
        first, behind = np.clip(first, 0, slots), np.clip(behind, 0, slots)
        some = first < behind
        steps = np.zeros((rows, slots + 1), np.int16)
        np.add.at(steps, (self.rows[some], first[some]), 1)
        np.add.at(steps, (self.rows[some], behind[some]), -1)
        marked: Bools = np.cumsum(steps[:, :-1], axis=1, dtype=np.int16) > 0
        return marked
