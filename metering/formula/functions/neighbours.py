"""Functions that look at slots before or after their own, counted in columns: an hour is four quarters on any day."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from metering.formula.asked import Asked, Floats, T, settled
from metering.formula.functions.declared import Function, Parameter, Takes
from metering.formula.limits import MAX_STEPS
from metering.formula.node import Node, Number


def _previous(asked: Asked, x: Node[T], k: int) -> NDArray[T]:
    return _moved(_wide(asked, x), k)


def _next(asked: Asked, x: Node[T], k: int) -> NDArray[T]:
    return _moved(_wide(asked, x)[:, ::-1], k)[:, ::-1]


def _moving_average(asked: Asked, x: Number, k: int) -> Floats:
    values = _wide(asked, x)
    there = ~np.isnan(values)
    total = _window_sum(np.where(there, values, 0.0), k)
    return settled(total / _window_sum(there.astype(np.float64), k))


def _window_sum(values: Floats, k: int) -> Floats:
    """Sums of the `k` columns that end with each column, fewer at the start; (n, slots).

    Sums of 1, 2, 4, ... columns are put together by the binary digits of k: log k passes, and a value touches only the
    windows it lies in, where a running total would carry its rounding, or its overflow, through all that follow.
    """
    total, span, width, placed = np.zeros_like(values), values, 1, 0
    while width <= k and placed < values.shape[1]:
        if k & width:
            total[:, placed:] += span[:, : span.shape[1] - placed]
            placed += width
        if 2 * width <= k:
            longer = span.copy()
            longer[:, width:] += span[:, : max(span.shape[1] - width, 0)]
            span = longer
        width *= 2
    return total


def _wide(asked: Asked, x: Node[T]) -> NDArray[T]:
    return asked.wide(x.evaluate(asked.everywhere()))


def _moved(values: NDArray[T], k: int) -> NDArray[T]:
    """Every column `k` further right; what comes in from outside is missing, or does not hold."""
    empty = False if values.dtype == np.bool_ else np.nan
    moved = np.full(values.shape, empty, values.dtype)
    if k < values.shape[1]:
        moved[:, k:] = values[:, : values.shape[1] - k]
    return moved


_NEIGHBOUR = (Parameter("x", Takes.EITHER), Parameter("k", Takes.WHOLE, 1, MAX_STEPS, 1))
_WINDOW = (Parameter("x"), Parameter("k", Takes.WHOLE, 1, MAX_STEPS))

NEIGHBOURS = (
    Function("previous", _NEIGHBOUR, "x of k slots earlier; missing where nothing is known of then", _previous, None),
    Function("next", _NEIGHBOUR, "x of k slots later; missing where nothing is known of then", _next, None),
    Function(
        "moving_average", _WINDOW, "the mean of those there are of the last k slots, this one included", _moving_average
    ),
)
"""Slots before and after."""
