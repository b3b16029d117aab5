"""A formula: read once, evaluated over as many blocks as one likes."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike, NDArray

from metering.formula.asked import Asked, Bools, Floats, settled
from metering.formula.calendar import DayCalendar
from metering.formula.errors import FormulaError, quoted
from metering.formula.limits import MAX_NODES
from metering.formula.node import AnyNode, Kind
from metering.formula.reading import Reader
from metering.formula.scanning import scan
from metering.formula.vocabulary import Vocabulary

_ON_ONE_LINE = str.maketrans("\t\r\n", "   ")
_KNOWN_ERRORS = {
    "was never closed": "This parenthesis is never closed",
    "unmatched ')'": "Nothing opens this parenthesis",
    "too many nested parentheses": "The formula is nested too deeply",
}
"""What Python's parser says, and what we say."""


@dataclass(frozen=True, slots=True, eq=False)
class Evaluation:
    """What a formula says of a block of n series and `slots` columns.

    result      float64 (n, slots) with NaN = missing, or bool (n, slots) of a condition, never in the context
    divisions   int64 (n,): of each series, at how many slots of the judged days a division by zero was asked for, each
                of which is missing; a division within a function that looks at other slots counts at all of them
    """

    result: Floats | Bools
    divisions: NDArray[np.int64]

    @property
    def divisions_by_zero(self) -> int:
        """Divisions by zero of the whole block."""
        return int(self.divisions.sum())

    @property
    def divided_by_zero(self) -> Bools:
        """bool (n,): the series with any division by zero."""
        divided: Bools = self.divisions > 0
        return divided

    @property
    def values(self) -> Floats:
        """float64 (n, slots), NaN = missing; of a condition 1 and 0."""
        return self.result.astype(np.float64, copy=False)

    @property
    def missing(self) -> Bools:
        """bool (n, slots): slots without value. A condition is never missing."""
        missing: Bools = np.isnan(self.values)
        return missing

    @property
    def holds(self) -> Bools:
        """bool (n, slots): where the condition holds. TypeError where the formula is none."""
        if self.result.dtype != np.bool_:
            raise TypeError("The formula gives numbers, not a condition")
        return self.result.astype(np.bool_, copy=False)


@dataclass(frozen=True, slots=True)
class Formula:
    """A formula that was read. Equal where text and meaning are; safe to share between threads.

    `names`, `series` and `functions` are those it uses, in order, once each: the keys of its inputs are `names` and
    `series`. `compared` are the sides of its comparisons, each the text of a formula again, so that people can be
    told what the sides came to. `warnings` are things that are hardly meant, such as a sum of kWh and kvarh.
    """

    text: str
    names: tuple[str, ...]
    series: tuple[str, ...]
    functions: tuple[str, ...]
    compared: tuple[str, ...]
    warnings: tuple[str, ...]
    root: AnyNode = field(repr=False)

    @property
    def is_condition(self) -> bool:
        """Whether it holds or does not, rather than being a number."""
        return self.root.kind is Kind.CONDITION

    def evaluate(self, inputs: Mapping[str, ArrayLike], *, calendar: DayCalendar, rows: int = 1) -> Evaluation:
        """Evaluate over a block; `rows` is its height where nothing the formula uses has more than one row.

        `inputs` are float64, NaN (or infinite) = missing, each (n, slots), (n, 1) for what holds for a whole series,
        (1, slots) for what holds for all of them, or a scalar; those not used are not looked at. ValueError for an
        input that is not given or does not fit the others.
        """
        used = {key: _input(key, inputs) for key in (*self.names, *self.series)}
        shape = _shape(used, calendar, rows)
        divisions = np.zeros(shape[0], np.int64)
        asked = Asked(shape, calendar, used, divisions, where=calendar.judged[np.newaxis])
        with np.errstate(all="ignore"):
            result = np.broadcast_to(self.root.evaluate(asked), shape)
        if self.is_condition:
            result = result & calendar.judged
        return Evaluation(result, divisions)


def parse(text: str, vocabulary: Vocabulary) -> Formula:
    """The formula a text stands for. FormulaError with reason and position for any other text, quickly."""
    scan(text)
    line = text.translate(_ON_ONE_LINE).rstrip()
    reader = Reader(line, vocabulary)
    part = reader.read(_tree(line))
    return Formula(
        text,
        names=tuple(reader.names),
        series=tuple(reader.series),
        functions=tuple(reader.functions),
        compared=tuple(reader.compared),
        warnings=tuple(reader.warnings),
        root=part.node,
    )


def _tree(line: str) -> ast.expr:
    """Python's syntax tree of one line, of bounded size."""
    indent = len(line) - len(line.lstrip())
    try:
        tree = ast.parse(line[indent:], mode="eval").body
    except SyntaxError as error:
        raise _unreadable(line, indent + error.offset if error.offset else len(line) + 1, error.msg) from None
    except (RecursionError, MemoryError):
        raise FormulaError("The formula is nested too deeply", 1) from None
    nodes = [node for node in ast.walk(tree) if isinstance(node, ast.expr)]
    if len(nodes) > MAX_NODES:
        raise FormulaError(f"A formula may have {MAX_NODES} parts; this has {len(nodes)}", 1)
    for node in nodes:
        node.col_offset += indent
        node.end_col_offset = (node.end_col_offset or 0) + indent
    return tree


def _unreadable(line: str, position: int, said: str) -> FormulaError:
    for words, reason in _KNOWN_ERRORS.items():
        if words in said:
            return FormulaError(reason, position)
    if position > len(line):
        return FormulaError("The formula ends too early", len(line))
    return FormulaError(f"The formula cannot be read at {quoted(line[position - 1 :])}", position)


def _input(key: str, inputs: Mapping[str, ArrayLike]) -> Floats:
    """One input, two-dimensional and without infinities."""
    if key not in inputs:
        raise ValueError(f"The formula needs {key!r}, which was not given")
    values: Floats = np.atleast_2d(np.asarray(inputs[key], np.float64))
    return settled(values)


def _shape(inputs: Mapping[str, Floats], calendar: DayCalendar, height: int) -> tuple[int, int]:
    """Rows and columns of the block."""
    shapes = [values.shape for values in inputs.values()]
    try:
        rows, slots = np.broadcast_shapes((height, calendar.slots), *shapes)
    except ValueError:
        rows, slots = 0, -1
    if slots != calendar.slots:
        given = ", ".join(f"{key} {values.shape}" for key, values in inputs.items())
        raise ValueError(f"Inputs do not fit one another or the calendar of {calendar.slots} columns: {given}")
    return rows, slots
