"""A rule set as its page shows it: rules and steps of estimating, one line each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from access.models import User
from aim.web.tones import State
from devices.models import DeviceGroup
from validation.models import Rule, RuleSet
from validation.rule_check import Level, Problem
from validation.rule_figures import RuleFigures, figures_of
from validation.rule_words import action_words, condition_sentence, eligibility_words, step_words
from validation.set_check import check_set
from validation.words import SEVERITIES


@dataclass(frozen=True, slots=True)
class RuleLine:
    """One rule: what it looks for and what it does, in words, with what it found so far."""

    rule: Rule
    condition: str
    action: str
    severity: State
    limits: str
    figures: RuleFigures
    first: bool
    last: bool


def lines_of(rule_set: RuleSet, user: User) -> list[RuleLine]:
    """The rules in order; three queries."""
    rules = list(rule_set.rules.select_related("group").order_by("position"))
    figures = figures_of(rule_set, user)
    wanted = {pk for rule in rules for pk in rule.eligibility.get("groups", ())}
    groups = dict(DeviceGroup.objects.visible_to(user).filter(pk__in=wanted).values_list("pk", "name"))
    for rule in rules:
        rule.rule_set = rule_set
    return [
        RuleLine(
            rule, condition_sentence(rule), action_words(rule), SEVERITIES[rule.severity], _limits(rule, groups),
            figures.get(rule.pk, RuleFigures()), rule is rules[0], rule is rules[-1],
        )
        for rule in rules
    ]  # fmt: skip


@dataclass(frozen=True, slots=True)
class StepLine:
    """One step of estimating, in words."""

    number: int
    label: str
    words: str
    last: bool


def problems_of(rule_set: RuleSet) -> list[Problem]:
    """What is wrong with the set, or contradictory in it, in words; errors first."""
    rules = list(rule_set.rules.order_by("position"))
    for rule in rules:
        rule.rule_set = rule_set
    return sorted(check_set(rule_set, rules), key=lambda problem: problem.level != Level.ERROR)


def step_lines(rule_set: RuleSet) -> list[StepLine]:
    """The steps of estimating, in order."""
    steps: list[dict[str, Any]] = rule_set.estimation
    return [
        StepLine(number, *step_words(step), last=number == len(steps)) for number, step in enumerate(steps, start=1)
    ]


def _limits(rule: Rule, groups: dict[int, str]) -> str:
    """When and for which series the rule holds, empty for always and all."""
    outages = "" if rule.outages == Rule.Outages.ALL else rule.get_outages_display().lower()
    return "; ".join(part for part in (outages, eligibility_words(rule, groups)) if part)
