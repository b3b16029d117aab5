"""Finding devices: in the global search, and metering points by the serial number of their meter."""

from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from access.models import User
from aim.web.search import Hit, Provider, register
from devices.filters import search_devices
from devices.models import Device, Installation
from metering import panels


def find_devices(user: User, text: str, limit: int) -> list[Hit]:
    """Devices by the beginning of serial number, USN or host; a whole one is exact."""
    rows = (
        search_devices(Device.objects.visible_to(user), text)
        .select_related("model", "concentrator", "master__concentrator")
        .order_by("serial_number")
    )
    return [_hit(device, text.lower()) for device in rows[:limit]]


def _hit(device: Device, text: str) -> Hit:
    detail = " · ".join(part for part in (str(device.model), device.get_state_display(), device.address) if part)
    exact = text in (device.serial_number.lower(), device.usn.lower(), device.host.lower())
    return Hit(device.serial_number, detail, device.get_absolute_url(), exact=exact)


def points_of_serial(text: str) -> QuerySet[Any, Any]:
    """The ids of the metering points whose meter of today has a serial number that begins with `text`."""
    now = Installation.objects.filter(device__serial_number__istartswith=text, period__contains=timezone.now())
    return now.order_by().values("metering_point")


def connect() -> None:
    """Make devices findable."""
    register(Provider("Devices", "devices.view_device", find_devices))
    panels.register_text_search(points_of_serial)
