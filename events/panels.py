"""What events add to the pages of devices and metering points: a tab, and a card with the latest."""

from typing import Any
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse

from aim.web.detail import Tab
from aim.web.extensions import Panel
from devices import panels as device_panels
from devices.models import Device
from events.models import Event, Outage
from events.voltage_page import shown
from metering import panels as point_panels
from metering.models import MeteringPoint, TransformerArea
from metering.views.people import user_of

MOST = 200
LATEST = 6


def of_device(request: HttpRequest, device: Device) -> dict[str, Any]:
    """The tab of a device: its latest events, and where to find all."""
    return _tab(_visible(request).filter(device=device), device.serial_number)


def of_point(request: HttpRequest, point: MeteringPoint) -> dict[str, Any]:
    """The tab of a metering point: the events of every device that hung there, while it did."""
    return _tab(_visible(request).filter(metering_point=point), point.gsrn)


def latest_of_device(request: HttpRequest, device: Device) -> dict[str, Any]:
    return {"events": _visible(request).filter(device=device)[:LATEST]}


def latest_of_point(request: HttpRequest, point: MeteringPoint) -> dict[str, Any]:
    return {"events": _visible(request).filter(metering_point=point)[:LATEST]}


def outages_of_device(request: HttpRequest, device: Device) -> dict[str, Any] | None:
    """The card of a device that was without power; None for one that never was."""
    return _outages(Outage.objects.visible_to(user_of(request)).filter(device=device))


def outages_of_point(request: HttpRequest, point: MeteringPoint) -> dict[str, Any] | None:
    """The card of a metering point whose device was without power there; None for one that never was."""
    return _outages(Outage.objects.visible_to(user_of(request)).filter(metering_point=point))


def voltage_of_point(request: HttpRequest, point: MeteringPoint) -> dict[str, Any]:
    """The tab of a metering point: its voltage day by day, and its area where all of that is open."""
    user = user_of(request)
    area = TransformerArea.objects.visible_to(user).filter(metering_points=point).first()
    points = MeteringPoint.objects.visible_to(user).filter(pk=point.pk)
    return shown(points, point.utility.zone, request.GET) | {"area": area}


def connect() -> None:
    """Register tabs and cards."""
    permission = "events.view_event"
    tab = "events/tabs/events.html"
    card = "events/panels/latest.html"
    device_panels.extensions.add_tab(Tab("events", "Events", tab, context=of_device, permission=permission), rank=20)
    point_panels.register_tab(Tab("events", "Events", tab, context=of_point, permission=permission), rank=20)
    point_panels.register_tab(
        Tab(
            "voltage",
            "Voltage",
            "events/tabs/voltage.html",
            context=voltage_of_point,
            permission="metering.view_series",
        ),
        rank=15,
    )
    device_panels.extensions.add_panel(
        Panel("events", "Latest events", card, latest_of_device, permission, rank=30, url=_device_tab)
    )
    point_panels.register_panel(
        point_panels.Panel("events", "Latest events", card, latest_of_point, permission, rank=30, url=_point_tab)
    )
    _connect_outages()


def _connect_outages() -> None:
    permission, card = "events.view_outage", "events/panels/outages.html"
    device_panels.extensions.add_panel(Panel("outages", "Outages", card, outages_of_device, permission, rank=35))
    point_panels.register_panel(point_panels.Panel("outages", "Outages", card, outages_of_point, permission, rank=35))


def _outages(rows: QuerySet[Outage]) -> dict[str, Any] | None:
    outages = list(rows.select_related("area_outage__area")[:LATEST])
    return {"outages": outages} if outages else None


def _visible(request: HttpRequest) -> QuerySet[Event]:
    rows: QuerySet[Event] = Event.objects.visible_to(user_of(request)).select_related("device")
    return rows


def _tab(rows: QuerySet[Event], number: str) -> dict[str, Any]:
    events = list(rows[: MOST + 1])
    all_url = f"{reverse('events:events')}?{urlencode({'q': number})}"
    return {"events": events[:MOST], "more": len(events) > MOST, "all_url": all_url}


def _device_tab(device: Device) -> str:
    return reverse("devices:device", args=[device.pk, "events"])


def _point_tab(point: MeteringPoint) -> str:
    return reverse("metering:point", args=[point.pk, "events"])
