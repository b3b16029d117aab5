"""Device models as data: one JSON file per model says what it holds and how it is spoken to.

Adding a meter of a known protocol means adding a file to `description_files`; code is needed only for a new protocol.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from devices.described_fields import known_only
from devices.models import DeviceModel
from devices.speech import Security, Transport, quirks_of, security_of, short_names_of, transport_of
from protocols.dlms.base_names import NamedObject
from protocols.dlms.obis import Obis
from protocols.errors import LocalProtocolError

FOLDER = Path(__file__).parent / "description_files"
_FIELDS = (
    "code", "name", "manufacturer", "kind", "protocol", "evidence", "security", "transport", "referencing",
    "base_names", "quirks", "clock", "identification", "profiles", "registers", "event_logs", "status_bits",
)  # fmt: skip


class DescriptionError(Exception):
    """A description file is missing or says something impossible; the message names the file and the place."""


@dataclass(frozen=True, slots=True)
class Profile:
    """A load profile or billing profile. `values` are the columns besides clock and status: OBIS code and unit."""

    obis: Obis
    role: str
    interval_s: int
    rows: int
    values: tuple[tuple[Obis, str], ...]

    @property
    def is_interval(self) -> bool:
        return self.role == "interval"


@dataclass(frozen=True, slots=True)
class EventLog:
    """An event log: its codes by catalogue key, or one `kind` for a log whose every entry means the same.

    `columns` names what it captures: `clock`, `code`, and further columns by the name their detail gets.
    """

    obis: Obis
    name: str
    columns: tuple[str, ...]
    codes: Mapping[int, str]
    kind: str | None

    def catalogue_key(self, code: int) -> str:
        return self.kind or self.codes.get(code, "unknown")


@dataclass(frozen=True, slots=True)
class Description:
    """What one device model holds and how it is spoken to. Source of each file: its `evidence`.

    `short_names` are the base names of a model that is addressed by them, empty where each meter tells its own; None
    for logical names.
    """

    code: str
    name: str
    manufacturer: str
    kind: str
    protocol: str
    evidence: str
    security: Security
    transport: Transport
    short_names: tuple[NamedObject, ...] | None
    quirks: frozenset[str]
    clock: Obis
    identification: Mapping[str, Obis]
    profiles: tuple[Profile, ...]
    registers: tuple[Obis, ...]
    event_logs: tuple[EventLog, ...]
    status_bits: Mapping[int, str]

    @property
    def interval_profile(self) -> Profile | None:
        return next((profile for profile in self.profiles if profile.is_interval), None)

    @property
    def daily_profile(self) -> Profile | None:
        return next((profile for profile in self.profiles if profile.role == "daily"), None)

    def event_log(self, obis: Obis) -> EventLog | None:
        return next((log for log in self.event_logs if log.obis == obis), None)


@lru_cache(maxsize=256)
def description(code: str) -> Description:
    """The description of the model `code`; DescriptionError when there is none or it is wrong."""
    path = FOLDER / f"{code}.json"
    if not path.is_file():
        known = ", ".join(codes())
        raise DescriptionError(f"No description file for device model {code!r}; there are: {known}.")
    try:
        return _parse(json.loads(path.read_text()))
    except (AttributeError, KeyError, TypeError, ValueError, LocalProtocolError) as error:
        raise DescriptionError(f"{path.name}: {error}") from error


def codes() -> list[str]:
    """The codes of all described models."""
    return sorted(path.stem for path in FOLDER.glob("*.json"))


def register_models() -> list[DeviceModel]:
    """Make or update the `DeviceModel` row of every description file."""
    return [_register(description(code)) for code in codes()]


def _register(model: Description) -> DeviceModel:
    fields = {"name": model.name, "manufacturer": model.manufacturer, "kind": model.kind, "protocol": model.protocol}
    row, _ = DeviceModel.objects.update_or_create(code=model.code, defaults=fields)
    return row


def _parse(raw: dict[str, Any]) -> Description:
    known_only(raw, _FIELDS, "a description")
    return Description(
        **{key: raw[key] for key in ("code", "name", "manufacturer", "kind", "protocol", "evidence")},
        security=security_of(raw["security"]),
        transport=transport_of(raw.get("transport", {})),
        short_names=short_names_of(raw),
        quirks=quirks_of(raw),
        clock=Obis.parse(raw["clock"]),
        identification={key: Obis.parse(obis) for key, obis in raw["identification"].items()},
        profiles=tuple(_profile(each) for each in raw["profiles"]),
        registers=tuple(Obis.parse(each["obis"]) for each in raw["registers"]),
        event_logs=tuple(_event_log(each) for each in raw["event_logs"]),
        status_bits={int(bit): meaning for bit, meaning in raw["status_bits"].items()},
    )


def _profile(raw: dict[str, Any]) -> Profile:
    return Profile(
        obis=Obis.parse(raw["obis"]),
        role=raw["role"],
        interval_s=raw["interval_s"],
        rows=raw["rows"],
        values=tuple((Obis.parse(each["obis"]), each["unit"]) for each in raw["columns"] if "unit" in each),
    )


def _event_log(raw: dict[str, Any]) -> EventLog:
    return EventLog(
        obis=Obis.parse(raw["obis"]),
        name=raw["name"],
        columns=tuple(raw["columns"]),
        codes={int(code): key for code, key in raw.get("codes", {}).items()},
        kind=raw.get("kind"),
    )
