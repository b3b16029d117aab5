"""Unknown callers become devices, or are ignored: by a person, or by a rule of a utility."""

import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from access import audit
from access.models import User, Utility
from devices.keystore import store_key
from devices.models import Contact, Device, DeviceModel
from devices.services.life_cycle import move
from headend.models import AcceptanceRule, DiscoveredDevice, ListedMeter

log = logging.getLogger(__name__)

_REPEATED = "A device with this serial number is on file. Give that one the system title instead."


@dataclass(frozen=True, slots=True)
class Acceptance:
    """What a person says of an unknown caller. `keys` are clear, by kind: they go into the key store and nowhere else.

    `host` is where it can be reached, empty for a device that only pushes.
    """

    utility: Utility
    model: DeviceModel
    serial_number: str
    host: str = ""
    keys: Mapping[str, bytes] = field(default_factory=dict, repr=False)


@transaction.atomic
def accept(*, found: DiscoveredDevice, acceptance: Acceptance, user: User | None) -> Device:
    """Make the caller a device in the state discovered; its next push is taken. ValidationError says what is wrong."""
    found = DiscoveredDevice.objects.select_for_update().get(pk=found.pk)
    if found.state == DiscoveredDevice.State.ACCEPTED:
        raise ValidationError(f"{found} was accepted meanwhile.")
    if Device.objects.filter(serial_number=acceptance.serial_number).exists():
        raise ValidationError({"serial_number": _REPEATED})
    device = Device(
        utility=acceptance.utility,
        model=acceptance.model,
        serial_number=acceptance.serial_number,
        system_title=found.system_title,
        **_way(found, acceptance),
    )
    device.full_clean(exclude=["utility", "model"])
    device.save()
    reason = "called in and was accepted" if found.count else "stood in the list of a concentrator and was accepted"
    move([device.pk], Device.State.DISCOVERED, reason=reason, user=user)
    device.state = Device.State.DISCOVERED
    Contact.objects.create(device=device, last_contact_at=found.last_at if found.count else None)
    for kind, key in acceptance.keys.items():
        store_key(device=device, kind=kind, key=key)
    _close(found, device, user)
    return device


def accept_by_rule(*, found: DiscoveredDevice, rule: AcceptanceRule, user: User | None = None) -> Device | None:
    """Accept what a rule fits; None where that cannot be, as where its serial number is that of another device."""
    assert found.number is not None, f"{found} told no number"
    told = found.serial_number if found.concentrator_id else ""
    serial = told or rule.serial_of(found.number)
    if Device.objects.filter(serial_number=serial).exists():
        return None
    try:
        return accept(found=found, acceptance=Acceptance(rule.utility, rule.model, serial), user=user)
    except ValidationError as error:
        log.warning("%s fits the rule %s but cannot be accepted: %s", found, rule, "; ".join(error.messages))
        return None


def accept_by_rules(*, rows: "QuerySet[DiscoveredDevice]", utilities: Iterable[Utility], user: User) -> int:
    """Try the rules of these utilities on waiting callers; how many became devices."""
    rules = list(AcceptanceRule.objects.filter(enabled=True, utility__in=utilities).select_related("utility", "model"))
    accepted = 0
    for found in rows.exclude(state=DiscoveredDevice.State.ACCEPTED).exclude(number=None).iterator(chunk_size=500):
        rule = next((each for each in rules if each.fits(found)), None)
        accepted += rule is not None and accept_by_rule(found=found, rule=rule, user=user) is not None
    return accepted


@transaction.atomic
def set_ignored(*, rows: "QuerySet[DiscoveredDevice]", ignored: bool, user: User) -> int:
    """Put waiting callers aside, or take them out again; how many that were."""
    states = DiscoveredDevice.State
    before, after = (states.NEW, states.IGNORED) if ignored else (states.IGNORED, states.NEW)
    names = [str(found) for found in rows.filter(state=before)]
    rows.filter(state=before).update(state=after)
    if names:
        verb = "ignored" if ignored else "waits again"
        audit.record("changed", f"unknown caller {verb}: {', '.join(names[:5])} ({len(names)})", user=user)
    return len(names)


def _way(found: DiscoveredDevice, acceptance: Acceptance) -> dict[str, Any]:
    """Where it is reached: at an address of its own where a person gave one, else behind who lists it."""
    way = found.concentrator
    if acceptance.host or way is None or way.utility_id != acceptance.utility.pk:
        return {"host": acceptance.host}
    return {"concentrator": way, "gateway_address": found.gateway_address}


def _close(found: DiscoveredDevice, device: Device, user: User | None) -> None:
    listed = ListedMeter.objects.filter(concentrator=found.concentrator, state=ListedMeter.State.NEW)
    listed.filter(gateway_address=found.gateway_address).update(
        state=ListedMeter.State.REGISTERED, since=timezone.now(), name=device.serial_number, device=device
    )
    found.state, found.device, found.utility = DiscoveredDevice.State.ACCEPTED, device, device.utility
    found.serial_number = device.serial_number
    found.save(update_fields=["state", "device", "utility", "serial_number"])
    summary = f"unknown caller {found.caller} accepted as {device}"
    audit.record("accepted", summary, user=user, utility=device.utility, target=device)
