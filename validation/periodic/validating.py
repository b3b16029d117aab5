"""Validation of periodic values from store to store: readings in, findings out, a bounded number at a time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from django.db import transaction

from metering.quality import QualityClass, quality_class
from validation.models import RuleSet
from validation.periodic.facts import load_facts
from validation.periodic.judge import Judged, PeriodicRule, judge
from validation.periodic.loading import load_periodic
from validation.periodic.plan import needs_of, periodic_plan
from validation.periodic.registers import PeriodicGroup, periodic_groups
from validation.periodic.window import PeriodicWindow
from validation.services.assigning import assigned
from validation.services.recording import context_of, record
from validation.services.tally import Tally
from validation.services.validating import Work
from validation.window import Ints

SERIES_DAYS_AT_ONCE = 100_000
_CONTEXT_DAYS = 150
"""About so many values are read of each series beside those that are judged."""


@dataclass(frozen=True, slots=True, eq=False)
class PeriodicPortion:
    """Periodic series of one group that one rule set is meant for."""

    group: PeriodicGroup
    rule_set: RuleSet


def validate_periodic(work: Work) -> Tally:
    """Judge the register values of the periodic series of `work` by the sets of periodic values; what was found, in
    numbers. Values stay as they are."""
    tally = Tally()
    for portion in periodic_portions(work):
        tally.add(validate_periodic_portion(work, portion))
    return tally


def periodic_portions(work: Work) -> Iterator[PeriodicPortion]:
    """The work in parts of at most `SERIES_DAYS_AT_ONCE`; series without a set are left out."""
    days = (work.last_day - work.first_day).days + 1
    size = max(SERIES_DAYS_AT_ONCE // (days + _CONTEXT_DAYS), 1)
    for group in periodic_groups(work.series_ids):
        for rule_set, ids in _by_set(work, group.series_ids):
            for first in range(0, len(ids), size):
                part = PeriodicGroup(group.zone, group.periodicity, ids[first : first + size])
                yield PeriodicPortion(part, rule_set)


def _by_set(work: Work, ids: Ints) -> list[tuple[RuleSet, Ints]]:
    if work.rule_set is not None:
        return [(work.rule_set, ids)] if work.rule_set.kind == RuleSet.Kind.PERIODIC else []
    found = assigned(ids, work.role, work.first_day, kind=RuleSet.Kind.PERIODIC)
    sets = RuleSet.objects.in_bulk(list(found))
    return [(sets[pk], own) for pk, own in found.items()]


def validate_periodic_portion(work: Work, portion: PeriodicPortion) -> Tally:
    """Judge, and write what was found, in one transaction."""
    window = load_periodic(portion.group, work.first_day, work.last_day, work.now)
    rules = periodic_plan(portion.rule_set, window.series_ids, work.first_day)
    found = judge(window, load_facts(window, needs_of(rules)), rules)
    tally = _counted(window, found, rules)
    ids, role = [rule.rule_id for rule in rules], "" if work.rule_set else work.role.value
    context = context_of(portion.rule_set, ids, work.run_id, work.now, of_values=True, role=role)
    with transaction.atomic():
        pairs = [(rules[each.rule], each) for each in found.found]
        tally.exceptions = record(window, pairs, context, _edited(window), window.rows.asked)
    return tally


def _counted(window: PeriodicWindow, found: Judged, rules: tuple[PeriodicRule, ...]) -> Tally:
    days = len(window.days)
    tally = Tally(series_days=int(window.rows.asked.sum()) * days, values=int((window.judged & window.present).sum()))
    for each in found.found:
        tally.findings[rules[each.rule].name] += len(each)
    for silent in found.not_judged:
        tally.silent[f"{rules[silent.rule].name}: {silent.reason}"] += int(silent.rows.sum()) * days
    return tally


def _edited(window: PeriodicWindow) -> Ints:
    """int64 (k, 2): series and judged days with values that somebody decided about."""
    readings = window.readings
    decided = window.judged & (quality_class(readings.quality) == QualityClass.DECIDED)
    return np.stack([window.series_ids[readings.row[decided]], readings.day[decided]], axis=1)
