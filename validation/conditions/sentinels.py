"""Numbers that stand for errors, and no energy (V29)."""

from __future__ import annotations

from decimal import Decimal
from functools import lru_cache

import numpy as np

from validation import kernels
from validation.conditions.choices import DOUBTED
from validation.conditions.condition import Condition, Outcome, register
from validation.facts import Facts
from validation.limits import unit_of
from validation.parameters import Values
from validation.window import Window


def _sentinel(window: Window, facts: Facts, _: Values) -> Outcome:
    """The few kinds of series of a batch one after the other: what an error looks like depends on their unit."""
    kinds = sorted(set(zip(facts.unit_names, facts.units.tolist(), strict=True)))
    if len(kinds) == 1:
        return Outcome(kernels.error_sentinel(window.values, _bands(*kinds[0]), window.edges))
    names = np.array(facts.unit_names)
    failing = np.zeros(window.shape, np.bool_)
    for unit, worth in kinds:
        rows = np.flatnonzero((names == unit) & (facts.units == worth))
        failing[rows] = kernels.error_sentinel(window.values[rows], _bands(unit, worth), window.edges)
    return Outcome(failing)


@lru_cache(maxsize=64)
def _bands(unit: str, worth: float) -> kernels.Bands:
    base, power = unit_of(unit)
    in_kwh = Decimal(10) ** (power - 3) if base == "Wh" else None
    return kernels.sentinel_bands(round(np.log10(worth)), in_kwh)


register(
    Condition(
        "sentinel", "Code of an error", "a number that stands for an error, such as 4294967.295 kWh", _sentinel,
        actions=DOUBTED, source="V29",
    )
)  # fmt: skip
