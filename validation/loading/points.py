"""What is known of the metering points of series."""

from __future__ import annotations

from typing import Any

import numpy as np

from metering.store import wire
from validation.loading.batch import Batch
from validation.loading.installed import installed
from validation.loading.stretches import FOREVER
from validation.window import Floats

PHASE_V = 230
_HOUR_S = 3_600
_FIRST_DEVICE = """
SELECT array_agg(coalesce(f.first, %(forever)s) ORDER BY k.n)
FROM unnest(%(ids)s::bigint[]) WITH ORDINALITY AS k (id, n)
JOIN metering_series s ON s.id = k.id
LEFT JOIN LATERAL (
    SELECT min(coalesce(floor(extract(epoch FROM lower(i.period)))::bigint, -%(forever)s::bigint)) AS first
    FROM devices_installation i WHERE i.metering_point_id = s.metering_point_id
) AS f ON TRUE
"""


def load_siblings(batch: Batch) -> dict[str, Any]:
    """The number of its metering point: one device hangs there at a time."""
    return {"siblings": batch.points.ids}


def load_service(batch: Batch) -> dict[str, Any]:
    """Intervals in any part of which a device hung there. A point that is not connected now never was: when its state
    changed is not kept. Before the first device we know of there may have been any: imported history is in service."""
    points, bounds = batch.points, batch.boundaries
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
    points = batch.points
    electric = np.array([energy == "electricity" for energy in points.energy_types], np.bool_)
    times = np.array([_factor(base, batch.window.interval_s) for base in batch.bases], np.float64)
    known = np.where(electric & (points.amperes > 0), points.amperes.astype(np.float64), np.nan)
    capacity: Floats = known * PHASE_V * times / batch.worth
    return {"capacity": capacity}


def _factor(base: str, interval_s: int) -> float:
    if base in ("Wh", "varh", "VAh"):
        return interval_s / _HOUR_S
    return 1.0 if base in ("W", "var", "VA") else np.nan
