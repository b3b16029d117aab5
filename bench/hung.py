"""Many devices on file, each at a metering point of its own."""

from __future__ import annotations

from datetime import UTC, datetime

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from access.models import Utility
from devices.descriptions import register_models
from devices.models import Device, Installation
from metering.models import MeteringPoint

_AT_ONCE = 5_000
_HUNG = DateTimeTZRange(datetime(2025, 1, 1, tzinfo=UTC), None)


def hang(utility: Utility, count: int) -> list[int]:
    """So many devices that hang since 2025; the ids of their metering points."""
    model, found = register_models()[0], []
    for first in range(0, count, _AT_ONCE):
        numbers = range(first, min(first + _AT_ONCE, count))
        state = Device.State.INSTALLED
        devices = Device.objects.bulk_create(
            Device(utility=utility, model=model, serial_number=f"B{n:08}", host="192.0.2.1", state=state)
            for n in numbers
        )
        points = MeteringPoint.objects.bulk_create(
            MeteringPoint(utility=utility, gsrn=f"{64999:05}{n:013}", fuse_a=25) for n in numbers
        )
        Installation.objects.bulk_create(
            Installation(device=device, metering_point=point, period=_HUNG)
            for device, point in zip(devices, points, strict=True)
        )
        found += [point.pk for point in points]
    return found
