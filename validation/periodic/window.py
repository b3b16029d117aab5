"""Register values that are judged together. Pure numpy.

Stands of the meters that hung at one metering point one after the other belong to one register. A stand is compared
with stands of its own meter; what was used, with what was used of the register, across an exchange.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from metering.quality import QualityClass, quality_class
from metering.store.batch import NO_VALUE
from validation.facts import Facts
from validation.window import Bools, Codes, Floats, Ints

Index = NDArray[np.intp]


@dataclass(frozen=True, slots=True, eq=False)
class Rows:
    """The n series of a window, all (n,).

    series_ids  int64
    asked       bool: is judged; others are earlier or later meters of the same registers
    registers   int64: a number shared by the series of one register
    stands      bool: shows what a meter counted; others hold what was used, or a momentary quantity
    units       float64: what one integer of the series is worth in its unit, and `unit_names` of these
    capacities  float64: 10^digits in integers of the series, where the register starts again; NaN = unknown
    """

    series_ids: Ints
    asked: Bools
    registers: Ints
    stands: Bools
    units: Floats
    unit_names: tuple[str, ...]
    capacities: Floats

    def __len__(self) -> int:
        return len(self.series_ids)


@dataclass(frozen=True, slots=True, eq=False)
class Readings:
    """m register values and places where one is due, all (m,), ordered by row and time.

    row         intp: which series
    at          int64, seconds since 1970 UTC; `day` int64: the local day of that, since 1970
    values      int64, integers of the series; `NO_VALUE` = nothing there
    quality     uint8, status uint32
    due, late   bool: a value should be there by now; by the deadline of the utility
    used        int64: what was used since the value before, exact across roll-over, multiplier and exchange, in
                integers of the series over `finer`; of a series that is no stand, the value. `NO_VALUE` = unknown
    finer       int64: how many integers of `used` make one of the series
    used_quality  uint8
    since_s     int64: seconds since the value before; 0 = unknown
    month_ago, year_ago  int64: the instants a month and a year before by the local calendar
    """

    row: Index
    at: Ints
    day: Ints
    values: Ints
    quality: Codes
    status: NDArray[np.uint32]
    due: Bools
    late: Bools
    used: Ints
    finer: Ints
    used_quality: Codes
    since_s: Ints
    month_ago: Ints
    year_ago: Ints

    def __len__(self) -> int:
        return len(self.row)


@dataclass(frozen=True, eq=False)
class PeriodicWindow:
    """Series, their readings, and the local days that are judged, int32 (d,) since 1970; earlier ones are context."""

    rows: Rows
    readings: Readings
    days: NDArray[np.int32]

    @property
    def series_ids(self) -> Ints:
        return self.rows.series_ids

    @cached_property
    def judged(self) -> Bools:
        """bool (m,): readings of series that were asked for, on judged days."""
        day = self.readings.day
        inside: Bools = (day >= self.days[0]) & (day <= self.days[-1]) & self.rows.asked[self.readings.row]
        return inside

    @cached_property
    def present(self) -> Bools:
        """bool (m,): where there is a value."""
        found: Bools = self.readings.values != NO_VALUE
        return found

    @cached_property
    def stands(self) -> Bools:
        """bool (m,): readings that are stands."""
        found: Bools = self.rows.stands[self.readings.row]
        return found

    @cached_property
    def usable(self) -> Bools:
        """bool (m,): values to measure others by: measured or decided by somebody."""
        found: Bools = self.present & _trusted(self.readings.quality)
        return found

    @cached_property
    def used_usable(self) -> Bools:
        """bool (m,): the same of what was used."""
        found: Bools = (self.readings.used != NO_VALUE) & _trusted(self.readings.used_quality)
        return found

    @cached_property
    def registers(self) -> Ints:
        """int64 (m,): the register of each reading."""
        found: Ints = self.rows.registers[self.readings.row]
        return found

    @cached_property
    def by_register(self) -> Index:
        """intp (m,): the readings by register and time."""
        return np.lexsort((self.readings.at, self.registers)).astype(np.intp)

    @cached_property
    def worth(self) -> Facts:
        """Units of the series, as limits are compared with them."""
        return Facts(self.rows.units, self.rows.unit_names)


@dataclass(frozen=True, slots=True, eq=False)
class PeriodicFacts:
    """What was loaded beside the readings, all (m,); None = nobody asked.

    source      int64: what was received for the instant before anybody edited, accepted or estimated; `NO_VALUE` =
                nothing was
    reference   float64: what is expected of the period, in integers of the series; NaN = nothing is
    resets      int64: the reset counter of the meter at the instant; `NO_VALUE` = unknown
    doubted     bool: the value is suspect, or an exception about it waits for a decision
    """

    source: Ints | None = None
    reference: Floats | None = None
    resets: Ints | None = None
    doubted: Bools | None = None


def _trusted(quality: Codes) -> Bools:
    kind = quality_class(quality)
    trusted: Bools = (kind == QualityClass.MEASURED) | (kind == QualityClass.DECIDED)
    return trusted
