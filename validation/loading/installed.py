"""When devices hung at the metering points of series."""

from __future__ import annotations

from metering.store import wire
from validation.loading.stretches import FOREVER, Stretches
from validation.window import Ints

# A series of a meter is there while this meter hangs at the point; one that is derived, while any does.
_INSTALLED = """
SELECT coalesce(array_agg(n), '{}'), coalesce(array_agg(starts), '{}'), coalesce(array_agg(ends), '{}')
FROM (
    SELECT k.n,
        coalesce(ceil(extract(epoch FROM lower(i.period)))::bigint, -%(forever)s::bigint) AS starts,
        coalesce(floor(extract(epoch FROM upper(i.period)))::bigint, %(forever)s::bigint) AS ends
    FROM unnest(%(ids)s::bigint[]) WITH ORDINALITY AS k (id, n)
    JOIN metering_series s ON s.id = k.id
    JOIN devices_installation i ON i.metering_point_id = s.metering_point_id
        AND i.period && tstzrange(to_timestamp(%(start)s::bigint), to_timestamp(%(end)s::bigint))
    JOIN devices_device d ON d.id = i.device_id
        AND (s.kind = 'consumption' OR s.source = '' OR s.source = d.serial_number)
) AS found
"""


def installed(series_ids: Ints, start_s: int, end_s: int) -> Stretches:
    """When a device hung at the metering point of each series between two instants, (n,) rows. One query.

    The head-end's notion of what is due (`headend.due`), seen from the series that are judged.
    """
    params = {"ids": series_ids, "start": start_s, "end": end_s, "forever": FOREVER}
    return Stretches.of(wire.fetch(_INSTALLED, params)[0])
