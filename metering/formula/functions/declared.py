"""How a function is declared: its parameters, its result, what it means."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Any

from metering.formula.node import Kind


class Takes(Enum):
    """What an argument may be: EITHER, then all such arguments of a call are of one kind; WHOLE, as it stands."""

    NUMBER = "number"
    CONDITION = "condition"
    EITHER = "number or condition"
    WHOLE = "whole number"


class Unit(Enum):
    """The unit of a result: that of the arguments, which then must agree, or none."""

    OF_ARGUMENTS = "of the arguments"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter; `low` to `high` bound a WHOLE one, `default` is what it is when left out."""

    name: str
    takes: Takes = Takes.NUMBER
    low: int = 0
    high: int = 0
    default: int | None = None

    def __str__(self) -> str:
        return self.name if self.default is None else f"{self.name}={self.default}"


@dataclass(frozen=True, slots=True)
class Function:
    """A function of the language.

    `compute(asked, *arguments)` gets the argument nodes unevaluated, WHOLE ones as int, and answers like a node does.
    `result` None = the kind of its EITHER arguments. `most` > 0: the last parameter may be repeated, up to so many
    arguments in all.
    """

    name: str
    parameters: tuple[Parameter, ...]
    meaning: str
    compute: Callable[..., Any]
    result: Kind | None = Kind.NUMBER
    unit: Unit = Unit.OF_ARGUMENTS
    most: int = 0

    @property
    def signature(self) -> str:
        """As one writes it, such as `clip(x, low, high)`."""
        names = [str(parameter) for parameter in self.parameters]
        return f"{self.name}({', '.join([*names, '…'] if self.most else names)})"

    @property
    def fewest(self) -> int:
        """Arguments that cannot be left out."""
        return sum(parameter.default is None for parameter in self.parameters)

    @property
    def at_most(self) -> int:
        """Arguments that can be given."""
        return max(self.most, len(self.parameters))

    def parameter(self, index: int) -> Parameter:
        """What the argument at this index (from 0) is for."""
        return self.parameters[min(index, len(self.parameters) - 1)]
