"""What a job is aimed at: named devices, serial numbers, a filter, a group or an area, and which devices that is now.

A target is plain data that a job or a schedule keeps; what it stands for is asked whenever it is used.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, cast

from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from access.models import User, Utility
from devices.groups import devices_of as devices_of_group
from devices.groups import filter_problem, filter_words, matching
from devices.models import Device, DeviceGroup, Installation
from devices.querysets import HAS_ADDRESS, READABLE, DeviceQuerySet
from metering.models import MeteringPoint, TransformerArea

MOST_NAMED = 10_000
"""So many devices may be named one by one; beyond, a group or a filter says it better."""
_TOLD = 5


class TargetError(ValueError):
    """The target names nothing there is; the message says what, for the person who asked."""


class Kind(StrEnum):
    """What the values of a target are."""

    ALL = "all"
    DEVICES = "devices"
    SERIALS = "serials"
    FILTER = "filter"
    GROUP = "group"
    AREA = "area"
    FEEDER = "feeder"
    REGION = "region"


NAMES: Mapping[Kind, str] = {
    Kind.ALL: "All devices",
    Kind.DEVICES: "Chosen devices",
    Kind.SERIALS: "Serial numbers",
    Kind.FILTER: "Filter",
    Kind.GROUP: "Group",
    Kind.AREA: "Transformer area",
    Kind.FEEDER: "Feeder",
    Kind.REGION: "Region",
}


@dataclass(frozen=True, slots=True)
class Target:
    """`values`: ids of devices, serial numbers, or one of: a query string of the device list, the id of a group,
    the code of a transformer area, the name of a feeder or of a region. None for all devices.
    """

    kind: Kind = Kind.ALL
    values: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """For a JSON column; `target_from` reads it."""
        return {"kind": self.kind.value, "values": list(self.values)}


@dataclass(frozen=True, slots=True)
class Preview:
    """How many devices a job would read, and why it leaves out the others of its target."""

    reads: int
    not_installed: int
    no_address: int

    def __str__(self) -> str:
        left = ((self.no_address, "no address"), (self.not_installed, "nothing installed to be read"))
        parts = [f"{count:,} {'has' if count == 1 else 'have'} {what}" for count, what in left if count]
        return "; ".join([f"reads {self.reads:,} device{'' if self.reads == 1 else 's'}", *parts])


def target_from(stored: Mapping[str, Any]) -> Target:
    """The target a JSON column or a request holds; an empty one is all devices. TargetError for anything else."""
    if not stored:
        return Target()
    kind, values = stored.get("kind"), stored.get("values", [])
    if kind not in set(Kind) or not isinstance(values, list | tuple) or len(values) > MOST_NAMED:
        raise TargetError(f"A target has a kind, one of {', '.join(Kind)}, and at most {MOST_NAMED:,} values.")
    texts = tuple(str(value).strip() for value in values)
    several, none = kind in (Kind.DEVICES, Kind.SERIALS), kind == Kind.ALL
    if not all(texts) or (none and texts) or (not none and not texts) or (not several and len(texts) > 1):
        raise TargetError(
            f"{NAMES[Kind(kind)]}: {'give at least one' if several else 'give none' if none else 'give one'}."
        )
    return Target(Kind(kind), texts)


def named(kind: str, text: str, *, utility: Utility, user: User | None = None) -> Target:
    """The target a person wrote: the name of a group, feeder or region, the code of an area, or serial numbers.

    Checked; TargetError says what is wrong with it.
    """
    words = [] if kind == Kind.ALL else text.replace(",", " ").split() if kind == Kind.SERIALS else [text.strip()]
    if kind == Kind.GROUP:
        groups = DeviceGroup.objects.filter(utility=utility, name=text.strip())
        words = [str(pk) for pk in groups.values_list("pk", flat=True)] or ["0"]
    target = target_from({"kind": kind, "values": [word for word in words if word]})
    check(target, utility=utility, user=user)
    return target


def devices_of(target: Target, *, utility: Utility, user: User | None = None) -> QuerySet[Device]:
    """The devices of `utility` the target stands for now; for a person those he or she may read.

    Whether what it names exists, `check` says: here a name nobody knows stands for no device.
    """
    devices = Device.objects.visible_to(user, "read") if user is not None else Device.objects.all()
    devices = devices.filter(utility=utility)
    match target.kind:
        case Kind.ALL:
            return devices
        case Kind.DEVICES:
            return devices.filter(pk__in=_ids(target.values))
        case Kind.SERIALS:
            return devices.filter(serial_number__in=target.values)
        case Kind.FILTER:
            return matching(devices, target.values[0])
        case Kind.GROUP:
            group = _group(target, utility)
            return devices.filter(pk__in=devices_of_group(group).order_by().values("pk")) if group else devices.none()
        case Kind.AREA | Kind.FEEDER | Kind.REGION:
            return _hanging(devices, _points(target, utility))


def check(target: Target, *, utility: Utility, user: User | None = None) -> None:
    """TargetError where the target names a device, group or area that `utility` does not have, or nobody may see."""
    match target.kind:
        case Kind.DEVICES | Kind.SERIALS:
            _check_named(target, devices_of(target, utility=utility, user=user), utility)
        case Kind.FILTER if problem := filter_problem(target.values[0]):
            raise TargetError(problem)
        case Kind.GROUP if (group := _group(target, utility)) is None or not _sees(user, group):
            raise TargetError(f"{utility} has no such group.")
        case Kind.AREA | Kind.FEEDER | Kind.REGION if not _points(target, utility).exists():
            raise TargetError(f"{NAMES[target.kind]} {target.values[0]} has no metering points.")


def words(target: Target, *, utility: Utility) -> str:
    """The target for people: `Group: Large customers`."""
    name = NAMES[target.kind]
    match target.kind:
        case Kind.ALL:
            return name
        case Kind.DEVICES | Kind.SERIALS:
            told = devices_of(target, utility=utility).order_by("serial_number").values_list("serial_number", flat=True)
            return _listed(list(told[: _TOLD + 1]), len(target.values))
        case Kind.GROUP:
            group = _group(target, utility)
            return f"{name}: {group if group else 'no longer there'}"[:160]
        case Kind.FILTER:
            return f"{name}: {filter_words(target.values[0]) or 'not valid any more'}"[:160]
        case _:
            return f"{name}: {target.values[0]}"[:160]


def words_of(stored: Mapping[str, Any] | None, *, utility: Utility) -> str:
    """The target a JSON column holds for people; what is wrong with it where it is none."""
    try:
        return words(target_from(stored or {}), utility=utility)
    except TargetError as error:
        return str(error)


def readable(devices: QuerySet[Device]) -> QuerySet[Device]:
    """Those of them that can be read: installed, with an address on file."""
    return cast("DeviceQuerySet[Device]", devices).reachable().filter(state__in=READABLE)


def preview(devices: QuerySet[Device]) -> Preview:
    """How many of them a job would read, and why not the others; one query."""
    installed = Q(state__in=READABLE)
    counted = devices.order_by().aggregate(
        reads=Count("pk", filter=installed & HAS_ADDRESS),
        not_installed=Count("pk", filter=~installed),
        no_address=Count("pk", filter=installed & ~HAS_ADDRESS),
    )
    return Preview(**counted)


def _ids(values: tuple[str, ...]) -> list[int]:
    return [int(value) for value in values if value.isascii() and value.isdigit() and len(value) < 19]


def _group(target: Target, utility: Utility) -> DeviceGroup | None:
    return DeviceGroup.objects.filter(pk__in=_ids(target.values), utility=utility).first()


def _sees(user: User | None, group: DeviceGroup) -> bool:
    return user is None or DeviceGroup.objects.visible_to(user).filter(pk=group.pk).exists()


def _points(target: Target, utility: Utility) -> QuerySet[MeteringPoint]:
    """The metering points of an area; narrowed to what a person may see by the devices that hang there."""
    points, value = MeteringPoint.objects.filter(utility=utility), target.values[0]
    areas = TransformerArea.objects.filter(utility=utility)
    if target.kind == Kind.AREA:
        return points.filter(transformer_area__in=areas.filter(code=value))
    if target.kind == Kind.FEEDER:
        return points.filter(transformer_area__in=areas.filter(feeder=value))
    return points.filter(region=value)


def _hanging(devices: QuerySet[Device], points: QuerySet[MeteringPoint]) -> QuerySet[Device]:
    now = Installation.objects.filter(
        metering_point__in=points.order_by().values("pk"), period__contains=timezone.now()
    )
    return devices.filter(pk__in=now.order_by().values("device"))


def _check_named(target: Target, found: QuerySet[Device], utility: Utility) -> None:
    name = "pk" if target.kind == Kind.DEVICES else "serial_number"
    known = {str(value) for value in found.values_list(name, flat=True)}
    unknown = sorted(set(target.values) - known)
    if unknown:
        raise TargetError(f"Unknown to {utility}: {_listed(unknown, len(unknown))}.")


def _listed(names: list[str], count: int) -> str:
    """The first names, and how many more there are."""
    shown = names[:_TOLD]
    more = count - len(shown)
    return ", ".join(shown) + (f" and {more:,} more" if more > 0 else "")
