"""Batches of series that can be judged together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from metering.store import wire
from validation.window import Ints

_GROUPS = """
SELECT u.time_zone, s.interval_s, array_agg(s.id ORDER BY s.id)
FROM metering_series s
JOIN metering_meteringpoint p ON p.id = s.metering_point_id
JOIN access_utility u ON u.id = p.utility_id
WHERE s.id = ANY (%(ids)s::bigint[]) AND s.periodicity = 'interval' AND s.kind <> 'stand'
GROUP BY u.time_zone, s.interval_s, u.country, u.subdivision, s.kind
ORDER BY 1, 2, u.country, u.subdivision, s.kind
"""


@dataclass(frozen=True, slots=True, eq=False)
class Group:
    """Profile series of one zone, interval length and kind, whose utilities have the same public holidays.

    series_ids int64 (n,), ascending.
    """

    zone: ZoneInfo
    interval_s: int
    series_ids: Ints


def groups(series_ids: Sequence[int] | NDArray[np.int64]) -> list[Group]:
    """The profile series among these that can be judged, together where that is possible. One query.

    Stands are raw: what is judged and estimated is the consumption derived from them.
    """
    rows = wire.fetch(_GROUPS, {"ids": np.unique(np.asarray(series_ids, np.int64))})
    return [Group(ZoneInfo(zone), interval_s, ids) for zone, interval_s, ids in rows]
