"""Loading the demo utility: everything in one transaction, so it is there completely or not at all."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from access import audit
from access.models import User, Utility
from access.roles import sync_roles
from aim.demo import customers, exceptions, gas, market, meters, network, schedules, users
from aim.demo.shipment import Shipment
from aim.demo.users import API_USER, LOGINS
from devices.descriptions import register_models
from devices.models import Device
from metering.models import MeteringPoint
from metering.services.properties import register_properties

CODE = "demo-energia"
NAME = "Demo Energia"
TIME_ZONE = "Europe/Helsinki"
_LOCK = 0x0A1DDE  # advisory lock: one loader at a time

Say = Callable[[str], None]


class DemoError(Exception):
    """The demo utility cannot be loaded; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """What a load did. `token` is the text of the API token made by it; empty where the demo was there already."""

    created: bool
    token: str


@transaction.atomic
def load(shipment: Shipment, *, days: int, force: bool, say: Say) -> Loaded:
    """Create the demo utility around `shipment`, its meters installed `days` ago; a second call changes nothing.

    DemoError where it would stand beside another utility (unless `force`) or was loaded around other meters.
    """
    _wait_for_other_loaders()
    if found := Utility.objects.filter(code=CODE).first():
        _check_same_meters(found, shipment)
        return Loaded(created=False, token="")
    _check_alone(force)
    try:
        return Loaded(created=True, token=_create(shipment, days, say))
    except IntegrityError as error:
        raise DemoError(f"Nothing was loaded, the database holds such rows already: {_reason(error)}") from error


def _create(shipment: Shipment, days: int, say: Say) -> str:
    now = timezone.now()
    sync_roles()
    models = register_models()
    _check_described(shipment, {model.code for model in models})
    say(f"{register_properties()} measured properties, {len(models)} device models")
    utility = Utility.objects.create(code=CODE, name=NAME, time_zone=TIME_ZONE, country="FI")
    points = network.make_metering_points(utility, len(shipment.meters))
    say(f"{len(points)} metering points in {utility.transformer_areas.count()} transformer areas")
    people = customers.make_customers(utility, points)
    today = now.astimezone(utility.zone).date()
    contracts = market.make_contracts(points, people, market.make_parties(utility), today)
    say(f"{len(people)} customers with {len(contracts)} contracts")
    _hang_meters(utility, shipment, points, days, now)
    say(f"{len(shipment.meters)} meters with their keys, installed {days} days ago, their first readings due")
    audit.record("demo loaded", f"{utility} with {len(shipment.meters)} meters", utility=utility, target=utility)
    token = users.make_users(utility)
    exceptions.look_after(utility)
    return token


def _hang_meters(utility: Utility, shipment: Shipment, points: list[MeteringPoint], days: int, now: datetime) -> None:
    devices = meters.make_devices(utility, shipment, points)
    meters.install_devices(devices, points, now=now, days=days)
    slaves = gas.make_gas(utility, shipment, devices, points, now, days)
    pushing = [*(meter.pushes for meter in shipment.meters), *(False for _ in slaves)]
    schedules.make_schedules(utility, [*devices, *slaves], pushing, now)


def _check_alone(force: bool) -> None:
    other = Utility.objects.exclude(code=CODE).first()
    if other and not force:
        raise DemoError(
            f"This database holds {other}. The demo brings users with known passwords; it loads beside a real utility "
            "only with --force."
        )
    names = [API_USER, *(login.username for login in LOGINS)]
    if taken := User.objects.filter(username__in=names).values_list("username", flat=True):
        raise DemoError(
            f"There are already users named {', '.join(taken)}; the demo does not change them. Rename them."
        )


def _check_described(shipment: Shipment, known: set[str]) -> None:
    models = {device.model for device in (*shipment.meters, *shipment.concentrators)}
    models |= {slave.model for meter in shipment.meters for slave in meter.slaves}
    if unknown := models - known:
        raise DemoError(f"The fleet file has devices of models without a description: {', '.join(sorted(unknown))}.")


def _check_same_meters(utility: Utility, shipment: Shipment) -> None:
    """The fleet file may have been made anew; then the loaded devices would never answer, which is worth saying."""
    loaded = set(Device.objects.filter(utility=utility).values_list("serial_number", "host", "port"))
    if strange := {(meter.serial, meter.host, meter.port) for meter in shipment.meters} - loaded:
        serial, host, port = min(strange)
        raise DemoError(
            f"{utility} is loaded, but {len(strange)} meters of the fleet file are not among its devices, first "
            f"{serial} at {host}:{port}. Give the fleet file it was loaded from, or begin with an empty database."
        )


def _reason(error: IntegrityError) -> str:
    """What PostgreSQL says about the row in the way, in one line."""
    return " ".join(str(error).split())


def _wait_for_other_loaders() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
