"""The list of events."""

from aim.web.tables import Column, Table
from aim.web.tones import State
from events.models import Event

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
    """Further columns of the log entry: `duration 340`."""
    return ", ".join(f"{name.replace('_', ' ')} {value}" for name, value in event.details.items())


EVENTS = Table(
    name="events",
    label="Events",
    order="-at",
    bar=("q", "severity", "category"),
    columns=(
        Column("at", "When", sort="at", fixed=True),
        Column("severity", "Severity", accessor=severity_of, sort="severity"),
        Column("text", "Event", accessor="entry.text"),
        Column("category", "Category", accessor=category_words, sort="category"),
        Column("details", "Details", accessor=details_words),
        Column("device", "Device", accessor="device.serial_number", template="events/cells/device.html"),
        Column("point", "Metering point", accessor="metering_point.gsrn", template="events/cells/point.html"),
        Column("received", "Received", accessor="received_at", hidden=True),
        Column("log", "Log", hidden=True),
        Column("code", "Code of the device", align="end", hidden=True),
    ),
)
