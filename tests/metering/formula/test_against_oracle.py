"""Random formulas give, at every slot, what a slow evaluation of one value after the other gives."""

import ast

import numpy as np
from hypothesis import HealthCheck, assume, given, note, settings
from hypothesis import strategies as st

from metering.formula import DayCalendar, parse
from metering.formula.limits import MAX_CHARACTERS, MAX_NODES
from tests.metering.formula.oracle import Expression, Row, Value, expressions
from tests.metering.formula.world import WORDS, columns

ROWS, SLOTS = 2, 9
NAMES = ("value", "average", "factor")
CELLS = st.one_of(st.none(), st.just(0.0), st.integers(-16, 16).map(lambda quarters: quarters / 4))
BLOCKS = st.fixed_dictionaries(
    {name: st.lists(st.lists(CELLS, min_size=SLOTS, max_size=SLOTS), min_size=ROWS, max_size=ROWS) for name in NAMES}
)
EDGES = st.sampled_from([(0, 9), (0, 4, 9), (2, 5, 9), (1, 2, 3, 8)])
Block = dict[str, list[list[Value]]]


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(expressions(), BLOCKS, EDGES)
def test_a_formula_means_the_same_slot_by_slot(expression: Expression, block: Block, edges: tuple[int, ...]) -> None:
    assume(_fits(expression.text))
    calendar = _calendar(edges)
    inputs = {name: np.array(rows, np.float64) for name, rows in block.items()}
    formula = parse(expression.text, WORDS)
    together = formula.evaluate(inputs, calendar=calendar, rows=ROWS)
    note(expression.text)
    for index in range(ROWS):
        row = Row({name: rows[index] for name, rows in block.items()}, calendar)
        alone = formula.evaluate({name: rows[index : index + 1] for name, rows in inputs.items()}, calendar=calendar)
        expected = np.array([[expression.at(row, slot) for slot in range(edges[0], edges[-1])]], np.float64)
        np.testing.assert_array_equal(alone.values[:, edges[0] : edges[-1]], expected)
        np.testing.assert_array_equal(together.values[index, edges[0] : edges[-1]], expected[0])
        assert alone.divisions_by_zero == len(row.by_zero)
        assert together.divisions_by_zero >= alone.divisions_by_zero


def _fits(text: str) -> bool:
    parts = sum(isinstance(node, ast.expr) for node in ast.walk(ast.parse(text, mode="eval")))
    return len(text) <= MAX_CHARACTERS and parts <= MAX_NODES


def _calendar(edges: tuple[int, ...]) -> DayCalendar:
    plain = columns(SLOTS)
    return DayCalendar(np.array(edges, np.intp), plain.hour, plain.minute, plain.weekday, plain.holiday)
