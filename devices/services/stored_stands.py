"""What is stored of a meter's registers around an instant: a stand noted by a person must fit between."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import numpy as np

from devices.models import Device
from devices.services.stands import Key
from metering.models import Series
from metering.store import NO_VALUE, read, read_registers

BACK = timedelta(days=400)
BACK_IN_PROFILES = timedelta(days=35)
"""Stands are looked for so far back and ahead: beyond, nothing compares well any more."""


@dataclass(frozen=True, slots=True)
class Stored:
    """A stand in the store, in the unit of its register."""

    at: datetime
    value: Decimal


@dataclass(frozen=True, slots=True)
class Around:
    """The newest stand not after an instant and the oldest not before it, None where there is none.

    `capacity` is where the register starts again from zero, in its unit; None where its digits are unknown.
    """

    before: Stored | None
    after: Stored | None
    capacity: Decimal | None


def around(device: Device, key: Key, at: datetime) -> Around:
    """What is stored of one register of this meter around `at`, wherever it hung."""
    series = _series(device, key)
    stands = sorted((stand for row in series for stand in _stands(row, at)), key=lambda stand: stand.at)
    digits = next((row for row in series if row.register_digits is not None), None)
    capacity = None if digits is None else Decimal(1).scaleb((digits.register_digits or 0) + digits.exponent)
    return Around(
        next((stand for stand in reversed(stands) if stand.at <= at), None),
        next((stand for stand in stands if stand.at >= at), None),
        capacity,
    )


def _series(device: Device, key: Key) -> Sequence[Series]:
    obis, unit = key
    rows = Series.objects.filter(source=device.serial_number, kind=Series.Kind.STAND)
    return list(rows.filter(measured_property__obis=obis, measured_property__unit=unit))


def _stands(series: Series, at: datetime) -> Iterator[Stored]:
    if series.is_profile:
        matrix = read([series.pk], at - BACK_IN_PROFILES, at + BACK_IN_PROFILES)
        instants, values = matrix.instants, matrix.values[0]
    else:
        found = read_registers([series.pk], at - BACK, at + BACK)
        instants, values = found.at, found.values
    there = values != NO_VALUE
    for second, value in zip(instants[there].astype(np.int64).tolist(), values[there].tolist(), strict=True):
        yield Stored(datetime.fromtimestamp(second, UTC), Decimal(value).scaleb(series.exponent))
