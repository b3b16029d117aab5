"""Measured properties: the shipped ones, and those a meter brings that nobody described yet."""

import json
from collections.abc import Iterable
from pathlib import Path

from metering.models import MeasuredProperty, Series
from protocols.dlms.obis import Obis

_FILE = Path(__file__).parent.parent / "properties.json"
_TIME_INTEGRAL_TOTAL = 8
_TIME_INTEGRAL_PER_INTERVAL = 29
_ELECTRICITY = 1

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
    rows = [MeasuredProperty(obis=obis, unit=unit, name=f"Unknown {obis}", known=False) for obis, unit in keys]
    MeasuredProperty.objects.bulk_create(rows, ignore_conflicts=True)
    found = MeasuredProperty.objects.filter(obis__in={obis for obis, _ in keys})
    return {(row.obis, row.unit): row for row in found if (row.obis, row.unit) in keys}


def kind_of(obis: Obis) -> Series.Kind:
    """What a register of this OBIS code shows: group D 8 is a stand, 29 an amount per interval, else a momentary value.

    Source: IEC 62056-6-1, value group D (time integrals 1 and 5).
    """
    if obis[3] == _TIME_INTEGRAL_TOTAL:
        return Series.Kind.STAND
    if obis[3] == _TIME_INTEGRAL_PER_INTERVAL:
        return Series.Kind.CONSUMPTION
    return Series.Kind.INSTANTANEOUS


def consumption_obis(stand: Obis) -> Obis:
    """The code of the consumption derived from a stand: 1-0:1.8.0 → 1-0:1.29.0; other media keep their code."""
    a, b, c, _, e, f = stand
    return Obis(bytes((a, b, c, _TIME_INTEGRAL_PER_INTERVAL, e, f))) if a == _ELECTRICITY else stand
