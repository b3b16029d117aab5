"""What devices add to the screens of metering points: the meter, its state, and every device that ever hung there."""

from typing import Any

from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.html import format_html

from aim.web.access import may
from aim.web.detail import Fact, Tab
from aim.web.tables import Column
from devices.models import Device, Installation
from devices.tables import state_of
from metering import panels
from metering.models import MeteringPoint
from metering.views.people import user_of


def device_at(request: HttpRequest, point: MeteringPoint) -> Device | None:
    """The device that hangs at the point now, with its contact, when the user may see it. Asked once per request."""
    cached: dict[int, Device | None] = request.__dict__.setdefault("_device_at", {})
    if point.pk not in cached:
        rows = (
            Device.objects.visible_to(user_of(request))
            .with_contact()
            .select_related("model", "utility", "concentrator", "master__concentrator")
        )
        cached[point.pk] = rows.filter(
            installations__metering_point=point, installations__period__contains=timezone.now()
        ).first()
    return cached[point.pk]


def facts(request: HttpRequest, point: MeteringPoint) -> list[Fact]:
    """The meter with a link, and its state."""
    device = device_at(request, point)
    if device is None:
        return [Fact("Meter", None)]
    link = format_html('<a href="{}">{}</a>', device.get_absolute_url(), device.serial_number)
    return [Fact("Meter", link), Fact("Meter state", state_of(device))]


def installations(request: HttpRequest, point: MeteringPoint) -> dict[str, Any]:
    rows = Installation.objects.filter(metering_point=point).select_related("device__model").order_by("-period")
    return {"installations": rows, "now": timezone.now(), "devices_shown": may(request, "devices.view_device")}


def _with_meter(rows: QuerySet[MeteringPoint]) -> QuerySet[MeteringPoint]:
    now = Installation.objects.filter(period__contains=timezone.now()).select_related("device__contact")
    return rows.prefetch_related(Prefetch("installations", now, to_attr="installed_now"))


def _meter(point: Any) -> Device | None:
    return next((installation.device for installation in point.installed_now), None)


def _last_reading(point: Any) -> Any:
    meter = _meter(point)
    return getattr(getattr(meter, "contact", None), "last_reading_at", None)


COLUMNS = panels.PointColumns(
    (
        Column("meter", "Meter", accessor=_meter, template="devices/cells/meter.html"),
        Column("reading", "Last reading", accessor=_last_reading, template="devices/cells/age.html"),
    ),
    _with_meter,
)


def connect() -> None:
    """Add meter, state and installations to the pages of metering points."""
    panels.register_facts(facts, rank=10)
    panels.register_columns(COLUMNS)
    panels.register_tab(
        Tab(
            "installations", "Installations", "devices/tabs/of_point.html",
            context=installations, permission="devices.view_installation",
        ),
        rank=50,
    )  # fmt: skip
