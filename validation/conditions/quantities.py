"""Quantities a rule may leave out, in integers of the series."""

from __future__ import annotations

import numpy as np

from validation.facts import Facts
from validation.limits import in_integers, strangers
from validation.parameters import Quantity
from validation.window import Bools, Floats


def at_least(quantity: Quantity | None, facts: Facts) -> Floats:
    """float64 (n, 1): a floor or tolerance; 0 where the rule names none, NaN for series in another unit."""
    return np.zeros((len(facts.units), 1)) if quantity is None else in_integers(quantity, facts)


def other_units(facts: Facts, *quantities: Quantity | None) -> dict[str, Bools]:
    """The series that cannot be compared with one of these, bool (n,) by the reason in words."""
    found: dict[str, Bools] = {}
    for quantity in quantities:
        if quantity is not None:
            found |= strangers(quantity, facts)
    return found
