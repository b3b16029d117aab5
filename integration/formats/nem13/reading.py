"""Record 250: two readings of a register, and what was used between them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from integration.formats.nem.clock import market_instant
from integration.formats.nem.findings import Fault
from integration.formats.nem.flags import VARIABLE, Flags, parse_flags
from integration.formats.nem.nmi import LENGTH, why_no_nmi
from integration.formats.nem.suffixes import register_obis
from integration.formats.nem.units import uom
from integration.formats.portion import Channel, Kind

FIELDS = (
    "RecordIndicator",
    "NMI",
    "NMIConfiguration",
    "RegisterID",
    "NMISuffix",
    "MDMDataStreamIdentifier",
    "MeterSerialNumber",
    "DirectionIndicator",
    "PreviousRegisterRead",
    "PreviousRegisterReadDateTime",
    "PreviousQualityMethod",
    "PreviousReasonCode",
    "PreviousReasonDescription",
    "CurrentRegisterRead",
    "CurrentRegisterReadDateTime",
    "CurrentQualityMethod",
    "CurrentReasonCode",
    "CurrentReasonDescription",
    "Quantity",
    "UOM",
    "NextScheduledReadDate",
    "UpdateDateTime",
    "MSATSLoadDateTime",
)
COLUMN = {name: number for number, name in enumerate(FIELDS, start=1)}
DETAILS = (
    "Quantity",
    "UOM",
    "NMIConfiguration",
    "RegisterID",
    "MDMDataStreamIdentifier",
    "PreviousRegisterRead",
    "CurrentRegisterRead",
    "NextScheduledReadDate",
    "UpdateDateTime",
    "MSATSLoadDateTime",
)
"""Fields that are no part of the two readings, and the readings as the dial shows them: kept as a remark."""
_LEAST_FIELDS = COLUMN["UOM"]
_QUANTITY = re.compile(r"\d+\.?\d*|\.\d+")


@dataclass(frozen=True, slots=True)
class Read:
    """One reading, its number as it stands."""

    text: str
    at: int
    flags: Flags
    description: str
    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Reading:
    """A record 250. The exponent of `channel` is open; numbers count 10^power of its unit."""

    channel: Channel
    power: int
    previous: Read
    current: Read
    details: str


def read_reading(fields: Sequence[str], line: int) -> Reading | Fault:
    """The readings of a record 250, or why it is refused. A missing end of the record is tolerated."""
    if not _LEAST_FIELDS <= len(fields) <= len(FIELDS):
        return Fault(f"a record 250 has {len(FIELDS)} fields, this has {len(fields)}")
    by_name = dict(zip(FIELDS, fields, strict=False))
    found = _channel(by_name)
    if isinstance(found, Fault):
        return found
    previous, current = _read(by_name, "Previous", line), _read(by_name, "Current", line)
    if isinstance(previous, Fault):
        return previous
    if isinstance(current, Fault):
        return current
    if current.at <= previous.at:
        return _fault("the current reading is not later than the previous", "CurrentRegisterReadDateTime", by_name)
    channel, power = found
    return Reading(channel, power, previous, current, details_text(by_name))


def quantity_fault(fields: Sequence[str]) -> Fault | None:
    """What is wrong with the quantity. The readings stand for themselves and are taken all the same."""
    text = fields[COLUMN["Quantity"] - 1]
    if not text or _QUANTITY.fullmatch(text):
        return None
    return Fault("the quantity is no number, or negative; the readings are taken", COLUMN["Quantity"], text)


def details_text(by_name: Mapping[str, str]) -> str:
    """The details as a person reads them: `Quantity 343.5; UOM kWh; RegisterID 01`."""
    told = ((name, by_name.get(name, "").replace(";", ",")) for name in DETAILS)
    return "; ".join(f"{name} {text}" for name, text in told if text)


def details_of(text: str) -> dict[str, str]:
    """The inverse of `details_text`, for whatever a person may have made of it: only known names count."""
    parts = (part.strip().partition(" ") for part in text.split(";"))
    return {name: value for name, _, value in parts if name in DETAILS}


def _fault(reason: str, name: str, by_name: Mapping[str, str]) -> Fault:
    return Fault(reason, COLUMN[name], by_name[name])


def _channel(by_name: Mapping[str, str]) -> tuple[Channel, int] | Fault:
    nmi = by_name["NMI"].upper()
    if reason := why_no_nmi(nmi):
        return _fault(reason, "NMI", by_name)
    unit = uom(by_name["UOM"])
    if unit is None:
        return _fault("not a unit of measure of the specification", "UOM", by_name)
    if by_name["DirectionIndicator"] not in ("E", "I"):
        return _fault("the direction is E (to the customer) or I (to the grid)", "DirectionIndicator", by_name)
    suffix = by_name["NMISuffix"].upper()
    obis = register_obis(suffix, unit, by_name["DirectionIndicator"])
    if not obis:
        return _fault(f"not the suffix of a register of {by_name['UOM']}", "NMISuffix", by_name)
    kind = Kind.STAND if unit.is_energy else Kind.INSTANTANEOUS
    return Channel(nmi[:LENGTH], suffix, obis, unit.unit, kind, 0, 0, by_name["MeterSerialNumber"]), unit.power


def _read(by_name: Mapping[str, str], which: str, line: int) -> Read | Fault:
    """The previous or the current reading."""
    at = market_instant(by_name[f"{which}RegisterReadDateTime"])
    if at is None:
        return _fault("not a date and time", f"{which}RegisterReadDateTime", by_name)
    flags = parse_flags(by_name[f"{which}QualityMethod"], by_name[f"{which}ReasonCode"])
    if isinstance(flags, str):
        return _fault(flags, f"{which}QualityMethod", by_name)
    if flags.flag == VARIABLE:
        return _fault("quality V says nothing here", f"{which}QualityMethod", by_name)
    name = f"{which}RegisterRead"
    return Read(by_name[name], at, flags, by_name[f"{which}ReasonDescription"], line, COLUMN[name])
