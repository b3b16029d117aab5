"""What the loaders of facts are given."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import cached_property
from zoneinfo import ZoneInfo

import numpy as np

from metering.intervals import day_of
from validation.limits import unit_of
from validation.loading.places import Points, points_of
from validation.loading.units import Units
from validation.window import Floats, Ints, Window


@dataclass(frozen=True, eq=False)
class Batch:
    """A window, the units of its series, and the zone its days are local in."""

    window: Window
    units: Units
    zone: ZoneInfo

    @property
    def series_ids(self) -> Ints:
        return self.window.series_ids

    @property
    def boundaries(self) -> Ints:
        """int64 (slots + 1,): the instants between the columns, seconds since 1970."""
        window = self.window
        return window.start_s + np.arange(window.shape[1] + 1, dtype=np.int64) * window.interval_s

    @property
    def first_day(self) -> dt.date:
        """The first judged day."""
        return day_of(int(self.window.days[0]))

    @cached_property
    def points(self) -> Points:
        """The metering points of the series, with the contracts of the first judged day. One query, the first time."""
        return points_of(self.series_ids, self.first_day)

    @cached_property
    def powers(self) -> Ints:
        """int64 (n,): an integer of each series is worth 10^power of the base of its unit, of Wh where it is in kWh."""
        powers = {name: unit_of(name)[1] for name in set(self.units.names)}
        return self.units.exponents + np.array([powers[name] for name in self.units.names], np.int64)

    @cached_property
    def bases(self) -> tuple[str, ...]:
        """The unit of each series without its prefix."""
        bases = {name: unit_of(name)[0] for name in set(self.units.names)}
        return tuple(bases[name] for name in self.units.names)

    @property
    def worth(self) -> Floats:
        """float64 (n,): what an integer of each series is worth in the base of its unit."""
        return np.power(10.0, self.powers)
