"""Why a meter cannot be hung up or taken down: sentences for whoever stands there, each saying what to do instead."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.db.models import QuerySet
from django.utils import timezone

from aim.web.formats import grouped
from devices.descriptions import Description, DescriptionError, description
from devices.models import Device, DeviceModel, Installation
from devices.services.stands import Key, Stands, registers_of
from devices.services.stored_stands import Around, Stored, around
from metering.display import shown_in
from metering.models import BoundaryStand, MeteringPoint
from metering.services.properties import energy_type, kind_of

AHEAD = timedelta(minutes=5)
"""Clocks of phones and servers differ by so much."""
_METERS = (DeviceModel.Kind.METER, DeviceModel.Kind.SLAVE_METER)
_Side = BoundaryStand.Side


def to_instant(at: datetime) -> Iterator[str]:
    """What stands against doing anything at this instant."""
    if at > timezone.now() + AHEAD:
        yield "This instant lies in the future: say when the work was done."


def to_device(device: Device, point: MeteringPoint, at: datetime) -> Iterator[str]:
    """What stands against this device at this metering point, whatever else hangs there."""
    if device.utility_id != point.utility_id:
        yield f"{device} belongs to {device.utility}, the metering point to {point.utility}."
    if device.state == Device.State.SCRAPPED:
        yield f"{device} was scrapped. If that was a mistake, take it back into the inventory first."
    yield from _to_model(device, point)
    row = _last(device.installations.select_related("metering_point__utility"), at)
    if row is not None and row.period.upper is None:
        yield f"{device} hangs at {row.metering_point} since {local(row.period.lower, row)}: remove it there first."
    elif row is not None:
        yield f"{device} hung at {row.metering_point} until {local(row.period.upper, row)}: say a later instant."


def to_point(point: MeteringPoint, at: datetime, but: Installation | None = None) -> Iterator[str]:
    """What stands against another device at this metering point; `but`: the one that is taken down."""
    if point.state == MeteringPoint.State.CLOSED:
        yield f"The metering point {point} is closed."
    others = point.installations.select_related("device", "metering_point__utility")
    row = _last(others.exclude(pk=but.pk) if but else others, at)
    if row is not None and row.period.upper is None:
        yield f"{row.device} hangs there since {local(row.period.lower, row)}: exchange it, or remove it first."
    elif row is not None:
        yield f"{row.device} hung there until {local(row.period.upper, row)}: say a later instant."


def to_end(installation: Installation, at: datetime) -> Iterator[str]:
    """What stands against taking down at this instant what was installed."""
    begin, end = installation.period.lower, installation.period.upper
    if end is not None:
        yield f"{installation.device} was taken down already, on {local(end, installation)}."
    elif at <= begin:
        yield f"{installation.device} hangs there since {local(begin, installation)}: say a later instant."


def to_stands(device: Device, stands: Stands, at: datetime, side: str) -> Iterator[str]:
    """What stands against these stands, by what is stored of the same registers before and after."""
    known = registers_of(device)
    for key, value in stands.items():
        if known and key not in known:
            named = ", ".join(f"{obis} in {unit}" for obis, unit in known)
            yield f"{device} has no register {key[0]} in {key[1]} that consumption follows from; it has {named}."
        yield from _to_stand(key, value, around(device, key, at), side, device)


def _to_model(device: Device, point: MeteringPoint) -> Iterator[str]:
    try:
        told = description(device.model.code)
    except DescriptionError as error:
        yield str(error)
        return
    if device.model.kind not in _METERS:
        return
    if not told.profiles and not told.registers:
        yield f"The model {device.model} is described without profile and registers: nothing would be measured."
    media = _media(told)
    if media and point.energy_type not in media:
        yield f"{device} measures {', '.join(sorted(media))}, the metering point is one of {point.energy_type}."


def _media(told: Description) -> set[str]:
    """The energy types of the stands this model tells."""
    codes = [obis for profile in told.profiles for obis, _ in profile.values]
    return {str(energy_type(str(obis))) for obis in (*codes, *told.registers) if kind_of(obis) == "stand"}


def _to_stand(key: Key, value: Decimal, stored: Around, side: str, device: Device) -> Iterator[str]:
    named = f"The {_Side(side).label.lower()} stand {amount(value, key[1])} of {key[0]}"
    if stored.before is not None and not _may_follow(stored.before.value, value, stored.capacity):
        yield f"{named} is lower than what {device} showed on {_shown(stored.before, key, device)}."
    if stored.after is not None and not _may_follow(value, stored.after.value, stored.capacity):
        yield f"{named} is higher than what {device} showed on {_shown(stored.after, key, device)}."


def _may_follow(first: Decimal, second: Decimal, capacity: Decimal | None) -> bool:
    """A register goes up, or starts again from zero: by the rule consumption is derived by."""
    rolled = capacity is not None and second - first + capacity < capacity / 2
    return second >= first or rolled


def _shown(stored: Stored, key: Key, device: Device) -> str:
    return f"{stored.at.astimezone(device.utility.zone):%Y-%m-%d %H:%M}, {amount(stored.value, key[1])}"


def _last(installations: QuerySet[Installation], at: datetime) -> Installation | None:
    """The installation that lasts beyond this instant, the latest of them."""
    return installations.filter(period__overlap=DateTimeTZRange(at, None)).order_by("-period").first()


def amount(value: Decimal, unit: str) -> str:
    """An amount for people: "12 345.678 kWh" of Wh."""
    shown, power = shown_in(unit)
    scaled = value.scaleb(-power).normalize()
    exponent = scaled.as_tuple().exponent
    return f"{grouped(scaled, max(0, -exponent if isinstance(exponent, int) else 0))} {shown}".rstrip()


def local(at: datetime, row: Installation) -> str:
    """An instant in the zone of the utility."""
    return f"{at.astimezone(row.metering_point.utility.zone):%Y-%m-%d %H:%M}"
