"""What the reader knows of a part of a formula beside what it computes: its place, its words and its unit."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import dataclass

from metering.formula.errors import FormulaError, quoted
from metering.formula.node import AnyNode, Kind

_NEEDED = {
    Kind.NUMBER: "is a condition where a number is needed",
    Kind.CONDITION: "is a number where a condition is needed, such as `value > 0`",
}


@dataclass(frozen=True, slots=True)
class Part:
    """A part that was read. `unit` "" = unknown; a `plain` number, as one writes it, goes with every unit."""

    node: AnyNode
    source: str
    position: int
    unit: str = ""
    plain: bool = False

    def be(self, kind: Kind) -> AnyNode:
        """The node, which must be of this kind."""
        if self.node.kind is not kind:
            raise FormulaError(f"{quoted(self.source)} {_NEEDED[kind]}", self.position)
        return self.node


def position(expression: ast.expr) -> int:
    """Where an expression begins, counted from 1."""
    return expression.col_offset + 1


def source(text: str, expression: ast.expr) -> str:
    """The words of an expression."""
    return text[expression.col_offset : expression.end_col_offset]


def number(expression: ast.expr) -> int | float | None:
    """The number an expression is as it stands; None for any other, also for True and False."""
    value = expression.value if isinstance(expression, ast.Constant) else None
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None


def common_unit(parts: Sequence[Part], warnings: list[str]) -> str:
    """The unit these share. Two different ones are worth a warning; the first is then taken."""
    known = [part for part in parts if part.unit]
    for part in known[1:]:
        if part.unit != known[0].unit:
            first = f"{quoted(known[0].source)} ({known[0].unit})"
            warnings.append(f"{first} meets {quoted(part.source)} ({part.unit}) (position {part.position})")
            break
    return known[0].unit if known else ""


def unit_of_product(x: Part, y: Part) -> str:
    """A unit stays what it is only when multiplied by a plain number."""
    return y.unit if x.plain else x.unit if y.plain else ""


def unit_of_quotient(x: Part, y: Part) -> str:
    """A unit stays what it is only when divided by a plain number."""
    return x.unit if y.plain else ""
