"""What is known of the metering points of series."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

import numpy as np

from metering.store import wire
from validation.loading.batch import Batch
from validation.loading.installed import installed
from validation.loading.stretches import FOREVER
from validation.window import Bools, Floats, Ints

PHASE_V = 230
_HOUR_S = 3_600
_POINTS = """
SELECT array_agg(p.id ORDER BY k.n), array_agg((p.state = 'connected')::integer::bigint ORDER BY k.n),
    array_agg(coalesce(p.fuse_a, 0)::bigint * p.phases ORDER BY k.n),
    array_agg(p.energy_type::text ORDER BY k.n), array_agg(coalesce(c.customer_type, '')::text ORDER BY k.n)
FROM unnest(%(ids)s::bigint[]) WITH ORDINALITY AS k (id, n)
JOIN metering_series s ON s.id = k.id
JOIN metering_meteringpoint p ON p.id = s.metering_point_id
LEFT JOIN LATERAL (
    SELECT customer_type FROM metering_contract a JOIN metering_customer b ON b.id = a.customer_id
    WHERE a.metering_point_id = p.id AND a.validity @> %(day)s::date ORDER BY a.kind LIMIT 1
) AS c ON TRUE
"""

_FIRST_DEVICE = """
SELECT array_agg(coalesce(f.first, %(forever)s) ORDER BY k.n)
FROM unnest(%(ids)s::bigint[]) WITH ORDINALITY AS k (id, n)
JOIN metering_series s ON s.id = k.id
LEFT JOIN LATERAL (
    SELECT min(coalesce(floor(extract(epoch FROM lower(i.period)))::bigint, -%(forever)s::bigint)) AS first
    FROM devices_installation i WHERE i.metering_point_id = s.metering_point_id
) AS f ON TRUE
"""


@dataclass(frozen=True, slots=True, eq=False)
class Points:
    """The metering point of each series, all (n,): `connected` bool, `amperes` of all phases together (0 = unknown),
    and what kind of energy and, by the contract of a day, of customer ("" = none)."""

    ids: Ints
    connected: Bools
    amperes: Ints
    energy_types: tuple[str, ...]
    customer_types: tuple[str, ...]


def points_of(series_ids: Ints, day: dt.date) -> Points:
    """The metering points of these series; the contract of the connection goes before that of the supply. One query."""
    ids, connected, amperes, energy, customers = wire.fetch(_POINTS, {"ids": series_ids, "day": day})[0]
    if ids is None:
        none = np.array([], np.int64)
        return Points(none, none.astype(np.bool_), none, (), ())
    return Points(ids, connected == 1, amperes, tuple(energy), tuple(customers))


def load_siblings(batch: Batch) -> dict[str, Any]:
    """The number of its metering point: one device hangs there at a time."""
    return {"siblings": points_of(batch.series_ids, batch.first_day).ids}


def load_service(batch: Batch) -> dict[str, Any]:
    """Intervals in any part of which a device hung there. A point that is not connected now never was: when its state
    changed is not kept. Before the first device we know of there may have been any: imported history is in service."""
    points, bounds = points_of(batch.series_ids, batch.first_day), batch.boundaries
    hung = installed(batch.series_ids, int(bounds[0]), int(bounds[-1])).touched(bounds, len(batch.series_ids))
    (first,) = wire.fetch(_FIRST_DEVICE, {"ids": batch.series_ids, "forever": FOREVER})[0]
    untold = np.zeros(hung.shape, np.bool_) if first is None else bounds[1:] <= first[:, None]
    return {"in_service": (hung | untold) & points.connected[:, None]}


def load_capacity(batch: Batch) -> dict[str, Any]:
    """Fuse × phases × 230 V × hours of an interval, for energy; without the hours for power.

    230 V is the voltage of a phase to neutral, so three phases count three times and √3 does not occur. The fuse limits
    the current, so what is active, reactive and apparent has one limit. NaN for other quantities, other kinds of
    energy than electricity, and where no fuse is known.
    """
    points = points_of(batch.series_ids, batch.first_day)
    electric = np.array([energy == "electricity" for energy in points.energy_types], np.bool_)
    times = np.array([_factor(base, batch.window.interval_s) for base in batch.bases], np.float64)
    known = np.where(electric & (points.amperes > 0), points.amperes.astype(np.float64), np.nan)
    capacity: Floats = known * PHASE_V * times / batch.worth
    return {"capacity": capacity}


def _factor(base: str, interval_s: int) -> float:
    if base in ("Wh", "varh", "VAh"):
        return interval_s / _HOUR_S
    return 1.0 if base in ("W", "var", "VA") else np.nan
