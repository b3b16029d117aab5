"""Record 200: whose intervals follow, of what, in which rhythm."""

from __future__ import annotations

from dataclasses import dataclass

from integration.formats.nem.clock import DAY_S, MINUTE_S
from integration.formats.nem.findings import Fault
from integration.formats.nem.nmi import LENGTH, why_no_nmi
from integration.formats.nem.suffixes import interval_kind, interval_obis
from integration.formats.nem.units import Uom, uom
from integration.formats.portion import Channel, Kind

INTERVAL_MINUTES = (5, 15, 30)
"""The specification knows no others; files with one or sixty minutes are not NEM12."""
_FIELDS = 10
_NMI, _SUFFIX, _SERIAL, _UOM, _LENGTH = 1, 4, 6, 7, 8


@dataclass(frozen=True, slots=True, eq=False)
class Block:
    """What the days that follow belong to. The exponent of `channel` is open; numbers of the file count 10^power units.

    intervals  values of a day
    commas     of a complete record 300
    """

    channel: Channel
    power: int
    intervals: int
    commas: int


def read_block(fields: list[str]) -> Block | Fault:
    """The block a record 200 begins, or why its days cannot be taken. A missing end of the record is tolerated."""
    if not _LENGTH < len(fields) <= _FIELDS:
        return Fault(f"a record 200 has {_FIELDS} fields, this has {len(fields)}")
    nmi = fields[_NMI].upper()
    if reason := why_no_nmi(nmi):
        return Fault(reason, _NMI + 1, fields[_NMI])
    unit = uom(fields[_UOM])
    if unit is None:
        return Fault("not a unit of measure of the specification", _UOM + 1, fields[_UOM])
    suffix = fields[_SUFFIX].upper()
    if not interval_obis(suffix, unit):
        return Fault(f"not an NMI suffix that measures {fields[_UOM]}", _SUFFIX + 1, fields[_SUFFIX])
    if fields[_LENGTH] not in map(str, INTERVAL_MINUTES):
        return Fault("intervals have 5, 15 or 30 minutes", _LENGTH + 1, fields[_LENGTH])
    return _block(nmi[:LENGTH], suffix, unit, int(fields[_LENGTH]) * MINUTE_S, fields[_SERIAL])


def _block(nmi: str, suffix: str, unit: Uom, interval_s: int, serial: str) -> Block:
    kind = interval_kind(unit)
    source = "" if kind is Kind.CONSUMPTION else serial
    channel = Channel(nmi, suffix, interval_obis(suffix, unit), unit.unit, kind, interval_s, 0, source)
    intervals = DAY_S // interval_s
    return Block(channel, unit.power, intervals, commas=intervals + 6)
