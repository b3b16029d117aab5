"""Hanging devices at metering points and taking them down. Installing says which values must exist from then on."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from access import audit
from access.models import User
from devices.descriptions import description
from devices.models import Contact, Device, Installation
from devices.services.life_cycle import move
from metering.models import MeteringPoint, Series
from metering.services.properties import kind_of
from metering.services.series import SeriesSpec, ensure_series


@dataclass(frozen=True, slots=True)
class Placement:
    """A device to be installed at a metering point from `at` on; `until` where it was taken down already."""

    device: Device
    metering_point: MeteringPoint
    at: datetime
    until: datetime | None = None


@transaction.atomic
def install(*, placements: Iterable[Placement], user: User | None = None) -> list[Installation]:
    """Install devices and make the series their model promises; the database refuses overlaps (IntegrityError)."""
    chosen = list(placements)
    rows = Installation.objects.bulk_create(
        Installation(device=p.device, metering_point=p.metering_point, period=DateTimeTZRange(p.at, p.until))
        for p in chosen
    )
    devices = [p.device.pk for p in chosen]
    move([p.device.pk for p in chosen if p.until is None], Device.State.INSTALLED, reason="installed", user=user)
    _taken_down([p.device.pk for p in chosen if p.until is not None], user)
    Contact.objects.bulk_create((Contact(device_id=pk) for pk in devices), ignore_conflicts=True)
    ensure_series((spec for p in chosen for spec in promised_series(p.device, p.metering_point.pk)), {})
    _record(chosen, user)
    return rows


@transaction.atomic
def remove(*, installation: Installation, at: datetime, user: User | None = None) -> None:
    """End an installation at `at`; its device is then `removed`."""
    installation.period = DateTimeTZRange(installation.period.lower, at)
    installation.save(update_fields=["period"])
    device = installation.device
    _taken_down([device.pk], user)
    summary = f"{device} removed from {installation.metering_point}"
    audit.record("removed", summary, user=user, utility=device.utility, target=device)


def _taken_down(devices: list[int], user: User | None) -> None:
    """These devices are `removed`, except those that hang elsewhere by now."""
    hanging = Installation.objects.filter(device__in=devices, period__upper_inf=True).values_list("device", flat=True)
    move(set(devices) - set(hanging), Device.State.REMOVED, reason="taken down", user=user)


def promised_series(device: Device, metering_point_id: int) -> list[SeriesSpec]:
    """The profile series a device of this model must deliver, by its description."""
    profile = description(device.model.code).interval_profile
    if profile is None:
        return []
    return [
        SeriesSpec(
            metering_point_id=metering_point_id,
            obis=obis,
            unit=unit,
            kind=kind_of(obis),
            periodicity=Series.Periodicity.INTERVAL,
            interval_s=profile.interval_s,
            source=device.serial_number,
        )
        for obis, unit in profile.values
    ]


def _record(chosen: list[Placement], user: User | None) -> None:
    if len(chosen) == 1:
        only = chosen[0]
        summary, target = f"{only.device} installed at {only.metering_point}", only.device
        audit.record("installed", summary, user=user, utility=only.device.utility, target=target)
    elif chosen:
        utility = chosen[0].device.utility
        audit.record("installed", f"{len(chosen)} devices installed", user=user, utility=utility)
