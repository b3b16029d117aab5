"""A fleet that pushes: devices on file with keys and layouts, and their messages made beforehand."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np
from django.utils import timezone

from access.models import Utility
from devices.descriptions import register_models
from devices.keystore import sealed_row
from devices.models import Device, DeviceKey, DeviceModel, ProfileLayout
from devices.services.installations import Placement, install
from headend.knowledge import column_to_json
from headend.plan import Column
from metering.gsrn import complete
from metering.models import MeteringPoint
from metering.services.properties import register_properties
from protocols.dlms.clock import encode_datetime
from protocols.dlms.data import Encoded
from protocols.dlms.encoding import array, integer, long_unsigned, octet_string, structure
from protocols.dlms.keys import KeySet, ReceiveCounter, Security, SendCounter
from protocols.dlms.obis import Obis
from protocols.dlms.rows import ClockColumn, IntegerColumn, encode_rows
from protocols.dlms.security import Tagging
from protocols.dlms.security.key_ring import Credentials, KeyRing
from protocols.dlms.security.protection import Protection
from protocols.dlms.services.notification import CONFIRMED, DataNotification
from protocols.dlms.tags import Tag
from protocols.wrapper import WrapperFraming

ROWS = 96
FIRST_DAY = datetime(2026, 5, 1, tzinfo=UTC)
EK, AK = bytes(range(16)), bytes(range(16, 32))
KEYS = KeySet(EK, AK)
_PUSH, _CLOCK, _STATUS = (Obis.parse(name) for name in ("0-0:25.9.0", "0-0:1.0.0", "0-0:96.10.1"))
_PROFILE, _IMPORT, _EXPORT = (Obis.parse(name) for name in ("1-0:99.1.0", "1-0:1.8.0", "1-0:2.8.0"))
_COLUMNS = (
    Column(8, _CLOCK, 2), Column(1, _STATUS, 2), Column(3, _IMPORT, 2, 0, "Wh"), Column(3, _EXPORT, 2, 0, "Wh"),
)  # fmt: skip


@dataclass
class Meter:
    """One device that pushes; `number` from 0."""

    number: int
    counter: SendCounter

    @property
    def title(self) -> bytes:
        """Its system title."""
        return b"BEN" + self.number.to_bytes(5, "big")


def make_fleet(count: int) -> list[Meter]:
    """So many devices in operation, each at a metering point of its own, with keys, contact, series and layouts."""
    register_properties()
    register_models()
    utility = Utility.objects.create(code="bench", name="Bench", time_zone="Europe/Helsinki")
    model = DeviceModel.objects.get(code="aim-sm3")
    meters = [Meter(number, SendCounter()) for number in range(count)]
    devices = Device.objects.bulk_create(
        Device(
            utility=utility, model=model, serial_number=f"BEN{meter.number:08d}",
            system_title=meter.title.hex().upper(),
        )
        for meter in meters
    )  # fmt: skip
    points = MeteringPoint.objects.bulk_create(
        MeteringPoint(utility=utility, gsrn=complete(f"64888888{meter.number:09d}")) for meter in meters
    )
    install(placements=[Placement(d, p, FIRST_DAY) for d, p in zip(devices, points, strict=True)])
    Device.objects.update(state=Device.State.IN_OPERATION)
    DeviceKey.objects.bulk_create(_keys(devices))
    columns = [column_to_json(column) for column in _COLUMNS]
    ProfileLayout.objects.bulk_create(
        ProfileLayout(device=d, obis=str(_PROFILE), interval_s=900, columns=columns, read_at=timezone.now())
        for d in devices
    )
    return meters


def frames(meters: list[Meter], day: int) -> list[bytes]:
    """What every meter pushes for one day, the wrapper included: 96 rows of two values, confirmed and ciphered."""
    start = FIRST_DAY + timedelta(days=day)
    return [WrapperFraming(1, 1).frame(_ciphered(meter, _message(meter, start))) for meter in meters]


def _keys(devices: list[Device]) -> Iterator[DeviceKey]:
    for device in devices:
        yield sealed_row(device_id=device.pk, kind="encryption", key=EK)
        yield sealed_row(device_id=device.pk, kind="authentication", key=AK)


def _ciphered(meter: Meter, apdu: bytes) -> bytes:
    ring = KeyRing(Credentials(KEYS, meter.title, meter.counter, ReceiveCounter()))
    return Protection(ring, Security.BOTH, tagging=Tagging.GENERAL).protect(apdu)


def _message(meter: Meter, start: datetime) -> bytes:
    body = structure(_object_list(), octet_string(encode_datetime(start + timedelta(days=1))), _rows(meter, start))
    return DataNotification(body, encode_datetime(start + timedelta(days=1)), CONFIRMED | 1).encode()


def _object_list() -> Encoded:
    names = ((40, _PUSH), (8, _CLOCK), (7, _PROFILE))
    return array([structure(long_unsigned(c), octet_string(obis), integer(2), long_unsigned(0)) for c, obis in names])


def _rows(meter: Meter, start: datetime) -> Encoded:
    at = int(start.timestamp()) + 900 * np.arange(ROWS)
    stands = at // 900 % 1_000_000 + 37 * meter.number
    return encode_rows(
        [
            ClockColumn(at, UTC),
            IntegerColumn(Tag.UNSIGNED, np.zeros(ROWS, np.int64)),
            IntegerColumn(Tag.DOUBLE_LONG_UNSIGNED, stands),
            IntegerColumn(Tag.DOUBLE_LONG_UNSIGNED, stands // 7),
        ]
    )
