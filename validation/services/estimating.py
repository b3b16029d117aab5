"""Estimating the values of exceptions because a person said so: by the steps of their rule set, or by one of them.

What is put in place is a decision of that person, so no later run takes it back; how it was found stays with the
finding and with every version of the value.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from zoneinfo import ZoneInfo

import numpy as np
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from access.models import User
from metering import store
from metering.display import method_words as code_words
from metering.quality import EstimationMethod, Quality, method_of
from metering.services.editing.saving import origin_of
from metering.store import NO_VALUE
from validation.actions import Action
from validation.conditions.condition import Condition, Outcome
from validation.engine.plan import Plan, PlannedRule, Step
from validation.engine.put import replace
from validation.engine.steps import Ask
from validation.estimation import STEPS, read_steps
from validation.facts import Facts
from validation.loading.facts import load_facts
from validation.loading.windows import load_window
from validation.models import Finding
from validation.parameters import Values
from validation.services.claiming import Decided, DecisionError, claim, close, record
from validation.stretches import day_of, instants, zone_of
from validation.window import Bools, Codes, Ints, Window

DEFAULT_STEPS: tuple[Mapping[str, object], ...] = tuple({"method": code} for code in STEPS)
"""Where the rule set of a finding has no steps, or is gone."""


@dataclass(frozen=True, slots=True, eq=False)
class Estimated:
    """One exception with its intervals on the grid of its window (slots,), and what was found for them."""

    finding: Finding
    own: Bools
    at: Ints
    values: Ints
    quality: Codes

    @property
    def complete(self) -> bool:
        """Whether every one of its intervals has an estimate."""
        return bool(self.own.any() and (self.values[self.own] != NO_VALUE).all())

    @property
    def method(self) -> EstimationMethod:
        """How the first of them was found."""
        return method_of(int(self.quality[self.own][0])) or EstimationMethod.GENERIC


@transaction.atomic
def estimate_findings(
    *, findings: QuerySet[Finding], user: User, method: str | None = None, reason: str = ""
) -> Decided:
    """Put estimates in place in the intervals of these exceptions, and close them as estimated.

    `method` is one of `STEPS`, with its usual parameters; without it the steps of the rule set each was found by. An
    exception without an answer for all of its intervals stays and counts as `meanwhile`. DecisionError for a method
    that is none and where nothing could be estimated.
    """
    if method is not None and method not in STEPS:
        raise DecisionError(f"There is no method {method!r}; there are {', '.join(STEPS)}.")
    claimed, meanwhile = claim(findings, user)
    found = [each for group in _groups(claimed, method) for each in _estimate(*group)]
    done = [each for each in found if each.complete]
    if claimed and not done:
        raise DecisionError("No method has an answer for these intervals: edit them, or accept what stands there.")
    changed = sum(_put(each, user, reason) for each in done)
    chosen = [each.finding for each in done]
    record("exceptions estimated", chosen, user=user, reason=reason, method=method or "by the rule set", values=changed)
    return Decided(len(done), changed, meanwhile + len(claimed) - len(done))


_Group = tuple[list[Finding], tuple[Step, ...]]


def _groups(findings: Sequence[Finding], method: str | None) -> list[_Group]:
    """Findings of profile values that can be estimated together: one day, zone, interval length, and the same steps."""
    groups: dict[object, list[Finding]] = defaultdict(list)
    for each in findings:
        if each.series.is_profile:
            groups[each.day, zone_of(each).key, each.series.interval_s, each.rule_set_id].append(each)
    return [(group, _steps(group[0], method)) for group in groups.values()]


def _steps(finding: Finding, method: str | None) -> tuple[Step, ...]:
    if method is not None:
        return read_steps([{"method": method}])
    asked: Sequence[Mapping[str, object]] = (finding.rule_set and finding.rule_set.estimation) or DEFAULT_STEPS
    return read_steps(asked)


def _estimate(findings: Sequence[Finding], steps: tuple[Step, ...]) -> list[Estimated]:
    """What the steps find for these intervals. Nothing is stored."""
    first = findings[0]
    zone = zone_of(first)
    ids = np.unique(np.array([each.series_id for each in findings], np.int64))
    window = load_window(ids, first.day, first.day, zone, first.series.interval_s, now=timezone.now())
    rows = [int(np.searchsorted(ids, each.series_id)) for each in findings]
    own = [window.judged & np.isin(window.starts, instants(each)) for each in findings]
    wanted = np.zeros(window.shape, np.bool_)
    for row, part in zip(rows, own, strict=True):
        wanted[row] |= part
    chosen = np.where(wanted, 0, -1).astype(np.int8)
    put = replace(window, load_facts(window, frozenset(), zone), chosen, Plan((_BY_HAND,), steps), _asking(zone))
    return [
        Estimated(each, part, window.starts, put.values[row], put.quality[row])
        for each, row, part in zip(findings, rows, own, strict=True)
    ]


def _asking(zone: ZoneInfo) -> Ask:
    return partial(load_facts, zone=zone)


def _put(estimated: Estimated, user: User, reason: str) -> int:
    """Close one as estimated, then store its values; how many changed."""
    finding, own = estimated.finding, estimated.own
    words = code_words(int(estimated.quality[own][0]))
    close([finding], Finding.State.ESTIMATED, user=user, reason=reason or words)
    why = f"{words}. {reason}" if reason else words
    placed = store.place(
        finding.series.interval_s, finding.series_id, estimated.at[own], estimated.values[own], int(Quality.EDITED)
    )
    counts = store.write(placed.batch, origin=origin_of(user, why))
    Finding.objects.filter(pk=finding.pk).update(method=estimated.method, after=_total(finding))
    return counts.new + counts.changed


def _total(finding: Finding) -> int:
    """What is there of the day now, added up."""
    day = day_of(finding)
    values = store.read([finding.series_id], day.start, day.end).values
    return int(values[values != NO_VALUE].sum())


def _chosen(window: Window, facts: Facts, values: Values) -> Outcome:
    """A person chose the intervals: there is nothing to judge."""
    return Outcome(np.zeros(window.shape, np.bool_))


_BY_HAND = PlannedRule(
    0, "By hand", Condition("by_hand", "By hand", "chosen by a person", _chosen), {}, Action.ESTIMATE
)
