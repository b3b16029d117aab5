"""What a rule set does to totals, exact: sums of integers by unit."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import numpy as np

from validation.engine.found import day_totals
from validation.what_if.batch import Batch, Outcome

_Key = tuple[str, float]


@dataclass(slots=True)
class Energy:
    """Totals of the judged days before and after, in integers, by unit and what an integer is worth in it."""

    before: Counter[_Key] = field(default_factory=Counter)
    after: Counter[_Key] = field(default_factory=Counter)

    def add(self, batch: Batch, outcome: Outcome) -> None:
        """Count the series of a batch whose values add up to something."""
        names = np.array(batch.unit_names)
        before = day_totals(batch.window, batch.window.values).sum(axis=1)
        after = day_totals(batch.window, outcome.result.values).sum(axis=1)
        for name, worth in set(zip(batch.unit_names, batch.units.tolist(), strict=True)):
            rows = batch.summed & (names == name) & (batch.units == worth)
            if not rows.any():
                continue
            self.before[name, worth] += int(before[rows].sum())
            self.after[name, worth] += int(after[rows].sum())

    def as_json(self) -> list[dict[str, Any]]:
        """By unit, as exact decimals in it: before, after, and by how much it is more."""
        return [self._line(name) for name in sorted({name for name, _ in self.before})]

    def _line(self, name: str) -> dict[str, Any]:
        before, after = _in_unit(self.before, name), _in_unit(self.after, name)
        return {"unit": name, "before": f"{before:f}", "after": f"{after:f}", "more": f"{after - before:f}"}


def _in_unit(totals: Counter[_Key], name: str) -> Decimal:
    """All totals of a unit in that unit."""
    worths = [(total, Decimal(repr(worth)).normalize()) for (unit, worth), total in totals.items() if unit == name]
    return sum((total * worth for total, worth in worths), Decimal(0))
