"""The shipped meters: into inventory, keys into the key store, onto the walls, and their reading schedules."""

from datetime import datetime, timedelta

from access.models import Utility
from aim.demo.shipment import ShippedMeter
from devices.keystore import sealed_row
from devices.models import Device, DeviceKey, DeviceModel
from devices.services.installations import Placement, install
from headend.models import Schedule
from metering.models import MeteringPoint

_LATER_EVERY = 17
_LATER_DAYS = 5
_MINUTES, _DAILY = Schedule.Rhythm.MINUTES, Schedule.Rhythm.DAILY


def make_devices(utility: Utility, shipment: list[ShippedMeter], points: list[MeteringPoint]) -> list[Device]:
    """A device per shipped meter with its sealed keys, in the segment of the metering point it is meant for."""
    models = DeviceModel.objects.in_bulk(field_name="code")
    devices = Device.objects.bulk_create(
        Device(
            utility=utility,
            segment=point.segment,
            model=models[meter.model],
            serial_number=meter.serial,
            usn=f"DE{number:06d}",
            host=meter.host,
            port=meter.port,
            system_title=meter.system_title,
        )
        for number, (meter, point) in enumerate(zip(shipment, points, strict=True), start=1)
    )
    DeviceKey.objects.bulk_create(row for pair in zip(devices, shipment, strict=True) for row in _keys(*pair))
    return devices


def install_devices(devices: list[Device], points: list[MeteringPoint], *, now: datetime, days: int) -> None:
    """Hang the devices: most `days` ago, at the first full hour their profile still holds; a few on later days."""
    began = (now - timedelta(days=days)).replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    pairs = enumerate(zip(devices, points, strict=True))
    install(
        placements=[
            Placement(device, point, began + min(_later(number), timedelta(days=days // 2)))
            for number, (device, point) in pairs
        ]
    )


def make_schedules(utility: Utility, now: datetime) -> None:
    """What is read and how often; the first reading of each kind is due at once."""
    half_past_midnight = 30
    rows = [
        Schedule(name="Load profile", kind="profile", rhythm=_MINUTES, every_min=15, at_minute=1, expires_min=60),
        Schedule(name="Billing values", kind="daily", rhythm=_DAILY, at_minute=half_past_midnight, expires_min=720),
        Schedule(name="Event logs", kind="events", rhythm=_MINUTES, every_min=60, at_minute=5, expires_min=120),
    ]
    for row in rows:
        row.utility, row.next_run_at = utility, now
    Schedule.objects.bulk_create(rows)


def _keys(device: Device, meter: ShippedMeter) -> tuple[DeviceKey, DeviceKey]:
    return (
        sealed_row(device_id=device.pk, kind=DeviceKey.Kind.ENCRYPTION, key=meter.encryption_key),
        sealed_row(device_id=device.pk, kind=DeviceKey.Kind.AUTHENTICATION, key=meter.authentication_key),
    )


def _later(number: int) -> timedelta:
    """How much later than the others device `number` was installed."""
    turn, rest = divmod(number, _LATER_EVERY)
    return timedelta(days=_LATER_DAYS * (turn % 4 + 1)) if rest == _LATER_EVERY - 1 else timedelta(0)
