"""The one session of a device, held for a person: a worker does not begin another meanwhile, nor break into one."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from django.db.models import Q
from django.utils import timezone

from devices.models import Contact, Device
from headend.services.claims import reserve_counters

_OWNER = "by hand"


class BusyError(Exception):
    """Another session with the device is under way."""


@contextmanager
def held(device: Device, longest_s: float) -> Iterator[int]:
    """Hold the session of the device for at most `longest_s`; gives the first invocation counter reserved for it.

    BusyError while a worker or another person speaks to the device. A slave meter has the session of its master.
    """
    device, now = device.spoken_to, timezone.now()
    Contact.objects.get_or_create(device=device)
    free = Contact.objects.filter(Q(session_until=None) | Q(session_until__lt=now), device=device)
    until = now + timedelta(seconds=longest_s)
    if not free.update(session_owner=_OWNER, session_until=until, last_attempt_at=now):
        raise BusyError(f"Another session with {device} is under way; try again in a minute.")
    try:
        yield reserve_counters(device_id=device.pk, minimum=1)
    finally:
        mine = Contact.objects.filter(device=device, session_owner=_OWNER, session_until=until)
        mine.update(session_owner="", session_until=None)
