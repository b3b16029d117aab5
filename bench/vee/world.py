"""A utility with meters and their shipped rule sets, for validation to be measured on."""

from __future__ import annotations

import numpy as np

from access.models import Utility
from bench.hung import hang
from bench.vee.load import INTERVAL_S, Ints, batch, good, spoilt
from metering.intervals import day_of
from metering.models import MeasuredProperty, Series
from metering.services.properties import register_properties
from metering.store import Origin, ensure_partitions, wire, write
from validation.models import RuleSet
from validation.services.shipped import DEFAULT, sync_shipped

FIRST_DAY = 20_454  # 2026-01-01
LOADED = Origin(rule="benchmark")
SERIES_AT_ONCE = 10_000


def make_meters(count: int) -> Ints:
    """Ids of new consumption series under the default rule set, each at a metering point where a meter hangs."""
    utility = Utility.objects.create(code="vee", name="Bench", time_zone="Europe/Helsinki")
    sync_shipped(utility)
    register_properties()
    energy = MeasuredProperty.objects.get(obis="1-0:1.29.0", unit="Wh")
    points = hang(utility, count)
    rows = Series.objects.bulk_create(
        (
            Series(metering_point_id=point, measured_property=energy, kind="consumption", interval_s=INTERVAL_S)
            for point in points
        ),
        batch_size=SERIES_AT_ONCE,
    )
    wire.execute("ANALYZE")
    return np.array([row.pk for row in rows], np.int64)


def default_set() -> RuleSet:
    """The shipped set that is measured."""
    return RuleSet.objects.get(code=DEFAULT)


def fill(ids: Ints, first_day: int, days: int, *, spoil: bool) -> int:
    """Write days of all series, spoilt or good; how many values."""
    ensure_partitions(day_of(first_day), day_of(first_day + days))
    count = 0
    for first in range(0, len(ids), SERIES_AT_ONCE):
        own = ids[first : first + SERIES_AT_ONCE]
        values = good(len(own), first_day, days, seed=first)
        if spoil:
            values = spoilt(values, seed=first + 1).values
        write(batch(own, first_day, values), origin=LOADED)
        count += values.size
    return count
