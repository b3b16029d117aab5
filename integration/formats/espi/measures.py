"""What a reading type is as a measured property of ours.

Units stay as the file says: a cubic foot or a therm has no short exact number of cubic metres or watt hours. Litres do,
and become cubic metres by the exponent alone.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from integration.formats.espi.reading_type import ReadingType
from integration.formats.portion import Kind


@dataclass(frozen=True, slots=True)
class Measured:
    """What a reading type is for us; values are integers of 10^(exponent of the type + shift) units."""

    obis: str
    unit: str
    kind: Kind
    shift: int = 0


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit of measure: our spelling, power of ten between both, OBIS C group by flow, whether it accumulates."""

    unit: str
    flows: dict[int, int]
    adds: bool = False
    shift: int = 0


_ACTIVE = {0: 1, 1: 1, 19: 2, 4: 16, 20: 15, 15: 17, 16: 18, 17: 19, 18: 20}
_REACTIVE = {0: 3, 1: 3, 2: 3, 5: 3, 19: 4, 3: 4, 13: 4, 15: 5, 16: 6, 17: 7, 18: 8}
_APPARENT = {0: 9, 1: 9, 19: 10}
ELECTRIC = {
    72: Unit("Wh", _ACTIVE, adds=True),
    73: Unit("varh", _REACTIVE, adds=True),
    71: Unit("VAh", _APPARENT, adds=True),
    38: Unit("W", _ACTIVE),
    63: Unit("var", _REACTIVE),
    61: Unit("VA", _APPARENT),
    29: Unit("V", {0: 12, 1: 12}),
    5: Unit("A", {0: 11, 1: 11}),
    65: Unit("", {0: 13, 1: 13}),
    33: Unit("Hz", {0: 14, 1: 14}),
}
_FORWARD = {0: 0, 1: 0}
SUPPLY = {
    42: Unit("m3", _FORWARD, adds=True),
    166: Unit("m3", _FORWARD, adds=True),
    134: Unit("m3", _FORWARD, adds=True, shift=-3),
    156: Unit("m3", _FORWARD, adds=True, shift=-3),
    119: Unit("ft3", _FORWARD, adds=True),
    128: Unit("US gal", _FORWARD, adds=True),
    130: Unit("imp gal", _FORWARD, adds=True),
    72: Unit("Wh", _FORWARD, adds=True),
    31: Unit("J", _FORWARD, adds=True),
    132: Unit("BTU", _FORWARD, adds=True),
    169: Unit("therm", _FORWARD, adds=True),
}
COMPENSATED = {
    167: Unit("m3", _FORWARD, adds=True),
    157: Unit("m3", _FORWARD, adds=True, shift=-3),
    120: Unit("ft3", _FORWARD, adds=True),
}
_PLACES = {7: "7-0:3.0", 8: "7-0:3.0", 9: "8-0:1.0", 14: "8-0:1.0", 10: "6-0:1.0", 12: "6-0:1.0", 13: "5-0:1.0"}
"""Commodities without directions: gas, propane, water (drinking, reclaimed), steam, heat, cold. OBIS up to D."""
_CONVERTED = {7: "7-0:3.2", 8: "7-0:3.2"}
_ELECTRICITY = (1, 2, 26)
_PHASES = {0: 0, 224: 0, 225: 0, 769: 0, 784: 0, 768: 0, 128: 20, 129: 20, 512: 20, 528: 20}
_PHASES |= {64: 40, 65: 40, 256: 40, 272: 40, 32: 60, 33: 60}
NEUTRAL, _NEUTRAL_CURRENT = 16, 91
_DELTA, _DIAL, _MOMENT = frozenset((0, 4)), frozenset((1, 2, 3, 6, 9, 12)), frozenset((0, 4, 6, 12))
DEMAND, AVERAGE, MAXIMUM, MINIMUM, _PLAIN = 8, 2, 8, 9, frozenset((0, 12, 26))
MOST_RATE = 63
_SERVICES = {0: 1, 1: 7, 2: 9, 4: 12}


def with_service(reading_type: ReadingType, service: int) -> ReadingType:
    """The type with the commodity of its service category where it names none itself."""
    return reading_type if reading_type.commodity else replace(reading_type, commodity=_SERVICES.get(service, 0))


def measured(reading_type: ReadingType) -> Measured | str:
    """What a reading type is for us; a text says why it is nothing we keep."""
    unit = unit_of(reading_type)
    if unit is None:
        return f"unit {reading_type.uom} of commodity {reading_type.commodity} is not kept"
    kind = _kind(reading_type, unit)
    if kind is None:
        return f"accumulation {reading_type.accumulation} of unit {reading_type.uom} is not kept"
    place = _place(reading_type, unit, kind)
    if place is None:
        return (
            f"flow {reading_type.flow}, phase {reading_type.phase}, qualifier {reading_type.qualifier}, "
            f"rate {reading_type.tou} of unit {reading_type.uom} are not kept"
        )
    return Measured(place, unit.unit, kind, unit.shift)


def unit_of(kind: ReadingType) -> Unit | None:
    if kind.commodity in _ELECTRICITY:
        return ELECTRIC.get(kind.uom)
    if kind.commodity in _CONVERTED and kind.uom in COMPENSATED:
        return COMPENSATED[kind.uom]
    return SUPPLY.get(kind.uom) if kind.commodity in _PLACES else None


def _kind(kind: ReadingType, unit: Unit) -> Kind | None:
    if not unit.adds:
        return Kind.INSTANTANEOUS if kind.accumulation in _MOMENT else None
    if kind.accumulation in _DELTA:
        return Kind.CONSUMPTION
    return Kind.STAND if kind.accumulation in _DIAL else None


def _place(reading_type: ReadingType, unit: Unit, kind: Kind) -> str | None:
    """The OBIS code."""
    flow, last = unit.flows.get(reading_type.flow), _last_group(reading_type, kind)
    if flow is None or last is None or reading_type.tou > MOST_RATE:
        return None
    if reading_type.commodity not in _ELECTRICITY:
        places = _CONVERTED if reading_type.uom in COMPENSATED else _PLACES
        return f"{places[reading_type.commodity]}.{reading_type.tou}" if reading_type.phase in _PHASES else None
    if reading_type.phase == NEUTRAL and unit.unit == "A":
        return f"1-0:{_NEUTRAL_CURRENT}.{last}.{reading_type.tou}"
    if reading_type.phase not in _PHASES:
        return None
    return f"1-0:{flow + _PHASES[reading_type.phase]}.{last}.{reading_type.tou}"


def _last_group(reading_type: ReadingType, kind: Kind) -> int | None:
    """OBIS group D: 29 and 8 for energy of an interval and so far; 7, 27, 6, 3 for a moment, an average, extremes."""
    if kind is not Kind.INSTANTANEOUS:
        return {Kind.CONSUMPTION: 29, Kind.STAND: 8}[kind] if reading_type.qualifier in _PLAIN else None
    if reading_type.qualifier in _PLAIN:
        return 27 if reading_type.kind == DEMAND else 7
    return {AVERAGE: 27, MAXIMUM: 6, MINIMUM: 3}.get(reading_type.qualifier)
