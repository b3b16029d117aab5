"""Consumption of whole days of stands, vectorised over any number of series and days."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from metering.intervals import DAY_S
from metering.quality import Quality
from metering.store.batch import NO_VALUE, Batch, Rows
from metering.store.derivation.edges import edges
from metering.store.derivation.rules import Rules
from metering.store.stands import Readings, Scale, consumption


@dataclass(frozen=True, slots=True, eq=False)
class Days:
    """Days of stands of one interval length, in key order, all of series that feed others.

    `affected` bool (n, slots): intervals whose consumption is to be derived; `withdrawn`: those to be taken back where
    nothing can be derived any more. `followed` bool (n,): the next row is the next day of the same series.
    """

    interval_s: int
    series_ids: NDArray[np.int64]
    days: NDArray[np.int32]
    stands: Readings
    affected: NDArray[np.bool_]
    withdrawn: NDArray[np.bool_] | None = None

    @property
    def followed(self) -> NDArray[np.bool_]:
        return np.append((np.diff(self.series_ids) == 0) & (np.diff(self.days) == 1), False)

    @property
    def starts(self) -> NDArray[np.int64]:
        """Where the intervals start, seconds since 1970, (n, slots)."""
        return self.days[:, None].astype(np.int64) * DAY_S + np.arange(0, DAY_S, self.interval_s)

    def with_withdrawn(self, withdrawn: NDArray[np.bool_]) -> Days:
        """The same days, with these intervals to be taken back where nothing can be derived."""
        return replace(self, withdrawn=withdrawn)

    def take(self, rows: Rows) -> Days:
        """The days of these rows: all of a series or none."""
        stands = Readings(self.stands.values[rows], self.stands.quality[rows], self.stands.status[rows])
        withdrawn = None if self.withdrawn is None else self.withdrawn[rows]
        return Days(self.interval_s, self.series_ids[rows], self.days[rows], stands, self.affected[rows], withdrawn)


def readings_of(batch: Batch) -> Readings:
    """The stands of a batch."""
    return Readings(
        batch.values,
        np.zeros(batch.values.shape, np.uint8) if batch.quality is None else batch.quality,
        np.zeros(batch.values.shape, np.uint32) if batch.status is None else batch.status,
    )


def within_days(days: Days, rules: Rules) -> list[Batch]:
    """Consumption of the affected intervals that lie within one piece of their register."""
    varying = rules.varying(days.series_ids)
    if not varying.any():
        return [_used(days, rules, _plain_scale(days.series_ids, rules))]
    parts = [_of_varying(days.take(varying), rules)]
    if not varying.all():
        plain = days.take(~varying)
        parts.append(_used(plain, rules, _plain_scale(plain.series_ids, rules)))
    return parts


def _of_varying(days: Days, rules: Rules) -> Batch:
    scale, inside = rules.scale_of_varying(days.series_ids[:, None], days.starts, days.interval_s)
    withdrawn = None if days.withdrawn is None else days.withdrawn & inside
    return _used(replace(days, affected=days.affected & inside, withdrawn=withdrawn), rules, scale)


def _plain_scale(series_ids: NDArray[np.int64], rules: Rules) -> Scale:
    own, scale = rules.feeds.rows(series_ids), rules.feeds.scale
    return Scale(scale.numerator[own, None], scale.denominator[own, None], scale.capacity[own, None])


def _used(days: Days, rules: Rules, scale: Scale) -> Batch:
    used = consumption(days.stands, days.stands.then(_closing(days)), scale)
    values, quality = np.where(days.affected, used.values, NO_VALUE), used.quality
    if days.withdrawn is not None:
        quality = np.where(days.withdrawn & (values == NO_VALUE), np.uint8(Quality.WITHDRAWN), quality)
    targets = rules.feeds.targets[rules.feeds.rows(days.series_ids)]
    return Batch(days.interval_s, targets, days.days, values, quality, used.status)


def _closing(days: Days) -> Readings:
    """The stand at the midnight that ends each day, (n,); from the next row or, where wanted, from the store."""
    followed, stands = days.followed, days.stands
    values = np.where(followed, np.roll(stands.values[:, 0], -1), np.int64(NO_VALUE))
    quality = np.where(followed, np.roll(stands.quality[:, 0], -1), np.uint8(0))
    status = np.where(followed, np.roll(stands.status[:, 0], -1), np.uint32(0))
    rows = np.flatnonzero(days.affected[:, -1] & ~followed)
    found = edges(days.series_ids[rows], days.days[rows] + 1, last=False)
    own = rows[found.rows]
    values[own], quality[own], status[own] = found.stands.values, found.stands.quality, found.stands.status
    return Readings(values, quality, status)


def before_midnight(days: Days, rules: Rules, changed: NDArray[np.bool_], withdrawn: NDArray[np.bool_]) -> list[Batch]:
    """Consumption of the last interval of days that are no row themselves and whose closing stand changed.

    `changed`, `withdrawn` bool (n,): whether the first stand of each row did, and whether it was taken back.
    """
    preceded = np.append(False, days.followed[:-1])
    rows = np.flatnonzero(changed & ~preceded)
    found = edges(days.series_ids[rows], days.days[rows] - 1, last=True)
    own = rows[found.rows]
    starts = days.days[own].astype(np.int64) * DAY_S - found.interval_s
    scale, inside = rules.scale(days.series_ids[own], starts, found.interval_s)
    end = Readings(days.stands.values[own, 0], days.stands.quality[own, 0], days.stands.status[own, 0])
    used = consumption(found.stands, end, scale)
    taken = withdrawn[own] & (used.values == NO_VALUE)
    used = replace(used, quality=np.where(taken, np.uint8(Quality.WITHDRAWN), used.quality))
    targets = rules.feeds.targets[rules.feeds.rows(days.series_ids[own])]
    return [
        _last_slots(int(interval), targets[same], days.days[own[same]] - np.int32(1), used, same)
        for interval in np.unique(found.interval_s[inside])
        for same in [inside & (found.interval_s == interval)]
    ]


def _last_slots(
    interval_s: int, series_ids: NDArray[np.int64], days: NDArray[np.int32], used: Readings, rows: NDArray[np.bool_]
) -> Batch:
    """A batch with nothing but the last slot of each day."""
    shape = (len(series_ids), DAY_S // interval_s)
    values, quality, status = np.full(shape, NO_VALUE), np.zeros(shape, np.uint8), np.zeros(shape, np.uint32)
    values[:, -1], quality[:, -1], status[:, -1] = used.values[rows], used.quality[rows], used.status[rows]
    return Batch(interval_s, series_ids, days, values, quality, status)
