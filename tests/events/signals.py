"""What devices tell of their supply, recorded and examined as in operation."""

from collections.abc import Sequence
from datetime import datetime

from devices.models import Device
from events.models import Outage
from events.services import examine, record_events
from events.services.record import Reported
from metering.models import MeteringPoint

LOG, FAILURES, PUSHED = "0-0:99.98.0", "1-0:99.97.0", "alarm"
Told = tuple[Device, MeteringPoint | None]


def told(who: Told, kind: str, at: datetime, *, log: str = LOG, **details: int | str) -> Reported:
    """One entry of a device, in its log unless said otherwise."""
    device, point = who
    return Reported(device.pk, point.pk if point else None, log, at, 1, 0, kind, details)


def come(*entries: Reported) -> None:
    """The entries arrive, and everything that waits is examined."""
    record_events(entries)
    while examine():
        pass


def outages(device: Device) -> Sequence[tuple[datetime, datetime | None]]:
    """The outages of a device as stored, by start."""
    return list(Outage.objects.filter(device=device).order_by("started_at").values_list("started_at", "ended_at"))
