"""Two sets over the same values: what only the one finds, only the other, and both."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from validation.what_if.batch import Batch, Outcome, by_day, found_by
from validation.window import Bools


@dataclass(slots=True)
class Shares:
    """How many are found by the first only, by the second only, by both."""

    first: int = 0
    second: int = 0
    both: int = 0

    def add(self, first: Bools, second: Bools) -> None:
        both = int((first & second).sum())
        self.both += both
        self.first += int(first.sum()) - both
        self.second += int(second.sum()) - both

    def as_json(self) -> dict[str, int]:
        return {"first": self.first, "second": self.second, "both": self.both}


@dataclass(slots=True)
class Comparison:
    """Of all rules and by condition; `different`: values that would not be the same afterwards."""

    values: Shares = field(default_factory=Shares)
    series_days: Shares = field(default_factory=Shares)
    conditions: dict[str, Shares] = field(default_factory=dict)
    different: int = 0

    def add(self, batch: Batch) -> None:
        """Compare the two outcomes of a batch."""
        first, second = batch.outcomes
        found = [found_by(each.result.judgement, list(range(len(each.plan.rules)))) for each in batch.outcomes]
        self.values.add(found[0], found[1])
        self.series_days.add(*(by_day(batch.window, each) for each in found))
        for code in {rule.condition.code: None for each in batch.outcomes for rule in each.plan.rules}:
            self.conditions.setdefault(code, Shares()).add(_by_condition(first, code), _by_condition(second, code))
        same = first.result.values == second.result.values
        self.different += int(np.count_nonzero(~same & batch.window.judged))

    def as_json(self) -> dict[str, Any]:
        return {
            "values": self.values.as_json(), "series_days": self.series_days.as_json(), "different": self.different,
            "conditions": {code: shares.as_json() for code, shares in self.conditions.items()},
        }  # fmt: skip


def _by_condition(outcome: Outcome, code: str) -> Bools:
    numbers = [number for number, rule in enumerate(outcome.plan.rules) if rule.condition.code == code]
    return found_by(outcome.result.judgement, numbers)
