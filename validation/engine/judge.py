"""Every rule over every value: verdicts as one bit per rule. Pure numpy."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from validation.engine.plan import OutageHandling, Plan, PlannedRule
from validation.facts import Facts
from validation.window import Bools, Floats, Window

Verdicts = NDArray[np.uint64]


@dataclass(frozen=True, slots=True, eq=False)
class NotJudged:
    """Series a rule said nothing about, bool (n,), and why."""

    rule: int
    reason: str
    rows: Bools


@dataclass(frozen=True, slots=True, eq=False)
class Judgement:
    """verdicts uint64 (n, slots): bit k is set where rule k found its condition met. limits: of each rule what the
    values were held against, broadcastable to (n, slots), or None."""

    verdicts: Verdicts
    limits: tuple[Floats | None, ...]
    not_judged: tuple[NotJudged, ...]

    def of(self, rule: int) -> Bools:
        """bool (n, slots): what rule k found."""
        found: Bools = (self.verdicts >> np.uint64(rule) & np.uint64(1)).astype(np.bool_)
        return found


def judge(window: Window, facts: Facts, plan: Plan, spared: Bools | None = None) -> Judgement:
    """Run the rules of `plan`. Columns before the judged days get no verdicts, nor do slots that are `spared`."""
    open_to = np.broadcast_to(window.judged, window.shape) if spared is None else window.judged & ~spared
    verdicts = np.zeros(window.shape, np.uint64)
    limits: list[Floats | None] = []
    silent: list[NotJudged] = []
    for number, rule in enumerate(plan.rules):
        if rule.idle:
            limits.append(None)
            continue
        outcome = rule.condition.check(window, facts, rule.parameters)
        failing = _narrowed(outcome.failing & open_to, facts, rule)
        if failing.any():
            verdicts |= failing.astype(np.uint64) << np.uint64(number)
        limits.append(outcome.limit)
        silent += [NotJudged(number, reason, rows) for reason, rows in outcome.not_judged.items() if rows.any()]
    return Judgement(verdicts, tuple(limits), tuple(silent))


def _narrowed(kept: Bools, facts: Facts, rule: PlannedRule) -> Bools:
    """What is left of a finding by eligibility and outages."""
    if rule.eligible is not None:
        kept &= rule.eligible[:, None]
    if rule.outages is OutageHandling.OUTSIDE and facts.outage_touched is not None:
        kept &= ~facts.outage_touched
    if rule.outages is OutageHandling.INSIDE:
        kept &= False if facts.outages is None else facts.outages
    return kept
