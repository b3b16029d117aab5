"""Limits with units, brought to the integers of series. Pure.

A limit in kWh holds for series in Wh, MWh or kWh; one in m³ says nothing about them.
"""

from __future__ import annotations

from decimal import Decimal

import numpy as np

from validation.facts import Facts
from validation.parameters import Quantity
from validation.window import Bools, Floats

_PREFIXES = {"m": -3, "": 0, "k": 3, "M": 6, "G": 9}
_PREFIXED = ("Wh", "varh", "VAh", "W", "var", "VA", "V", "A", "J", "Pa", "bar")
_SAME = {"m3": "m³", "C": "°C", "l": "m³"}
_WORTH = {"l": -3}


def unit_of(text: str) -> tuple[str, int]:
    """The unit without its prefix and the power of ten of that: ("Wh", 3) of kWh. A unit nobody knows is itself."""
    for base in _PREFIXED:
        prefix = text.removesuffix(base)
        if text.endswith(base) and prefix in _PREFIXES:
            return base, _PREFIXES[prefix]
    return _SAME.get(text, text), _WORTH.get(text, 0)


def in_integers(limit: Quantity, facts: Facts) -> Floats:
    """The limit in the integers of each series, float64 (n, 1); NaN for a series in another unit."""
    base, power = unit_of(limit.unit)
    worth = float(limit.amount * Decimal(10) ** power)
    found = np.full(len(facts.units), np.nan)
    for name in set(facts.unit_names):
        own, own_power = unit_of(name)
        if own == base:
            rows = _named(facts, name)
            found[rows] = worth / (facts.units[rows] * 10.0**own_power)
    return found[:, None]


def strangers(limit: Quantity, facts: Facts) -> dict[str, Bools]:
    """Why the limit says nothing about some series, in words, each with bool (n,)."""
    base, _ = unit_of(limit.unit)
    names = sorted(name for name in set(facts.unit_names) if unit_of(name)[0] != base)
    return {f"the limit is in {limit.unit}, the series in {name or 'no unit'}": _named(facts, name) for name in names}


def _named(facts: Facts, name: str) -> Bools:
    """bool (n,): the series in this unit."""
    return np.array([each == name for each in facts.unit_names], np.bool_)
