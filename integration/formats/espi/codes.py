"""The reading type a channel is written as."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache

from integration.formats.espi.measures import (
    AVERAGE,
    COMPENSATED,
    DEMAND,
    ELECTRIC,
    MAXIMUM,
    MINIMUM,
    MOST_RATE,
    NEUTRAL,
    SUPPLY,
    Measured,
    measured,
    unit_of,
)
from integration.formats.espi.reading_type import NAMED, ReadingType
from integration.formats.portion import Channel, Kind

_NAME = re.compile(r"\d{1,5}(?:\.\d{1,5}){10}")


def reading_type_of(channel: Channel) -> ReadingType | None:
    """The reading type a channel is written as; None where ESPI has no codes for it.

    A channel that was read from Green Button names its codes; for all others the codes are found by OBIS and unit.
    """
    found = _named(channel) or _found(channel)
    if found is None:
        return None
    shift = next((unit.shift for unit in [unit_of(found)] if unit), 0)
    return replace(found, exponent=channel.exponent - shift, interval_s=channel.interval_s)


def _named(channel: Channel) -> ReadingType | None:
    if not _NAME.fullmatch(channel.name):
        return None
    found = ReadingType(**dict(zip(NAMED, map(int, channel.name.split(".")), strict=True)))
    return found if _is(found, channel) else None


def _is(reading_type: ReadingType, channel: Channel) -> bool:
    what, wanted = measured(reading_type), (channel.obis, channel.unit, channel.kind)
    return isinstance(what, Measured) and (what.obis, what.unit, what.kind) == wanted


def _found(channel: Channel) -> ReadingType | None:
    base, _, rate = channel.obis.rpartition(".")
    found = _codes().get((f"{base}.0", channel.unit, channel.kind))
    return replace(found, tou=int(rate)) if found and rate.isdigit() and int(rate) <= MOST_RATE else None


@cache
def _codes() -> dict[tuple[str, str, Kind], ReadingType]:
    """What each measured property is written as: of all codes that read as it, the first in this order."""
    codes: dict[tuple[str, str, Kind], ReadingType] = {}
    commodities = {1: ELECTRIC, **{place: {**SUPPLY, **COMPENSATED} for place in (7, 9, 12, 13)}}
    for commodity, units in commodities.items():
        for uom, unit in units.items():
            for flow in (1, *unit.flows):
                for phase in (0, 128, 64, 32, NEUTRAL):
                    for accumulation, qualifier, kind in _WAYS[unit.adds]:
                        found = ReadingType(accumulation, commodity, qualifier, flow, kind, phase, uom=uom)
                        what = measured(found)
                        if isinstance(what, Measured):
                            codes.setdefault((what.obis, what.unit, what.kind), found)
    return codes


_WAYS = {
    True: ((4, 0, 12), (1, 0, 12)),
    False: ((12, 0, 0), (6, AVERAGE, DEMAND), (6, MAXIMUM, DEMAND), (6, MINIMUM, DEMAND)),
}
"""Accumulation, qualifier and kind of measurement tried for units that accumulate and for those that do not."""
