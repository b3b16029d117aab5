"""Interval readings as the file gives them, in columns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

ABSENT = -1
"""No start, no duration, no quality in the file; no value is `NO_VALUE`."""


@dataclass(frozen=True, slots=True, eq=False)
class Columns:
    """m readings, all int64 (m,): seconds since 1970 UTC, seconds, integers, ESPI code, line of the reading."""

    start: NDArray[np.int64]
    duration: NDArray[np.int64]
    value: NDArray[np.int64]
    quality: NDArray[np.int64]
    line: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.start)

    def take(self, chosen: NDArray[np.bool_]) -> Columns:
        """The readings of a mask, bool (m,)."""
        return Columns(*(column[chosen] for column in self._all()))

    def _all(self) -> tuple[NDArray[np.int64], ...]:
        return self.start, self.duration, self.value, self.quality, self.line

    @classmethod
    def of_rows(cls, rows: Sequence[tuple[int, int, int, int, int]]) -> Columns:
        """From readings one by one: start, duration, value, quality, line."""
        table = np.array(rows, dtype=np.int64).reshape(-1, 5)
        return cls(*(np.ascontiguousarray(table[:, index]) for index in range(5)))

    @classmethod
    def joined(cls, parts: Sequence[Columns]) -> Columns:
        """All of these, one after the other."""
        if len(parts) == 1:
            return parts[0]
        columns = zip(*(part._all() for part in parts), strict=True)
        return cls(*(np.concatenate(column) for column in columns))
