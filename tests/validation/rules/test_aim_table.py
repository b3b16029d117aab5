"""The 91 cells of AIM's table for profile values: 50 that work, 41 that are refused, each shown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pytest

from metering.formula import Variable
from metering.quality import EstimationMethod, method_of
from metering.store.batch import NO_VALUE
from tests.validation.rules.hours import HOURS, LAST_WEEK, YESTERDAY, facts, hours, planned, usual
from validation.actions import ACTIONS, Action
from validation.aim_table import AIM_ACTIONS, AIM_CELLS
from validation.conditions.condition import condition
from validation.engine.plan import Plan
from validation.engine.run import Result, run
from validation.facts import Facts
from validation.models import Rule, RuleSet
from validation.parameters import read_all
from validation.rule_check import Known, check_rule
from validation.window import Window

GRID = """
missing              X X X X X X X
zero                 X - X X X - X
anything             X - X X - X -
not_missing          X - - - - - -
negative             X - X X X - -
positive             X - - - - - -
higher_than          X - X X X - -
lower_than           X - X X X - -
higher_than_average  X - X X X - -
lower_than_average   X - X X X - -
higher_than_median   X - X X X - -
lower_than_median    X - X X X - -
check_function       X - X X X - -
"""
"""Columns: keep, zero, previous day, previous week, fixed value, fixed total spread, register difference spread."""
CELLS = [
    (line.split()[0], action, mark == "X")
    for line in GRID.strip().splitlines()
    for action, mark in zip(AIM_ACTIONS, line.split()[1:], strict=True)
]
KNOWN = Known({"1-0:1.29.0": Variable("1-0:1.29.0", "Import", "Wh")}, frozenset({"Wh"}))
FULL = 5_000
"""What the register counted over the day."""


def _day(usual: int | None = 100, **others: int | None) -> list[int | None]:
    """A day of one value, with others at some hours: h5=900."""
    day: list[int | None] = [usual] * HOURS
    for hour, value in others.items():
        day[int(hour[1:])] = value
    return day


@dataclass(frozen=True)
class Case:
    """Values, and where the condition is met."""

    day: Sequence[int | None]
    met: Sequence[int]
    parameters: dict[str, Any] = field(default_factory=dict)


CASES = {
    "missing": Case(_day(h5=None, h6=None, h20=None), [5, 6, 20]),
    "zero": Case(_day(h5=0, h6=1), [5]),
    "anything": Case(_day(h5=None), range(HOURS)),
    "not_missing": Case(_day(h5=None), [hour for hour in range(HOURS) if hour != 5]),
    "negative": Case(_day(h5=-7, h6=0, h7=None), [5]),
    "positive": Case(_day(0, h5=3, h6=-3, h7=None), [5]),
    "higher_than": Case(_day(h5=501, h6=500, h7=None), [5], {"limit": "0.5 kWh"}),
    "lower_than": Case(_day(h5=49, h6=50, h7=None), [5], {"limit": "50 Wh"}),
    "higher_than_average": Case(_day(h5=451, h6=450), [5], {"factor": "5"}),
    "lower_than_average": Case(_day(h5=8, h6=9, h7=None), [5], {"factor": "0.1"}),
    "higher_than_median": Case(_day(h5=401, h6=400), [5], {"factor": "5"}),
    "lower_than_median": Case(_day(h5=7, h6=8, h7=None), [5], {"factor": "0.1"}),
    "check_function": Case(_day(h5=350, h7=None), [5], {"formula": "value > 3 * previous(value)"}),
}
TOLD = {Action.FIXED_VALUE: {"value": "0.25 kWh"}, Action.FIXED_TOTAL: {"total": "1.201 kWh"}}


def test_the_table_is_the_one_of_aim() -> None:
    works = {(code, action) for code, action, marked in CELLS if marked}

    assert len(CELLS) == 91
    assert len(works) == 50
    assert works == {(code, action) for code, actions in AIM_CELLS.items() for action in actions}


@pytest.mark.parametrize(("code", "action"), [(code, action) for code, action, marked in CELLS if marked])
def test_a_cell_that_works(code: str, action: Action) -> None:
    case = CASES[code]
    window = hours(case.day)
    rule = _rule(code, action, case, compatible=True)

    assert check_rule(rule, KNOWN) == []

    result = _run(window, code, action, case)

    expected = np.zeros(HOURS, np.bool_)
    expected[list(case.met)] = True
    assert np.array_equal(result.judgement.of(0)[0], expected)
    assert np.array_equal(result.values[0][~expected], window.values[0][~expected])
    assert result.values[0][expected].tolist() == _what_comes(action, case, window)
    method = ACTIONS[action].method
    if method is not None:
        assert {method_of(code) for code in result.quality[0][expected].tolist()} == {EstimationMethod(method)}


@pytest.mark.parametrize("compatible", [True, False])
@pytest.mark.parametrize(("code", "action"), [(code, action) for code, action, marked in CELLS if not marked])
def test_a_blank_cell_is_refused_and_says_what_goes(code: str, action: Action, compatible: bool) -> None:
    (problem,) = check_rule(_rule(code, action, CASES[code], compatible=compatible), KNOWN)

    assert problem.field == "action"
    assert f"“{condition(code).label}” cannot go with “{ACTIONS[action].label}”" in problem.message
    for allowed in AIM_CELLS[code]:
        assert ACTIONS[allowed].label in problem.message


@pytest.mark.parametrize("action", [Action.ESTIMATE, Action.REJECT])
def test_what_aim_does_not_have_is_refused_among_its_cells(action: Action) -> None:
    for code in AIM_CELLS:
        (problem,) = check_rule(_rule(code, action, CASES[code], compatible=True), KNOWN)
        assert "AIM's cells only" in problem.message

    (foreign,) = check_rule(Rule(condition="spike", action="keep", rule_set=RuleSet(compatible=True)), KNOWN)
    assert foreign.field == "condition"


def _rule(code: str, action: Action, case: Case, *, compatible: bool) -> Rule:
    return Rule(
        name=code, condition=code, parameters=case.parameters, action=action, action_parameters=TOLD.get(action, {}),
        rule_set=RuleSet(compatible=compatible),
    )  # fmt: skip


def _run(window: Window, code: str, action: Action, case: Case) -> Result:
    stands = np.full((1, HOURS + 1), NO_VALUE)
    stands[0, [0, HOURS]] = 70_000, 70_000 + FULL
    known = facts(window, statistics=usual(90, median=80), stands=stands)
    told = read_all(ACTIONS[action].parameters, TOLD.get(action, {}))

    def loaded(part: Window, needs: object) -> Facts:
        return known

    return run(window, known, Plan((planned(code, case.parameters, action=action, action_parameters=told),)), loaded)


def _what_comes(action: Action, case: Case, window: Window) -> list[int]:
    """What stands where the condition was met, by the words of the table."""
    met = list(case.met)
    there: list[int] = window.values[0][met].tolist()
    match action:
        case Action.ZERO:
            return [0] * len(met)
        case Action.PREVIOUS_DAY:
            return [YESTERDAY + hour for hour in met]
        case Action.PREVIOUS_WEEK:
            return [LAST_WEEK + hour for hour in met]
        case Action.FIXED_VALUE:
            return [250] * len(met)
        case Action.FIXED_TOTAL:
            return _shares(1_201, met)
        case Action.REGISTER_DIFFERENCE:
            others = sum(value for hour, value in enumerate(case.day) if value is not None and hour not in met)
            return _even(FULL - others, len(met))
        case _:
            return there


def _shares(total: int, met: Sequence[int]) -> list[int]:
    """Each gap gets the total."""
    gaps = np.split(np.array(met), np.flatnonzero(np.diff(met) != 1) + 1)
    return [share for gap in gaps for share in _even(total, len(gap))]


def _even(total: int, count: int) -> list[int]:
    each, over = divmod(total, count)
    return [each + (place < over) for place in range(count)]
