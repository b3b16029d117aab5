"""Which local days are not verified: values wait to be validated, or an exception of the day waits for a decision."""

from __future__ import annotations

import datetime as dt

import numpy as np

from metering.store import wire
from validation.window import Ints


def unverified(series_ids: Ints, first: dt.date, last: dt.date) -> tuple[Ints, Ints]:
    """Series int64 (n,) and local days int64 (n,) since 1970 from `first` to `last`, both included; each pair once.

    What waits to be validated waits by UTC day, so each local day it touches counts. One query.
    """
    rows = wire.fetch(_UNVERIFIED, {"ids": series_ids, "first": first, "last": last})
    found = np.array(rows, np.int64).reshape(-1, 2)
    return found[:, 0], found[:, 1]


_UNVERIFIED = """
SELECT k.series_id, (k.day - date '1970-01-01')::bigint FROM (
    SELECT f.series_id, f.day FROM validation_finding f
    WHERE f.series_id = ANY (%(ids)s::bigint[]) AND f.day BETWEEN %(first)s::date AND %(last)s::date
        AND f.state IN ('open', 'reread')
    UNION
    SELECT s.id, own.day FROM validation_due d
    CROSS JOIN LATERAL unnest(d.series) AS due (series_id)
    JOIN metering_series s ON s.id = due.series_id
    JOIN metering_meteringpoint p ON p.id = s.metering_point_id
    JOIN access_utility u ON u.id = p.utility_id
    CROSS JOIN LATERAL (VALUES
        ((d.day::timestamp AT TIME ZONE 'UTC' AT TIME ZONE u.time_zone)::date),
        (((d.day + 1)::timestamp AT TIME ZONE 'UTC' AT TIME ZONE u.time_zone - interval '1 microsecond')::date)
    ) AS own (day)
    WHERE due.series_id = ANY (%(ids)s::bigint[]) AND d.day BETWEEN %(first)s::date - 1 AND %(last)s::date + 1
        AND own.day BETWEEN %(first)s::date AND %(last)s::date
) AS k ORDER BY 1, 2
"""
