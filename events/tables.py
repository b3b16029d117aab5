"""The lists of events, of open alarms and of outages of areas."""

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse

from aim.web.bulk import BulkAction
from aim.web.tables import Column, Table
from aim.web.tones import State
from events.filters import open_alarms
from events.models import AreaOutage, Event
from events.services import acknowledge
from events.services.device_outages import NO_TIME
from metering.views.people import user_of

SEVERITIES: dict[int, State] = {
    Event.Severity.INFORMATION: State("Information", "info"),
    Event.Severity.WARNING: State("Warning", "warn"),
    Event.Severity.CRITICAL: State("Critical", "bad"),
}


def severity_of(event: Event) -> State:
    """The severity of an event as a badge."""
    return SEVERITIES[event.severity]


def category_words(event: Event) -> str:
    """`M-Bus`, `Power`, …"""
    return "M-Bus" if event.category == "m_bus" else event.category.capitalize()


def details_words(event: Event) -> str:
    """Further columns of the log entry: `duration 340`; and that the time is that of the message, where it is."""
    told = [f"{name.replace('_', ' ')} {value}" for name, value in event.details.items() if name != NO_TIME]
    return ", ".join([*told, *(["time of its message"] if NO_TIME in event.details else [])])


def acknowledge_selected(request: HttpRequest, rows: QuerySet[Any]) -> str:
    """Acknowledge what was selected, with the comment of the confirmation."""
    count = acknowledge(alarms=rows, user=user_of(request), comment=request.POST.get("note", ""))
    messages.success(request, f"{count:,} alarm{'' if count == 1 else 's'} acknowledged.")
    return reverse("events:alarms")


def acknowledged_words(event: Event) -> str:
    """Who acknowledged it, and what was noted."""
    if event.acknowledged_at is None:
        return ""
    return f"{event.acknowledged_by}: {event.comment}" if event.comment else str(event.acknowledged_by)


def outage_state(outage: AreaOutage) -> State:
    """Whether it lasts, and whether it was announced."""
    if outage.ended_at is not None:
        return State("Planned, ended" if outage.planned_id else "Ended", "muted")
    return State("Planned", "info") if outage.planned_id else State("Without power", "bad")


def devices_words(outage: AreaOutage) -> str:
    """`50 of 52`: devices it took of those ever heard of in the area."""
    return f"{outage.devices:,} of {outage.heard:,}"


ACKNOWLEDGE = BulkAction(
    "acknowledge", "Acknowledge", "events.acknowledge_event", acknowledge_selected,
    consequence="They leave the list of open alarms, for everybody. Your name is kept with the time and the comment.",
    icon="check", eligible=open_alarms, excluded="they are no open alarms.",
    note="Comment: what is done about them",
)  # fmt: skip

_WHAT = (
    Column("at", "When", sort="at", fixed=True),
    Column("severity", "Severity", accessor=severity_of, sort="severity"),
    Column("text", "Event", accessor="entry.text"),
    Column("category", "Category", accessor=category_words, sort="category"),
    Column("details", "Details", accessor=details_words),
    Column("device", "Device", accessor="device.serial_number", template="events/cells/device.html"),
    Column("point", "Metering point", accessor="metering_point.gsrn", template="events/cells/point.html"),
)

EVENTS = Table(
    name="events",
    label="Events",
    order="-at",
    bar=("q", "severity", "category"),
    actions=(ACKNOWLEDGE,),
    columns=(
        *_WHAT,
        Column("received", "Received", accessor="received_at", hidden=True),
        Column("acknowledged", "Acknowledged", accessor=acknowledged_words, hidden=True),
        Column("acknowledged_at", "Acknowledged at", hidden=True),
        Column("log", "Log", hidden=True),
        Column("code", "Code of the device", align="end", hidden=True),
    ),
)

ALARMS = Table(
    name="alarms",
    label="Alarms",
    order="-at",
    bar=("q", "severity", "category"),
    actions=(ACKNOWLEDGE,),
    columns=(*_WHAT, Column("received", "Received", accessor="received_at", hidden=True)),
)

OUTAGES = Table(
    name="outages",
    label="Outages",
    order="-started",
    bar=("area", "state"),
    columns=(
        Column("area", "Transformer area", accessor="area", link=True, fixed=True),
        Column("state", "State", accessor=outage_state),
        Column("started", "Since", accessor="started_at", sort="started_at"),
        Column("ended", "Until", accessor="ended_at"),
        Column("devices", "Devices", accessor=devices_words, sort="devices", align="end"),
        Column("customers", "Customers", align="end"),
        Column("feeder", "Feeder", accessor="area.feeder", hidden=True),
        Column("planned", "Announced", accessor="planned.reason"),
        Column("noticed", "Noticed", accessor="noticed_at", hidden=True),
    ),
)
