"""What follows from new events: outages of devices and areas, then the alarms people asked to be told of."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from itertools import starmap

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q

from devices.models import Installation
from events.models import Event, EventNews, Outage
from events.pairing import SAME
from events.services.alone import may_derive
from events.services.area_outages import areas_of, gather
from events.services.device_outages import Told, pair
from events.services.telling import tell

AT_ONCE = 5_000

on_outages: list[Callable[[Mapping[int, datetime]], object]] = []
"""Whom to tell, in the same transaction, of metering points with the first instant at which their outages may differ:
filled in by the `AppConfig.ready` of other apps."""


@transaction.atomic
def examine() -> int:
    """Look at what was recorded since the last time, at most `AT_ONCE` events; how many there were.

    All or nothing: what was looked at stops being news in the transaction that holds what follows from it. Any number
    of processes may call it; one works.
    """
    if not may_derive():
        return 0
    ids = list(EventNews.objects.order_by("event_id").values_list("pk", flat=True)[:AT_ONCE])
    if not ids:
        return 0
    new_outages = gather(areas_of(_paired(_told(ids))))
    tell(Event.objects.filter(pk__in=ids, area_outage=None), new_outages)
    EventNews.objects.filter(pk__in=ids).delete()
    return len(ids)


@transaction.atomic
def notice_answers() -> int:
    """End outages of devices that answered since or were taken down, though no message told of their end; how many.

    Such an end is the latest one possible: a message that comes later moves it to where it was.
    """
    if not may_derive():
        return 0
    spoke = Q(device__contact__last_contact_at__gt=F("started_at") + SAME)
    there = {name: OuterRef(name) for name in ("device", "metering_point")}
    gone = Installation.objects.filter(**there, period__contains=OuterRef("started_at"), period__upper_inf=False)
    lasting = Outage.objects.filter(spoke | Exists(gone), ended_at=None)
    rows = lasting.values_list("device_id", "started_at", "metering_point_id")
    answered = [Told(device, at, "power_up", {}, point) for device, at, point in rows[:AT_ONCE]]
    tell(Event.objects.none(), gather(areas_of(_paired(answered))))
    return len(answered)


def _paired(news: Sequence[Told]) -> dict[int, datetime]:
    points = pair(news)
    for tell_of in on_outages:
        tell_of(points)
    return points


def _told(ids: Sequence[int]) -> list[Told]:
    rows = Event.objects.filter(pk__in=ids).values_list("device_id", "at", "kind", "details", "metering_point_id")
    return list(starmap(Told, rows))
