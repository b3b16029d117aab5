"""Which reading each reading is compared with. Pure numpy.

All answers are intp (m,): the index of the reading to compare with, -1 = there is none.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from metering.store.batch import NO_VALUE
from validation.kernels.readings import previous_values, values_at
from validation.periodic.window import Index, PeriodicWindow
from validation.window import Bools, Ints

HALF_A_DAY_S = 43_200
"""A value so near to the instant a month or a year before is the one of then."""
STAND, CONSUMPTION = "stand", "consumption"


@dataclass(frozen=True, slots=True, eq=False)
class Measure:
    """What of each reading is compared, all (m,): `values` int64, of which `finer` make one integer of the series;
    `usable` bool: fit to compare others with; `grouped` int64: readings are compared within these; `order` intp: the
    readings by group and time."""

    values: Ints
    finer: Ints
    usable: Bools
    grouped: Ints
    order: Index

    @classmethod
    def of(cls, window: PeriodicWindow, what: str) -> Measure:
        """The value itself (`stand`), or what was used since the value before (`consumption`)."""
        readings = window.readings
        if what == CONSUMPTION:
            return cls(readings.used, readings.finer, window.used_usable, window.registers, window.by_register)
        order = np.arange(len(readings), dtype=np.intp)
        return cls(readings.values, np.ones_like(readings.values), window.usable, readings.row.astype(np.int64), order)

    def received(self, window: PeriodicWindow, source: Ints) -> Measure:
        """The same of what was received (m,) before anybody changed it. Nobody changes stands, nor what they count."""
        values = np.where(window.stands, self.values, source)
        usable: Bools = np.where(window.stands, self.usable, source != NO_VALUE)
        return Measure(values, self.finer, usable, self.grouped, self.order)

    def taken(self, index: Index) -> Ints:
        """int64 (m,): the values of these readings, `NO_VALUE` where there is none."""
        return np.where(index >= 0, self.values[index], NO_VALUE)


def previous(measure: Measure) -> Index:
    """The last usable reading before."""
    order = measure.order
    found = previous_values(_numbers(order), measure.usable[order], measure.grouped[order])
    return _back(found, order)


def at(measure: Measure, window: PeriodicWindow, wanted: Ints) -> Index:
    """The usable reading nearest to the instant `wanted` (m,), at most `HALF_A_DAY_S` away from it."""
    order, instants = measure.order, window.readings.at
    if not len(order):
        return order
    found = values_at(
        _numbers(order), measure.usable[order], measure.grouped[order], instants[order], wanted[order], HALF_A_DAY_S
    )
    return _back(found, order)


def _numbers(order: Index) -> Ints:
    """The readings in this order by their numbers, so that a look-up of values finds which reading it was."""
    return order.astype(np.int64)


def _back(found: Ints, order: Index) -> Index:
    index = np.full(len(order), -1, np.intp)
    index[order] = np.where(found == NO_VALUE, -1, found)
    return index
