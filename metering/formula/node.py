"""What every part of a formula is: something that answers for all slots at once."""

from __future__ import annotations

from abc import ABC, abstractmethod
from enum import Enum
from typing import Any, Generic

import numpy as np
from numpy.typing import NDArray

from metering.formula.asked import Asked, T


class Kind(Enum):
    """Numbers are float64 with NaN = missing; a condition holds or does not, and is never missing."""

    NUMBER = "number"
    CONDITION = "condition"


class Node(ABC, Generic[T]):
    """A part of a formula. Nodes are immutable, so one formula may be evaluated by many threads."""

    kind: Kind

    @abstractmethod
    def evaluate(self, asked: Asked) -> NDArray[T]:
        """The answer: two-dimensional, broadcasts to `asked.shape`, right wherever `asked.where` holds."""


Number = Node[np.float64]
Condition = Node[np.bool_]
AnyNode = Node[Any]
