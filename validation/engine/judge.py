"""Every rule over every value: verdicts as one bit per rule. Pure numpy.

The rules run over blocks of rows small enough to stay in the cache, all rules over one block before the next.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from validation.conditions.condition import Outcome
from validation.engine.plan import OutageHandling, Plan, PlannedRule
from validation.facts import Facts, Need
from validation.kernels.shapes import row_blocks
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
    """verdicts uint64 (n, slots): bit k is set where rule k found its condition met. limits: of each rule that found
    something what the values were held against, broadcastable to (n, slots), NaN where that is not known; else None."""

    verdicts: Verdicts
    limits: tuple[Floats | None, ...]
    not_judged: tuple[NotJudged, ...]

    def of(self, rule: int) -> Bools:
        """bool (n, slots): what rule k found."""
        found: Bools = self.verdicts & np.uint64(1 << rule) != 0
        return found


def judge(window: Window, facts: Facts, plan: Plan, spared: Bools | None = None) -> Judgement:
    """Run the rules of `plan`. Columns before the judged days get no verdicts, nor do slots that are `spared`."""
    open_to = np.broadcast_to(window.judged, window.shape) if spared is None else window.judged & ~spared
    told = _Told(np.zeros(window.shape, np.uint64))
    busy = {number for number, rule in enumerate(plan.rules) if not rule.idle}
    together = {number for number in busy if _compares_rows(plan.rules[number])}
    if together:
        _judge_rows(window, facts, plan, together, open_to, told, slice(0, len(window)))
    for rows in row_blocks(*window.shape) if busy - together else []:
        _judge_rows(
            window.take(rows), facts.take(rows), plan.take(rows), busy - together, open_to[rows], told, rows
        )  # fmt: skip
    return told.judgement(len(plan.rules))


def _compares_rows(rule: PlannedRule) -> bool:
    """Whether it looks at several series at once, and so must see all of them."""
    return Need.SIBLINGS in rule.condition.needs


def _judge_rows(
    window: Window, facts: Facts, plan: Plan, rules: set[int], open_to: Bools, told: _Told, rows: slice
) -> None:
    """Let these rules judge a block, which is the `rows` of what is judged."""
    for number in sorted(rules):
        rule = plan.rules[number]
        if not rule.idle:
            outcome = rule.condition.check(window, facts, rule.parameters)
            told.note(number, rows, outcome, _narrowed(outcome.failing & open_to, facts, rule))


@dataclass(slots=True, eq=False)
class _Told:
    """What the rules said, block by block."""

    verdicts: Verdicts
    limits: dict[int, list[tuple[slice, Floats]]] = field(default_factory=lambda: defaultdict(list))
    silent: dict[tuple[int, str], Bools] = field(default_factory=dict)

    def note(self, rule: int, rows: slice, outcome: Outcome, failing: Bools) -> None:
        """Keep what a rule found in these rows."""
        if failing.any():
            own = self.verdicts[rows]
            np.bitwise_or(own, np.uint64(1 << rule), out=own, where=failing)
            if outcome.limit is not None:
                self.limits[rule].append((rows, outcome.limit))
        for reason, unjudged in outcome.not_judged.items():
            if unjudged.any():
                self.silent.setdefault((rule, reason), np.zeros(len(self.verdicts), np.bool_))[rows] = unjudged

    def judgement(self, rules: int) -> Judgement:
        limits = tuple(self._limits(rule) for rule in range(rules))
        silent = (NotJudged(rule, reason, rows) for (rule, reason), rows in sorted(self.silent.items(), key=_key))
        return Judgement(self.verdicts, limits, tuple(silent))

    def _limits(self, rule: int) -> Floats | None:
        """The limits of all blocks side by side; a row's own where none of them differs within a row."""
        if rule not in self.limits:
            return None
        width = max(limit.shape[-1] for _, limit in self.limits[rule])
        whole = np.full((len(self.verdicts), width), np.nan)
        for rows, limit in self.limits[rule]:
            whole[rows] = limit
        return whole


def _key(entry: tuple[tuple[int, str], Bools]) -> tuple[int, str]:
    return entry[0]


def _narrowed(kept: Bools, facts: Facts, rule: PlannedRule) -> Bools:
    """What is left of a finding by eligibility and outages."""
    if rule.eligible is not None:
        kept &= rule.eligible[:, None]
    if rule.outages is OutageHandling.OUTSIDE and facts.outage_touched is not None:
        kept &= ~facts.outage_touched
    if rule.outages is OutageHandling.INSIDE:
        kept &= False if facts.outages is None else facts.outages
    return kept
