"""Conditions that select series, by what is fastest for so many."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

_NEARLY_ALL = 4
"""A scan of so many times the series asked for is still faster than looking each of them up."""


def selection(asked: NDArray[np.int64] | None) -> tuple[str, dict[str, Any]]:
    """A condition on `series_id` that all these series (ascending; None: all there are) fulfil, and its parameters.

    Others may fulfil it too, where that is faster.
    """
    if asked is None or not asked.size:
        return ("TRUE" if asked is None else "FALSE"), {}
    if asked[-1] - asked[0] < _NEARLY_ALL * asked.size:
        return "series_id BETWEEN %(least)s AND %(greatest)s", {"least": int(asked[0]), "greatest": int(asked[-1])}
    return "series_id = ANY (%(ids)s::bigint[])", {"ids": asked}
