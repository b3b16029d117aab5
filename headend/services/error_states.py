"""When a device goes into error: silent for days though it was tried or only pushes, or it refuses its keys."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from devices.life_cycle import KEYS_REFUSED
from devices.models import Device, StateChange
from devices.services.life_cycle import move
from headend import causes
from protocols.errors import Cause

AT_ONCE = 10_000
"""More than so many wait for the next time: one statement stays short."""
REFUSALS = 3
"""A cause may be a mistake of a moment; so many failures in a row are none."""

_WORKING = (Device.State.INSTALLED, Device.State.IN_OPERATION)
_OF_KEYS = (
    causes.NO_KEYS,
    Cause.AUTHENTICATION_FAILED.value,
    Cause.WRONG_KEY.value,
    Cause.WRONG_AUTHENTICATION_KEY.value,
    Cause.UNPROTECTED.value,
)


def find_errors() -> int:
    """Bring devices into error by the two rules; how many. A good contact ends it. Any number may do this at once."""
    now, days = timezone.now(), settings.SILENT_DAYS
    refusing = move(_keys(refusing_keys()), Device.State.ERROR, reason=KEYS_REFUSED, of=_WORKING)
    told = f"No contact for {days} days"
    silent = move(_keys(silent_since(now - timedelta(days=days))), Device.State.ERROR, reason=told, of=_WORKING)
    return len(refusing) + len(silent)


def refusing_keys() -> QuerySet[Device]:
    """Devices at work whose last contacts failed because of their keys."""
    working: QuerySet[Device] = Device.objects.filter(state__in=_WORKING)
    return working.filter(contact__cause__in=_OF_KEYS, contact__failures__gte=REFUSALS)


def silent_since(before: datetime) -> QuerySet[Device]:
    """Devices at work that were not heard since `before`, and whose state is older than that.

    One that was heard when it was tried last is not silent, however long ago that is: nobody asked it since, because
    no schedule reads it or the head-end itself stood still.
    """
    unheard = Q(contact__last_contact_at__lt=before) | Q(contact__last_contact_at=None)
    asked = Q(contact__failures__gt=0) | Q(contact__last_attempt_at=None)
    working: QuerySet[Device] = Device.objects.filter(state__in=_WORKING).filter(unheard & asked)
    since = StateChange.objects.filter(device=OuterRef("pk"), at__gte=before)
    return working.exclude(Exists(since))


def _keys(devices: QuerySet[Device]) -> QuerySet[Device, int]:
    return devices.order_by("pk").values_list("pk", flat=True)[:AT_ONCE]
