"""The shipped meters: into inventory, keys into the key store, and onto the walls."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from access.models import Utility
from aim.demo.shipment import Shipment, ShippedDevice, ShippedMeter
from devices.keystore import sealed_row
from devices.models import Device, DeviceKey, DeviceModel
from devices.services.installations import Placement, install
from devices.services.life_cycle import move
from metering.models import MeteringPoint

_LATER_EVERY = 17
_LATER_DAYS = 5


def make_devices(utility: Utility, shipment: Shipment, points: list[MeteringPoint]) -> list[Device]:
    """The meters of a shipment, each in the segment of its metering point, and the concentrators they are behind."""
    models = DeviceModel.objects.in_bulk(field_name="code")
    ways = _make_concentrators(utility, shipment.concentrators, models, points)
    devices = Device.objects.bulk_create(
        Device(
            **_delivered(utility, meter, models, point),
            usn=f"DE{number:06d}",
            link_address=meter.link_address,
            concentrator=ways.get(meter.concentrator),
            gateway_address=meter.gateway_address,
        )
        for number, (meter, point) in enumerate(zip(shipment.meters, points, strict=True), start=1)
    )
    DeviceKey.objects.bulk_create(row for pair in zip(devices, shipment.meters, strict=True) for row in _keys(*pair))
    return devices


def _make_concentrators(
    utility: Utility,
    shipped: list[ShippedDevice],
    models: Mapping[str, DeviceModel],
    points: list[MeteringPoint],
) -> dict[str, Device]:
    """Concentrators by serial number, at work in a transformer station of the first metering point's segment."""
    devices = Device.objects.bulk_create(
        Device(**_delivered(utility, concentrator, models, points[0])) for concentrator in shipped
    )
    move([device.pk for device in devices], Device.State.INSTALLED, reason="put into service")
    DeviceKey.objects.bulk_create(row for pair in zip(devices, shipped, strict=True) for row in _keys(*pair))
    return {device.serial_number: device for device in devices}


def _delivered(
    utility: Utility, shipped: ShippedDevice, models: Mapping[str, DeviceModel], point: MeteringPoint
) -> dict[str, Any]:
    """The fields all devices have."""
    return {
        "utility": utility,
        "segment": point.segment,
        "model": models[shipped.model],
        "serial_number": shipped.serial,
        "host": shipped.host,
        "port": shipped.port,
        "system_title": shipped.system_title,
    }


def first_hour(now: datetime, days: int) -> datetime:
    """The first full hour that a profile of so many days still holds."""
    return (now - timedelta(days=days)).replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)


def install_devices(devices: list[Device], points: list[MeteringPoint], *, now: datetime, days: int) -> None:
    """Hang the devices: most `days` ago, a few on later days."""
    began = first_hour(now, days)
    pairs = enumerate(zip(devices, points, strict=True))
    install(
        placements=[
            Placement(device, point, began + min(_later(number), timedelta(days=days // 2)))
            for number, (device, point) in pairs
        ]
    )


def _keys(device: Device, shipped: ShippedDevice) -> list[DeviceKey]:
    """The secrets that were delivered with the device, sealed."""
    secrets = {
        DeviceKey.Kind.ENCRYPTION: shipped.encryption_key,
        DeviceKey.Kind.AUTHENTICATION: shipped.authentication_key,
    }
    if isinstance(shipped, ShippedMeter):
        secrets |= {DeviceKey.Kind.PASSWORD: shipped.password, DeviceKey.Kind.SIGNATURE: shipped.signing_key}
    return [sealed_row(device_id=device.pk, kind=kind, key=secret) for kind, secret in secrets.items() if secret]


def _later(number: int) -> timedelta:
    """How much later than the others device `number` was installed."""
    turn, rest = divmod(number, _LATER_EVERY)
    return timedelta(days=_LATER_DAYS * (turn % 4 + 1)) if rest == _LATER_EVERY - 1 else timedelta(0)
