"""Check functions: what they may name, what they say of whole windows, and what they keep silent about."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from metering.formula import Variable
from metering.store.batch import NO_VALUE
from tests.validation.rules.hours import HOURS, ask, columns, facts, hours, planned, usual
from validation.conditions.formulas import needs_of
from validation.facts import Need
from validation.models import Rule, RuleSet
from validation.rule_check import Known, check_rule
from validation.services.plans import narrowed

KNOWN = Known({"1-0:2.29.0": Variable("1-0:2.29.0", "Export", "Wh")}, frozenset({"Wh"}))
DAY = [100] * HOURS


def _problem(text: str) -> str:
    rule = Rule(condition="check_function", parameters={"formula": text}, rule_set=RuleSet())
    ((problem),) = check_rule(rule, KNOWN)
    assert problem.field == "parameters.formula"
    return problem.message


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("valeu > 3", "did you mean `value`"),
        ('value > series("1-0:3.29.0")', "is not known here"),
        ("value / 3", "compare it with something"),
        ("value > (3", "parenthesis"),
        ("", "is needed"),
        ("__import__('os').system('true') > 0", "position"),
    ],
)
def test_what_is_no_formula_is_refused_with_the_reason(text: str, words: str) -> None:
    assert words in _problem(text)


def test_limits_are_in_the_unit_of_the_series() -> None:
    window = hours([*DAY[:5], 900, *DAY[6:]])

    outcome = ask("check_function", window, facts(window, unit="kWh", worth=0.01), formula="value > 8.9")

    assert columns(outcome.failing) == [5]


@pytest.mark.parametrize(
    ("formula", "met"),
    [
        ("value > 3 * average", [5]),
        ("value > maximum", [5]),
        ("value > 2 * median and not is_holiday() and weekday() == 1 and hour() < 6", [5]),
        ("value > capacity * 0.5 and outage == 0", [5]),
        ("status == 2", [7]),
        ("value > daily_average / 24 * interval_h * 2", [5]),
        ('series("1-0:2.29.0") > 0 and value > 0', [9]),
        ("previous(value) > 800", [6]),
    ],
)
def test_all_a_formula_may_name(formula: str, met: list[int]) -> None:
    window = hours([*DAY[:5], 900, *DAY[6:]], status={(0, 7): 2})
    export = np.zeros(window.shape, np.int64)
    export[0, 9] = 4
    known = facts(
        window,
        statistics=usual(100, maximum=800, median=90, daily_average=2_400),
        capacity=np.array([1_000.0]),
        outages=np.zeros(window.shape, np.bool_),
        partners={"1-0:2.29.0": export},
    )

    assert columns(ask("check_function", window, known, formula=formula).failing) == met


def test_a_division_by_zero_is_told_of_the_series_it_happens_in() -> None:
    window = hours([*DAY[:5], 0, *DAY[6:]], DAY)

    outcome = ask("check_function", window, formula="100 / value > 2")

    assert not outcome.failing.any()
    assert outcome.not_judged["the formula divides by zero"].tolist() == [True, False]


def test_a_series_that_is_not_there_is_named() -> None:
    window = hours(DAY, DAY)
    partner = np.full(window.shape, NO_VALUE)
    partner[0] = 1
    formula = 'value > series("1-0:2.29.0")'

    one = ask("check_function", window, facts(window, partners={"1-0:2.29.0": partner}), formula=formula)
    none = ask("check_function", window, formula=formula)

    assert one.failing.all(axis=1).tolist() == [True, False]
    assert one.not_judged["no values of the series 1-0:2.29.0"].tolist() == [False, True]
    assert none.not_judged["no values of the series 1-0:2.29.0"].all()


def test_statistics_that_are_not_known_yet() -> None:
    window = hours(DAY)

    outcome = ask("check_function", window, facts(window, statistics=usual(np.nan)), formula="value > average")

    assert outcome.not_judged["no whole month of values yet"].all()


@pytest.mark.parametrize(
    ("formula", "needs"),
    [
        ("value > 3", set()),
        ("value > average or value > capacity", {Need.STATISTICS, Need.CAPACITY}),
        ('value > series("1-0:2.29.0") and outage == 0', {Need.PARTNERS, Need.OUTAGES}),
    ],
)
def test_only_what_a_formula_names_is_loaded(formula: str, needs: set[Need]) -> None:
    parameters: dict[str, Any] = {"formula": formula}
    rule = planned("check_function", parameters)

    assert needs_of(formula) == needs
    assert narrowed(rule.condition, rule.parameters).needs == needs
