"""Finding gaps behind what was read, and having just those read again.

Data flow: summary columns → incomplete series-days → exact stretches from the store → gap rows → one job per utility.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np
from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone

from access.models import Utility
from devices.models import Device
from headend import kinds
from headend.completeness import expected_sql
from headend.models import Gap, Job
from headend.models.job import Priority
from headend.services.jobs import Order, create_job
from metering import store
from metering.models import MeteringPoint

LOOK_BACK_DAYS = 60
TRY_AGAIN_AFTER = timedelta(minutes=30)

_INCOMPLETE = """
SELECT e.device_id, mark.obis, e.series_id, min(e.day), max(e.day), min(lower(installation.period)), mark.until
FROM ({expected}) AS e
JOIN devices_installation installation ON installation.device_id = e.device_id
     AND installation.metering_point_id = e.metering_point_id
JOIN headend_readmark mark ON mark.device_id = e.device_id
JOIN devices_profilelayout layout ON layout.device_id = e.device_id AND layout.obis = mark.obis
JOIN metering_series series ON series.id = e.series_id AND series.interval_s = layout.interval_s
WHERE e.present < e.expected
GROUP BY e.device_id, mark.obis, e.series_id, mark.until
"""
_BEHIND_MARK = "(SELECT max(m.until) + interval '1 second' FROM headend_readmark m WHERE m.device_id = device.id)"


@dataclass(frozen=True, slots=True)
class _Suspect:
    """A series whose summaries say that something is missing between these instants."""

    device_id: int
    obis: str
    series_id: int
    start: datetime
    end: datetime


_Found = dict[tuple[int, str, datetime], datetime]


def find_gaps(look_back_days: int = LOOK_BACK_DAYS) -> list[Job]:
    """Bring the gap rows up to date and order the reading of those that are due; returns the jobs."""
    suspects = _suspects(look_back_days)
    _update(_stretches(suspects), since=timezone.now() - timedelta(days=look_back_days))
    return _order_readings()


def _suspects(look_back_days: int) -> list[_Suspect]:
    today = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    expected, parameters = expected_sql(MeteringPoint.objects.all(), deadline=_BEHIND_MARK)
    with connection.cursor() as cursor:
        cursor.execute(
            _INCOMPLETE.format(expected=expected), [*parameters, today - timedelta(days=look_back_days), today]
        )
        rows = cursor.fetchall()
    return [_suspect(*row) for row in rows]


def _suspect(
    device_id: int, obis: str, series_id: int, first: datetime, last: datetime, installed: datetime, until: datetime
) -> _Suspect:
    start = max(datetime.combine(first, datetime.min.time(), UTC), installed)
    end = min(datetime.combine(last, datetime.min.time(), UTC) + timedelta(days=1), until)
    return _Suspect(device_id, obis, series_id, start, end)


def _stretches(suspects: Sequence[_Suspect]) -> _Found:
    """Missing stretches per device and profile, those of its columns joined; `{(device, profile, start): end}`."""
    if not suspects:
        return {}
    by_series = {each.series_id: each for each in suspects}
    first, last = min(each.start for each in suspects), max(each.end for each in suspects)
    gaps = store.missing(list(by_series), first, last)
    intervals: dict[tuple[int, str], list[tuple[datetime, datetime]]] = defaultdict(list)
    for series_id, start, end in zip(
        gaps.series_ids.tolist(), _instants(gaps.starts), _instants(gaps.ends), strict=True
    ):
        suspect = by_series[series_id]
        if (begin := max(start, suspect.start)) < (stop := min(end, suspect.end)):
            intervals[suspect.device_id, suspect.obis].append((begin, stop))
    return {(*key, begin): stop for key, parts in intervals.items() for begin, stop in _united(parts)}


def _united(parts: Iterable[tuple[datetime, datetime]]) -> list[tuple[datetime, datetime]]:
    """The union of overlapping or touching intervals."""
    joined: list[tuple[datetime, datetime]] = []
    for begin, stop in sorted(parts):
        if joined and begin <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], stop))
        else:
            joined.append((begin, stop))
    return joined


@transaction.atomic
def _update(found: _Found, since: datetime) -> None:
    """Open what is new, close what is no longer missing; what the meter does not hold stays known as such."""
    known = Gap.objects.select_for_update().filter(state=Gap.State.OPEN, starts_at__gte=since)
    gone = [gap.pk for gap in known if found.get((gap.device_id, gap.obis, gap.starts_at)) != gap.ends_at]
    Gap.objects.filter(pk__in=gone).update(state=Gap.State.FILLED)
    now = timezone.now()
    rows = [
        Gap(device_id=device_id, obis=obis, starts_at=start, ends_at=end, found_at=now)
        for (device_id, obis, start), end in found.items()
    ]
    Gap.objects.bulk_create(rows, batch_size=5000, ignore_conflicts=True)


def _order_readings() -> list[Job]:
    due = Q(tried_at=None) | Q(tried_at__lt=timezone.now() - TRY_AGAIN_AFTER)
    devices = Device.objects.filter(pk__in=Gap.objects.filter(due, state=Gap.State.OPEN).values("device"))
    busy = Job.objects.filter(kind=kinds.GAPS.code, state=Job.State.RUNNING).values("utility")
    utilities = Utility.objects.filter(pk__in=devices.values("utility")).exclude(pk__in=busy)
    order = Order(kind=kinds.GAPS.code, title="Missing values", priority=Priority.GAP)
    return [create_job(utility=utility, order=order, devices=devices.filter(utility=utility)) for utility in utilities]


def _instants(times: np.ndarray[tuple[int], np.dtype[np.datetime64]]) -> list[datetime]:
    return [datetime.fromtimestamp(second, UTC) for second in times.astype("datetime64[s]").astype(np.int64).tolist()]
