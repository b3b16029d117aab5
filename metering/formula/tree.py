"""The parts a formula is made of. See `node` for what they promise."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from metering.formula.asked import Asked, Bools, Floats, settled
from metering.formula.node import AnyNode, Condition, Kind, Node, Number

Operation = Callable[[Floats, Floats], NDArray[Any]]


@dataclass(frozen=True, slots=True)
class Constant(Number):
    """A number as it stands."""

    value: float
    kind = Kind.NUMBER

    def evaluate(self, asked: Asked) -> Floats:
        return np.full((1, 1), self.value)


@dataclass(frozen=True, slots=True)
class Input(Number):
    """A variable or a series, by the key of its input."""

    key: str
    kind = Kind.NUMBER

    def evaluate(self, asked: Asked) -> Floats:
        return asked.inputs[self.key]


@dataclass(frozen=True, slots=True)
class Negative(Number):
    """-x"""

    x: Number
    kind = Kind.NUMBER

    def evaluate(self, asked: Asked) -> Floats:
        return -self.x.evaluate(asked)


@dataclass(frozen=True, slots=True)
class Arithmetic(Number):
    """x + y, x - y, x * y: out of range is missing."""

    x: Number
    operation: Operation
    y: Number
    kind = Kind.NUMBER

    def evaluate(self, asked: Asked) -> Floats:
        return settled(self.operation(self.x.evaluate(asked), self.y.evaluate(asked)))


@dataclass(frozen=True, slots=True)
class Division(Number):
    """x / y, x % y: by zero is missing, and counted where x is there. A remainder has the sign of y."""

    x: Number
    operation: Operation
    y: Number
    kind = Kind.NUMBER

    def evaluate(self, asked: Asked) -> Floats:
        x, y = self.x.evaluate(asked), self.y.evaluate(asked)
        zero = y == 0
        if not zero.any():
            return settled(self.operation(x, y))
        asked.count_divisions(zero & ~np.isnan(x))
        return settled(self.operation(x, np.where(zero, np.nan, y)))


@dataclass(frozen=True, slots=True)
class Power(Number):
    """x ** exponent: of zero to less than nothing as a division, of a negative x to a fraction missing."""

    x: Number
    exponent: float
    kind = Kind.NUMBER

    def evaluate(self, asked: Asked) -> Floats:
        x = self.x.evaluate(asked)
        if self.exponent < 0:
            asked.count_divisions(x == 0)
        # A missing x is missing also to the power of zero, where float64 says 1.
        return settled(np.where(np.isnan(x), np.nan, np.power(x, self.exponent)))


@dataclass(frozen=True, slots=True)
class Comparison(Condition):
    """x < y <= z ...: each with the next, every operand evaluated once. False with anything missing."""

    operands: tuple[Number, ...]
    operations: tuple[Operation, ...]
    kind = Kind.CONDITION

    def evaluate(self, asked: Asked) -> Bools:
        left = self.operands[0].evaluate(asked)
        holds: Bools = np.ones((1, 1), np.bool_)
        for operation, operand in zip(self.operations, self.operands[1:], strict=True):
            right = operand.evaluate(asked)
            holds = holds & operation(left, right)
            left = right
        return holds


@dataclass(frozen=True, slots=True)
class And(Condition):
    """x and y ...: what comes later is asked only where all before holds."""

    parts: tuple[Condition, ...]
    kind = Kind.CONDITION

    def evaluate(self, asked: Asked) -> Bools:
        holds = self.parts[0].evaluate(asked)
        for part in self.parts[1:]:
            rest = asked.only(holds)
            if rest.nowhere:
                return np.zeros((1, 1), np.bool_)
            holds = holds & part.evaluate(rest)
        return holds


@dataclass(frozen=True, slots=True)
class Or(Condition):
    """x or y ...: what comes later is asked only where nothing before holds."""

    parts: tuple[Condition, ...]
    kind = Kind.CONDITION

    def evaluate(self, asked: Asked) -> Bools:
        holds = self.parts[0].evaluate(asked)
        for part in self.parts[1:]:
            rest = asked.only(~holds)
            if rest.nowhere:
                return np.ones((1, 1), np.bool_)
            holds = holds | part.evaluate(rest)
        return holds


@dataclass(frozen=True, slots=True)
class Not(Condition):
    """not x"""

    x: Condition
    kind = Kind.CONDITION

    def evaluate(self, asked: Asked) -> Bools:
        return ~self.x.evaluate(asked)


@dataclass(frozen=True, slots=True)
class Call(Node[Any]):
    """A function with its arguments."""

    compute: Callable[..., Any]
    arguments: tuple[AnyNode | int, ...]
    kind: Kind

    def evaluate(self, asked: Asked) -> NDArray[Any]:
        return cast("NDArray[Any]", self.compute(asked, *self.arguments))


def unequal(x: Floats, y: Floats) -> Bools:
    """Whether two numbers differ; False with anything missing, where float64 says True."""
    differ: Bools = (x < y) | (x > y)
    return differ
