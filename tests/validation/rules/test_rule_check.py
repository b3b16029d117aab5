"""Rules that are refused one by one, and rules that contradict one another: each with what is said about it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from metering.formula import Variable
from validation.models import Rule, RuleSet
from validation.rule_check import Known, Level, check_rule
from validation.services.shipped import SHIPPED, shipped_sets
from validation.set_check import check_set, contradictions

STEPS = [{"method": "flat"}]
UNITS = frozenset({"Wh", "m³", "V"})
KNOWN = Known({"1-0:1.29.0": Variable("1-0:1.29.0", "Import", "Wh")}, UNITS)


def rule(condition: str, action: str = "keep", **fields: Any) -> Rule:
    """A rule of a set that may have everything; `limit` and `factor` may be given alone."""
    given = {name: fields.pop(name) for name in ("limit", "factor", "formula") if name in fields}
    own = fields.pop("rule_set", None) or RuleSet(estimation=STEPS)
    return Rule(name=condition, condition=condition, action=action, parameters=given, rule_set=own, **fields)


def _said(*rules: Rule) -> list[str]:
    return [problem.message for problem in contradictions(rules)]


@pytest.mark.parametrize(
    ("wrong", "field", "words"),
    [
        (rule("blue"), "condition", "There is no condition 'blue' for profile values"),
        (rule("higher_than"), "parameters.limit", "Limit is needed"),
        (rule("higher_than", limit="12"), "parameters.limit", "a number and a unit, such as 12.5 kWh"),
        (rule("higher_than", limit="1e400 kWh"), "parameters.limit", "a number and a unit"),
        (rule("higher_than", limit="12 bananas"), "parameters.limit", "Nothing is measured in bananas"),
        (rule("negative", limit="1 Wh"), "parameters.limit", "There is no parameter 'limit' here"),
        (rule("higher_than_average", factor="-1"), "parameters.factor", "lies between 0 and 10000"),
        (rule("higher_than_average", factor="NaN"), "parameters.factor", "is a number"),
        (rule("missing", "fly"), "action", "cannot go with “fly”"),
        (rule("missing", "fixed_value"), "action_parameters.value", "Value is needed"),
        (rule("missing", eligibility={"moons": ["full"]}), "eligibility", "cannot be chosen by 'moons'"),
        (rule("missing", eligibility={"energy_types": ["soup"]}), "eligibility.energy_types", "soup"),
        (rule("missing", eligibility={"groups": "1"}), "eligibility.groups", "what series are chosen by"),
        (rule("missing", eligibility=["x"]), "eligibility", "names with lists"),
    ],
)
def test_a_wrong_rule_is_refused_in_words(wrong: Rule, field: str, words: str) -> None:
    (problem,) = check_rule(wrong, KNOWN)

    assert problem.field == field
    assert words in problem.message
    assert problem.level is Level.ERROR


def test_parameters_that_are_no_names_with_values() -> None:
    wrong = rule("missing")
    wrong.parameters = ["limit"]

    assert [problem.field for problem in check_rule(wrong, KNOWN)] == ["parameters"]
    assert contradictions([wrong]) == []


def test_no_value_passes_two_limits() -> None:
    low, high = rule("lower_than", limit="2 kWh"), rule("higher_than", limit="1500 Wh")

    (said,) = _said(low, high)

    assert said == (
        "Rule 1 (lower_than) finds what is below 2 kWh and Rule 2 (higher_than) what is above 1500 Wh: "
        "no value passes both."
    )
    assert _said(rule("lower_than", limit="1 kWh"), high) == []
    assert _said(rule("lower_than", limit="2 m³"), high) == []
    gas, power = {"energy_types": ["gas"]}, {"energy_types": ["electricity"]}
    assert (
        _said(rule("lower_than", limit="2 kWh", eligibility=gas), rule("higher_than", limit="1 kWh", eligibility=power))
        == []
    )


def test_the_same_condition_with_two_actions() -> None:
    (said,) = _said(rule("missing", "estimate"), rule("missing", "zero"))

    assert (
        said == "Rule 2 (missing) contradicts Rule 1 (missing): the condition is the same, and estimate is done first."
    )
    (twice,) = contradictions([rule("missing"), rule("missing")])
    assert twice.level is Level.WARNING
    assert _said(rule("missing", "zero", outages="inside"), rule("missing", "estimate")) == []


@pytest.mark.parametrize(
    "rules",
    [
        [rule("higher_than", "estimate", limit="1 kWh"), rule("higher_than", "reject", limit="5 kWh")],
        [rule("lower_than", "estimate", limit="5 kWh"), rule("lower_than", "reject", limit="1 kWh")],
        [rule("higher_than_average", "estimate", factor="2"), rule("higher_than_average", "reject", factor="9")],
        [rule("anything", "previous_day"), rule("missing", "estimate")],
    ],
)
def test_a_rule_that_is_never_reached(rules: list[Rule]) -> None:
    (said,) = _said(*rules)

    assert "Rule 2" in said and "never acts" in said
    assert _said(*reversed(rules)) == []


def test_a_rule_that_looks_where_nothing_can_be() -> None:
    assert "never finds anything" in _said(rule("in_outage", outages="outside"))[0]
    assert "never finds anything" in _said(rule("long_zero", outages="inside"))[0]


def test_a_rule_that_is_off_contradicts_nothing() -> None:
    assert _said(rule("missing", "estimate"), rule("missing", "zero", enabled=False)) == []


@pytest.mark.parametrize(
    ("steps", "words"),
    [
        ([], "has no steps of estimating"),
        ([{"method": "magic"}], "Step 1: there is no step 'magic'"),
        ([{"method": "flat"}, {"method": "linear", "parameters": {"limit": 0}}], "Step 2, straight line: Gaps up to"),
        ([{"method": "like_day", "parameters": {"order": "mine"}}], "Order is one of: itron, wa"),
        ([{"method": "flat"}] * 13, "at most 12 steps"),
    ],
)
def test_steps_of_estimating_that_are_wrong(steps: list[dict[str, Any]], words: str) -> None:
    own = RuleSet(estimation=steps)

    (problem,) = check_set(own, [rule("missing", "estimate", rule_set=own)], KNOWN)

    assert problem.field == "estimation"
    assert words in problem.message


@pytest.mark.django_db
def test_the_models_refuse_what_the_check_refuses() -> None:
    with pytest.raises(ValidationError) as refused:
        rule("missing", "fixed_value", eligibility={"moons": []}).clean()
    assert set(refused.value.message_dict) == {"action_parameters", "eligibility"}

    with pytest.raises(ValidationError, match="a list of methods"):
        RuleSet(estimation={"method": "flat"}).clean()
    rule("missing", "zero").clean()
    RuleSet(estimation=STEPS).clean()


def test_a_set_has_64_rules() -> None:
    rules = [rule("higher_than", limit=f"{number} kWh") for number in range(65)]

    assert "at most 64 rules; this has 65" in check_set(RuleSet(), rules, KNOWN)[0].message


@pytest.mark.parametrize("code", sorted(shipped_sets()))
def test_the_shipped_sets_are_right_and_say_nothing_twice(code: str) -> None:
    told = json.loads((SHIPPED / f"{code}.json").read_text())
    kind = told.get("kind", RuleSet.Kind.PROFILE)
    own = RuleSet(kind=kind, compatible=told["compatible"], estimation=told["estimation"])
    rules = [Rule(rule_set=own, position=number, **each) for number, each in enumerate(told["rules"], start=1)]

    assert check_set(own, rules, KNOWN) == []
    assert len({each.name for each in rules}) == len(rules)
    for each in rules:
        each.enabled = True
        each.clean_fields(exclude=["rule_set"])
    own.name, own.code, own.description = told["name"], code, told["description"]
    own.clean_fields(exclude=["utility"])


def test_the_default_set_has_its_rules() -> None:
    told = shipped_sets()
    conditions = [each["condition"] for each in told["default"]["rules"] if each.get("enabled", True)]

    assert len(conditions) >= 15
    assert {"missing", "sentinel", "negative", "spike", "sum_check", "usage_outside"} <= set(conditions)
    for like in ("elhub-like", "aemo-like", "california-like"):
        assert told[like]["description"].startswith("Modelled on")
