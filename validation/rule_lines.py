"""A rule set as its page shows it: rules and steps of estimating, one line each."""

from __future__ import annotations

from dataclasses import dataclass

from access.models import User
from aim.web.tones import State
from devices.models import DeviceGroup
from validation.models import Rule, RuleSet
from validation.rule_figures import RuleFigures, figures_of
from validation.rule_words import action_words, condition_sentence, eligibility_words
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


def warnings_of(rule_set: RuleSet) -> list[str]:
    """What is contradictory in the set, in words."""
    return []


def step_lines(rule_set: RuleSet) -> list[str]:
    return []


def _limits(rule: Rule, groups: dict[int, str]) -> str:
    """When and for which series the rule holds, empty for always and all."""
    outages = "" if rule.outages == Rule.Outages.ALL else rule.get_outages_display().lower()
    return "; ".join(part for part in (outages, eligibility_words(rule, groups)) if part)
