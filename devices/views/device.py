"""The 360° page of a device."""

from functools import cached_property
from typing import Any, cast
from zoneinfo import ZoneInfo

from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html

from access.changes import changes_of
from aim.web.detail import DetailPage, Fact, Tab
from aim.web.links import Action, Crumb
from devices.clock import clock_state
from devices.held import held_by
from devices.life_cycle import INSTALL, State, before, open_by_hand
from devices.models import Device, DeviceModel, Installation, StateChange
from devices.panels import extensions
from devices.querysets import DeviceQuerySet
from devices.tables import state_of
from metering.latest import latest
from metering.models import Series
from metering.views.people import user_of

STATES_SHOWN = 100


def overview(request: HttpRequest, device: Device) -> dict[str, Any]:
    """Where it hangs, how it is reached, what its model holds, and the cards of other apps."""
    return {
        "cards": extensions.cards(request, device),
        "installed": _installations(request, device).filter(period__contains=timezone.now()).first(),
        "facts": _facts(device),
        "keys": device.keys.order_by("kind", "-version").defer("sealed"),
        "held": held_by(device.model),
        "reached": _reached(request, device),
        "slaves": _slaves(request, device),
    }


def _facts(device: Device) -> list[Fact]:
    return [
        Fact("Model", device.model),
        Fact("Kind", device.model.get_kind_display()),
        Fact("Utility serial number", device.usn),
        Fact("Address", _address(device)),
        Fact("Protocol", device.model.protocol.upper()),
        Fact("Server address", device.server_address),
        *([] if device.link_address is None else [Fact("Link address", device.link_address)]),
        Fact("System title", device.system_title),
        Fact("Firmware", device.firmware),
        Fact("Module firmware", device.module_firmware),
        Fact("Configuration", device.configuration_id),
        Fact("Segment", device.segment),
    ]


def _address(device: Device) -> str:
    """With a link to the master, or to the concentrator on the way."""
    if device.master is not None:
        link = format_html('<a href="{}">{}</a>', device.master.get_absolute_url(), device.master.serial_number)
        return format_html("M-Bus channel {} of {}", device.channel, link)
    if device.concentrator is None:
        return device.address
    way = device.concentrator
    link = format_html('<a href="{}">{}</a>', way.get_absolute_url(), way.serial_number)
    return format_html('<span class="mono">{}</span> through {}', device.gateway_address, link)


def _reached(request: HttpRequest, device: Device) -> QuerySet[Device] | None:
    """The devices behind a concentrator that this user may see; None for what is none."""
    if not device.model.is_way:
        return None
    rows: QuerySet[Device] = Device.objects.visible_to(user_of(request)).filter(concentrator=device).with_contact()
    return rows.select_related("model", "concentrator").order_by("serial_number")


def _slaves(request: HttpRequest, device: Device) -> QuerySet[Device] | None:
    """The slave meters on the M-Bus of a meter that this user may see; None for what has none."""
    if device.model.kind != DeviceModel.Kind.METER:
        return None
    rows: QuerySet[Device] = Device.objects.visible_to(user_of(request)).filter(master=device).with_contact()
    return rows.select_related("model").order_by("channel", "serial_number")


def values(request: HttpRequest, device: Device) -> dict[str, Any]:
    """The newest value of every series this device measures or feeds, as far as its metering points are open."""
    of_device = Q(source=device.serial_number) | Q(fed_by__source=device.serial_number)
    rows: QuerySet[Series] = Series.objects.visible_to(user_of(request)).filter(of_device).distinct()
    series = list(rows.select_related("measured_property", "metering_point"))
    now, zone = timezone.now(), device.utility.zone
    return {"latest": latest(series, zone, now), "values_url": reverse("metering:values")}


def installations(request: HttpRequest, device: Device) -> dict[str, Any]:
    """Every place it hung at, and every state it was in, the newest first."""
    changes = StateChange.objects.visible_to(user_of(request)).filter(device=device).select_related("user")
    return {
        "installations": _installations(request, device),
        "now": timezone.now(),
        "state_changes": changes.order_by("-at", "-pk")[:STATES_SHOWN],
    }


def history(request: HttpRequest, device: Device) -> dict[str, Any]:
    hung = list(_installations(request, device).values_list("pk", flat=True))
    return {"changes": changes_of({Device: [device.pk], Installation: hung})}


def _installations(request: HttpRequest, device: Device) -> QuerySet[Installation]:
    rows: QuerySet[Installation] = Installation.objects.visible_to(user_of(request)).filter(device=device)
    return rows.select_related("metering_point__transformer_area").order_by("-period")


OWN_TABS = (
    (0, Tab("", "Overview", "devices/tabs/overview.html", context=overview)),
    (10, Tab("values", "Values", "devices/tabs/values.html", context=values, permission="metering.view_series")),
    (
        50,
        Tab(
            "installations", "Installations", "devices/tabs/installations.html",
            context=installations, permission="devices.view_installation",
        ),
    ),
    (90, Tab("changes", "Changes", "devices/tabs/changes.html", context=history)),
)  # fmt: skip


def _action(device: Device, name: str, label: str) -> Action:
    return Action(label, reverse(f"devices:{name}", args=[device.pk]), permission=INSTALL)


class DevicePage(DetailPage):
    """One device: what it is, where it hangs, what it measured, how it is reached, what happened."""

    permission_required = "devices.view_device"
    model = Device
    tabs = ()
    template_name = "devices/device.html"

    def get_zone(self) -> ZoneInfo:
        zone: ZoneInfo = self.object.utility.zone
        return zone

    def get_queryset(self) -> QuerySet[Device]:
        rows = cast("DeviceQuerySet[Device]", super().get_queryset())
        return rows.with_contact().select_related("utility", "segment", "model", "concentrator", "master")

    def get_context_data(self) -> dict[str, Any]:
        return super().get_context_data() | {"lead": str(self.object.model)}

    def get_crumbs(self) -> list[Crumb]:
        return [Crumb("Devices", reverse("devices:devices"))]

    @cached_property
    def where(self) -> Installation | None:
        """The installation that lasts now, as far as its metering point is open."""
        return _installations(self.request, self.object).filter(period__contains=timezone.now()).first()

    def get_page_actions(self) -> list[Action]:
        """What can be done with it in its state."""
        device = self.object
        if self.where is not None:
            return [_action(device, "exchange", "Exchange"), _action(device, "remove", "Remove")]
        fits = State(device.state) in before(State.INSTALLED) and not device.model.is_way
        installing = [_action(device, "install", "Install")] if fits and device.state != State.SCRAPPED else []
        return [*installing, *([_action(device, "state", "Change state")] if open_by_hand(device) else [])]

    def get_strip(self) -> list[Fact]:
        """State, place, contact, reading, firmware, clock; then what other apps add.

        A concentrator that hangs at no metering point has neither place nor readings.
        """
        device = self.object
        point = self.where.metering_point if self.where else None
        link = format_html('<a href="{}">{}</a>', point.get_absolute_url(), point.gsrn) if point else None
        elsewhere = point is None and device.model.is_way
        return [
            Fact("State", state_of(device)),
            *([] if elsewhere else [Fact("Metering point", link)]),
            Fact("Last contact", device.last_contact_at),
            *([] if elsewhere else [Fact("Last reading", device.last_reading_at)]),
            Fact("Firmware", device.firmware),
            Fact("Clock", clock_state(device.clock_offset_s)),
            *extensions.facts(self.request, device),
        ]
