"""A list as it was just read beside what is on file: who is registered, new, lost, or somewhere else on file."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from devices.models import Device
from devices.querysets import READABLE
from headend.meter_lists.following import holders, put_on_file
from headend.meter_lists.judging import Elsewhere, State, Verdict, held_back, judge, without_taken
from headend.meter_lists.strangers import note_listed
from headend.meter_lists.telling import Kind, tell
from headend.models import FollowPolicy, ListedMeter, MeterList
from headend.plan import Listed

STALE = timedelta(days=2)
"""A list that old says nothing any more of where a meter is."""
_TOLD = (
    "state", "since", "device", "serial_number", "system_title", "gateway_address", "registered_at", "note",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Comparison:
    """How many meters a list has, and of those how many nobody knows, differ or moved; and how many it has lost."""

    listed: int
    new: int = 0
    differs: int = 0
    moved: int = 0
    lost: int = 0


@transaction.atomic
def compare(*, concentrator: Device, meters: Sequence[Listed], at: datetime) -> Comparison | None:
    """Bring what is known of a concentrator's meters in line with its list as it was at `at`; None for an old list.

    Meters are followed as the policy of the utility says. Whoever compares lists of one concentrator waits in turn.
    """
    MeterList.objects.get_or_create(concentrator=concentrator)
    known = MeterList.objects.select_for_update().get(concentrator=concentrator)
    if known.read_at is not None and known.read_at >= at:
        return None
    policy = _policy(concentrator)
    verdicts = _verdicts(concentrator, _each_once(meters), policy, at)
    moves = {each.listed.address: each.device for each in verdicts if each.moves and each.device}
    if moves:
        put_on_file(concentrator, moves, at)
    lost = _lost(concentrator, verdicts)
    _keep(concentrator, verdicts, lost, at)
    MeterList.objects.filter(pk=known.pk).update(read_at=at, count=len(verdicts))
    note_listed(concentrator, [each.listed for each in verdicts if each.state == State.NEW], at)
    states = [each.state for each in verdicts]
    return Comparison(len(verdicts), states.count(State.NEW), states.count(State.DIFFERS), len(moves), len(lost))


def _policy(concentrator: Device) -> FollowPolicy:
    found = FollowPolicy.objects.filter(utility=concentrator.utility).first()
    return found or FollowPolicy(utility=concentrator.utility)


def _each_once(meters: Iterable[Listed]) -> list[Listed]:
    """One entry per meter and per address; of two the one that was registered later, else the one that comes later."""
    found: list[Listed] = sorted(
        meters, key=lambda each: (each.since is not None, (each.since and each.since.timestamp()) or 0)
    )
    by_meter = {each.serial_number or each.system_title: each for each in found}
    return list({each.address: each for each in by_meter.values()}.values())


def _verdicts(concentrator: Device, meters: Sequence[Listed], policy: FollowPolicy, at: datetime) -> list[Verdict]:
    on_file = _on_file(meters)
    pairs = [(each, on_file.get(each.serial_number) or on_file.get(each.system_title)) for each in meters]
    pairs = [(each, device) for each, device in pairs if device is None or device.pk != concentrator.pk]
    elsewhere = _elsewhere(concentrator, [device for _, device in pairs if device], at)
    judged = [
        judge(concentrator, each, device, elsewhere.get(device.pk) if device else None, policy)
        for each, device in pairs
    ]
    addresses = [each.listed.address for each in judged if each.moves]
    return without_taken(held_back(judged, policy), holders(concentrator, addresses))


def _on_file(meters: Sequence[Listed]) -> dict[str, Device]:
    """Devices by serial number and by system title; the number on file goes before a title somebody mistyped."""
    serials = [each.serial_number for each in meters if each.serial_number]
    titles = [each.system_title for each in meters if each.system_title]
    rows = Device.objects.filter(Q(serial_number__in=serials) | Q(system_title__in=titles))
    found = list(rows.select_related("model", "utility", "concentrator", "master"))
    return {each.system_title: each for each in found if each.system_title} | {
        each.serial_number: each for each in found
    }


def _elsewhere(concentrator: Device, devices: Sequence[Device], at: datetime) -> Mapping[int, Elsewhere]:
    """The concentrators on file whose own list of late still has these meters."""
    behind = {device.pk: device.concentrator_id for device in devices}
    rows = ListedMeter.objects.filter(device__in=devices, concentrator__meter_list__read_at__gt=at - STALE)
    rows = rows.exclude(concentrator=concentrator).exclude(state=State.LOST).select_related("concentrator")
    return {
        row.device_id: Elsewhere(row.concentrator.serial_number, row.registered_at)
        for row in rows
        if row.device_id is not None and behind[row.device_id] == row.concentrator_id
    }


def _lost(concentrator: Device, verdicts: Sequence[Verdict]) -> list[Device]:
    """Devices at work that are on file behind the concentrator and not in its list."""
    listed = {each.device.pk for each in verdicts if each.device}
    rows = Device.objects.filter(concentrator=concentrator, state__in=READABLE).order_by("serial_number")
    return [device for device in rows if device.pk not in listed]


def _keep(concentrator: Device, verdicts: Sequence[Verdict], lost: Sequence[Device], at: datetime) -> None:
    """Rows as the comparison found them, `since` where the state is another one; and events of what is news."""
    before = {row.name: row for row in ListedMeter.objects.filter(concentrator=concentrator)}
    rows = [_row(concentrator, each) for each in verdicts] + [_lost_row(concentrator, each, before) for each in lost]
    for row in rows:
        former = before.get(row.name)
        row.since = former.since if former is not None and former.state == row.state else at
    ListedMeter.objects.filter(concentrator=concentrator).exclude(name__in=[row.name for row in rows]).delete()
    ListedMeter.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["concentrator", "name"], update_fields=_TOLD
    )
    news = {row.name for row in rows if row.since == at}
    was_lost = {name for name, row in before.items() if row.state == State.LOST}
    behind = {"concentrator": str(concentrator)}
    tell([(each, behind) for each in lost if each.serial_number in news], Kind.LOST, at)
    back = [each for each in verdicts if each.name in was_lost and each.device and not each.moves]
    tell([(each.device, behind) for each in back if each.device], Kind.BACK, at)
    new = [each.listed for each in verdicts if each.state == State.NEW and each.name in news]
    tell([(concentrator, _told(each)) for each in new], Kind.UNKNOWN, at)


def _told(listed: Listed) -> dict[str, str]:
    told = {"serial": listed.serial_number, "title": listed.system_title, "address": listed.address}
    return {name: text for name, text in told.items() if text}


def _row(concentrator: Device, verdict: Verdict) -> ListedMeter:
    return ListedMeter(
        concentrator=concentrator,
        name=verdict.name,
        state=verdict.state,
        device=verdict.device,
        serial_number=verdict.listed.serial_number,
        system_title=verdict.listed.system_title,
        gateway_address=verdict.listed.address,
        registered_at=verdict.listed.since,
        note=verdict.note,
    )


def _lost_row(concentrator: Device, device: Device, before: Mapping[str, ListedMeter]) -> ListedMeter:
    former = before.get(device.serial_number)
    return ListedMeter(
        concentrator=concentrator,
        name=device.serial_number,
        state=State.LOST,
        device=device,
        serial_number=device.serial_number,
        system_title=device.system_title,
        gateway_address=device.gateway_address,
        registered_at=former.registered_at if former else None,
        note="" if former else "never in its list",
    )
