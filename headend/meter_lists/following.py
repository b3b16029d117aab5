"""Meters that came behind another concentrator or address: put on file, kept as history, audited, told by an event."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from access import audit
from access.models import User
from devices.models import Device
from devices.querysets import LEFT
from headend.meter_lists.judging import immovable
from headend.meter_lists.telling import Kind, tell
from headend.models import ListedMeter, WayChange


def holders(concentrator: Device, addresses: Sequence[str]) -> dict[str, Device]:
    """The devices that have these addresses behind the concentrator on file, locked until the transaction ends."""
    rows = Device.objects.filter(concentrator=concentrator, gateway_address__in=addresses).order_by("pk")
    return {row.gateway_address: row for row in rows.select_for_update(no_key=True)}


def put_on_file(
    concentrator: Device, moves: Mapping[str, Device], at: datetime, user: User | None = None
) -> list[Device]:
    """Bring these devices, by their new address, behind the concentrator; in a transaction. Returns them as they are.

    First all leave their former places, so that meters may change places with each other. A removed or scrapped
    device that still has one of the addresses loses it.
    """
    gone = [each for place, each in holders(concentrator, list(moves)).items() if each.state in LEFT]
    devices = list(moves.values())
    changes = [_change(each, at, user) for each in (*devices, *gone)]
    Device.objects.filter(pk__in=[each.pk for each in (*devices, *gone)]).update(
        concentrator=None, gateway_address="", host=""
    )
    for (address, device), change in zip(moves.items(), changes, strict=False):
        device.concentrator, device.gateway_address, device.host = concentrator, address, ""
        change.after, change.after_address = concentrator, address
    Device.objects.bulk_update(devices, ["concentrator", "gateway_address"])
    WayChange.objects.bulk_create(changes)
    for change in changes:
        _audit(change)
    _leave_other_lists(concentrator, devices, at)
    tell([(change.device, _places(change)) for change in changes[: len(devices)]], Kind.MOVED, at)
    return devices


@transaction.atomic
def follow(*, rows: Sequence[ListedMeter], user: User) -> tuple[int, list[str]]:
    """Put on file what a person chose among the differences; how many meters, and why the others stay in words."""
    moved, refused = 0, []
    for row in rows:
        reason = _refusal(row)
        if reason:
            refused.append(f"{row.name}: {reason}")
            continue
        assert row.device is not None
        now = timezone.now()
        put_on_file(row.concentrator, {row.gateway_address: row.device}, now, user)
        ListedMeter.objects.filter(pk=row.pk).update(state=ListedMeter.State.REGISTERED, since=now, note="")
        moved += 1
    return moved, refused


def _refusal(row: ListedMeter) -> str:
    if row.state != ListedMeter.State.DIFFERS or row.device is None:
        return row.note or "there is nothing to follow"
    if reason := immovable(row.device):
        return reason
    holder = holders(row.concentrator, [row.gateway_address]).get(row.gateway_address)
    if holder is None or holder.state in LEFT or holder.pk == row.device_id:
        return ""
    return f"its address is that of {holder} on file"


def _change(device: Device, at: datetime, user: User | None) -> WayChange:
    way = device.concentrator
    before = device.gateway_address or (device.host and f"{device.host}:{device.port}")
    return WayChange(device=device, at=at, before=way, before_address=before, user=user)


def _places(change: WayChange) -> dict[str, str]:
    return {"from": _place(change.before, change.before_address), "to": _place(change.after, change.after_address)}


def _place(way: Device | None, address: str) -> str:
    return f"{address} behind {way}" if way else address or "nowhere"


def _audit(change: WayChange) -> None:
    places, device = _places(change), change.device
    summary = f"{device}: {places['from']} → {places['to']}"
    audit.record("meter followed", summary, user=change.user, utility=device.utility, target=device)


def _leave_other_lists(concentrator: Device, devices: Sequence[Device], at: datetime) -> None:
    """At once, not with the next reading: where it was lost it is not missed; who still lists it differs from file."""
    others = ListedMeter.objects.filter(device__in=devices).exclude(concentrator=concentrator)
    others.filter(state=ListedMeter.State.LOST).delete()
    others.exclude(state=ListedMeter.State.DIFFERS).update(
        state=ListedMeter.State.DIFFERS, since=at, note=f"on file behind {concentrator}"
    )
