"""Making groups of devices and changing who is in them; every change is recorded."""

from collections.abc import Callable, Iterable

from django.db import transaction
from django.db.models import Model, QuerySet, RestrictedError

from access import audit
from access.models import User, Utility
from devices.models import Device, DeviceGroup, GroupMember

uses: list[Callable[[DeviceGroup], Iterable[Model]]] = []
"""What other apps aim at a group without a foreign key, filled in by their `AppConfig.ready`."""


class GroupInUseError(ValueError):
    """Something is aimed at the group; the message names it."""


@transaction.atomic
def create_group(*, utility: Utility, name: str, user: User, description: str = "", query: str = "") -> DeviceGroup:
    """A group: by filter where `query` is given, else of named devices, none yet. ValidationError says why not."""
    kind = DeviceGroup.Kind.DYNAMIC if query else DeviceGroup.Kind.STATIC
    group = DeviceGroup(utility=utility, name=name, description=description, kind=kind, query=query)
    group.full_clean()
    group.save()
    _record("device group made", group, group.get_kind_display(), user)
    return group


@transaction.atomic
def add_members(*, group: DeviceGroup, devices: QuerySet[Device], user: User) -> int:
    """Put those of `devices` that are of the group's utility into it; returns how many were not in it yet."""
    new = devices.filter(utility=group.utility_id).exclude(memberships__group=group).order_by("pk")
    rows = [GroupMember(group=group, device_id=pk) for pk in new.values_list("pk", flat=True)]
    GroupMember.objects.bulk_create(rows, ignore_conflicts=True, batch_size=5_000)
    _record("devices added to group", group, f"{len(rows)} added", user)
    return len(rows)


@transaction.atomic
def remove_members(*, group: DeviceGroup, devices: QuerySet[Device], user: User) -> int:
    """Take `devices` out of the group; returns how many were in it."""
    members = GroupMember.objects.filter(group=group, device__in=devices.order_by().values("pk"))
    count, _ = members.delete()
    _record("devices taken out of group", group, f"{count} taken out", user)
    return count


@transaction.atomic
def delete_group(*, group: DeviceGroup, user: User) -> None:
    """The group is gone; its devices stay as they are. GroupInUseError while anything is aimed at it."""
    _check_unused(group, [row for used_by in uses for row in used_by(group)])
    _record("device group deleted", group, "", user)
    try:
        group.delete()
    except RestrictedError as error:
        _check_unused(group, error.restricted_objects)
        raise


def _check_unused(group: DeviceGroup, rows: Iterable[Model]) -> None:
    if users := ", ".join(sorted(f"{row._meta.verbose_name} {row}" for row in rows)):
        raise GroupInUseError(f"The group “{group}” is in use and stays: {users}.")


def _record(verb: str, group: DeviceGroup, told: str, user: User) -> None:
    summary = f"{group}: {told}" if told else str(group)
    audit.record(verb, summary, user=user, utility=group.utility, target=group)
