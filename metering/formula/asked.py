"""What an evaluation carries down the tree: inputs, calendar, and at which slots an answer is asked for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from metering.formula.calendar import DayCalendar

T = TypeVar("T", bound=np.generic)
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Asked:
    """The question put to every part of a formula.

    All arrays are two-dimensional and broadcast to `shape` (n, slots): what is the same for a whole row stays (n, 1)
    and what is the same for all rows (1, slots) as long as nothing needs more. An answer is only looked at where
    `where` holds, None = everywhere: what a condition guards against is neither counted nor, where nothing is
    left, computed.

    `divisions` int64 (n,) is added to: the slots of each row at which a division by zero was asked for.
    """

    shape: tuple[int, int]
    calendar: DayCalendar
    inputs: Mapping[str, Floats]
    divisions: NDArray[np.int64]
    where: Bools | None = None

    def only(self, condition: Bools) -> Asked:
        """The same question where `condition` holds too."""
        return replace(self, where=condition if self.where is None else self.where & condition)

    def everywhere(self) -> Asked:
        """The same question at all slots: for functions that look at others than their own."""
        return self if self.where is None else replace(self, where=None)

    @property
    def nowhere(self) -> bool:
        """Whether nobody looks at the answer."""
        return self.where is not None and not self.where.any()

    def wide(self, values: NDArray[T]) -> NDArray[T]:
        """`values` with a column for every slot; rows as they are."""
        return np.broadcast_to(values, (values.shape[0], self.shape[1]))

    def count_divisions(self, by_zero: Bools) -> None:
        """Count the slots at which a division by zero was asked for; bool, broadcasts to the shape."""
        if by_zero.any():
            asked = by_zero if self.where is None else by_zero & self.where
            self.divisions[:] += np.count_nonzero(np.broadcast_to(asked, self.shape), axis=1)


def settled(values: Floats) -> Floats:
    """Values with what ran over the range of float64 as missing; same shape."""
    infinite = np.isinf(values)
    return np.where(infinite, np.nan, values) if infinite.any() else values
