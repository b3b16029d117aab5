"""A meter hung at noon three days ago whose profile of two columns has been read up to an instant."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from django.utils import timezone

from devices.models import Device, Installation, ProfileLayout
from headend.models import Gap, ReadMark
from metering.models import Series
from tests.factories import make_device, make_installation, make_metering_point, make_utility, make_values

PROFILE = "1-0:99.1.0"
NOON = (datetime.now(UTC) - timedelta(days=3)).replace(hour=12, minute=0, second=0, microsecond=0)


def hours(number: float) -> datetime:
    """So many hours after `NOON`."""
    return NOON + timedelta(hours=number)


def hang(at: datetime = NOON) -> Installation:
    """A meter of 15 minutes with its two promised stand series."""
    utility = make_utility()
    return make_installation(make_device(utility), make_metering_point(utility), at)


def read_until(device: Device, until: datetime) -> None:
    """As if the profile had been read up to `until`."""
    layout = {"interval_s": 900, "columns": [], "read_at": timezone.now()}
    ProfileLayout.objects.update_or_create(device=device, obis=PROFILE, defaults=layout)
    ReadMark.objects.update_or_create(device=device, obis=PROFILE, defaults={"until": until})


def stands(device: Device) -> list[Series]:
    """Import and export."""
    return list(Series.objects.filter(source=device.serial_number, kind="stand").order_by("measured_property__rank"))


def fill(device: Device, start: datetime, values: Iterable[int]) -> None:
    """The same values from `start` on in both columns."""
    chosen = list(values)
    for series in stands(device):
        make_values(series, start, chosen)


def gaps(state: str | None = None) -> list[tuple[datetime, datetime]]:
    """Start and end of all gaps, or of those in a state."""
    rows = Gap.objects.filter(state=state) if state else Gap.objects.all()
    return list(rows.order_by("starts_at").values_list("starts_at", "ends_at"))


def make_incomplete() -> Device:
    """Read for six hours; the two hours from 14:00 on are missing."""
    device = hang().device
    read_until(device, hours(6))
    fill(device, NOON, range(8))
    fill(device, hours(4), range(100, 109))
    return device
