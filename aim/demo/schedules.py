"""What is read of the demo's meters and how often. Meters that push are read once a day, for what did not arrive."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from access.models import Utility
from devices.models import Device, DeviceGroup, GroupMember
from headend.models import Schedule
from headend.targets import Kind, Target

_MINUTES, _DAILY = Schedule.Rhythm.MINUTES, Schedule.Rhythm.DAILY


def make_schedules(utility: Utility, devices: Sequence[Device], pushing: Sequence[bool], now: datetime) -> None:
    """The first reading of each kind is due at once, also of the meters that are `pushing`: it brings their history."""
    pairs = list(zip(devices, pushing, strict=True))
    calling = [device for device, pushes in pairs if pushes]
    rows = [
        Schedule(name="Load profile", kind="profile", rhythm=_MINUTES, every_min=15, at_minute=1, expires_min=60),
        Schedule(name="Billing values", kind="daily", rhythm=_DAILY, at_minute=30, expires_min=720),
        Schedule(name="Event logs", kind="events", rhythm=_MINUTES, every_min=60, at_minute=5, expires_min=120),
    ]
    if Device.objects.filter(utility=utility).ways().exists():
        rows.append(Schedule(name="Meters of concentrators", kind="inventory", rhythm=_MINUTES, at_minute=7))
    if calling:
        others = [device for device, pushes in pairs if not pushes]
        rows[0].target = _group(utility, "Read every quarter of an hour", others)
        target = _group(utility, "Push every hour", calling)
        name = "Load profile of meters that push"
        rows.append(Schedule(name=name, kind="profile", rhythm=_DAILY, at_minute=70, expires_min=720, target=target))
    for row in rows:
        row.utility, row.next_run_at = utility, now
    Schedule.objects.bulk_create(rows)


def _group(utility: Utility, name: str, devices: Sequence[Device]) -> dict[str, Any]:
    """A group of these devices, as a target."""
    group = DeviceGroup.objects.create(utility=utility, name=name)
    GroupMember.objects.bulk_create(GroupMember(group=group, device=device) for device in devices)
    return Target(Kind.GROUP, (str(group.pk),)).as_json()
