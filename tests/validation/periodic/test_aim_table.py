"""AIM's nineteen conditions for periodic values, each shown; keep is the only action, everything else is refused."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest

from metering.formula import Variable
from tests.validation.periodic.readings import Value, ask, facts, marked, window
from validation.actions import ACTIONS, Action
from validation.models import Rule, RuleSet
from validation.periodic.aim_table import AIM_PERIODIC
from validation.periodic.conditions.condition import periodic_condition, periodic_conditions
from validation.periodic.window import PeriodicFacts
from validation.rule_check import Known, check_rule
from validation.rule_choices import actions_of, condition_of, conditions_for

KNOWN = Known({"1-0:1.8.0": Variable("1-0:1.8.0", "Import", "Wh")}, frozenset({"Wh"}))
YEAR = [100, 110, 120, 130, 140, 150, 160, 170, 180, 190, 200, 210]
"""The months of a year; those of the next follow in the cases."""


@dataclass(frozen=True)
class Case:
    """Consumption of months, which of them fail, and what is known beside them."""

    values: Sequence[Value]
    fails: str
    parameters: dict[str, Any] = field(default_factory=dict)
    facts: PeriodicFacts = field(default_factory=PeriodicFacts)


_SAME_MONTHS = [*YEAR, 121, 88, 144]
"""21 % more than a year ago, 20 % less, 20 % more."""
_EDITED = [100, 50, 200, 100]
_RECEIVED = facts(source=[100, 150, None, 100])
"""The second was edited from 150 to 50; in the place of the third nothing was ever received."""
_SOURCE_YEAR = facts(source=[200, *YEAR[1:], 121, 88, 144])

CASES = {
    "missing": Case([5, None, 7], ".x."),
    "zero": Case([5, 0, None, 1], ".x.."),
    "anything": Case([5, None, 0], "xxx"),
    "not_missing": Case([5, None, 0], "x.x"),
    "higher_than": Case([1_500, 1_501, None], ".x.", {"limit": "1.5 kWh"}),
    "lower_than": Case([1_500, 1_499, None], ".x.", {"limit": "1500 Wh"}),
    "higher_than_previous": Case([100, 120, 145, None, 180], "..x.x", {"percent": 20}),
    "lower_than_previous": Case([100, 80, 63, None, 40], "..x.x", {"percent": 20}),
    "higher_than_previous_month": Case([100, 111, 112, None, 150], ".x...", {"margin": "10 Wh"}),
    "lower_than_previous_month": Case([100, 90, 79, None, 10], "..x..", {"margin": "10 Wh"}),
    "higher_than_previous_year": Case(_SAME_MONTHS, "." * 12 + "x..", {"percent": 20}),
    "lower_than_previous_year": Case(_SAME_MONTHS, "." * 12 + ".x.", {"percent": 19}),
    "higher_than_reference": Case([110, 111, 900, None], ".x..", {"percent": 10}, facts(reference=[100, 100, None, 1])),
    "lower_than_reference": Case([90, 89, 0, None], ".x..", {"percent": 10}, facts(reference=[100, 100, None, 100])),
    "higher_than_previous_month_source": Case(_EDITED, "..x.", {"percent": 20}, _RECEIVED),
    "lower_than_previous_month_source": Case(_EDITED, ".x..", {"percent": 20}, _RECEIVED),
    "higher_than_previous_year_source": Case(_SAME_MONTHS, "." * 12 + "..x", {"percent": 19}, _SOURCE_YEAR),
    "lower_than_previous_year_source": Case(_SAME_MONTHS, "." * 12 + "x..", {"percent": 30}, _SOURCE_YEAR),
    "check_function": Case(
        [100, 120, None, 400], "...x", {"formula": "value > 300 and previous_value < 0.5 * value and days > 0 or 0 > 1"}
    ),
}
CASES["check_function"] = Case(
    [100, 120, None, 400], "...x", {"formula": "value > 300 and previous_value * 2 < value and month == 4"}
)


def test_the_table_is_the_one_of_aim() -> None:
    assert len(AIM_PERIODIC) == 19
    assert set(AIM_PERIODIC) == set(CASES)
    assert set(AIM_PERIODIC) <= {each.code for each in periodic_conditions()}


@pytest.mark.parametrize("code", AIM_PERIODIC)
def test_a_condition(code: str) -> None:
    case = CASES[code]
    assert marked(ask(code, window(case.values), case.facts, **case.parameters)) == case.fails


@pytest.mark.parametrize("compatible", [True, False])
@pytest.mark.parametrize("code", AIM_PERIODIC)
def test_a_rule_keeps_and_does_nothing_else(code: str, compatible: bool) -> None:
    assert check_rule(_rule(code, Action.KEEP, compatible=compatible), KNOWN) == []

    for action in set(Action) - {Action.KEEP}:
        (problem,) = [each for each in check_rule(_rule(code, action, compatible=compatible), KNOWN) if _of_cell(each)]
        assert f"“{periodic_condition(code).label}” cannot go with “{ACTIONS[action].label}”" in problem.message
        assert problem.message.endswith("goes with Keep.")


def test_a_set_of_aims_cells_has_nothing_else() -> None:
    rule_set = RuleSet(kind=RuleSet.Kind.PERIODIC, compatible=True)
    assert {each.code for each in conditions_for(rule_set)} == set(AIM_PERIODIC)
    (problem,) = check_rule(_rule("not_increasing", Action.KEEP, compatible=True), KNOWN)
    assert problem.field == "condition"


def test_conditions_of_profiles_are_none_of_periodic_values() -> None:
    assert condition_of(RuleSet.Kind.PERIODIC, "spike") is None
    assert condition_of(RuleSet.Kind.PROFILE, "higher_than_previous") is None
    (problem,) = check_rule(Rule(condition="spike", rule_set=RuleSet(kind=RuleSet.Kind.PERIODIC)), KNOWN)
    assert problem.message == "There is no condition 'spike' for periodic values."


def test_every_condition_goes_with_keep_alone() -> None:
    for each in periodic_conditions():
        assert actions_of(RuleSet(kind=RuleSet.Kind.PERIODIC), each) == (Action.KEEP,)


def _rule(code: str, action: Action, *, compatible: bool) -> Rule:
    rule_set = RuleSet(kind=RuleSet.Kind.PERIODIC, compatible=compatible)
    parameters = CASES[code].parameters if code in CASES else {}
    return Rule(name=code, condition=code, parameters=parameters, action=action, rule_set=rule_set)


def _of_cell(problem: Any) -> bool:
    """What is wrong with the action itself; that it is not told its parameters either is another matter."""
    return bool(problem.field == "action")
