"""Which values must exist by now: per series and installation the stretch in which values are due, as arrays.

All instants are epoch seconds, all days days since 1970.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime

import numpy as np
from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet
from numpy.typing import NDArray

from metering.intervals import DAY_S
from metering.models import MeteringPoint

Ints = NDArray[np.int64]

Cutoff = tuple[int, int, datetime]
"""Utility, measured property (0: all that have none of their own) and the instant up to which its values are due."""

_COLUMNS = 7
_ROWS_AT_ONCE = 50_000
_DUE = """
SELECT point.id, series.id, device.id, series.measured_property_id, series.interval_s,
       ceil(extract(epoch FROM span.first))::bigint, ceil(extract(epoch FROM span.behind))::bigint
FROM ({points}) AS point(id)
JOIN metering_series series ON series.metering_point_id = point.id
     AND series.periodicity = 'interval' AND series.kind <> 'consumption' AND series.source <> ''
JOIN devices_device device ON device.serial_number = series.source
JOIN devices_installation installation ON installation.device_id = device.id
     AND installation.metering_point_id = point.id AND installation.period && tstzrange(%s, %s)
CROSS JOIN LATERAL (
    SELECT greatest(lower(installation.period), %s) AS first,
           least(upper(installation.period), %s, (
               SELECT cutoff.until
               FROM unnest(%s::bigint[], %s::bigint[], %s::timestamptz[]) AS cutoff(utility, property, until)
               WHERE cutoff.utility = device.utility_id AND cutoff.property IN (0, series.measured_property_id)
               ORDER BY cutoff.property DESC LIMIT 1)) AS behind
) AS span
"""


@dataclass(frozen=True, slots=True, eq=False)
class Due:
    """Stretches in which values of profiles are due: metering point, series, device, measured property, interval length
    in seconds, start and end (excluded); all (n,). A series occurs once per installation of its device.
    """

    points: Ints
    series: Ints
    devices: Ints
    properties: Ints
    intervals: Ints
    starts: Ints
    ends: Ints

    def take(self, rows: NDArray[np.bool_] | NDArray[np.intp]) -> Due:
        """Some of the stretches, chosen by a mask or by their rows."""
        return Due(*(getattr(self, each.name)[rows] for each in fields(self)))

    def counts(self) -> Ints:
        """How many values of each stretch are due, (n,)."""
        return np.maximum(-(-self.ends // self.intervals) + -self.starts // self.intervals, 0)

    def on_day(self, day: int) -> Ints:
        """How many values of each stretch are due on a UTC day, (n,): those whose instant lies in it."""
        midnight = day * DAY_S
        start, end = np.maximum(self.starts, midnight), np.minimum(self.ends, midnight + DAY_S)
        counts = -((midnight - end) // self.intervals) + (midnight - start) // self.intervals
        due: Ints = np.where(start < end, np.maximum(counts, 0), 0)
        return due


def due(points: QuerySet[MeteringPoint], since: datetime, until: datetime, cutoffs: Sequence[Cutoff] = ()) -> Due:
    """What must exist of these metering points from `since` to `until` (excluded), and to their cutoff where there is
    one for their utility. One query.
    """
    try:
        selected, parameters = points.order_by().values_list("pk").query.sql_with_params()
    except EmptyResultSet:
        return Due(*np.empty((_COLUMNS, 0), np.int64))
    if until <= since:
        return Due(*np.empty((_COLUMNS, 0), np.int64))
    limits = [list(column) for column in zip(*cutoffs, strict=True)] or [[], [], []]
    with connection.chunked_cursor() as cursor:
        cursor.execute(_DUE.format(points=selected), [*parameters, since, until, since, until, *limits])
        parts = [np.empty((0, _COLUMNS), np.int64)]
        while rows := cursor.fetchmany(_ROWS_AT_ONCE):
            parts.append(np.array(rows, np.int64))
    return Due(*np.ascontiguousarray(np.concatenate(parts).T))
