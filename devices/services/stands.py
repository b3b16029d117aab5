"""What the registers of a meter showed where it was hung up or taken down."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

import numpy as np
from django.core.exceptions import ValidationError
from django.db import transaction

from access.models import User
from devices.descriptions import DescriptionError, description
from devices.models import Device
from metering.models import BoundaryStand, MeteringPoint, Series
from metering.services.boundaries import ExchangedRegister, record_boundaries, record_exchange
from metering.services.properties import ensure_properties, kind_of
from metering.services.series import SeriesSpec, ensure_series
from metering.store import VALUE_LIMIT, Origin, RefineError, RegisterBatch, hold_exponents, refine, write_registers
from protocols.dlms.obis import Obis

Key = tuple[str, str]
"""A register: its OBIS code and its unit."""
Stands = Mapping[Key, Decimal]
"""What registers showed, in their units."""

NOTED = "stand"
"""The rule under which the store keeps what somebody read off a meter."""
MOST_DECIMALS = 6


@dataclass(frozen=True, slots=True)
class Meter:
    """A device at a metering point, and what was read off it there."""

    device: Device
    metering_point: MeteringPoint
    stands: Stands


def registers_of(device: Device) -> list[Key]:
    """The registers of this device that consumption is derived from, or else those it tells daily.

    None of a model nobody described.
    """
    try:
        told = description(device.model.code)
    except DescriptionError:
        return []
    profile = told.interval_profile or told.daily_profile
    values = profile.values if profile else ()
    return [(str(obis), unit) for obis, unit in values if kind_of(obis) == Series.Kind.STAND]


@transaction.atomic
def note_side(*, meter: Meter, side: BoundaryStand.Side, at: datetime, user: User | None) -> None:
    """Stands where a meter began or ended to count: consumption is derived up to them, and they stay as values."""
    properties = ensure_properties(meter.stands)
    rows = [
        BoundaryStand(
            metering_point=meter.metering_point, measured_property=properties[key], source=meter.device.serial_number,
            at=at, side=side, value=value,
        )
        for key, value in meter.stands.items()
    ]  # fmt: skip
    _keep([meter], at, user)
    record_boundaries(boundaries=rows, user=user)


@transaction.atomic
def note_exchange(*, old: Meter, new: Meter, at: datetime, user: User | None) -> None:
    """Stands of both meters at the instant of their exchange. Registers nobody noted leave their interval missing."""
    keys = dict.fromkeys([*registers_of(old.device), *registers_of(new.device), *old.stands, *new.stands])
    properties = ensure_properties(keys)
    registers = [ExchangedRegister(properties[key], old.stands.get(key), new.stands.get(key)) for key in keys]
    _keep([old, new], at, user)
    record_exchange(
        metering_point=old.metering_point, at=at, old=old.device.serial_number, new=new.device.serial_number,
        registers=registers, user=user,
    )  # fmt: skip


def _keep(meters: Sequence[Meter], at: datetime, user: User | None) -> None:
    """As register values of that instant, measured: a person read the meter instead of the head-end."""
    given = {_spec(meter, key): value for meter in meters for key, value in meter.stands.items()}
    if not given:
        return
    series = ensure_series(given, {spec: min(_exponent(value), 0) for spec, value in given.items()})
    exponents = _fine_enough({series[spec].pk: _exponent(value) for spec, value in given.items()})
    ids = [series[spec].pk for spec in given]
    values = [_integer(value, exponents[pk]) for pk, value in zip(ids, given.values(), strict=True)]
    seconds = np.full(len(ids), int(at.timestamp()), np.int64)
    batch = RegisterBatch(np.array(ids, np.int64), seconds, np.array(values, np.int64))
    origin = Origin(user_id=user.pk if user else None, rule=NOTED, message="read on site")
    counts = write_registers(batch, origin=origin)
    if counts.refused:
        raise ValidationError([f"A stand was not stored: {refusal.reason}." for refusal in counts.refusals])


def _spec(meter: Meter, key: Key) -> SeriesSpec:
    obis, unit = key
    kinds = Series.Kind.STAND, Series.Periodicity.ON_DEMAND
    return SeriesSpec(meter.metering_point.pk, Obis.parse(obis), unit, *kinds, 0, meter.device.serial_number)


def _exponent(value: Decimal) -> int:
    """Of the last digit that says something: -3 for 12.345, 0 for 1200."""
    exponent = value.normalize().as_tuple().exponent
    assert isinstance(exponent, int), "a stand is a number"
    return min(exponent, 0)


def _fine_enough(wanted: Mapping[int, int]) -> dict[int, int]:
    """The exponents of these series after each is at least as fine as wanted; they stay until the transaction ends."""
    held = hold_exponents(list(wanted))
    try:
        for pk, exponent in wanted.items():
            if exponent < held[pk]:
                refine([pk], exponent, origin=Origin(rule=NOTED))
    except RefineError as error:
        raise ValidationError(f"A stand has too many decimals. {error}.") from error
    return hold_exponents(list(wanted))


def _integer(value: Decimal, exponent: int) -> int:
    scaled = int(value.scaleb(-exponent))
    if abs(scaled) >= VALUE_LIMIT:
        raise ValidationError(f"A stand of {value:f} is more than any register holds.")
    return scaled
