"""Figures of outages of areas: who is affected, and how many devices were down when."""

from bisect import bisect_right
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import connection
from django.utils import timezone

from aim.web.svg import Bar, Point, bars
from events.models import AreaOutage, Outage

BARS = 48
_BEFORE = 0.05

_CUSTOMERS = """
SELECT outage.area_outage_id, count(DISTINCT contract.customer_id)
FROM events_outage outage
JOIN events_areaoutage area_outage ON area_outage.id = outage.area_outage_id
JOIN metering_transformerarea area ON area.id = area_outage.area_id
JOIN access_utility utility ON utility.id = area.utility_id
JOIN metering_contract contract ON contract.metering_point_id = outage.metering_point_id
    AND contract.kind = 'connection' AND contract.validity @> (outage.started_at AT TIME ZONE utility.time_zone)::date
WHERE outage.area_outage_id = ANY(%s)
GROUP BY outage.area_outage_id
"""


def customers_of(outage_ids: Sequence[int]) -> dict[int, int]:
    """How many customers each outage affects: those with a connection contract on its day. One query."""
    with connection.cursor() as cursor:
        cursor.execute(_CUSTOMERS, [list(outage_ids)])
        return dict(cursor.fetchall())


def course(outage: AreaOutage, now: datetime | None = None) -> list[Bar]:
    """How many of its devices were down, over the time of an outage and a little around it, as bars. One query."""
    end = outage.ended_at or now or timezone.now()
    around = max((end - outage.started_at) * _BEFORE, timedelta(minutes=1))
    first, last = outage.started_at - around, end + (around if outage.ended_at else timedelta(0))
    rows = list(Outage.objects.filter(area_outage=outage).values_list("started_at", "ended_at"))
    starts = sorted(start for start, _ in rows)
    ends = sorted(ended for _, ended in rows if ended is not None)
    step = (last - first) / BARS
    points = []
    for i in range(BARS):
        at = first + step * (i + 1)
        count = bisect_right(starts, at) - bisect_right(ends, at)
        local = timezone.localtime(at, outage.area.utility.zone)
        points.append(Point(count, f"{local:%d %b %H:%M}", f"{count} down", "bad" if count else ""))
    return bars(points, maximum=float(max(len(rows), 1)), height=60)
