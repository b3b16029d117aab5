"""The metering points that series are of."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np

from metering.store import wire
from validation.window import Bools, Ints

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
