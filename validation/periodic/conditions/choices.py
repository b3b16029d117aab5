"""Parameters several conditions share, and quantities that a rule may leave out."""

from __future__ import annotations

from decimal import Decimal

import numpy as np

from metering.store.batch import NO_VALUE
from validation.limits import in_integers, strangers
from validation.parameters import Kind, Parameter, Quantity
from validation.periodic.references import CONSUMPTION, STAND, Measure
from validation.periodic.window import PeriodicWindow
from validation.window import Bools, Floats, Ints

_OF = ((STAND, "value itself"), (CONSUMPTION, "consumption"))
_HELP = "Consumption is what was used since the value before; of series that hold no stands the value itself."
OF_VALUE = Parameter("of", "What is judged", Kind.CHOICE, STAND, choices=_OF, help=_HELP)
OF_CONSUMPTION = Parameter("of", "What is compared", Kind.CHOICE, CONSUMPTION, choices=_OF, help=_HELP)
PERCENT = Parameter("percent", "By more than", Kind.PERCENT, Decimal(0), low=0, high=100_000)
MARGIN = Parameter("margin", "And by more than", Kind.QUANTITY, low=0, optional=True, help="Such as 5 kWh.")
PER_DAY = Parameter(
    "per_day", "As daily averages", Kind.FLAG, False,
    help="Consumption between stands is divided by its days: months differ in length, and values may be missing.",
)  # fmt: skip


def limit_of(window: PeriodicWindow, limit: Quantity | None) -> Floats:
    """float64 (m,): a quantity in integers of the series; 0 where the rule names none, NaN in another unit."""
    if limit is None:
        return np.zeros(len(window.readings))
    found: Floats = in_integers(limit, window.worth)[window.readings.row, 0]
    return found


def other_units(window: PeriodicWindow, limit: Quantity | None) -> dict[str, Bools]:
    """The series that cannot be compared with it, bool (n,) by the reason in words."""
    return {} if limit is None else strangers(limit, window.worth)


def shown(measure: Measure) -> Ints:
    """int64 (m,): what is compared, in whole integers of the series."""
    there = measure.values != NO_VALUE
    return np.where(there, np.where(there, measure.values, 0) // measure.finer, NO_VALUE)
