"""Values as the rows of a file give them, before their series, instants and decimals are settled."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Self

import numpy as np
from numpy.typing import NDArray

from integration.formats.decimals import State

LOCAL = np.iinfo(np.int32).min
"""Stands for "no offset of its own": the label is local time of the mapping's zone."""


@dataclass(frozen=True, slots=True, eq=False)
class Piece:
    """m values, all arrays (m,).

    series    int32, number of the key in the vocabulary of the portion
    labels    int64, seconds since 1970 as the calendar reads
    offsets   int32, offset from UTC in seconds the text names, or `LOCAL`
    first     bool, the flag column says: the first of two equal hours
    integers  int64, value = integers / 10^decimals in the unit of the file
    decimals  int64
    states    uint8, `State.GOOD`, or `State.EMPTY`: named without a value
    quality   uint8
    lines     int64
    columns   int32, index of the heading the value stands under
    """

    series: NDArray[np.int32]
    labels: NDArray[np.int64]
    offsets: NDArray[np.int32]
    first: NDArray[np.bool_]
    integers: NDArray[np.int64]
    decimals: NDArray[np.int64]
    states: NDArray[np.uint8]
    quality: NDArray[np.uint8]
    lines: NDArray[np.int64]
    columns: NDArray[np.int32]

    def __len__(self) -> int:
        return len(self.series)

    @property
    def good(self) -> NDArray[np.bool_]:
        """bool (m,): there is a value."""
        good: NDArray[np.bool_] = self.states == State.GOOD
        return good

    def take(self, rows: NDArray[np.bool_] | NDArray[np.intp]) -> Self:
        """The piece with these rows only, in this order."""
        return type(self)(*(getattr(self, field.name)[rows] for field in fields(self)))

    @classmethod
    def joined(cls, pieces: Sequence[Piece]) -> Piece:
        """All pieces as one; at least one."""
        return cls(*(np.concatenate([getattr(piece, field.name) for piece in pieces]) for field in fields(cls)))
