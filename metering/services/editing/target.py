"""A stretch of one series that somebody wants to change, with everything the methods may need to know about it."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from zoneinfo import ZoneInfo

import numpy as np

from metering.counterparts import counterparts
from metering.intervals import to_instant
from metering.models import Series
from metering.services.editing.slots import Slots, read_slots
from metering.services.editing.stands import Difference, register_difference

NEIGHBOURS_WITHIN = timedelta(days=7)


@dataclass
class Target:
    """Values of `series` over [start, end), as far as their intervals ended by `now`; days are those of `zone`."""

    series: Series
    start: datetime
    end: datetime
    zone: ZoneInfo
    now: datetime

    @cached_property
    def before(self) -> Slots:
        """What is stored."""
        return read_slots(self.series, self.start, self.end, now=self.now)

    @cached_property
    def around(self) -> Slots:
        """The same, with what lies up to a week before and after."""
        start, end = self.start - NEIGHBOURS_WITHIN, self.end + NEIGHBOURS_WITHIN
        return read_slots(self.series, start, end, now=self.now)

    @cached_property
    def difference(self) -> Difference | None:
        """What the registers say was used."""
        return register_difference(self.series, self.start, self.end)

    @property
    def first(self) -> date:
        """The local day it begins on."""
        return self.start.astimezone(self.zone).date()

    def at(self, instant: datetime) -> Slots:
        """As it was stored at `instant`."""
        then = read_slots(self.series, self.start, self.end, now=self.now, as_of=instant)
        return then.at_instants(self.before.at)

    def source(self, first: date) -> Slots:
        """The values at the same wall times, in the stretch of the same length that begins on the local day `first`."""
        there = counterparts(self.before.at, self.zone, (first - self.first).days)
        if not len(there):
            return self.before
        start, end = to_instant(int(there.min())), to_instant(int(there.max()) + max(self.before.step_s, 1))
        found = read_slots(self.series, start, end, now=self.now).at_instants(there)
        return Slots(self.series.pk, self.before.at, found.values, found.quality, found.status, found.step_s)

    @property
    def nothing(self) -> bool:
        return not np.size(self.before.at)
