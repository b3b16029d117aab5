"""What no write may contain, whatever is stored: found before anything is touched."""

from __future__ import annotations

import datetime as dt

import numpy as np
from numpy.typing import NDArray

from metering.intervals import day_number
from metering.quality import Quality, QualityClass, is_substitute, quality_class
from metering.store.archive.months import objections
from metering.store.batch import NO_VALUE, VALUE_LIMIT, Batch
from metering.store.ledger import Locked
from metering.store.mode import Mode
from metering.store.outcome import Refusal

FIRST_DAY = day_number(dt.date(2000, 1, 1))
LAST_DAY = day_number(dt.date(2099, 12, 31))


def in_range(values: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Whether each value can be stored; same shape."""
    return (values > -VALUE_LIMIT) & (values < VALUE_LIMIT)


def known_days(days: NDArray[np.int32] | NDArray[np.int64]) -> NDArray[np.bool_]:
    """Whether each day (since 1970) lies in the years the store accepts: a meter that lost its clock may send any."""
    return (days >= FIRST_DAY) & (days <= LAST_DAY)


def admit(batch: Batch, locked: Locked, mode: Mode = Mode.ORDINARY) -> tuple[Batch, tuple[Refusal, ...]]:
    """The batch without what cannot be stored and without blocks that say nothing, and the refusals."""
    given = batch.given
    refusals: list[Refusal] = []
    for reason, bad in _objections(batch, locked, mode):
        refused = given & bad
        counts = refused.sum(axis=1)
        refusals += [
            Refusal(int(batch.series_ids[row]), int(batch.days[row]), int(counts[row]), reason)
            for row in np.flatnonzero(counts)
        ]
        given = given & ~bad
    rows: NDArray[np.bool_] = np.any(given, axis=1)
    if not refusals:
        return (batch if rows.all() else batch.take(rows)), ()
    values = np.where(given, batch.values, NO_VALUE)
    quality = None if batch.quality is None else np.where(given, batch.quality, np.uint8(0))
    kept = Batch(batch.interval_s, batch.series_ids, batch.days, values, quality, batch.status)
    return kept.take(rows), tuple(refusals)


def _objections(batch: Batch, locked: Locked, mode: Mode) -> list[tuple[str, NDArray[np.bool_]]]:
    """Reasons with the slots they concern, as masks that broadcast to (n, slots)."""
    found = [
        ("the series does not exist", ~locked.known(batch.series_ids)[:, None]),
        ("the day lies outside the years 2000 to 2099", ~known_days(batch.days)[:, None]),
        ("the value is too large", ~(in_range(batch.values) | (batch.values == NO_VALUE))),
        *((reason, days[:, None]) for reason, days in objections("interval", batch.days)),
    ]
    if batch.quality is not None and mode is not Mode.RESTORING:
        own = is_substitute(batch.quality)
        unknown = quality_class(batch.quality) > QualityClass.FINAL
        if mode is Mode.DERIVED:
            unknown &= batch.quality != Quality.WITHDRAWN
        found.append(
            ("stands are kept as read, never edited or estimated", locked.is_raw(batch.series_ids)[:, None] & own)
        )
        found.append(("the quality code is unknown", unknown))
    return found
