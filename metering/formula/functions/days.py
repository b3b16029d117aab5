"""Functions of the local day a slot lies in. They look at what is there and answer every slot of the day alike.

Context columns lie in no judged day: nothing is known of their days, so the answer there is missing.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from metering.formula.asked import Asked, Bools, Floats, T, settled
from metering.formula.functions.declared import Function, Parameter, Takes, Unit
from metering.formula.node import AnyNode, Kind, Node, Number


def _sum(asked: Asked, x: Number) -> Floats:
    values = _judged(asked, x)
    there = ~np.isnan(values)
    total = _reduced(asked, np.add, np.where(there, values, 0.0))
    some = _reduced(asked, np.logical_or, there)
    return _spread(asked, settled(np.where(some, total, np.nan)))


def _mean(asked: Asked, x: Number) -> Floats:
    values = _judged(asked, x)
    there = ~np.isnan(values)
    total = _reduced(asked, np.add, np.where(there, values, 0.0))
    return _spread(asked, settled(total / _reduced(asked, np.add, there.astype(np.float64))))


def _extreme(which: np.ufunc) -> Callable[[Asked, Number], Floats]:
    def compute(asked: Asked, x: Number) -> Floats:
        return _spread(asked, _reduced(asked, which, _judged(asked, x)))

    return compute


def _count(asked: Asked, x: AnyNode) -> Floats:
    values = _judged(asked, x)
    counted = values if x.kind is Kind.CONDITION else ~np.isnan(values)
    return _spread(asked, _reduced(asked, np.add, counted.astype(np.float64)))


def _judged(asked: Asked, x: Node[T]) -> NDArray[T]:
    """The columns of the judged days; every slot of a day counts, whichever of them is asked about."""
    edges = asked.calendar.edges
    return asked.wide(x.evaluate(asked.everywhere()))[:, edges[0] : edges[-1]]


def _reduced(asked: Asked, how: np.ufunc, values: Floats | Bools) -> Floats:
    """One number per day, (n, days)."""
    begins = asked.calendar.edges[:-1] - asked.calendar.edges[0]
    if not len(begins):
        return np.empty((len(values), 0))
    reduced: Floats = how.reduceat(values, begins, axis=1)
    return reduced


def _spread(asked: Asked, of_day: Floats) -> Floats:
    """The number of each day at all its slots, missing in the context; (n, slots)."""
    edges = asked.calendar.edges
    spread = np.full((len(of_day), asked.shape[1]), np.nan)
    spread[:, edges[0] : edges[-1]] = np.repeat(of_day, np.diff(edges), axis=1)
    return spread


_X = (Parameter("x"),)

DAYS = (
    Function("sum_day", _X, "the sum of the local day; missing where the day has no x at all", _sum),
    Function("mean_day", _X, "the mean of the local day", _mean),
    Function("min_day", _X, "the smallest of the local day", _extreme(np.fmin)),
    Function("max_day", _X, "the largest of the local day", _extreme(np.fmax)),
    Function(
        "count_day",
        (Parameter("x", Takes.EITHER),),
        "at how many slots of the local day x is there; of a condition, at how many it holds",
        _count,
        unit=Unit.NONE,
    ),
)
"""The local day as a whole."""
