"""Device models as data: one JSON file per model says what it holds and how it is spoken to.

Adding a meter of a known protocol means adding a file to `description_files` or to the folder of one's own that the
settings name; code is needed only for a new protocol.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings

from devices.described_buffers import EventLog, Profile, event_log_of, profile_of, register_of, stored_obis
from devices.described_channels import Channels, channels_of
from devices.described_fields import known_only
from devices.described_lists import MeterList, meter_list_of
from devices.described_messages import CompactTemplate, alarm_bits_of, bit_of, compact_data_of, push_of
from devices.described_network import Network, network_of
from devices.described_objects import DescribedObject, objects_of, units_of
from devices.inheritance import at_channel, with_bases
from devices.models import DeviceModel
from devices.speech import Security, Transport, clients_of, quirks_of, security_of, short_names_of, transport_of
from devices.text_speech import TextSpeech, text_speech_of
from protocols.dlms.base_names import NamedObject
from protocols.dlms.cosem import Attribute
from protocols.dlms.obis import Obis
from protocols.dlms.objects import UNIT_ATTRIBUTE
from protocols.dlms.units import ScalerUnit
from protocols.errors import LocalProtocolError

__all__ = [
    "FOLDER", "Description", "DescriptionError", "EventLog", "Profile", "codes", "description", "description_of",
    "full_description", "path_of", "read_description", "register_models",
]  # fmt: skip

FOLDER = Path(__file__).parent / "description_files"
FIELDS = (
    "code", "name", "manufacturer", "kind", "protocol", "evidence", "inherits", "security", "clients", "transport",
    "referencing", "base_names", "quirks", "clock", "identification", "objects", "profiles", "registers", "event_logs",
    "status_bits", "alarm_bits", "push", "compact_data", "m_bus", "meter_list", "network", "iec62056_21",
)  # fmt: skip
STATUS_MEANINGS = (
    "critical_error", "clock_invalid", "data_not_valid", "daylight_saving", "clock_adjusted", "recovered_value",
    "power_down",
)  # fmt: skip
IMPOSSIBLE = (AttributeError, KeyError, TypeError, ValueError, LocalProtocolError)
"""What readers of fields raise at what cannot be understood."""
_SILENT = {"client_address": 1, "authentication": "none"}
"""How a slave meter is spoken to: not at all, its master is."""


class DescriptionError(Exception):
    """A description file is missing or says something impossible; the message names the file and the place."""


@dataclass(frozen=True, slots=True)
class Description:
    """What one device model holds and how it is spoken to. Source of each file: its `evidence`.

    `short_names` are the base names of a model that is addressed by them, empty where each meter tells its own; None
    for logical names. `clients` are its associations by name, `management` among them, which `security` describes.
    `units` are the scalers and units nobody needs to ask the meter for. `alarm_bits` hold the catalogue key of each bit
    of each alarm register, `push` the attributes of pushes that do not name them, `compact_data` what is packed into
    buffers of class 62. `text` is there for models of IEC 62056-21. `stored_as` holds the code that values are stored
    under where that in the meter does not say what is measured.
    """

    code: str
    name: str
    manufacturer: str
    kind: str
    protocol: str
    evidence: str
    security: Security
    clients: Mapping[str, Security]
    transport: Transport
    short_names: tuple[NamedObject, ...] | None
    quirks: frozenset[str]
    clock: Obis
    identification: Mapping[str, Obis]
    objects: tuple[DescribedObject, ...]
    units: Mapping[Obis, ScalerUnit]
    profiles: tuple[Profile, ...]
    registers: tuple[Obis, ...]
    event_logs: tuple[EventLog, ...]
    status_bits: Mapping[int, str]
    alarm_bits: Mapping[Obis, Mapping[int, str]]
    push: Mapping[str, tuple[Attribute, ...]]
    compact_data: Mapping[Obis, tuple[CompactTemplate, ...]]
    m_bus: Channels | None
    meter_list: MeterList | None
    network: Network | None
    text: TextSpeech | None
    stored_as: Mapping[Obis, Obis]

    @property
    def register_classes(self) -> Mapping[Obis, int]:
        """Classes of the registers that `objects` lists; all others are plain registers."""
        return {each.obis: each.class_id for each in self.objects if each.class_id in UNIT_ATTRIBUTE}

    @property
    def interval_profile(self) -> Profile | None:
        return next((profile for profile in self.profiles if profile.is_interval), None)

    @property
    def daily_profile(self) -> Profile | None:
        return next((profile for profile in self.profiles if profile.role == "daily"), None)

    def event_log(self, obis: Obis) -> EventLog | None:
        return next((log for log in self.event_logs if log.obis == obis), None)


@lru_cache(maxsize=1024)
def description(code: str, channel: int = 1) -> Description:
    """The description of the model `code`, of a slave meter as it hangs on an M-Bus channel of its master.

    DescriptionError when there is none or it is wrong.
    """
    path = path_of(code)
    if path is None:
        raise DescriptionError(f"No description file for device model {code!r}; there are: {', '.join(codes())}.")
    found = read_description(path, channel)
    if found.code != code:
        raise DescriptionError(f"{path.name}: code {found.code!r} is not the name of the file.")
    return found


def read_description(path: Path, channel: int = 1) -> Description:
    """The description in a file, wherever it lies. DescriptionError where it says something impossible."""
    try:
        return description_of(full_description(path), channel)
    except KeyError as error:
        raise DescriptionError(f"{path.name}: {error.args[0]} is missing") from error
    except IMPOSSIBLE as error:
        raise DescriptionError(f"{path.name}: {error}") from error


def full_description(path: Path) -> dict[str, Any]:
    """What a file says together with its bases. ValueError for no JSON, and for bases that cannot be found."""
    return with_bases(_object_in(path), _base)


def codes() -> list[str]:
    """The codes of all described models."""
    return sorted({path.stem for folder in _folders() for path in folder.glob("*.json")})


def path_of(code: str) -> Path | None:
    """The file of a model: one's own goes before one that comes with the product."""
    return next((path for folder in _folders() if (path := folder / f"{code}.json").is_file()), None)


def register_models() -> list[DeviceModel]:
    """Make or update the `DeviceModel` row of every description file."""
    return [_register(description(code)) for code in codes()]


def description_of(whole: Mapping[str, Any], channel: int = 1) -> Description:
    """What a description without bases says. One of `IMPOSSIBLE` where that cannot be understood."""
    known_only(whole, FIELDS, "a description")
    slave = whole["kind"] == "slave_meter"
    raw = {**_SLAVE, **at_channel(whole, channel)} if slave else {**_without_cosem(whole), **whole}
    m_bus = channels_of(raw.get("m_bus"))
    objects = objects_of(raw.get("objects", ()), m_bus.channels if m_bus else 0)
    security = security_of(raw["security"])
    return Description(
        **{key: raw[key] for key in ("code", "name", "manufacturer", "kind", "protocol", "evidence")},
        security=security,
        clients=clients_of(raw.get("clients", {}), security),
        transport=transport_of(raw.get("transport", {})),
        short_names=short_names_of(raw),
        quirks=quirks_of(raw),
        clock=Obis.parse(raw["clock"]),
        identification={key: Obis.parse(obis) for key, obis in raw["identification"].items()},
        objects=objects,
        units=units_of(objects),
        profiles=tuple(profile_of(each) for each in raw["profiles"]),
        registers=tuple(register_of(each) for each in raw["registers"]),
        event_logs=tuple(event_log_of(each) for each in raw["event_logs"]),
        status_bits={bit_of(bit): meaning for bit, meaning in raw["status_bits"].items()},
        alarm_bits=alarm_bits_of(raw.get("alarm_bits", {})),
        push=push_of(raw.get("push", {})),
        compact_data=compact_data_of(raw.get("compact_data", {})),
        m_bus=m_bus,
        meter_list=meter_list_of(raw.get("meter_list")),
        network=network_of(raw.get("network")),
        text=text_speech_of(raw.get("iec62056_21")),
        stored_as=_stored_codes(raw),
    )


_SLAVE: Mapping[str, Any] = {
    "security": _SILENT, "clock": "0-0:1.0.0", "identification": {}, "event_logs": [], "status_bits": {},
}  # fmt: skip


def _without_cosem(whole: Mapping[str, Any]) -> Mapping[str, Any]:
    """A model that is spoken to in text makes no associations."""
    return {"security": _SILENT} if "iec62056_21" in whole else {}


def _stored_codes(raw: Mapping[str, Any]) -> Mapping[Obis, Obis]:
    columns = (column for profile in raw["profiles"] for column in profile["columns"])
    return {
        Obis.parse(each["obis"]): stored_obis(each) for each in (*columns, *raw["registers"]) if "stored_as" in each
    }


def _register(model: Description) -> DeviceModel:
    fields = {"name": model.name, "manufacturer": model.manufacturer, "kind": model.kind, "protocol": model.protocol}
    row, _ = DeviceModel.objects.update_or_create(code=model.code, defaults=fields)
    return row


def _folders() -> tuple[Path, ...]:
    return (settings.DEVICE_MODELS, FOLDER)


def _base(code: str) -> dict[str, Any]:
    path = path_of(code)
    if path is None:
        raise ValueError(f"inherits names {code!r}, which no file describes; there are: {', '.join(codes())}")
    return _object_in(path)


def _object_in(path: Path) -> dict[str, Any]:
    raw = json.loads(path.read_text(), object_pairs_hook=_each_once)
    if not isinstance(raw, dict):
        raise ValueError("a description is a JSON object, { … }")
    return raw


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Of a field that stands twice JSON takes the last one, and the first would silently do nothing."""
    found = dict(pairs)
    if len(found) < len(pairs):
        twice = next(name for number, (name, _) in enumerate(pairs) if name in dict(pairs[:number]))
        raise ValueError(f"field {twice!r} stands twice")
    return found
