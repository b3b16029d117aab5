"""Problems row by row, so many and no more: a file of nothing but faults must not fill the memory with them."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from integration.formats.portion import Problem

MOST_TOLD = 5000
"""Problems of one kind told one by one in a block of a file; of the rest the number is told."""


def told(faulty: NDArray[np.intp], tell: Callable[[int], Problem]) -> list[Problem]:
    """The problems of these indices (n,), which `tell` makes; those beyond `MOST_TOLD` as one that counts them."""
    problems = [tell(index) for index in faulty[:MOST_TOLD].tolist()]
    if len(faulty) > MOST_TOLD:
        first = tell(int(faulty[MOST_TOLD]))
        rest = len(faulty) - MOST_TOLD
        problems.append(Problem(first.line, f"{first.reason}; so are more from here on", first.column, values=rest))
    return problems
