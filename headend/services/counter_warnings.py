"""A device whose invocation counters run out becomes an event, once for each of its encryption keys."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils import timezone

from devices.keystore.counters import WARN_AT, share_of
from devices.models import Contact, DeviceKey, Installation
from events.models import Event
from events.models.event import HEAD_END
from events.services import record_events
from events.services.record import Reported

KIND = "invocation_counter_low"
AT_ONCE = 10_000


def warn_of_counters() -> None:
    """Record the event of every device that has used three quarters of the counters of its active encryption key.

    The code of the event is the version of the key. A device without such a key has none to roll. The event is of the
    hour, not of the moment, so two schedulers that look at once record the same one.
    """
    contacts = dict(Contact.objects.filter(next_counter__gte=WARN_AT).values_list("device", "next_counter"))
    told = set(Event.objects.filter(kind=KIND, device__in=contacts).values_list("device", "code"))
    active = DeviceKey.objects.filter(
        device__in=contacts, kind=DeviceKey.Kind.ENCRYPTION, state=DeviceKey.State.ACTIVE
    ).values_list("device", "version")
    untold = [key for key in active if key not in told][:AT_ONCE]
    if untold:
        _record(untold, contacts)


def _record(keys: Sequence[tuple[int, int]], counters: dict[int, int]) -> None:
    hanging = Installation.objects.filter(device__in=[device for device, _ in keys], period__upper_inf=True)
    points = dict(hanging.values_list("device", "metering_point"))
    hour = timezone.now().replace(minute=0, second=0, microsecond=0)
    record_events(
        [
            Reported(
                device_id=device,
                metering_point_id=points.get(device),
                log=HEAD_END,
                at=hour,
                code=version,
                ordinal=0,
                kind=KIND,
                details={"used": f"{share_of(counters[device]):.0%}", "counter": counters[device]},
            )
            for device, version in keys
        ]
    )
