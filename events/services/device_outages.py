"""Outages of devices, derived anew from all that the devices said as soon as they say more."""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import connection
from django.utils import timezone

from devices.models import Contact, Installation
from events.models import Outage
from events.pairing import SAME, Interval, Signal, outages

DOWN, UP, GASP, FAILED = "power_down", "power_up", "last_gasp", "long_power_failure"
KINDS = (DOWN, UP, GASP, FAILED)
"""Kinds of events that say something of the supply of a whole device."""
NO_TIME = "received_time"
"""In the details of an event that came without a time of its own, so that it has that of the message."""
LONGEST = timedelta(days=366)
"""No failure is believed to have been longer; the length a log names is used as it is up to here."""

_SIGNALS = """
SELECT event.device_id, event.at, event.kind, event.details, event.metering_point_id
FROM unnest(%s::bigint[], %s::timestamptz[]) AS asked(device_id, since)
JOIN events_event event ON event.device_id = asked.device_id AND event.at >= asked.since AND event.kind = ANY(%s)
"""
_SINCE = """
SELECT asked.device_id, coalesce(max(outage.started_at), asked.since)
FROM unnest(%s::bigint[], %s::timestamptz[]) AS asked(device_id, since)
LEFT JOIN events_outage outage ON outage.device_id = asked.device_id AND outage.started_at <= asked.since
GROUP BY asked.device_id, asked.since
"""
# What no event tells any more: an answer is known until the next one only, and events are dropped in time.
_KNOWN = """
SELECT outage.device_id, outage.started_at, outage.ended_at, outage.start_source, outage.end_source,
       outage.metering_point_id, outage.started_at = asked.since OR outage.started_at < %s
FROM unnest(%s::bigint[], %s::timestamptz[]) AS asked(device_id, since)
JOIN events_outage outage ON outage.device_id = asked.device_id AND outage.started_at >= asked.since
WHERE outage.started_at = asked.since OR outage.started_at < %s OR outage.end_source = ANY(%s)
"""
_FIELDS = "device_id, metering_point_id, started_at, ended_at, start_source, end_source"
_STORE = f"""
INSERT INTO events_outage AS known ({_FIELDS})
SELECT {_FIELDS}
FROM unnest(%s::bigint[], %s::bigint[], %s::timestamptz[], %s::timestamptz[], %s::text[], %s::text[]) AS told({_FIELDS})
ON CONFLICT (device_id, started_at) DO UPDATE SET
    metering_point_id = excluded.metering_point_id, ended_at = excluded.ended_at,
    start_source = excluded.start_source, end_source = excluded.end_source
WHERE (known.metering_point_id, known.ended_at, known.start_source, known.end_source)
    IS DISTINCT FROM (excluded.metering_point_id, excluded.ended_at, excluded.start_source, excluded.end_source)
"""  # noqa: S608 - only names of this file
_DROP = """
DELETE FROM events_outage outage
USING unnest(%s::bigint[], %s::timestamptz[]) AS asked(device_id, since)
WHERE outage.device_id = asked.device_id AND outage.started_at >= asked.since
    AND (outage.device_id, outage.started_at) NOT IN (SELECT * FROM unnest(%s::bigint[], %s::timestamptz[]))
"""


_Period = tuple[datetime, datetime]
_LAST = (Outage.Source.CONTACT, Outage.Source.REMOVED)


@dataclass(frozen=True, slots=True)
class Told:
    """What an event says of the supply of a device."""

    device_id: int
    at: datetime
    kind: str
    details: Mapping[str, Any]
    point_id: int | None

    @property
    def begins(self) -> datetime:
        """The earliest instant it says something of."""
        return self.at - _length(self.details) if self.kind == FAILED else self.at


def pair(news: Sequence[Told]) -> dict[int, datetime]:
    """Write the outages of the devices anew from the instants on of which `news` say something.

    Answers the metering points of these devices, with the first instant at which an outage of each may have changed.
    Late and doubled events change what they must and nothing else. Seven queries.
    """
    firsts: dict[int, datetime] = {}
    for told in news:
        if told.kind in KINDS:
            firsts[told.device_id] = min(told.begins, firsts.get(told.device_id, told.begins))
    if not firsts:
        return {}
    since = dict(_fetch(_SINCE, list(firsts), [first - SAME for first in firsts.values()]))
    signals = _signals(since)
    _store(since, {device: outages(said, Outage.Source.NEXT) for device, said in signals.items()})
    return _touched(since, signals)


def _signals(since: Mapping[int, datetime]) -> dict[int, list[Signal]]:
    rows = _fetch(_SIGNALS, list(since), list(since.values()), list(KINDS))
    found: dict[int, list[Signal]] = defaultdict(list)
    for device, at, kind, details, point in rows:
        told = Told(device, at, kind, json.loads(details), point)
        found[told.device_id] += _said(told)
    for device, *known in _known(since):
        found[device] += _remembered(*known)
    return found


def _known(since: Mapping[int, datetime]) -> list[tuple[Any, ...]]:
    forgotten = timezone.now() - timedelta(days=settings.EVENT_DAYS)
    return _fetch(_KNOWN, forgotten, list(since), list(since.values()), forgotten, list(_LAST))


def _remembered(
    start: datetime, end: datetime | None, opened: str, closed: str, point: int | None, whole: bool
) -> Iterator[Signal]:
    """What an outage on file says that no event may say any more; `whole`: its beginning too."""
    if whole:
        yield Signal(start, True, opened, gasp=opened == Outage.Source.LAST_GASP, point=point)
    if end is not None and closed != Outage.Source.NEXT:
        yield Signal(end, False, closed, point=point)


def _said(told: Told) -> Iterable[Signal]:
    if told.kind == FAILED:
        if told.begins < told.at:
            yield Signal(told.begins, True, Outage.Source.FAILURE_LOG, point=told.point_id)
            yield Signal(told.at, False, Outage.Source.FAILURE_LOG, point=told.point_id)
        return
    gasp = told.kind == GASP or (told.kind == DOWN and NO_TIME in told.details)
    source = Outage.Source.LAST_GASP if gasp else Outage.Source.LOG
    yield Signal(told.at, told.kind != UP, source, gasp=gasp, point=told.point_id)


def _length(details: Mapping[str, Any]) -> timedelta:
    """How long a failure was by its log entry; nothing where the entry does not say, or says what cannot be."""
    seconds = details.get("duration_s")
    if not isinstance(seconds, int) or not 0 < seconds <= LONGEST.total_seconds():
        return timedelta(0)
    return timedelta(seconds=seconds)


def _store(since: Mapping[int, datetime], found: Mapping[int, Sequence[Interval]]) -> None:
    lasting = [device for device, intervals in found.items() if intervals and intervals[-1].end is None]
    answered, taken_down = _answered(lasting), _taken_down(lasting)
    rows = [
        (device, each.point, each.start, *_end(each, answered.get(device), taken_down[device, each.point]))
        for device, intervals in found.items()
        for each in intervals
    ]
    columns = list(map(list, zip(*rows, strict=True))) if rows else [[]] * 6
    device_ids, points, starts, ends, opened, closed = columns
    with connection.cursor() as cursor:
        cursor.execute(_DROP, [list(since), list(since.values()), device_ids, starts])
        cursor.execute(_STORE, [device_ids, points, starts, ends, opened, closed])


def _end(
    interval: Interval, answered: datetime | None, taken_down: Sequence[_Period]
) -> tuple[datetime | None, str, str]:  # fmt: skip
    """End and both sources. A failure that lasts by what was told ends where the device answered, at the latest, or was
    taken down: whoever does that takes its power, and it may never be heard of again.
    """
    if interval.end is not None:
        return interval.end, interval.opened_by, interval.closed_by
    ends = [(end, Outage.Source.REMOVED) for begin, end in taken_down if begin <= interval.start < end]
    if answered is not None and answered > interval.start + SAME:
        ends.append((answered, Outage.Source.CONTACT))
    end, source = min(ends, default=(None, ""))
    return end, interval.opened_by, source


def _taken_down(devices: Sequence[int]) -> Mapping[tuple[int, int | None], list[_Period]]:
    """When each device hung where it does not hang any more, by device and metering point."""
    found: dict[tuple[int, int | None], list[_Period]] = defaultdict(list)
    rows = Installation.objects.filter(device__in=devices, period__upper_inf=False)
    for device, point, period in rows.order_by().values_list("device", "metering_point", "period"):
        found[device, point].append((period.lower, period.upper))
    return found


def _answered(devices: Sequence[int]) -> dict[int, datetime]:
    """When each device last answered: by our clock or by its own, whichever says earlier."""
    rows = Contact.objects.filter(device__in=devices, last_contact_at__isnull=False)
    return {
        device: at + timedelta(seconds=min(offset or 0.0, 0.0))
        for device, at, offset in rows.values_list("device_id", "last_contact_at", "clock_offset_s")
        if at is not None
    }


def _touched(since: Mapping[int, datetime], signals: Mapping[int, Sequence[Signal]]) -> dict[int, datetime]:
    points: dict[int, datetime] = {}
    for device, said in signals.items():
        for point in {signal.point for signal in said} - {None}:
            assert point is not None
            points[point] = min(since[device], points.get(point, since[device]))
    return points


def _fetch(statement: str, *parameters: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return list(cursor.fetchall())
