"""What one rule set would find and put in place, counted over batches."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from metering.quality import EstimationMethod, method_of
from validation.engine.found import findings
from validation.engine.plan import Plan
from validation.what_if.batch import Batch, Outcome
from validation.what_if.energy import Energy
from validation.what_if.examples import MOST_EXAMPLES, examples
from validation.window import Bools

_CODES = 256


@dataclass(slots=True)
class RuleCount:
    """Of one rule: values, series-days and series it finds; estimates it leads to by method; series it says nothing
    about, by reason."""

    name: str
    condition: str
    values: int = 0
    series_days: int = 0
    series: int = 0
    methods: Counter[str] = field(default_factory=Counter)
    silent: Counter[str] = field(default_factory=Counter)
    examples: list[dict[str, Any]] = field(default_factory=list)

    def as_json(self, rule_id: int) -> dict[str, Any]:
        return {
            "rule": rule_id, "name": self.name, "condition": self.condition, "values": self.values,
            "series_days": self.series_days, "series": self.series, "methods": dict(self.methods),
            "silent": dict(self.silent), "examples": self.examples,
        }  # fmt: skip


@dataclass(slots=True)
class SetCount:
    """Of one set: its rules by id, estimates by method, values that stay without one, and totals."""

    rules: dict[int, RuleCount] = field(default_factory=dict)
    methods: Counter[str] = field(default_factory=Counter)
    estimated: int = 0
    unresolved: int = 0
    energy: Energy = field(default_factory=Energy)

    def add(self, batch: Batch, outcome: Outcome) -> None:
        """Count a batch."""
        self._count_rules(batch, outcome)
        self._count_estimates(outcome)
        self.energy.add(batch, outcome)

    def _count_rules(self, batch: Batch, outcome: Outcome) -> None:
        plan, result = outcome.plan, outcome.result
        for rule in plan.rules:
            self.rules.setdefault(rule.rule_id, RuleCount(rule.name, rule.condition.code))
        for found in findings(outcome.bare, result):
            count = self._of(plan, found.rule)
            count.values += int(found.slots.sum())
            count.series_days += len(found)
            count.series += len(np.unique(found.row))
            count.examples += examples(batch, outcome, found, MOST_EXAMPLES - len(count.examples))
        for each in result.judgement.not_judged:
            self._of(plan, each.rule).silent[each.reason] += int(each.rows.sum())

    def _count_estimates(self, outcome: Outcome) -> None:
        """Estimates by rule and method: both as one number, so that they are counted at once."""
        result = outcome.result
        put: Bools = result.estimated & (result.rule_of >= 0)
        pairs = result.rule_of[put].astype(np.int64) * _CODES + result.quality[put]
        numbers, counts = np.unique(pairs, return_counts=True)
        for number, count in zip(numbers.tolist(), counts.tolist(), strict=True):
            rule, code = divmod(number, _CODES)
            method = EstimationMethod(method_of(code) or EstimationMethod.GENERIC).name.lower()
            self._of(outcome.plan, rule).methods[method] += count
            self.methods[method] += count
            self.estimated += count
        self.unresolved += int(((result.rule_of >= 0) & ~result.estimated & ~result.confirmed).sum())

    def _of(self, plan: Plan, number: int) -> RuleCount:
        return self.rules[plan.rules[number].rule_id]

    def as_json(self) -> dict[str, Any]:
        return {
            "rules": [count.as_json(rule_id) for rule_id, count in self.rules.items()],
            "methods": dict(self.methods), "estimated": self.estimated, "unresolved": self.unresolved,
            "energy": self.energy.as_json(),
        }  # fmt: skip
