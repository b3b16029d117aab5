"""The list of devices."""

from dataclasses import replace

from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse

from aim.web.bulk import BulkAction
from aim.web.tables import Column, Table
from aim.web.tones import State
from devices.clock import clock_state
from devices.models import Device
from devices.panels import extensions

_STATES: dict[str, State] = {
    Device.State.INVENTORY: State("In inventory", "muted"),
    Device.State.DISCOVERED: State("Discovered", "info"),
    Device.State.INSTALLED: State("Installed", "info"),
    Device.State.IN_OPERATION: State("In operation", "ok"),
    Device.State.ERROR: State("Error", "bad"),
    Device.State.REMOVED: State("Removed", "muted"),
    Device.State.SCRAPPED: State("Scrapped", "muted"),
}


def state_of(device: Device) -> State:
    """The state of a device as a badge."""
    return _STATES[device.state]


_AGE = "devices/cells/age.html"
DEVICES = Table(
    name="devices",
    label="Devices",
    order="serial",
    bar=("q", "answers", "transformer_area"),
    columns=(
        Column("serial", "Serial number", accessor="serial_number", sort="serial_number", link=True, fixed=True),
        Column("state", "State", accessor=state_of, sort="state"),
        Column("model", "Model", accessor="model.name", sort="model__name"),
        Column("point", "Metering point", accessor="point", template="devices/cells/point.html"),
        Column("contact", "Last contact", accessor="last_contact_at", sort="last_contact_at", template=_AGE),
        Column("reading", "Last reading", accessor="last_reading_at", sort="last_reading_at", template=_AGE),
        Column(
            "clock", "Clock", accessor=lambda row: clock_state(row.clock_offset_s), sort="clock_offset_s",
            export=lambda row: row.clock_offset_s,
        ),
        Column("address", "Address", sort="host", hidden=True),
        Column("area", "Area", accessor="point.transformer_area.code", hidden=True),
        Column("firmware", "Firmware", sort="firmware", hidden=True),
        Column("usn", "USN", sort="usn", hidden=True),
        Column("segment", "Segment", accessor="segment.name", sort="segment__name", hidden=True),
    ),
)  # fmt: skip


def _choose_group(request: HttpRequest, rows: QuerySet[Device]) -> str:
    """The page that asks for the group; the address carries the selection on."""
    chosen = request.GET.copy()
    chosen.pop("action", None)
    return f"{reverse('devices:group-add')}?{chosen.urlencode()}"


ADD_TO_GROUP = BulkAction(
    "group", "Add to a group", "devices.change_devicegroup", _choose_group,
    "Which group is asked next.", icon="plus",
)  # fmt: skip


def devices_table() -> Table:
    """`DEVICES` with the columns and bulk actions other apps added. Called when all apps are ready."""
    actions = (*extensions.actions(), ADD_TO_GROUP)
    return replace(DEVICES, columns=(*DEVICES.columns, *extensions.columns()), actions=actions)
