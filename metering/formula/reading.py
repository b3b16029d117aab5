"""The second gate: from Python's syntax tree to ours, by an allow-list.

`Reader.READERS` names every kind of expression a formula may hold. Nothing of Python is ever executed: what is not in
the list ends with a message, and what is becomes a node of `tree`, which only numpy computes.
"""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import ClassVar

import numpy as np

from metering.formula.calls import read_call
from metering.formula.errors import FormulaError, quoted, suggestion
from metering.formula.functions import FUNCTIONS
from metering.formula.functions.slotwise import choose
from metering.formula.limits import MAX_DEPTH, MAX_EXPONENT, MAX_NUMBER
from metering.formula.node import AnyNode, Kind
from metering.formula.parts import Part, common_unit, number, position, source, unit_of_product, unit_of_quotient
from metering.formula.tree import (
    And,
    Arithmetic,
    Call,
    Comparison,
    Constant,
    Division,
    Input,
    Negative,
    Not,
    Operation,
    Or,
    Power,
    unequal,
)
from metering.formula.vocabulary import SERIES, SERIES_IS_WRITTEN, Vocabulary

_OPERATIONS: dict[type[ast.operator], tuple[type[Arithmetic | Division], Operation]] = {
    ast.Add: (Arithmetic, np.add),
    ast.Sub: (Arithmetic, np.subtract),
    ast.Mult: (Arithmetic, np.multiply),
    ast.Div: (Division, np.divide),
    ast.Mod: (Division, np.mod),
}
_COMPARISONS: dict[type[ast.cmpop], Operation] = {
    ast.Lt: np.less,
    ast.LtE: np.less_equal,
    ast.Gt: np.greater,
    ast.GtE: np.greater_equal,
    ast.Eq: np.equal,
    ast.NotEq: unequal,
}
_TEXT_ADVICE = f': text stands in `{SERIES}("...")` only'
_ADVICE: dict[type[ast.AST], str] = {
    ast.FloorDiv: ": write `floor(x / y)`",
    ast.Tuple: ": decimals follow a point, a comma stands between arguments",
    ast.JoinedStr: _TEXT_ADVICE,
}


class Reader:
    """Reads one formula and keeps, in order, the names, series and functions it met, what it compares, and warnings."""

    def __init__(self, text: str, vocabulary: Vocabulary) -> None:
        self.text = text
        self.vocabulary = vocabulary
        self.names: dict[str, None] = {}
        self.series: dict[str, None] = {}
        self.functions: dict[str, None] = {}
        self.compared: dict[str, None] = {}
        self.warnings: list[str] = []

    def read(self, expression: ast.expr, depth: int = 1) -> Part:
        """The part an expression stands for; FormulaError for whatever is not in the language."""
        if depth > MAX_DEPTH:
            raise FormulaError(f"The formula is nested more than {MAX_DEPTH} levels deep", position(expression))
        reader = self.READERS.get(type(expression))
        if reader is None:
            raise self.misplaced(expression)
        return reader(self, expression, depth)

    def part(self, expression: ast.expr, node: AnyNode, unit: str = "", *, plain: bool = False) -> Part:
        """A part at the place of an expression."""
        return Part(node, source(self.text, expression), position(expression), unit, plain)

    def misplaced(self, expression: ast.expr, advice: str = "") -> FormulaError:
        """The error for something that is Python and no formula."""
        shown = quoted(source(self.text, expression))
        advice = advice or _ADVICE.get(type(expression), "")
        return FormulaError(f"{shown} has no place in a formula{advice}", position(expression))

    def _constant(self, expression: ast.Constant, depth: int) -> Part:
        value = number(expression)
        if value is None:
            raise self.misplaced(expression, _TEXT_ADVICE if isinstance(expression.value, str) else "")
        if value > MAX_NUMBER:
            raise FormulaError(f"Numbers go up to {MAX_NUMBER:,.0f}", position(expression))
        return self.part(expression, Constant(float(value)), plain=True)

    def _name(self, expression: ast.Name, depth: int) -> Part:
        variable = self.vocabulary.variables.get(expression.id)
        if variable is None:
            raise FormulaError(self._unknown(expression.id), position(expression))
        self.names[variable.name] = None
        return self.part(expression, Input(variable.name), variable.unit)

    def _unknown(self, name: str) -> str:
        if name in FUNCTIONS or name == SERIES:
            written = FUNCTIONS[name].signature if name in FUNCTIONS else SERIES_IS_WRITTEN
            return f"`{name}` is a function: write `{written}`"
        return f"{quoted(name)} is not known here" + suggestion(name, (*self.vocabulary.variables, *FUNCTIONS))

    def _unary(self, expression: ast.UnaryOp, depth: int) -> Part:
        inner = self.read(expression.operand, depth + 1)
        match expression.op:
            case ast.Not():
                return self.part(expression, Not(inner.be(Kind.CONDITION)))
            case ast.UAdd():
                return self.part(expression, inner.be(Kind.NUMBER), inner.unit, plain=inner.plain)
            case ast.USub():
                return self.part(expression, Negative(inner.be(Kind.NUMBER)), inner.unit, plain=inner.plain)
        raise self.misplaced(expression)

    def _binary(self, expression: ast.BinOp, depth: int) -> Part:
        """The terms of a sum lie one in the other to the left: walked here, so that a long sum is not deep."""
        chain = [expression]
        while isinstance(chain[-1].left, ast.BinOp):
            chain.append(chain[-1].left)
        left = self.read(chain[-1].left, depth + 1)
        for each in reversed(chain):
            left = self._operation(each, left, depth)
        return left

    def _operation(self, expression: ast.BinOp, x: Part, depth: int) -> Part:
        match expression.op:
            case ast.Pow():
                node: AnyNode = Power(x.be(Kind.NUMBER), self._exponent(expression.right))
                return self.part(expression, node, plain=x.plain)
            case ast.Mult():
                unit_of: Callable[[Part, Part], str] = unit_of_product
            case ast.Div():
                unit_of = unit_of_quotient
            case ast.Add() | ast.Sub() | ast.Mod():
                unit_of = self._same_unit
            case _:
                raise self.misplaced(expression, _ADVICE.get(type(expression.op), ""))
        y = self.read(expression.right, depth + 1)
        make, operation = _OPERATIONS[type(expression.op)]
        node = make(x.be(Kind.NUMBER), operation, y.be(Kind.NUMBER))
        return self.part(expression, node, unit_of(x, y), plain=x.plain and y.plain)

    def _same_unit(self, *parts: Part) -> str:
        return common_unit(parts, self.warnings)

    def _exponent(self, expression: ast.expr) -> float:
        match expression:
            case ast.UnaryOp(op=ast.USub(), operand=ast.expr() as positive):
                sign, size = -1.0, number(positive)
            case _:
                sign, size = 1.0, number(expression)
        if size is None or size > MAX_EXPONENT:
            reason = f"An exponent is a number as it stands, from -{MAX_EXPONENT} to {MAX_EXPONENT}"
            raise FormulaError(reason, position(expression))
        return sign * size

    def _comparison(self, expression: ast.Compare, depth: int) -> Part:
        if not all(type(each) in _COMPARISONS for each in expression.ops):
            raise self.misplaced(expression, ": compare with <, <=, >, >=, == or !=")
        parts = [self.read(each, depth + 1) for each in (expression.left, *expression.comparators)]
        self._same_unit(*parts)
        self.compared.update((part.source, None) for part in parts if not part.plain)
        numbers = tuple(part.be(Kind.NUMBER) for part in parts)
        return self.part(expression, Comparison(numbers, tuple(_COMPARISONS[type(each)] for each in expression.ops)))

    def _logic(self, expression: ast.BoolOp, depth: int) -> Part:
        conditions = tuple(self.read(each, depth + 1).be(Kind.CONDITION) for each in expression.values)
        return self.part(expression, (And if isinstance(expression.op, ast.And) else Or)(conditions))

    def _choice(self, expression: ast.IfExp, depth: int) -> Part:
        condition = self.read(expression.test, depth + 1).be(Kind.CONDITION)
        x, y = self.read(expression.body, depth + 1), self.read(expression.orelse, depth + 1)
        arguments = (condition, x.node, y.be(x.node.kind))
        unit = self._same_unit(x, y)
        return self.part(expression, Call(choose, arguments, x.node.kind), unit)

    READERS: ClassVar[dict[type[ast.expr], Callable[..., Part]]] = {
        ast.Constant: _constant,
        ast.Name: _name,
        ast.UnaryOp: _unary,
        ast.BinOp: _binary,
        ast.Compare: _comparison,
        ast.BoolOp: _logic,
        ast.IfExp: _choice,
        ast.Call: read_call,
    }
