"""A stored rule set for periodic values made ready for a batch of series."""

from __future__ import annotations

import datetime as dt

import structlog

from validation.engine.plan import Severity
from validation.models import Rule, RuleSet
from validation.periodic.conditions import formulas
from validation.periodic.conditions.condition import PeriodicNeed, periodic_condition
from validation.periodic.judge import PeriodicRule
from validation.rule_check import values_of
from validation.services.plans import Eligible
from validation.window import Ints

logger = structlog.get_logger(__name__)


def periodic_plan(rule_set: RuleSet, series_ids: Ints, day: dt.date) -> tuple[PeriodicRule, ...]:
    """The rules of a set that are switched on, for these series in this order, as they are on a day.

    A rule that cannot be read, as a release may no longer know its condition, is left out and logged.
    """
    asked = Eligible(series_ids, day, rule_set)
    rules = rule_set.rules.filter(enabled=True).order_by("position")
    planned = (_planned(rule, asked, rule_set) for rule in rules)
    return tuple(rule for rule in planned if rule is not None)


def _planned(rule: Rule, asked: Eligible, rule_set: RuleSet) -> PeriodicRule | None:
    rule.rule_set = rule_set
    values = values_of(rule)
    if values is None:
        logger.warning("rule left out", rule_set=rule_set.code, rule=rule.name, condition=rule.condition)
        return None
    condition, parameters = periodic_condition(rule.condition), values[0]
    needs = formulas.needs_of(parameters["formula"]) if condition.code == formulas.CODE else condition.needs
    return PeriodicRule(
        rule.pk, rule.name, condition, parameters, needs, Severity(rule.severity), asked.by(rule.eligibility)
    )


def needs_of(rules: tuple[PeriodicRule, ...]) -> frozenset[PeriodicNeed]:
    """What the rules want loaded."""
    return frozenset[PeriodicNeed]().union(*(rule.needs for rule in rules))
