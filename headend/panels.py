"""What the head-end adds to the pages of devices and metering points: reading now, gaps, communication."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from aim.web.access import may
from aim.web.detail import Fact, Tab
from aim.web.extensions import Panel
from aim.web.tables import Column
from devices import panels as device_panels
from devices.at_points import device_at
from devices.clock import clock_state
from devices.life_cycle import INSTALL
from devices.models import Contact, Device, DeviceKey
from devices.querysets import READABLE
from headend import causes
from headend.exclusions import LEAVE_OUT
from headend.gap_words import next_steps
from headend.models import Attempt, Exclusion, Gap, JobItem, PushRefusal
from headend.readiness import first_lack, needs_of
from headend.reading import reading_of
from headend.services.read_now import under_way
from headend.tables import brought
from headend.views.item import TracedAttempt, traced
from headend.views.job_new import read_group
from headend.views.read_now import READ_SELECTED
from metering import panels as point_panels
from metering.models import MeteringPoint
from metering.views.people import user_of

MOST = 50
GAPS = 8
_READ, _ITEMS = "devices.read_device", "headend.view_jobitem"


@dataclass(frozen=True, slots=True)
class Talk:
    """One item of a job of a device, with its last attempt and what it brought."""

    item: JobItem
    last: TracedAttempt | None
    brought: str | None
    rule: causes.Rule | None


def read_now(request: HttpRequest, device: Device) -> dict[str, Any] | None:
    """The card "Read now"; the reading under way where there is one. None for a device that cannot be read."""
    if device.state not in READABLE or not device.is_reachable:
        return None
    item = under_way(device) if may(request, _ITEMS) else None
    return {"device": device, "reading": reading_of(item) if item else None}


def meter_of_point(request: HttpRequest, point: MeteringPoint) -> dict[str, Any]:
    """The card of the meter on the page of its metering point, with reading now where permitted."""
    device: Any = device_at(request, point)
    if device is None:
        return {"device": None}
    reading = read_now(request, device) if may(request, _READ) else None
    shown: dict[str, Any] = {"device": device, "clock": clock_state(device.clock_offset_s), "rule": _trouble(device)}
    shown["exchange_url"] = reverse("devices:exchange", args=[device.pk]) if may(request, INSTALL) else ""
    return shown | {"can_read": reading is not None, **(reading or {})}


def readiness(request: HttpRequest, device: Device) -> dict[str, Any] | None:
    """The card of what a device still needs before it delivers; None when it does."""
    keys = device.spoken_to.keys.filter(state=DeviceKey.State.ACTIVE).values_list("kind", flat=True)
    needs = needs_of(device, set(keys))
    return {"needs": needs, "first": first_lack(needs), "may_install": may(request, INSTALL)} if needs else None


def gaps(request: HttpRequest, device: Device) -> dict[str, Any] | None:
    """The card of what is missing; None when nothing is."""
    rows = Gap.objects.filter(device=device).exclude(state=Gap.State.FILLED)
    found = list(rows.order_by("-starts_at")[: GAPS + 1])
    if not found:
        return None
    steps = next_steps(found[:GAPS], device.pk, timezone.now())
    return {"steps": steps, "more": len(found) > GAPS, **_left_out(request, device)}


def _left_out(request: HttpRequest, device: Device) -> dict[str, Any]:
    """The exclusion that holds today, and whether the person may make one."""
    today = timezone.localdate()
    rows = Exclusion.objects.visible_to(user_of(request)).filter(device=device, first_day__lte=today)
    holds = rows.exclude(last_day__lt=today).first()
    return {"exclusion": holds, "may_leave_out": holds is None and may(request, LEAVE_OUT.permission)}


def refused_pushes(request: HttpRequest, device: Device) -> dict[str, Any] | None:
    """The card of pushes that were not taken, and why; None when all were."""
    rows = list(PushRefusal.objects.filter(device=device))
    return {"refusals": [(row, causes.rule(row.cause)) for row in rows]} if rows else None


def communication(request: HttpRequest, device: Device) -> dict[str, Any]:
    """The tab of a device: how its last contacts went."""
    contact = Contact.objects.filter(device=device).first()
    return {"talks": _talks(request, [device]), "contact": contact, "rule": _trouble(device), "device": device}


def communication_at(request: HttpRequest, point: MeteringPoint) -> dict[str, Any]:
    """The tab of a metering point: the contacts with the device that hangs there now."""
    device = device_at(request, point)
    if device is None:
        return {"talks": [], "device": None}
    return communication(request, device)


def _talks(request: HttpRequest, devices: Sequence[Device]) -> list[Talk]:
    rows: QuerySet[JobItem] = JobItem.objects.visible_to(user_of(request)).filter(device__in=devices)
    log = Prefetch("attempt_log", Attempt.objects.order_by("-number"), to_attr="latest_attempts")
    return [_talk(item) for item in rows.select_related("job").prefetch_related(log).order_by("-pk")[:MOST]]


def _talk(item: Any) -> Talk:
    last = traced(item.latest_attempts[0]) if item.latest_attempts else None
    rule = causes.rule(item.last_cause) if item.last_cause and item.state != JobItem.State.OK else None
    return Talk(item, last, brought(item), rule)


def _trouble(device: Any) -> causes.Rule | None:
    """Why the last contact failed, None when it went well."""
    return causes.rule(device.cause) if device.cause else None


def _device_facts(request: HttpRequest, device: Device) -> list[Fact]:
    rule = _trouble(device)
    return [Fact("Not answering", rule.text)] if rule else []


def _point_facts(request: HttpRequest, point: MeteringPoint) -> list[Fact]:
    device: Any = device_at(request, point)
    if device is None:
        return []
    return [
        Fact("Last contact", device.last_contact_at),
        Fact("Last reading", device.last_reading_at),
        Fact("Clock", clock_state(device.clock_offset_s)),
    ]


def connect() -> None:
    """Register tabs, cards, facts, columns and the bulk action."""
    device_panels.group_actions.append(read_group)
    added, tab = device_panels.extensions, "headend/tabs/communication.html"
    added.add_panel(Panel("read-now", "Read now", "headend/panels/read_now.html", read_now, _READ, rank=5, side=True))
    added.add_panel(Panel("readiness", "What is to be done", "headend/panels/readiness.html", readiness, rank=1))
    added.add_panel(Panel("gaps", "Missing values", "headend/panels/gaps.html", gaps, rank=40))
    added.add_panel(
        Panel("pushes", "Refused pushes", "headend/panels/pushes.html", refused_pushes, "headend.view_pushrefusal", 45)
    )
    added.add_facts(_device_facts)
    added.add_columns(
        Column("failures", "Failures", sort="failures", align="end", hidden=True),
        Column("cause", "Why", accessor="cause", template="headend/cells/why.html", export=lambda row: _words(row)),
    )
    added.add_action(READ_SELECTED)
    added.add_action(LEAVE_OUT)
    label = "Communication"
    added.add_tab(Tab("communication", label, tab, context=communication, permission=_ITEMS), rank=30)
    point_panels.register_tab(Tab("communication", label, tab, context=communication_at, permission=_ITEMS), rank=30)
    point_panels.register_facts(_point_facts)
    point_panels.register_panel(
        point_panels.Panel(
            "meter", "Meter", "headend/panels/meter.html", meter_of_point, "devices.view_device", rank=5, side=True
        )
    )


def _words(row: Any) -> str:
    rule = _trouble(row)
    return rule.text if rule else ""
