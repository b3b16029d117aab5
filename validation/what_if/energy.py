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
        rows = np.flatnonzero(batch.summed)
        before = day_totals(batch.window, batch.window.values).sum(axis=1)
        after = day_totals(batch.window, outcome.result.values).sum(axis=1)
        for row, was, becomes in zip(rows.tolist(), before[rows].tolist(), after[rows].tolist(), strict=True):
            key = batch.unit_names[row], float(batch.units[row])
            self.before[key] += was
            self.after[key] += becomes

    def as_json(self) -> list[dict[str, Any]]:
        """By unit, as exact decimals in it: before, after, and by how much it is more."""
        names = sorted({name for name, _ in self.before})
        return [self._line(name) for name in names]

    def _line(self, name: str) -> dict[str, Any]:
        before, after = (
            sum((Decimal(total) * Decimal(repr(worth)) for (unit, worth), total in counted.items() if unit == name),
                Decimal(0))
            for counted in (self.before, self.after)
        )  # fmt: skip
        return {"unit": name, "before": f"{before:f}", "after": f"{after:f}", "more": f"{after - before:f}"}
