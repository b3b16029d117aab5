"""Periodic series that can be judged together, and the registers they belong to."""

from __future__ import annotations

from dataclasses import dataclass
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from metering.store import wire
from validation.periodic.window import Rows
from validation.window import Ints

DAILY, MONTHLY = "daily", "monthly"
_GROUPS = """
SELECT u.time_zone, s.periodicity, array_agg(s.id ORDER BY s.id)
FROM metering_series s
JOIN metering_meteringpoint p ON p.id = s.metering_point_id
JOIN access_utility u ON u.id = p.utility_id
WHERE s.id = ANY (%(ids)s::bigint[]) AND s.periodicity <> 'interval'
GROUP BY u.time_zone, s.periodicity ORDER BY 1, 2
"""
# Series of one register of a metering point in one rhythm belong together; only of stands there are several.
_ROWS = """
SELECT array_agg(s.id ORDER BY s.id), array_agg((s.id = ANY (%(ids)s::bigint[]))::integer::bigint ORDER BY s.id),
    array_agg(CASE s.kind WHEN 'stand' THEN r.register ELSE s.id END ORDER BY s.id),
    array_agg((s.kind = 'stand')::integer::bigint ORDER BY s.id), array_agg(s.exponent::bigint ORDER BY s.id),
    array_agg(m.unit::text ORDER BY s.id), array_agg(coalesce(s.register_digits, -1)::bigint ORDER BY s.id),
    array_agg(p.utility_id::bigint ORDER BY s.id), array_agg(s.measured_property_id::bigint ORDER BY s.id)
FROM metering_series s
JOIN metering_measuredproperty m ON m.id = s.measured_property_id
JOIN metering_meteringpoint p ON p.id = s.metering_point_id
JOIN (
    SELECT metering_point_id, measured_property_id, periodicity, kind, min(id) AS register
    FROM metering_series WHERE id = ANY (%(ids)s::bigint[]) GROUP BY 1, 2, 3, 4
) AS r USING (metering_point_id, measured_property_id, periodicity, kind)
WHERE s.kind = 'stand' OR s.id = ANY (%(ids)s::bigint[])
"""


@dataclass(frozen=True, slots=True, eq=False)
class PeriodicGroup:
    """Periodic series of one zone and rhythm; series_ids int64 (n,), ascending."""

    zone: ZoneInfo
    periodicity: str
    series_ids: Ints


@dataclass(frozen=True, slots=True, eq=False)
class Registers:
    """Series with those of the same registers, ascending; all (n,): `exponents`, `utilities` and `properties` int64."""

    rows: Rows
    exponents: Ints
    utilities: Ints
    properties: Ints


def periodic_groups(series_ids: Ints) -> list[PeriodicGroup]:
    """The periodic series among these, together where they can be judged together. One query."""
    rows = wire.fetch(_GROUPS, {"ids": np.unique(np.asarray(series_ids, np.int64))})
    return [PeriodicGroup(ZoneInfo(zone), periodicity, ids) for zone, periodicity, ids in rows]


def registers_of(series_ids: Ints) -> Registers:
    """These series, and earlier and later ones of the same registers. One query."""
    columns = wire.fetch(_ROWS, {"ids": series_ids})[0]
    ids, asked, registers, stands, exponents, names, digits, utilities, properties = (
        np.zeros(0, np.int64) if column is None else column for column in columns
    )
    rows = Rows(ids, asked == 1, registers, stands == 1, np.power(10.0, exponents), tuple(names), _capacities(digits))
    return Registers(rows, exponents, utilities, properties)


def _capacities(digits: Ints) -> NDArray[np.float64]:
    """`register_digits` count in units of the series itself, so its integers go up to 10^digits."""
    return np.where(digits > 0, np.power(10.0, np.maximum(digits, 0)), np.nan)
