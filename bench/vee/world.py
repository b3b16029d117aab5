"""A utility with meters and their shipped rule sets, for validation to be measured on.

Every meter has a month of good days, seven days that are judged, and one more, so that the last of them ends in local
time. Its register is read at local midnight: it counted what was really used, whatever arrived as interval values.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from zoneinfo import ZoneInfo

import numpy as np
from django.db import connection

from access.models import Utility
from bench.hung import hang
from bench.vee.load import INTERVAL_S, SLOTS, Ints, batch, good, spoilt
from metering.intervals import DAY_S, day_of, local_day, to_seconds
from metering.models import MeasuredProperty, Series
from metering.services.properties import register_properties
from metering.store import Origin, RegisterBatch, ensure_partitions, wire, write, write_registers
from metering.store.statistics import state
from metering.store.statistics.folding import fold_next_day
from validation.models import RuleSet
from validation.services.shipped import DEFAULT, sync_shipped

ZONE = "Europe/Helsinki"
FIRST_DAY = 20_454  # 2026-01-01
DAYS = 7
BEFORE = 35
"""Days of history: a month of statistics and the weeks that like days are looked for in."""
LOADED = Origin(rule="benchmark")
SERIES_AT_ONCE = 10_000


@dataclass(frozen=True, slots=True, eq=False)
class Meters:
    """Ids of the consumption and of the daily stands of each meter, int64 (n,) both."""

    used: Ints
    shown: Ints

    def parts(self) -> Iterator[tuple[int, Meters]]:
        """The meters in portions, each with its number."""
        for first in range(0, len(self.used), SERIES_AT_ONCE):
            rows = slice(first, first + SERIES_AT_ONCE)
            yield first, Meters(self.used[rows], self.shown[rows])


def make_meters(count: int) -> Meters:
    """New meters under the default rule set, each at a metering point of its own."""
    utility = Utility.objects.create(code="vee", name="Bench", time_zone=ZONE)
    sync_shipped(utility)
    register_properties()
    points = hang(utility, count)
    used = _series(points, "1-0:1.29.0", kind="consumption", interval_s=INTERVAL_S)
    shown = _series(points, "1-0:1.8.0", kind="stand", periodicity="daily", interval_s=0)
    wire.execute("ANALYZE")
    return Meters(used, shown)


def _series(points: list[int], obis: str, **fields: str | int) -> Ints:
    energy = MeasuredProperty.objects.get(obis=obis, unit="Wh")
    rows = (Series(metering_point_id=point, measured_property=energy, **fields) for point in points)
    return np.array([row.pk for row in Series.objects.bulk_create(rows, batch_size=SERIES_AT_ONCE)], np.int64)


def default_set() -> RuleSet:
    """The shipped set that is measured."""
    return RuleSet.objects.get(code=DEFAULT)


def make_history(meters: Meters) -> None:
    """Everything but the days that are judged; nothing of it waits to be validated, and its statistics are there."""
    first, after = FIRST_DAY - BEFORE, FIRST_DAY + DAYS
    ensure_partitions(day_of(first), day_of(after))
    for seed, part in meters.parts():
        write(batch(part.used, first, good(len(part.used), first, BEFORE - 1, seed)), origin=LOADED)
        around = _around(part, seed)
        write(batch(part.used, FIRST_DAY - 1, around[:, :SLOTS]), origin=LOADED)
        write(batch(part.used, after, around[:, -SLOTS:]), origin=LOADED)
        write_registers(_stands(part, around), origin=LOADED)
    wire.execute("TRUNCATE validation_due")
    _sum_up(first)
    _vacuum()


def arrive(meters: Meters) -> int:
    """The days that are judged come in, spoilt; how many values they have room for."""
    for seed, part in meters.parts():
        days = spoilt(_around(part, seed)[:, SLOTS:-SLOTS], seed + 1).values
        write(batch(part.used, FIRST_DAY, days), origin=LOADED)
    _vacuum()
    return len(meters.used) * DAYS * SLOTS


def _around(part: Meters, seed: int) -> Ints:
    """What was really used on the judged days, the day before them and the one after, int64 (n, slots)."""
    return good(len(part.used), FIRST_DAY - 1, DAYS + 2, seed)


def _stands(part: Meters, around: Ints) -> RegisterBatch:
    """What the registers showed at the midnights around the judged local days."""
    begin = (FIRST_DAY - 1) * DAY_S
    days = (day_of(FIRST_DAY + number) for number in range(DAYS + 1))
    at = np.array([to_seconds(local_day(day, ZoneInfo(ZONE))[0]) for day in days], np.int64)
    counted = np.cumsum(around, axis=1)[:, (at - begin) // INTERVAL_S - 1]
    return RegisterBatch(np.repeat(part.shown, len(at)), np.tile(at, len(part.shown)), counted.reshape(-1))


def _sum_up(first_day: int) -> None:
    """The statistics of the months before. How values are spread is left out: no rule of the set asks for medians."""
    months = {day_of(day).replace(day=1) for day in range(first_day, FIRST_DAY)}
    with state.alone():
        for month in sorted(months):
            while fold_next_day(month):
                continue


def _vacuum() -> None:
    """As autovacuum would, where there is no transaction around it."""
    if not connection.in_atomic_block:
        wire.execute("VACUUM (ANALYZE) series_day, series_month, register_value, validation_due")
