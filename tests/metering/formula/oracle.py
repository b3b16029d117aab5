"""Random formulas, each with a slow meaning: one value at a time, in Python's own arithmetic, None = missing.

Both sides must agree to the last bit. So what is added up over several slots is made of halves and quarters only, whose
sums float64 holds exactly, in whatever order they are added; what divides and rounds comes last.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from hypothesis import strategies as st

from metering.formula import DayCalendar

Value = float | None


@dataclass
class Row:
    """One series: inputs by name, and the divisions by zero met, each once per slot."""

    inputs: dict[str, list[Value]]
    calendar: DayCalendar
    by_zero: set[tuple[int, int]] = field(default_factory=set)
    known: dict[int, list[Any]] = field(default_factory=dict)

    def all_of(self, part: Expression) -> list[Any]:
        """What a part gives at every slot, evaluated once."""
        if id(part) not in self.known:
            self.known[id(part)] = [part.at(self, slot) for slot in range(self.calendar.slots)]
        return self.known[id(part)]

    def day(self, slot: int) -> range:
        """The slots of the judged day a slot lies in; none for the context."""
        for first, end in zip(self.calendar.edges[:-1], self.calendar.edges[1:], strict=True):
            if first <= slot < end:
                return range(first, end)
        return range(0)


@dataclass
class Expression:
    """A formula and what it means at one slot of one row."""

    text: str
    at: Callable[[Row, int], Any]


def _strict(text: str, meaning: Callable[..., Any], *parts: Expression, otherwise: Value | bool = None) -> Expression:
    """What is missing, or does not hold, as soon as one part is missing."""

    def at(row: Row, slot: int) -> Any:
        given = [part.at(row, slot) for part in parts]
        return otherwise if None in given else meaning(*given)

    return Expression(text.format(*(part.text for part in parts)), at)


def _wide(text: str, meaning: Callable[[Row, int, list[Any]], Any], part: Expression) -> Expression:
    """What looks at all slots."""

    def at(row: Row, slot: int) -> Any:
        return meaning(row, slot, row.all_of(part))

    return Expression(text.format(part.text), at)


def _moved(part: Expression, name: str, steps: int, k: int) -> Expression:
    def meaning(row: Row, slot: int, values: list[Value]) -> Value:
        return values[slot + steps] if 0 <= slot + steps < len(values) else None

    return _wide(f"{name}({{}}, {k})", meaning, part)


def _of_day(name: str, part: Expression, meaning: Callable[[list[float]], Value]) -> Expression:
    def of_slot(row: Row, slot: int, values: list[Any]) -> Value:
        day = row.day(slot)
        there = [values[each] for each in day if values[each] is not None]
        return meaning(there) if there else (0.0 if name == "count_day" and day else None)

    return _wide(f"{name}({{}})", of_slot, part)


def _moving_average(part: Expression, k: int) -> Expression:
    def meaning(row: Row, slot: int, values: list[Any]) -> Any:
        there = [each for each in values[max(0, slot - k + 1) : slot + 1] if each is not None]
        return sum(there) / len(there) if there else None

    return _wide(f"moving_average({{}}, {k})", meaning, part)


def _divided(x: Expression, sign: str, y: Expression) -> Expression:
    expression = Expression(f"({x.text} {sign} {y.text})", lambda row, slot: None)

    def at(row: Row, slot: int) -> Any:
        above, below = x.at(row, slot), y.at(row, slot)
        if above is None or below is None:
            return None
        if below == 0:
            row.by_zero.add((id(expression), slot))
            return None
        return above / below if sign == "/" else above % below

    expression.at = at
    return expression


def _or_else(x: Expression, y: Expression) -> Expression:
    def at(row: Row, slot: int) -> Any:
        first = x.at(row, slot)
        return y.at(row, slot) if first is None else first

    return Expression(f"or_else({x.text}, {y.text})", at)


def _choice(condition: Expression, x: Expression, y: Expression, as_call: bool) -> Expression:
    text = "where({1}, {0}, {2})" if as_call else "({0} if {1} else {2})"
    return Expression(
        text.format(x.text, condition.text, y.text),
        lambda row, slot: (x if condition.at(row, slot) else y).at(row, slot),
    )


def _compared(parts: list[Expression], signs: list[str]) -> Expression:
    words = [f" {sign} {{}}" for sign in signs[: len(parts) - 1]]

    def meaning(*values: float) -> bool:
        pairs = zip(values[:-1], signs, values[1:], strict=False)
        return all(_COMPARE[sign](x, y) for x, sign, y in pairs)

    def at(row: Row, slot: int) -> bool:
        values = [part.at(row, slot) for part in parts]
        return None not in values and meaning(*values)

    return Expression(f"({('{}' + ''.join(words)).format(*(part.text for part in parts))})", at)


def _logic(x: Expression, word: str, y: Expression) -> Expression:
    if word == "and":
        return Expression(f"({x.text} and {y.text})", lambda row, slot: x.at(row, slot) and y.at(row, slot))
    return Expression(f"({x.text} or {y.text})", lambda row, slot: x.at(row, slot) or y.at(row, slot))


def _not(part: Expression) -> Expression:
    return Expression(f"(not {part.text})", lambda row, slot: not part.at(row, slot))


_COMPARE: dict[str, Callable[[float, float], bool]] = {
    "<": lambda x, y: x < y,
    "<=": lambda x, y: x <= y,
    ">": lambda x, y: x > y,
    ">=": lambda x, y: x >= y,
    "==": lambda x, y: x == y,
    "!=": lambda x, y: x != y,
}


def _round(x: float) -> float:
    return math.copysign(math.floor(abs(x)) + (abs(x) - math.floor(abs(x)) >= 0.5), x)


class Maker:
    """Draws a formula, nested at most so deep."""

    def __init__(self, draw: st.DrawFn) -> None:
        self.draw = draw

    def one_of(self, *makers: Callable[[], Expression]) -> Expression:
        return self.draw(st.sampled_from(makers))()

    def steps(self) -> int:
        return self.draw(st.integers(1, 4))

    def name(self) -> Expression:
        name = self.draw(st.sampled_from(["value", "average", "factor"]))
        return Expression(name, lambda row, slot: row.inputs[name][slot])

    def plain(self) -> Expression:
        number = self.draw(st.sampled_from([0.0, 0.25, 0.5, 1.0, 2.0, 3.0]))
        return Expression(f"{number:g}", lambda row, slot: number)

    def exact(self, depth: int) -> Expression:
        """Of halves and quarters come halves and quarters, or finer ones."""
        if not depth:
            return self.one_of(self.name, self.name, self.plain)

        def inner() -> Expression:
            return self.exact(depth - 1)

        return self.one_of(
            lambda: _strict("({} + {})", lambda a, b: a + b, inner(), inner()),
            lambda: _strict("({} - {})", lambda a, b: a - b, inner(), inner()),
            lambda: _strict("({} * {})", lambda a, b: a * b, self.name(), self.plain()),
            lambda: _strict("(-{})", lambda a: -a, inner()),
            lambda: _strict("({} ** 2)", lambda a: a * a, self.name()),
            lambda: _strict("abs({})", abs, inner()),
            lambda: _strict("sign({})", lambda a: float((a > 0) - (a < 0)), inner()),
            lambda: _strict("floor({})", math.floor, inner()),
            lambda: _strict("ceil({})", math.ceil, inner()),
            lambda: _strict("round({})", _round, inner()),
            lambda: _strict("min({}, {}, {})", min, inner(), inner(), inner()),
            lambda: _strict("max({}, {})", max, inner(), inner()),
            lambda: _strict("clip({}, {}, {})", lambda a, b, c: min(max(a, b), c), inner(), inner(), inner()),
            lambda: _or_else(inner(), inner()),
            lambda: self.moved(inner()),
            lambda: _of_day("sum_day", inner(), math.fsum),
            lambda: _of_day("min_day", inner(), min),
            lambda: _of_day("max_day", inner(), max),
            lambda: _of_day("count_day", inner(), lambda there: float(len(there))),
        )

    def moved(self, part: Expression) -> Expression:
        k = self.steps()
        return self.one_of(lambda: _moved(part, "previous", -k, k), lambda: _moved(part, "next", k, k))

    def number(self, depth: int) -> Expression:
        """What divides and rounds, over what is exact."""
        if not depth:
            return self.exact(2)

        def inner() -> Expression:
            return self.number(depth - 1)

        return self.one_of(
            lambda: self.exact(2),
            lambda: _divided(inner(), self.draw(st.sampled_from("/%")), inner()),
            lambda: _or_else(inner(), inner()),
            lambda: _choice(self.condition(depth - 1), inner(), inner(), self.draw(st.booleans())),
            lambda: _of_day("mean_day", self.exact(1), lambda there: math.fsum(there) / len(there)),
            lambda: _moving_average(self.exact(1), self.steps()),
            lambda: self.moved(inner()),
            lambda: _strict("sqrt(abs({}))", lambda a: math.sqrt(abs(a)), inner()),
        )

    def condition(self, depth: int) -> Expression:
        """What compares numbers, and what joins conditions."""
        compared = self.compared, self.between, self.missing
        if not depth:
            return self.one_of(*compared)

        def inner() -> Expression:
            return self.condition(depth - 1)

        return self.one_of(
            *compared,
            lambda: _logic(inner(), self.draw(st.sampled_from(["and", "or"])), inner()),
            lambda: _not(inner()),
            lambda: _choice(inner(), inner(), inner(), self.draw(st.booleans())),
        )

    def compared(self) -> Expression:
        signs = self.draw(st.lists(st.sampled_from(list(_COMPARE)), min_size=1, max_size=2))
        return _compared([self.number(1) for _each in range(len(signs) + 1)], signs)

    def between(self) -> Expression:
        parts = self.number(1), self.number(1), self.number(1)
        return _strict("between({}, {}, {})", lambda a, b, c: b <= a <= c, *parts, otherwise=False)

    def missing(self) -> Expression:
        part = self.number(1)
        return Expression(f"missing({part.text})", lambda row, slot: part.at(row, slot) is None)


@st.composite
def expressions(draw: st.DrawFn) -> Expression:
    """A formula of either kind."""
    maker = Maker(draw)
    return maker.one_of(lambda: maker.number(2), lambda: maker.condition(2))
