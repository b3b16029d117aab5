"""Events of meters that were lost, came back or moved, and of meters nobody knows."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from enum import Enum

from devices.models import Device, Installation
from events.models.event import HEAD_END
from events.services import record_events
from events.services.record import Reported


class Kind(Enum):
    """Key in the catalogue, and the code it has in the head-end's own log: it tells events of one instant apart."""

    LOST = "meter_lost", 1001
    BACK = "meter_back", 1002
    MOVED = "meter_moved", 1003
    UNKNOWN = "meter_unknown", 1004


def tell(news: Iterable[tuple[Device, Mapping[str, str]]], kind: Kind, at: datetime) -> None:
    """Record one event for each: about a device, with these details. Told again, it changes nothing."""
    told = list(news)
    hanging = Installation.objects.filter(device__in=[device for device, _ in told], period__contains=at)
    points = dict(hanging.values_list("device", "metering_point")) if told else {}
    key, code = kind.value
    ordinals: dict[int, int] = {}
    events = []
    for device, details in told:
        ordinal = ordinals[device.pk] = ordinals.get(device.pk, -1) + 1
        events.append(Reported(device.pk, points.get(device.pk), HEAD_END, at, code, ordinal, key, details))
    record_events(events)
