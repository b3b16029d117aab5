"""Calls: the functions of the table with their arguments, and series named in quotation marks."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from metering.formula.errors import FormulaError, quoted, suggestion
from metering.formula.functions import FUNCTIONS, Function, Parameter, Takes, Unit
from metering.formula.node import AnyNode, Kind
from metering.formula.parts import Part, common_unit, number, position
from metering.formula.tree import Call, Input
from metering.formula.vocabulary import SERIES, SERIES_IS_WRITTEN

if TYPE_CHECKING:
    from metering.formula.reading import Reader

_KIND_TAKEN = {Takes.NUMBER: Kind.NUMBER, Takes.CONDITION: Kind.CONDITION}


def read_call(reader: Reader, expression: ast.Call, depth: int) -> Part:
    """A call of a function of the table, or of `series`."""
    if not isinstance(expression.func, ast.Name):
        raise reader.misplaced(expression)
    if expression.keywords or any(isinstance(each, ast.Starred) for each in expression.args):
        raise FormulaError("Arguments are given one by one, by their place", position(expression))
    name = expression.func.id
    if name == SERIES:
        return _series(reader, expression)
    function = FUNCTIONS.get(name)
    if function is None:
        raise FormulaError(_no_function(reader, name), position(expression))
    reader.functions[name] = None
    return _Call(reader, expression, function, depth).read()


def _no_function(reader: Reader, name: str) -> str:
    if name in reader.vocabulary.variables:
        return f"{quoted(name)} is not a function: write {quoted(name)} alone"
    return f"{quoted(name)} is not a function known here" + suggestion(name, (*FUNCTIONS, SERIES))


def _series(reader: Reader, expression: ast.Call) -> Part:
    """`series("1-0:2.8.0")`: the vocabulary says what series there are."""
    match expression.args:
        case [ast.Constant(value=str() as code) as argument]:
            variable = reader.vocabulary.series.get(code)
        case _:
            raise FormulaError(f"It is written `{SERIES_IS_WRITTEN}`", position(expression))
    if variable is None:
        reason = f"The series {quoted(code)} is not known here" + suggestion(code, reader.vocabulary.series)
        raise FormulaError(reason, position(argument))
    reader.series[variable.name] = None
    return reader.part(expression, Input(variable.name), variable.unit)


class _Call:
    """One call of a function of the table."""

    def __init__(self, reader: Reader, expression: ast.Call, function: Function, depth: int) -> None:
        self.reader = reader
        self.expression = expression
        self.function = function
        self.depth = depth
        self.parts: list[Part] = []
        self.either: Kind | None = None

    def read(self) -> Part:
        given = self.expression.args
        function = self.function
        if not function.fewest <= len(given) <= function.at_most:
            raise FormulaError(f"It is written `{function.signature}`", position(self.expression))
        arguments = [self._argument(each, function.parameter(index)) for index, each in enumerate(given)]
        arguments += [each.default for each in function.parameters[len(given) :] if each.default is not None]
        # Only a function that answers what it is given has no result of its own; its EITHER arguments were read above.
        kind = function.result or self.either or Kind.NUMBER
        unit = common_unit(self.parts, self.reader.warnings) if function.unit is Unit.OF_ARGUMENTS else ""
        return self.reader.part(self.expression, Call(function.compute, tuple(arguments), kind), unit)

    def _argument(self, argument: ast.expr, parameter: Parameter) -> AnyNode | int:
        if parameter.takes is Takes.WHOLE:
            return self._whole(argument, parameter)
        part = self.reader.read(argument, self.depth + 1)
        if parameter.takes is Takes.EITHER:
            self.either = self.either or part.node.kind
        if parameter.takes is not Takes.CONDITION:
            self.parts.append(part)
        return part.be(_KIND_TAKEN.get(parameter.takes) or self.either or part.node.kind)

    def _whole(self, argument: ast.expr, parameter: Parameter) -> int:
        given = number(argument)
        if isinstance(given, int) and parameter.low <= given <= parameter.high:
            return given
        bounds = f"a whole number as it stands, from {parameter.low} to {parameter.high:,}"
        raise FormulaError(f"{parameter.name} of `{self.function.signature}` is {bounds}", position(argument))
