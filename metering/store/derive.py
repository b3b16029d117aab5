"""Consumption from stands, on arrival.

A stand belongs to its instant, an interval is named by its start: consumption of slot k = stand at k+1 − stand at k,
and the last slot of a day ends with the first stand of the next. Only slots one of whose two stands is new or changed
are derived again, so that a decision about another slot of the day is left alone. A stand that runs backwards gives a
negative consumption, kept as such and marked suspect; nothing is invented.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from metering.store import wire
from metering.store.batch import NO_VALUE, Batch
from metering.store.combine import combine
from metering.store.registry import Stored, on_stored
from metering.store.stands import Readings, consumption
from metering.store.writer import write

logger = logging.getLogger(__name__)

_LARGEST_STEP = 18  # 10^18 fits an int64; a stand that needs more is beyond the limit of values anyway


@on_stored.register
def derive_consumption(stored: Stored) -> None:
    """Write the consumption that newly stored stands make known, in the same transaction and under the same origin."""
    fed = _fed(stored)
    if fed is None:
        return
    counts = write(*combine([_within_days(fed), *_before_midnight(fed)]), origin=stored.origin)
    for refusal in counts.refusals:
        logger.warning("Consumption not stored: %s", refusal)


@dataclass(frozen=True, slots=True, eq=False)
class _Fed:
    """Blocks of stands in key order: `changed` bool (n, slots); consumption goes to `target` times `factor`, both (n,).

    `followed` bool (n,): the next row is the next day of the same series.
    """

    interval_s: int
    series_ids: NDArray[np.int64]
    days: NDArray[np.int32]
    stands: Readings
    changed: NDArray[np.bool_]
    target: NDArray[np.int64]
    factor: NDArray[np.int64]
    followed: NDArray[np.bool_]


def _fed(stored: Stored) -> _Fed | None:
    """The blocks of `stored` that feed a consumption series; None when there are none."""
    feeds = _feeds(stored.batch.series_ids)
    rows = np.isin(stored.batch.series_ids, list(feeds))
    if not rows.any():
        return None
    batch = stored.batch.take(rows)
    target, factor = np.array([feeds[series] for series in batch.series_ids.tolist()], np.int64).T
    stands = Readings(
        batch.values,
        np.zeros(batch.values.shape, np.uint8) if batch.quality is None else batch.quality,
        np.zeros(batch.values.shape, np.uint32) if batch.status is None else batch.status,
    )
    followed = np.append((np.diff(batch.series_ids) == 0) & (np.diff(batch.days) == 1), False)
    return _Fed(batch.interval_s, batch.series_ids, batch.days, stands, stored.slots[rows], target, factor, followed)


def _feeds(series_ids: NDArray[np.int64]) -> dict[int, tuple[int, int]]:
    """Stand series → (consumption series, factor between their units)."""
    rows = wire.fetch(
        """
        SELECT s.id, c.id, (s.exponent - c.exponent)::integer
        FROM metering_series s JOIN metering_series c ON c.id = s.feeds_id
        WHERE s.id = ANY (%(ids)s::bigint[]) AND s.kind = 'stand'
        """,
        {"ids": np.unique(series_ids)},
    )
    for stand, target, step in rows:
        if step < 0:
            logger.error("Series %s is finer than series %s which it feeds: no consumption derived", stand, target)
    return {stand: (target, 10 ** min(step, _LARGEST_STEP)) for stand, target, step in rows if step >= 0}


def _within_days(fed: _Fed) -> Batch:
    """Consumption of the days of the blocks themselves."""
    closing_changed = np.append(fed.changed[1:, 0], False) & fed.followed
    affected = fed.changed | np.hstack([fed.changed[:, 1:], closing_changed[:, None]])
    used = consumption(fed.stands, fed.stands.then(_closing(fed, affected[:, -1])), fed.factor[:, None])
    values = np.where(affected, used.values, NO_VALUE)
    return Batch(fed.interval_s, fed.target, fed.days, values, used.quality, used.status)


def _closing(fed: _Fed, wanted: NDArray[np.bool_]) -> Readings:
    """The stand at the midnight that ends each block, (n,); from the next row or, where wanted, from the store."""
    values = np.where(fed.followed, np.roll(fed.stands.values[:, 0], -1), np.int64(NO_VALUE))
    quality = np.where(fed.followed, np.roll(fed.stands.quality[:, 0], -1), np.uint8(0))
    status = np.where(fed.followed, np.roll(fed.stands.status[:, 0], -1), np.uint32(0))
    rows = np.flatnonzero(wanted & ~fed.followed)
    found = _edges(fed.series_ids[rows], fed.days[rows] + 1, last=False)
    own = rows[found.rows]
    values[own], quality[own], status[own] = found.stands.values, found.stands.quality, found.stands.status
    return Readings(values, quality, status)


def _before_midnight(fed: _Fed) -> list[Batch]:
    """Consumption of the last slot of days before blocks whose first stand changed, where that day is no row itself."""
    preceded = np.append(False, fed.followed[:-1])
    rows = np.flatnonzero(fed.changed[:, 0] & ~preceded)
    found = _edges(fed.series_ids[rows], fed.days[rows] - 1, last=True)
    own = rows[found.rows]
    end = Readings(fed.stands.values[own, 0], fed.stands.quality[own, 0], fed.stands.status[own, 0])
    used = consumption(found.stands, end, fed.factor[own])
    return [
        _last_slots(int(interval), fed.target[own[same]], fed.days[own[same]] - np.int32(1), used, same)
        for interval in np.unique(found.interval_s)
        for same in [found.interval_s == interval]
    ]


def _last_slots(
    interval_s: int, series_ids: NDArray[np.int64], days: NDArray[np.int32], used: Readings, rows: NDArray[np.bool_]
) -> Batch:
    """A batch with nothing but the last slot of each day."""
    shape = (len(series_ids), 86_400 // interval_s)
    values, quality, status = np.full(shape, NO_VALUE), np.zeros(shape, np.uint8), np.zeros(shape, np.uint32)
    values[:, -1], quality[:, -1], status[:, -1] = used.values[rows], used.quality[rows], used.status[rows]
    return Batch(interval_s, series_ids, days, values, quality, status)


@dataclass(frozen=True, slots=True, eq=False)
class _Edges:
    """First or last stands of stored days: `rows` (m,) index the keys asked for; `interval_s` (m,) of those days."""

    rows: NDArray[np.intp]
    interval_s: NDArray[np.int64]
    stands: Readings


def _edges(series_ids: NDArray[np.int64], days: NDArray[np.int32], *, last: bool) -> _Edges:
    """The first or last stand of each stored day among the keys, both (n,)."""
    found = [] if not len(days) else _fetch_edges(series_ids, days, last=last)
    table = np.array(found, np.int64).reshape(-1, 5)
    stands = Readings(table[:, 2].copy(), table[:, 3].astype(np.uint8), table[:, 4].astype(np.uint32))
    return _Edges(table[:, 0].astype(np.intp), table[:, 1], stands)


def _fetch_edges(series_ids: NDArray[np.int64], days: NDArray[np.int32], *, last: bool) -> list[tuple[int, ...]]:
    return wire.fetch(
        """
        SELECT k.n - 1, d.interval_s, coalesce(block_value(d.values, d.slots, d.slot), %(none)s::bigint),
            coalesce(get_byte(d.quality, d.slot), 0), coalesce(block_status(d.status, d.slots, d.slot), 0)
        FROM unnest(%(series)s::bigint[], %(days)s::bigint[]) WITH ORDINALITY AS k (series_id, day, n)
        CROSS JOIN LATERAL (
            SELECT s.*, 86400 / interval_s AS slots, CASE WHEN %(last)s THEN 86400 / interval_s - 1 ELSE 0 END AS slot
            FROM series_day s
            WHERE s.series_id = k.series_id AND s.day = date '1970-01-01' + k.day::integer
            AND s.day BETWEEN date '1970-01-01' + %(low)s::integer AND date '1970-01-01' + %(high)s::integer
            OFFSET 0) AS d
        """,
        {
            "series": series_ids,
            "days": days,
            "low": int(days.min()),
            "high": int(days.max()),
            "last": last,
            "none": NO_VALUE,
        },
    )
