"""Devices: their fields, and the parts their lines are made of. Keys are never among them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet

from devices.descriptions import DescriptionError
from devices.models import Device, DeviceModel
from devices.querysets import LEFT
from devices.slaves import description_of_device
from integration.imports.masterdata import cells
from integration.imports.masterdata.fields import Field
from integration.imports.masterdata.hanging import HANGING_FIELDS, Hanging
from integration.imports.masterdata.kinds import Kind
from integration.imports.masterdata.lookups import given, named, with_zeros
from integration.imports.masterdata.own import SEGMENT, OwnColumns, own_field
from integration.imports.masterdata.plans import Plan, taken
from integration.imports.masterdata.ratios import RATIO_FIELDS, Ratios
from integration.imports.masterdata.stands import STAND_FIELDS, Stands

_column = partial(own_field, Device)
SERIAL = Field(
    "serial_number", "Serial number", cells.column(Device, "serial_number"),
    ("serial", "serial no", "meter", "meter number", "meter serial number", "device", "device number", "seriennummer",
     "zählernummer", "gerätenummer", "zähler", "sarjanumero", "mittarinumero", "mittari", "laitenumero", "serienummer",
     "mätarnummer", "mätare"),
)  # fmt: skip
MODEL = Field(
    "model", "Model", cells.words,
    ("device model", "model code", "meter type", "type", "device type", "modell", "gerätetyp", "zählertyp", "malli",
     "laitemalli", "mittarityyppi", "mätartyp", "enhetsmodell"),
    shown=lambda model: model.code,
)  # fmt: skip
CONCENTRATOR = Field(
    "concentrator", "Concentrator", cells.words,
    ("concentrator serial number", "data concentrator", "gateway", "dc", "konzentrator", "datenkonzentrator",
     "keskitin", "koncentrator"),
    empty=None, shown=lambda device: device.serial_number,
)  # fmt: skip
MASTER = Field(
    "master", "Master", cells.words,
    ("master serial number", "master meter", "m bus master", "mbus master", "electricity meter", "hauptzähler",
     "päämittari", "huvudmätare"),
    empty=None, shown=lambda device: device.serial_number,
)  # fmt: skip

FIELDS = (
    SERIAL,
    _column("usn", "USN", "utility serial number", "eigentumsnummer", "verkkoyhtiön numero", "elnätsnummer", empty=""),
    MODEL,
    _column("host", "Address", "ip", "ip address", "host", "hostname", "ip adresse", "ip osoite", "ip adress",
            empty=""),
    _column("port", "Port", "tcp port", "ip port", "portti"),
    _column("server_address", "Server address", "logical device", "wrapper port", "server sap"),
    _column("link_address", "Link address", "hdlc address", "physical address", "hdlc adresse", "hdlc osoite",
            "hdlc adress", empty=None),
    CONCENTRATOR,
    _column("gateway_address", "Address at the concentrator", "gateway address", "node address", "plc address",
            empty="", upper=True),
    MASTER,
    _column("channel", "M-Bus channel", "channel", "m bus channel", "mbus channel", "m bus kanal", "kanal", "kanava",
            empty=None),
    _column("system_title", "System title", "systemtitel", "systitle", "system title hex", empty="", upper=True),
    _column("firmware", "Firmware", "firmware version", "laiteohjelmisto", empty=""),
    _column("configuration_id", "Configuration", "configuration id", "config id", "konfiguration", "kokoonpano",
            empty=""),
    SEGMENT,
    *HANGING_FIELDS,
    *STAND_FIELDS,
    *RATIO_FIELDS,
)  # fmt: skip


class DeviceColumns(OwnColumns):
    """Numbers and addresses; model, concentrator, master and segment by their codes."""

    model = Device
    key = "serial_number"
    fields = FIELDS
    elsewhere = "a device of this serial number exists, and is not open to you"

    def rows(self) -> QuerySet[Device]:
        return self.scene.of_utility(Device, "change").select_related(
            "model", "segment", "concentrator__model", "master__model"
        )

    def names_taken(self, numbers: set[str]) -> set[str]:
        rows = Device.objects.filter(serial_number__in=numbers)
        return set(rows.values_list("serial_number", flat=True)) if numbers else set()

    def refer(self) -> None:
        self._with_lost_zeros()
        self._link_models()
        self.link_segments()
        self._link_others("concentrator")
        self._link_others("master")

    def _with_lost_zeros(self) -> None:
        """A new number of digits that is on file with zeros before it is that device, mistyped by a spreadsheet."""
        possible = {full: plan for plan in taken(self.plans) if plan.is_new for full in with_zeros(plan.number)}
        for device in self.rows().filter(serial_number__in=possible) if possible else ():
            reason = f"device {device} is on file: if zeros at its beginning were lost, format the column as text"
            possible[device.serial_number].refuse(reason, self.scene.heading(self.key))

    def _link_models(self) -> None:
        """By code or by name, in any case of letters."""
        by_text: dict[str, DeviceModel] = {}
        for model in DeviceModel.objects.all() if given(self.plans, "model") else ():
            by_text |= {model.name.casefold(): model, str(model).casefold(): model, model.code.casefold(): model}
        rows = {text: by_text[text.casefold()] for text in given(self.plans, "model") if text.casefold() in by_text}
        self.link("model", rows, "there is no device model of this code or name")

    def _link_others(self, name: str) -> None:
        """Concentrators or masters that are there, and those this very file brings."""
        wanted = given(self.plans, name)
        there = named(self.rows(), "serial_number", wanted)
        promised = self.scene.promised(wanted - there.keys())
        models = DeviceModel.objects.in_bulk({line.get("model") for line in promised.values()}, field_name="code")
        ways = there | {number: self._promised(number, line, models) for number, line in promised.items()}
        reason = "there is no device of this serial number, neither stored nor taken from this file"
        self.link(name, ways, reason)

    def _promised(self, number: str, line: Mapping[str, Any], models: Mapping[Any, DeviceModel]) -> Device:
        device = Device(utility=self.utility, serial_number=number)
        if (model := models.get(line.get("model"))) is not None:
            device.model = model
        return device

    def judge(self) -> None:
        for plan in taken(self.plans):
            if plan.is_new and "model" not in plan.given:
                plan.refuse("a new device needs a model", self.scene.heading("model"))
            elif isinstance(plan.target, Device):
                self._judge_way(plan, plan.target)
                self._judge_master(plan, plan.target)
        self._judge_numbers()

    def _judge_way(self, plan: Plan, device: Device) -> None:
        way = device.concentrator
        heading = self.scene.heading("concentrator")
        if (way is None) != (not device.gateway_address) or (way is not None and device.host):
            reason = "behind a concentrator a device has an address there and none of its own, otherwise none there"
            plan.refuse(f"{reason}; a hyphen empties a cell", heading, str(way or ""))
        elif way is not None and (reason := _no_way(device, way)):
            plan.refuse(reason, heading, str(way))

    def _judge_master(self, plan: Plan, device: Device) -> None:
        master = device.master
        heading = self.scene.heading("master")
        if (master is None) != (device.channel is None) or (
            master is not None and (device.host or device.concentrator)
        ):
            reason = "a slave meter has a master, a channel there and no address, another device has neither"
            plan.refuse(f"{reason}; a hyphen empties a cell", heading, str(master or ""))
        elif master is not None and (reason := _no_master(device, master)):
            plan.refuse(reason, heading, str(master))

    def _judge_numbers(self) -> None:
        """USN, system title, address at the concentrator and channel at the master belong to one device."""
        plans = [plan for plan in taken(self.plans) if plan.given.keys() & _UNIQUE]
        targets = [plan.target for plan in plans if isinstance(plan.target, Device)]
        holders = {(name, value): row for row in self._holders(targets) for name, value in _identities(row).items()}
        for plan, device in zip(plans, targets, strict=True):
            for name, value in _identities(device).items():
                other = holders.get((name, value))
                if other is not None and other.pk != device.pk and name in plan.given:
                    whose = other if other.utility_id == device.utility_id else "another utility's device"
                    plan.refuse(f"{whose} has this already", self.scene.heading(name), str(value[-1]))

    def _holders(self, targets: Sequence[Device]) -> Sequence[Device]:
        """The devices that have one of the numbers these shall have. One query."""
        if not targets:
            return []
        usns = {device.usn for device in targets} - {""}
        titles = {device.system_title for device in targets} - {""}
        behind = {device.concentrator_id for device in targets} - {None}
        places = {device.gateway_address for device in targets} - {""}
        masters = {device.master_id for device in targets} - {None}
        same = Q(utility=self.utility, usn__in=usns) | Q(system_title__in=titles)
        same |= Q(concentrator__in=behind, gateway_address__in=places)
        return list(Device.objects.filter(same | Q(master__in=masters)))


def _no_way(device: Device, way: Device) -> str:
    """Why the device cannot be reached through this one; empty when it can. Of a promised one its model decides."""
    if way._state.adding:
        known = way if hasattr(way, "model") else None
        return "" if known is None or known.model.is_way else f"{way} is neither a concentrator nor a gateway."
    return _unclean(device)


def _no_master(device: Device, master: Device) -> str:
    """Why the device cannot hang on that channel of this one; empty when it can. A promised one tells by its model."""
    if not hasattr(master, "model") or not hasattr(device, "model"):
        return ""
    if not master._state.adding and (reason := _unclean(device)):
        return reason
    if device.model.kind != DeviceModel.Kind.SLAVE_METER:
        return "Only an M-Bus slave meter hangs on a channel of another meter."
    try:
        description_of_device(device)
    except DescriptionError as error:
        return str(error)
    return ""


def _unclean(device: Device) -> str:
    try:
        device.clean()
    except ValidationError as error:
        return " ".join(error.messages)
    return ""


_UNIQUE = {"usn", "system_title", "concentrator", "gateway_address", "master", "channel"}


def _identities(device: Device) -> dict[str, tuple[Any, ...]]:
    """What belongs to one device only, by field; what it does not have is not there.

    A device that was removed or scrapped makes room on its channel.
    """
    channel = None if device.state in LEFT else device.channel
    all_of_them = {
        "usn": (device.utility_id, device.usn),
        "system_title": (device.system_title,),
        "gateway_address": (device.concentrator_id, device.gateway_address),
        "channel": (device.master_id, channel),
    }
    return {name: value for name, value in all_of_them.items() if all(value)}


DEVICES = Kind(
    name="devices",
    label="Devices",
    about="Model, addresses, metering point, initial stand and multiplier, by serial number. Never keys.",
    model=Device,
    key="serial_number",
    fields=FIELDS,
    parts=(DeviceColumns, Hanging, Stands, Ratios),
    refers=("concentrator", "master"),
    alone=(
        ("usn",),
        ("system_title",),
        ("concentrator", "gateway_address"),
        ("master", "channel"),
        ("metering_point",),
    ),
)
