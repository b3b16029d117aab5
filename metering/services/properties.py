"""Measured properties: the shipped ones, and those a meter brings that nobody described yet."""

import json
from collections.abc import Iterable
from pathlib import Path

from metering.models import MeasuredProperty, Series
from metering.models.network import EnergyType
from protocols.dlms.obis import Obis

_FILE = Path(__file__).parent.parent / "properties.json"
_TIME_INTEGRAL_TOTAL = 8
_TIME_INTEGRAL_PER_INTERVAL = 29
_ELECTRICITY = 1
_PRESENT = frozenset({0})
_THERMAL = (frozenset({1, 2, 3}), _PRESENT)  # energy, volume, mass
_WATER = (frozenset({1}), _PRESENT)
# Volume of the meter (and its encoder), the converter, the logger, and energy; each forward and reverse, undisturbed,
# disturbed, absolute.
_GAS = frozenset((*range(1, 9), *range(11, 17), *range(21, 27), *range(31, 37)))
_STANDS = {
    4: (frozenset({1, 2}), _PRESENT),
    5: _THERMAL,
    6: _THERMAL,
    7: (_GAS, frozenset({0, 1, 2, 3})),  # as measured, converted, at base conditions, redundant
    8: _WATER,
    9: _WATER,
}
"""By medium (group A): the quantities (C) that are stands, and the measurements (D) that mean their present value."""

_MEDIA = {
    4: EnergyType.HEAT,
    5: EnergyType.COLD,
    6: EnergyType.HEAT,
    7: EnergyType.GAS,
    8: EnergyType.WATER,
    9: EnergyType.WATER,
}

Key = tuple[str, str]


def register_properties() -> int:
    """Make or update the shipped properties (`properties.json`); returns how many there are."""
    rows = [MeasuredProperty(known=True, **row) for row in json.loads(_FILE.read_text())]
    MeasuredProperty.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["obis", "unit"],
        update_fields=["name", "energy_type", "rank", "known"],
    )
    return len(rows)


def ensure_properties(wanted: Iterable[Key]) -> dict[Key, MeasuredProperty]:
    """Rows for `(OBIS, unit)` pairs. What is not described is kept as unknown and shown, never dropped."""
    keys = set(wanted)
    rows = [
        MeasuredProperty(obis=obis, unit=unit, name=f"Unknown {obis}", known=False, energy_type=energy_type(obis))
        for obis, unit in keys
    ]
    MeasuredProperty.objects.bulk_create(rows, ignore_conflicts=True)
    found = MeasuredProperty.objects.filter(obis__in={obis for obis, _ in keys})
    return {(row.obis, row.unit): row for row in found if (row.obis, row.unit) in keys}


def energy_type(obis: str) -> EnergyType:
    """The energy type of the medium in group A; electricity also for what is of no medium."""
    return _MEDIA.get(Obis.parse(obis)[0], EnergyType.ELECTRICITY)


def kind_of(obis: Obis) -> Series.Kind:
    """What a register of this OBIS code shows: a stand, an amount per interval, or a momentary value.

    Electricity: group D 8 is a stand, 29 an amount per interval (IEC 62056-6-1, time integrals 1 and 5). Other media:
    the quantities that only grow (volume, energy, mass, units of a heat cost allocator) are stands where group D says
    that the present value is meant (EN 13757-1).
    """
    a, _b, c, d = obis[:4]
    if a in _STANDS:
        quantities, present = _STANDS[a]
        return Series.Kind.STAND if c in quantities and d in present else Series.Kind.INSTANTANEOUS
    if d == _TIME_INTEGRAL_TOTAL:
        return Series.Kind.STAND
    if d == _TIME_INTEGRAL_PER_INTERVAL:
        return Series.Kind.CONSUMPTION
    return Series.Kind.INSTANTANEOUS


def consumption_obis(stand: Obis) -> Obis:
    """The code of the consumption derived from a stand: 1-0:1.8.0 → 1-0:1.29.0; other media keep their code."""
    a, b, c, _, e, f = stand
    return Obis(bytes((a, b, c, _TIME_INTEGRAL_PER_INTERVAL, e, f))) if a == _ELECTRICITY else stand
