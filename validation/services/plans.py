"""A stored rule set made ready for a batch of series."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import structlog

from devices.models import DeviceGroup
from validation.actions import Action
from validation.conditions import formulas
from validation.conditions.condition import Condition, condition
from validation.engine.plan import OutageHandling, Plan, PlannedRule, Severity
from validation.estimation import read_steps
from validation.models import Rule, RuleSet
from validation.rule_check import values_of
from validation.services.traits import Traits, in_group, traits_of
from validation.window import Bools, Ints

logger = structlog.get_logger(__name__)

_CHOSEN_BY = {
    "series_kinds": "kinds",
    "energy_types": "energy_types",
    "customer_types": "customer_types",
    "obis": "obis",
}
"""Keys of eligibility and the trait each looks at; `groups` are asked for one by one."""


def plan_of(
    rule_set: RuleSet,
    series_ids: Sequence[int] | Ints,
    *,
    final: bool = False,
    decided: bool = False,
    day: dt.date | None = None,
) -> Plan:
    """The rules of a set that are switched on, and its steps of estimating, for these series in this order.

    Who is a customer, and in which group, is as of `day`, today by default. Two queries, and one for each group a rule
    is meant for. A rule that cannot be read, as a release may no longer know its condition, is left out and logged.
    """
    rules = [rule for rule in rule_set.rules.filter(enabled=True).order_by("position") if _readable(rule, rule_set)]
    asked = Eligible(np.asarray(series_ids, np.int64), day or dt.datetime.now(dt.UTC).date(), rule_set)
    planned = tuple(_planned(rule, asked) for rule in rules)
    return Plan(planned, read_steps(rule_set.estimation), final=final, decided=decided)


def _readable(rule: Rule, rule_set: RuleSet) -> bool:
    rule.rule_set = rule_set
    readable = values_of(rule) is not None
    if not readable:
        logger.warning("rule left out", rule_set=rule_set.code, rule=rule.name, condition=rule.condition)
    return readable


def _planned(rule: Rule, asked: Eligible) -> PlannedRule:
    values = values_of(rule)
    if values is None:
        raise ValueError(f"The rule {rule.name!r} cannot be read")
    found = condition(rule.condition)
    return PlannedRule(
        rule.pk, rule.name, narrowed(found, values[0]), values[0], Action(rule.action), values[1],
        Severity(rule.severity), OutageHandling(rule.outages), asked.by(rule.eligibility),
    )  # fmt: skip


def narrowed(found: Condition, parameters: Mapping[str, Any]) -> Condition:
    """The condition with only what has to be loaded for these parameters: a formula says itself what it looks at."""
    if found.code != formulas.CODE:
        return found
    return replace(found, needs=formulas.needs_of(parameters["formula"]))


class Eligible:
    """For which series rules are meant; what they are chosen by is asked for once, when a rule asks."""

    def __init__(self, series_ids: Ints, day: dt.date, rule_set: RuleSet) -> None:
        self.series_ids = series_ids
        self.day = day
        self.rule_set = rule_set
        self._traits: Traits | None = None
        self._groups: dict[int, Bools] = {}

    def by(self, chosen: Mapping[str, Sequence[Any]]) -> Bools | None:
        """bool (n,): the series all of `chosen` holds for; None for all of them."""
        if not any(chosen.values()):
            return None
        fits = np.ones(len(self.series_ids), np.bool_)
        for key, wanted in chosen.items():
            if wanted:
                fits &= self._in_groups(wanted) if key == "groups" else self._trait(key, wanted)
        return fits

    def _trait(self, key: str, wanted: Sequence[str]) -> Bools:
        if self._traits is None:
            self._traits = traits_of(self.series_ids, self.day)
        column = getattr(self._traits, _CHOSEN_BY[key])
        found: Bools = np.logical_or.reduce([column == each for each in wanted])
        return found

    def _in_groups(self, wanted: Sequence[int]) -> Bools:
        """A group that is gone has no members."""
        if new := set(wanted) - set(self._groups):
            groups = DeviceGroup.objects.filter(utility=self.rule_set.utility_id).in_bulk(new)
            for pk in new:
                nobody = np.zeros(len(self.series_ids), np.bool_)
                self._groups[pk] = in_group(groups[pk], self.series_ids, self.day) if pk in groups else nobody
        members: Bools = np.logical_or.reduce([self._groups[pk] for pk in wanted])
        return members
