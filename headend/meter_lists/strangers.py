"""Meters a concentrator lists and nobody knows: they wait among the discovered devices, or a rule accepts them."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from devices.models import Device
from headend.listener.quarantine import accept_by_its_rule, guess, identity, room_left
from headend.models import DiscoveredDevice
from headend.plan import Listed

CALLER_LENGTH = 200


def note_listed(concentrator: Device, meters: Sequence[Listed], at: datetime) -> None:
    """Remember them, one system title with what it pushed. Where the quarantine is full only the list has them."""
    by_caller = {_caller(concentrator, each): each for each in meters}
    known = set(DiscoveredDevice.objects.filter(caller__in=by_caller).values_list("caller", flat=True))
    fresh = sorted(by_caller.keys() - known)
    fresh = fresh[: room_left()] if fresh else []
    rows = [_row(caller, concentrator, by_caller[caller], at) for caller in (*sorted(known), *fresh)]
    DiscoveredDevice.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["caller"],
        update_fields=["last_at", "concentrator", "gateway_address"],
    )  # fmt: skip
    told = {caller: by_caller[caller].serial_number for caller in known if by_caller[caller].serial_number}
    _tell_serials(told)
    for found in DiscoveredDevice.objects.filter(caller__in=[row.caller for row in rows]).order_by("caller"):
        accept_by_its_rule(found)


def _tell_serials(told: Mapping[str, str]) -> None:
    rows = list(DiscoveredDevice.objects.filter(caller__in=told, serial_number=""))
    for row in rows:
        row.serial_number = told[row.caller]
    DiscoveredDevice.objects.bulk_update(rows, ["serial_number"])


def _caller(concentrator: Device, meter: Listed) -> str:
    """As the quarantine names callers: by the system title, else by where they are and what they told."""
    return meter.system_title or f"{concentrator} {meter.address} {meter.serial_number}"[:CALLER_LENGTH]


def _row(caller: str, concentrator: Device, meter: Listed, at: datetime) -> DiscoveredDevice:
    manufacturer, number = identity(bytes.fromhex(meter.system_title))
    return DiscoveredDevice(
        caller=caller,
        system_title=meter.system_title,
        manufacturer=manufacturer,
        number=number,
        serial_number=meter.serial_number,
        model=guess(manufacturer),
        address=str(concentrator),
        concentrator=concentrator,
        gateway_address=meter.address,
        first_at=at,
        last_at=at,
        last_message=b"",
    )
