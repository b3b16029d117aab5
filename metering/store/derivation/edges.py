"""Single stands out of the store: those at the ends of days, and those at given instants."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from metering.intervals import DAY_S
from metering.store import wire
from metering.store.archive.history import slots_of
from metering.store.archive.months import Archived, steadily
from metering.store.archive.rows import Row
from metering.store.batch import NO_VALUE
from metering.store.stands import Readings


@dataclass(frozen=True, slots=True, eq=False)
class Edges:
    """Stands found: `rows` (m,) index the keys asked for; `interval_s` (m,) of the days they are in."""

    rows: NDArray[np.intp]
    interval_s: NDArray[np.int64]
    stands: Readings


def edges(series_ids: NDArray[np.int64], days: NDArray[np.int32], *, last: bool) -> Edges:
    """The first or last stand of each stored day among the keys, both (n,). ArchiveError as of `read`."""
    return _fetch(series_ids, days, np.full(len(days), DAY_S - 1 if last else 0), on_grid=False)


def stands_at(series_ids: NDArray[np.int64], instants: NDArray[np.int64]) -> Edges:
    """The stands at instants (seconds since 1970), where the day is stored on a grid that has them; both (n,)."""
    days, seconds = np.divmod(instants, DAY_S)
    return _fetch(series_ids, days.astype(np.int32), seconds, on_grid=True)


def _fetch(
    series_ids: NDArray[np.int64], days: NDArray[np.int32], seconds: NDArray[np.int64], *, on_grid: bool
) -> Edges:
    """The stands of the slots in which these seconds of their days lie; with `on_grid` only where one begins there."""
    keys = np.stack([series_ids, days, seconds], axis=1).astype(np.int64)
    found: list[Row] = []
    if len(keys):
        found = steadily("interval", int(days.min()), int(days.max()), partial(_found, keys, on_grid))
    table = np.array(found, np.int64).reshape(-1, 5)
    stands = Readings(table[:, 2].copy(), table[:, 3].astype(np.uint8), table[:, 4].astype(np.uint32))
    return Edges(table[:, 0].astype(np.intp), table[:, 1], stands)


def _found(keys: NDArray[np.int64], on_grid: bool, archived: Archived) -> list[Row]:
    """Row of `keys` (n, 3: series, day, second), interval length, value, quality and status.

    The month of an interval may be online while that of the stand at its end is archived, and the other way round.
    """
    held = archived.holds(keys[:, 1])
    online, filed = np.flatnonzero(~held), np.flatnonzero(held)
    found = _online(keys[online], on_grid) if online.size else []
    rows = [(int(online[row]), *rest) for row, *rest in found]
    found = slots_of(archived, keys[filed], on_grid) if filed.size else []
    return rows + [(int(filed[row]), *rest) for row, *rest in found]


def _online(keys: NDArray[np.int64], on_grid: bool) -> list[Row]:
    series_ids, days, seconds = keys.T
    # OFFSET 0 keeps the subquery: one index probe per key, into the one partition that can hold it.
    return wire.fetch(
        """
        SELECT k.n - 1, d.interval_s, coalesce(block_value(d.values, d.slots, d.slot), %(none)s::bigint),
            coalesce(get_byte(d.quality, d.slot), 0), coalesce(block_status(d.status, d.slots, d.slot), 0)
        FROM unnest(%(series)s::bigint[], %(days)s::bigint[], %(seconds)s::bigint[])
            WITH ORDINALITY AS k (series_id, day, second, n)
        CROSS JOIN LATERAL (
            SELECT s.*, 86400 / s.interval_s AS slots, (k.second / s.interval_s)::integer AS slot
            FROM series_day s
            WHERE s.series_id = k.series_id AND s.day = date '1970-01-01' + k.day::integer
            AND (NOT %(on_grid)s OR k.second %% s.interval_s = 0)
            AND s.day BETWEEN date '1970-01-01' + %(low)s::integer AND date '1970-01-01' + %(high)s::integer
            OFFSET 0) AS d
        """,
        {
            "series": series_ids,
            "days": days,
            "seconds": seconds,
            "on_grid": on_grid,
            "low": int(days.min()),
            "high": int(days.max()),
            "none": NO_VALUE,
        },
    )
