"""Series to write to, and days of values for them."""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np
from django.db import connection
from numpy.typing import NDArray

from access.models import Utility
from metering.intervals import DAY_S
from metering.models import MeasuredProperty, MeteringPoint, Series
from metering.store import NO_VALUE, Batch, Origin, wire, write

FIRST_DAY = 20_454  # 2026-01-01
INTERVAL_S = 900
SLOTS = DAY_S // INTERVAL_S
ORIGIN = Origin(rule="benchmark")


def make_series(count: int) -> NDArray[np.int64]:
    """Ids of new consumption series, int64 (count,), all of one metering point."""
    point = MeteringPoint.objects.get_or_create(
        utility=Utility.objects.get_or_create(code="bench", defaults={"name": "Bench"})[0], gsrn="640000000000000009"
    )[0]
    energy = MeasuredProperty.objects.get_or_create(obis="1-0:1.29.0", unit="Wh", defaults={"name": "Energy"})[0]
    first, at_once = Series.objects.count(), 20_000
    ids = np.empty(count, np.int64)
    for start in range(0, count, at_once):
        names = (f"{first + number}" for number in range(start, min(start + at_once, count)))
        made = Series.objects.bulk_create(
            Series(
                metering_point=point, measured_property=energy, kind="consumption", interval_s=INTERVAL_S, source=name
            )
            for name in names
        )
        ids[start : start + len(made)] = [row.pk for row in made]
    wire.execute("ANALYZE metering_series")
    return ids


def a_day(ids: NDArray[np.int64], day: int) -> Batch:
    """One day of every series."""
    values = np.random.default_rng(day).integers(0, 3_000, (len(ids), SLOTS), dtype=np.int64)
    return Batch(INTERVAL_S, ids, np.full(len(ids), day, np.int32), values)


def corrected(batch: Batch) -> Batch:
    """The batch with one value in a hundred changed, so nearly every block."""
    changed = np.random.default_rng(1).random(batch.values.shape) < 0.01
    return Batch(batch.interval_s, batch.series_ids, batch.days, np.where(changed, batch.values + 1, batch.values))


def a_slot(batch: Batch, slot: int) -> Batch:
    """The batch with one slot of each day only."""
    values = np.where(np.arange(SLOTS) == slot, batch.values, NO_VALUE)
    return Batch(batch.interval_s, batch.series_ids, batch.days, values)


def stacked(batches: list[Batch]) -> Batch:
    """Several batches as one."""
    columns = [np.concatenate([getattr(batch, name) for batch in batches]) for name in ("series_ids", "days", "values")]
    return Batch(INTERVAL_S, *columns)


def put(batch: Batch) -> None:
    """Write a batch."""
    write(batch, origin=ORIGIN)


def timed(work: Callable[[], object]) -> float:
    """Seconds that `work` takes."""
    connection.ensure_connection()
    start = time.perf_counter()
    work()
    return time.perf_counter() - start
