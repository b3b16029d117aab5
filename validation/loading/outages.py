"""When metering points had no power."""

from __future__ import annotations

from typing import Any

from metering.store import wire
from validation.loading.batch import Batch
from validation.loading.stretches import FOREVER, Stretches
from validation.window import Bools, Ints

# An outage is one of the metering point while the device hung there.
_OUTAGES = """
SELECT coalesce(array_agg(n), '{}'), coalesce(array_agg(starts), '{}'), coalesce(array_agg(ends), '{}'),
    coalesce(array_agg(proven), '{}')
FROM (
    SELECT k.n, 1::bigint AS proven,
        ceil(extract(epoch FROM greatest(o.started_at, lower(i.period))))::bigint AS starts,
        coalesce(floor(extract(epoch FROM least(o.ended_at, upper(i.period))))::bigint, %(forever)s::bigint) AS ends
    FROM unnest(%(ids)s::bigint[]) WITH ORDINALITY AS k (id, n)
    JOIN metering_series s ON s.id = k.id
    JOIN devices_installation i ON i.metering_point_id = s.metering_point_id
        AND i.period && tstzrange(to_timestamp(%(start)s::bigint), to_timestamp(%(end)s::bigint))
    JOIN events_outage o ON o.device_id = i.device_id
        AND o.started_at < to_timestamp(%(end)s::bigint)
        AND (o.ended_at IS NULL OR o.ended_at > to_timestamp(%(start)s::bigint))
        AND tstzrange(o.started_at, o.ended_at, '[]') && i.period
    UNION ALL
    SELECT k.n, 0, ceil(extract(epoch FROM w.starts_at))::bigint, floor(extract(epoch FROM w.ends_at))::bigint
    FROM unnest(%(ids)s::bigint[]) WITH ORDINALITY AS k (id, n)
    JOIN metering_series s ON s.id = k.id
    JOIN metering_meteringpoint p ON p.id = s.metering_point_id
    JOIN events_plannedoutage w ON w.area_id = p.transformer_area_id
        AND w.starts_at < to_timestamp(%(end)s::bigint) AND w.ends_at > to_timestamp(%(start)s::bigint)
) AS found
"""


def load_outages(batch: Batch) -> dict[str, Any]:
    """Outages of the devices, open ones too; work that was announced counts as touching, but proves nothing."""
    proven, announced = _stretches(batch.series_ids, batch.boundaries)
    rows = len(batch.series_ids)
    touched = proven.touched(batch.boundaries, rows) | announced.touched(batch.boundaries, rows)
    return {"outages": proven.whole(batch.boundaries, rows), "outage_touched": touched}


def touched_by_outages(series_ids: Ints, boundaries: Ints) -> Bools:
    """bool (n, slots): intervals with no power, or announced work, for any part of them. One query."""
    proven, announced = _stretches(series_ids, boundaries)
    return proven.touched(boundaries, len(series_ids)) | announced.touched(boundaries, len(series_ids))


def _stretches(series_ids: Ints, boundaries: Ints) -> tuple[Stretches, Stretches]:
    """Of outages that devices told of, and of announced work."""
    params = {"ids": series_ids, "start": int(boundaries[0]), "end": int(boundaries[-1]), "forever": FOREVER}
    *columns, proven = wire.fetch(_OUTAGES, params)[0]
    told = proven == 1
    own, others = (tuple(column[rows] for column in columns) for rows in (told, ~told))
    return Stretches.of(own), Stretches.of(others)
