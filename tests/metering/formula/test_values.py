"""What operators and slot-wise functions give, also with missing values, and which divisions are counted."""

import numpy as np
import pytest

from metering.formula import parse
from tests.metering.formula.world import EXPORT, NAN, WORDS, columns, evaluated, holds, numbers

SPECIAL = [2.5, NAN, -2.5, 0.0]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("value + 1", [3.5, NAN, -1.5, 1.0]),
        ("-value", [-2.5, NAN, 2.5, 0.0]),
        ("+value * 2 - 1", [4.0, NAN, -6.0, -1.0]),
        ("1 / value", [0.4, NAN, -0.4, NAN]),
        ("value % 2", [0.5, NAN, 1.5, 0.0]),
        ("2 ** 3 + value ** 2", [14.25, NAN, 14.25, 8.0]),
        ("value ** -1", [0.4, NAN, -0.4, NAN]),
        ("value ** 0", [1.0, NAN, 1.0, 1.0]),
        ("value ** 0.5", [2.5**0.5, NAN, NAN, 0.0]),
        ("sqrt(value)", [2.5**0.5, NAN, NAN, 0.0]),
        ("min(value, 1)", [1.0, NAN, -2.5, 0.0]),
        ("max(value, 1, 2)", [2.5, NAN, 2.0, 2.0]),
        ("abs(value)", [2.5, NAN, 2.5, 0.0]),
        ("sign(value)", [1.0, NAN, -1.0, 0.0]),
        ("round(value)", [3.0, NAN, -3.0, 0.0]),
        ("round(value / 4, 1)", [0.6, NAN, -0.6, 0.0]),
        ("floor(value)", [2.0, NAN, -3.0, 0.0]),
        ("ceil(value)", [3.0, NAN, -2.0, 0.0]),
        ("clip(value, -1, 1)", [1.0, NAN, -1.0, 0.0]),
        ("or_else(value, 7)", [2.5, 7.0, -2.5, 0.0]),
        ("value if value > 0 else 9", [2.5, 9.0, 9.0, 9.0]),
        ("where(missing(value), -1, value)", [2.5, -1.0, -2.5, 0.0]),
        ("1.5e1 + .5 + 2.", [17.5] * 4),
    ],
)
def test_numbers(text: str, expected: list[float]) -> None:
    formula = parse(text, WORDS)
    assert not formula.is_condition
    evaluation = formula.evaluate({"value": [SPECIAL]}, calendar=columns(4))
    np.testing.assert_array_equal(evaluation.values[0], expected)
    np.testing.assert_array_equal(evaluation.missing[0], np.isnan(expected))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("value > 0", [True, False, False, False]),
        ("value != 0", [True, False, True, False]),
        ("value == 0", [False, False, False, True]),
        ("-3 <= value < 0", [False, False, True, False]),
        ("0 <= value", [True, False, False, True]),
        ("not value > 0", [False, True, True, True]),
        ("value > 0 or missing(value)", [True, True, False, False]),
        ("value > 0 and value < 3 and value > 2", [True, False, False, False]),
        ("between(value, -2.5, 0)", [False, False, True, True]),
        ("value < 0 if value > -9 else missing(value)", [False, True, True, False]),
        ("value != value", [False] * 4),
    ],
)
def test_conditions(text: str, expected: list[bool]) -> None:
    assert parse(text, WORDS).is_condition
    assert holds(text, value=[SPECIAL]) == expected


def test_a_condition_is_never_missing_and_a_number_never_holds() -> None:
    assert not evaluated("value > 0", value=[SPECIAL]).missing.any()
    assert evaluated("value > 0", value=[SPECIAL]).values.tolist() == [[1.0, 0.0, 0.0, 0.0]]
    with pytest.raises(TypeError, match="not a condition"):
        _ = evaluated("value", value=[SPECIAL]).holds


@pytest.mark.parametrize(
    ("value", "expected"),
    [(0.5, 1.0), (-0.5, -1.0), (1.5, 2.0), (2.5, 3.0), (0.49999999999999994, 0.0), (2.0**52 + 1, 2.0**52 + 1)],
)
def test_halves_are_rounded_away_from_zero(value: float, expected: float) -> None:
    assert numbers("round(value)", value=value) == [expected]


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("value / factor", 2),
        ("value % factor", 2),
        ("factor ** -1", 3),
        ("value / factor / factor", 2),
        ("1 / (value / factor)", 3),
        ("factor != 0 and value / factor > 1", 0),
        ("factor == 0 or value / factor > 1", 0),
        ("factor != 0 and (value > 9 or 1 / factor > 1)", 0),
        ("value / factor if factor != 0 else 0", 0),
        ("where(factor == 0, value / factor, 0)", 2),
        ("where(factor == 0, 0, value / factor)", 0),
        ("factor > 0 and sum_day(value / factor) > 0", 2),
        ("or_else(value, value / factor)", 0),
        ("or_else(value, 1 / factor)", 1),
        ("previous(value / factor, 1) if factor > 0 else 0", 2),
    ],
)
def test_a_division_by_zero_is_missing_and_counted_where_it_is_asked_for(text: str, count: int) -> None:
    value, factor = [1.0, 0.0, 2.0, NAN, 5.0, 0.0], [0.0, 0.0, 2.0, 0.0, NAN, 3.0]
    evaluation = evaluated(text, value=[value], factor=[factor])
    assert evaluation.divisions_by_zero == count


def test_a_division_of_whole_rows_counts_all_their_slots() -> None:
    evaluation = evaluated("value > 1 / factor", value=np.ones((3, 4)), factor=[[0.0], [2.0], [0.0]])
    assert evaluation.divisions_by_zero == 8
    assert evaluation.divided_by_zero.tolist() == [True, False, True]
    assert evaluation.holds.sum(axis=1).tolist() == [0, 4, 0]
    assert evaluated("previous(1 / factor)", value=np.ones((1, 4)), factor=[[0.0], [2.0]]).divisions.tolist() == [4, 0]


@pytest.mark.parametrize(
    "text", ["value * value", "value + value", "value ** 16", "0 - value - value", "value / 0.001", "sum_day(value)"]
)
def test_what_runs_over_the_range_is_missing(text: str) -> None:
    evaluation = evaluated(text, value=[[1e308, 1e308]])
    assert evaluation.missing.all()
    assert evaluation.divisions_by_zero == 0


def test_infinite_inputs_are_missing() -> None:
    assert holds("missing(value)", value=[[np.inf, -np.inf, 1.0]]) == [True, True, False]


def test_inputs_may_be_as_narrow_as_they_are() -> None:
    evaluation = parse(f'value + average + series("{EXPORT}") + factor', WORDS).evaluate(
        {"value": np.ones((2, 3)), "average": [[10.0], [20.0]], EXPORT: [[1.0, 2.0, 3.0]], "factor": 100},
        calendar=columns(3),
    )
    assert evaluation.values.tolist() == [[112.0, 113.0, 114.0], [122.0, 123.0, 124.0]]


def test_inputs_stay_as_they_were() -> None:
    value = np.array([[1.0, np.inf, NAN]])
    evaluated("or_else(moving_average(value, 3), 1) + sum_day(value)", value=value)
    np.testing.assert_array_equal(value, [[1.0, np.inf, NAN]])


def test_a_formula_without_inputs_has_as_many_rows_as_it_is_told() -> None:
    formula = parse("1 + 2", WORDS)
    assert formula.evaluate({}, calendar=columns(5)).values.tolist() == [[3.0] * 5]
    assert formula.evaluate({}, calendar=columns(5), rows=2).values.tolist() == [[3.0] * 5] * 2


def test_inputs_that_do_not_fit_are_our_own_mistake() -> None:
    formula = parse("value > average", WORDS)
    with pytest.raises(ValueError, match="'average', which was not given"):
        formula.evaluate({"value": [1.0]}, calendar=columns(1))
    with pytest.raises(ValueError, match=r"value \(2, 3\), average \(3, 1\)"):
        formula.evaluate({"value": np.ones((2, 3)), "average": np.ones((3, 1))}, calendar=columns(3))
    with pytest.raises(ValueError, match="the calendar of 4 columns"):
        formula.evaluate({"value": np.ones((2, 3)), "average": 1}, calendar=columns(4))


def test_a_block_without_rows_is_no_special_case() -> None:
    assert evaluated("value > max_day(value)", value=np.ones((0, 4)), calendar=columns(4)).holds.shape == (0, 4)
