"""What a run has done, in numbers that add up over batches and are shown while it works."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any

import numpy as np

from metering.quality import EstimationMethod, Quality, method_of
from validation.engine.run import Result
from validation.window import Window


@dataclass(slots=True)
class Tally:
    """series_days and values judged; findings by name of the rule, estimates by name of the method; values rejected,
    verified; exceptions that wait; dropped: series changed meanwhile, validated again soon; refused by the store;
    silent: series-days a rule said nothing about, by rule and reason."""

    series_days: int = 0
    values: int = 0
    findings: Counter[str] = field(default_factory=Counter)
    estimated: Counter[str] = field(default_factory=Counter)
    rejected: int = 0
    verified: int = 0
    exceptions: int = 0
    dropped: int = 0
    refused: int = 0
    silent: Counter[str] = field(default_factory=Counter)

    def add(self, other: Tally) -> None:
        """Count what the other counted, too."""
        for each in fields(self):
            setattr(self, each.name, getattr(self, each.name) + getattr(other, each.name))

    def count_result(self, window: Window, result: Result, rules: Mapping[int, str]) -> None:
        """Count the values, estimates and silent rules of a window; `rules` are names by their number."""
        self.series_days += len(window) * len(window.days)
        self.values += len(window) * int(window.edges[-1] - window.edges[0])
        changed = result.quality[result.changed]
        codes, counts = np.unique(changed, return_counts=True)
        for code, count in zip(codes.tolist(), counts.tolist(), strict=True):
            self._count_code(code, count)
        for each in result.judgement.not_judged:
            self.silent[f"{rules[each.rule]}: {each.reason}"] += int(each.rows.sum()) * len(window.days)

    def _count_code(self, code: int, count: int) -> None:
        method = method_of(code)
        if method is not None:
            self.estimated[EstimationMethod(method).name.lower()] += count
        elif code in (Quality.REJECTED, Quality.SENTINEL):
            self.rejected += count
        elif code == Quality.VERIFIED:
            self.verified += count

    def as_json(self) -> dict[str, Any]:
        """For `Run.counts`."""
        return {each.name: _plain(getattr(self, each.name)) for each in fields(self)}


def _plain(value: Any) -> Any:
    return dict(value) if isinstance(value, Counter) else value
