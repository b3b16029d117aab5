"""What a model keeps over time: profiles of values, and logs of events."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from devices.described_fields import known_only, one_of, whole
from devices.described_objects import unit_code
from protocols.dlms.obis import Obis

ROLES = {"interval": "load profile", "daily": "daily billing profile"}
COLUMN_ROLES = {"clock": "time of the row", "status": "status word of the row", "other": "not promised"}
LONGEST_INTERVAL_S = 86_400
MOST_ROWS = 1_000_000
_PROFILE = ("obis", "role", "interval_s", "rows", "columns")
_COLUMN = ("obis", "attribute", "role", "unit", "stored_as")
_LOG = ("obis", "name", "columns", "codes", "kind")


@dataclass(frozen=True, slots=True)
class Profile:
    """A load profile or billing profile.

    `values` are the columns with a unit: the OBIS code they are stored under, and the unit. `columns` are all of them:
    OBIS code in the meter, and attribute; `units` the units of the first by the code in the meter.
    """

    obis: Obis
    role: str
    interval_s: int
    rows: int
    values: tuple[tuple[Obis, str], ...]
    columns: tuple[tuple[Obis, int], ...] = ()
    units: Mapping[Obis, str] = field(default_factory=dict)

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


def profile_of(raw: Mapping[str, Any]) -> Profile:
    """An entry of `profiles`. KeyError or ValueError where it cannot be understood."""
    known_only(raw, _PROFILE, "a profile")
    obis, columns = Obis.parse(raw["obis"]), raw["columns"]
    one_of(ROLES, raw["role"], "role")
    return Profile(
        obis=obis,
        role=raw["role"],
        interval_s=whole(raw, "interval_s", None, 1, LONGEST_INTERVAL_S),
        rows=whole(raw, "rows", None, 1, MOST_ROWS),
        values=tuple((stored_obis(each), each["unit"]) for each in columns if "unit" in each),
        columns=tuple(_column(each) for each in columns),
        units={Obis.parse(each["obis"]): each["unit"] for each in columns if "unit" in each},
    )


def event_log_of(raw: Mapping[str, Any]) -> EventLog:
    """An entry of `event_logs`. KeyError or ValueError where it cannot be understood."""
    known_only(raw, _LOG, "an event log")
    if "clock" not in raw["columns"]:
        raise ValueError("an event log captures a clock; columns names none")
    if ("codes" in raw) == ("kind" in raw):
        raise ValueError("an event log has either codes or one kind")
    return EventLog(
        obis=Obis.parse(raw["obis"]),
        name=raw["name"],
        columns=tuple(raw["columns"]),
        codes={int(code): key for code, key in raw.get("codes", {}).items()},
        kind=raw.get("kind"),
    )


def register_of(raw: Mapping[str, Any]) -> Obis:
    """An entry of `registers`: its code in the meter."""
    known_only(raw, ("obis", "stored_as"), "a register")
    stored_obis(raw)
    return Obis.parse(raw["obis"])


def stored_obis(raw: Mapping[str, Any]) -> Obis:
    """The code the values of a column or register are stored under: `stored_as`, else its own."""
    return Obis.parse(raw.get("stored_as", raw["obis"]))


def _column(raw: Mapping[str, Any]) -> tuple[Obis, int]:
    known_only(raw, _COLUMN, "a column")
    if ("role" in raw) == ("unit" in raw):
        raise ValueError(f"column {raw['obis']} has either a role ({', '.join(COLUMN_ROLES)}) or a unit")
    if "unit" in raw:
        unit_code(raw["unit"])
    else:
        one_of(COLUMN_ROLES, raw["role"], f"role of column {raw['obis']}")
    return Obis.parse(raw["obis"]), whole(raw, "attribute", 2, 0, 255)
