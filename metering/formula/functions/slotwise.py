"""Functions that look at one slot at a time. Missing in, missing out, unless said otherwise."""

from __future__ import annotations

from collections.abc import Callable
from functools import reduce

import numpy as np

from metering.formula.asked import Asked, Bools, Floats
from metering.formula.functions.declared import Function, Parameter, Takes, Unit
from metering.formula.limits import MAX_ARGUMENTS, MAX_DIGITS
from metering.formula.node import AnyNode, Condition, Kind, Number

_WHOLE_FROM = 2.0**52
"""From here on float64 has no fractions."""


def _each(operation: Callable[..., Floats]) -> Callable[..., Floats]:
    """A function that applies a numpy operation to all its arguments."""

    def compute(asked: Asked, *arguments: Number) -> Floats:
        return operation(*(argument.evaluate(asked) for argument in arguments))

    return compute


def _folded(operation: Callable[[Floats, Floats], Floats]) -> Callable[..., Floats]:
    """A function that folds its arguments by a numpy operation of two."""

    def compute(asked: Asked, *arguments: Number) -> Floats:
        return reduce(operation, (argument.evaluate(asked) for argument in arguments))

    return compute


def _clip(x: Floats, low: Floats, high: Floats) -> Floats:
    clipped: Floats = np.minimum(np.maximum(x, low), high)
    return clipped


def _round(asked: Asked, x: Number, digits: int) -> Floats:
    values, unit = x.evaluate(asked), 10.0**digits
    scaled = values * unit
    whole = np.trunc(scaled)
    whole += np.where(np.abs(scaled - whole) >= 0.5, np.sign(scaled), 0.0)
    return np.where(np.abs(scaled) < _WHOLE_FROM, whole / unit, values)


def _between(asked: Asked, x: Number, low: Number, high: Number) -> Bools:
    values = x.evaluate(asked)
    inside: Bools = (values >= low.evaluate(asked)) & (values <= high.evaluate(asked))
    return inside


def _missing(asked: Asked, x: Number) -> Bools:
    missing: Bools = np.isnan(x.evaluate(asked))
    return missing


def _or_else(asked: Asked, x: Number, y: Number) -> Floats:
    values = x.evaluate(asked)
    missing = np.isnan(values)
    rest = asked.only(missing)
    return values if rest.nowhere else np.where(missing, y.evaluate(rest), values)


def choose(asked: Asked, condition: Condition, x: AnyNode, y: AnyNode) -> Floats | Bools:
    """`x` where the condition holds, `y` elsewhere: also what `x if condition else y` means."""
    holds = condition.evaluate(asked)
    then, otherwise = asked.only(holds), asked.only(~holds)
    if then.nowhere:
        return y.evaluate(otherwise)
    if otherwise.nowhere:
        return x.evaluate(then)
    return np.where(holds, x.evaluate(then), y.evaluate(otherwise))


_X, _Y = Parameter("x"), Parameter("y")
_RANGE = (_X, Parameter("low"), Parameter("high"))
_CHOICE = (Parameter("condition", Takes.CONDITION), Parameter("x", Takes.EITHER), Parameter("y", Takes.EITHER))

SLOTWISE = (
    Function("min", (_X, _Y), "the smallest of them", _folded(np.minimum), most=MAX_ARGUMENTS),
    Function("max", (_X, _Y), "the largest of them", _folded(np.maximum), most=MAX_ARGUMENTS),
    Function("abs", (_X,), "x without its sign", _each(np.abs)),
    Function(
        "round",
        (_X, Parameter("digits", Takes.WHOLE, 0, MAX_DIGITS, 0)),
        "x to so many decimals; halves away from zero",
        _round,
    ),
    Function("floor", (_X,), "the largest whole number that is not above x", _each(np.floor)),
    Function("ceil", (_X,), "the smallest whole number that is not below x", _each(np.ceil)),
    Function("sqrt", (_X,), "the square root; missing for negative x", _each(np.sqrt), unit=Unit.NONE),
    Function("sign", (_X,), "-1, 0 or 1", _each(np.sign), unit=Unit.NONE),
    Function("clip", _RANGE, "x, but not below low and not above high; high wins", _each(_clip)),
    Function("between", _RANGE, "whether low <= x <= high", _between, Kind.CONDITION),
    Function("where", _CHOICE, "x where the condition holds, y elsewhere; like `x if condition else y`", choose, None),
    Function("missing", (_X,), "whether there is no x", _missing, Kind.CONDITION),
    Function("or_else", (_X, _Y), "x, or y where x is missing", _or_else),
)
"""Slot by slot."""
