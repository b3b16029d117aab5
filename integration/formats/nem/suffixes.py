"""NMI suffixes and the OBIS codes they are kept as (NMI Procedure, data stream suffixes).

The first character says what is measured, the second at which meter of the metering point. The market looks from the
grid: what it exports to the customer is the customer's import (group C 1), what it imports the customer delivers (2).

The meter goes into group B of the code, so that every stream of a metering point has a code of its own: the first meter
is 0, as if it were the only one, the others count from 2. Check meters stand 64 higher and averages of meter and check
meter 97 higher, in the range free for utilities.
"""

from __future__ import annotations

import re

from integration.formats.nem.units import Uom
from integration.formats.portion import Kind

METERS = "123456789ABCDEFGHJKLMNPQRSTUVWXYZ"
_MAIN, _CHECK, _AVERAGE = 0, 64, 97
_HIGHEST_B = 127

_STREAMS: dict[str, tuple[int, dict[str, int]]] = {
    "E": (_MAIN, {"W": 1}),
    "B": (_MAIN, {"W": 2}),
    "Q": (_MAIN, {"var": 3}),
    "K": (_MAIN, {"var": 4}),
    "T": (_MAIN, {"VA": 9}),
    "G": (_MAIN, {"": 13}),
    "V": (_MAIN, {"V": 12, "A": 11}),
    "F": (_CHECK, {"W": 1}),
    "C": (_CHECK, {"W": 2}),
    "R": (_CHECK, {"var": 3}),
    "L": (_CHECK, {"var": 4}),
    "U": (_CHECK, {"VA": 9}),
    "Z": (_CHECK, {"V": 12, "A": 11}),
    "D": (_AVERAGE, {"W": 1}),
    "A": (_AVERAGE, {"W": 2}),
    "P": (_AVERAGE, {"var": 3}),
    "J": (_AVERAGE, {"var": 4}),
    "S": (_AVERAGE, {"VA": 9}),
}
"""First character: which meters, and the group C of the OBIS code by the kind of unit."""

_PER_INTERVAL, _MOMENTARY, _TOTAL, _DEMAND = 29, 7, 8, 6
_REGISTER = re.compile(r"[1-9A-HJ-NP-Z][1-9A-HJ-NP-Z]")
_OBIS = re.compile(r"1-(\d{1,3}):(\d{1,3})\.(\d{1,3})\.0")
_SIDES = {"E": 0, "I": 1}
_REGISTERED = {"W": 1, "var": 3, "VA": 9}


def _root(uom: Uom) -> str:
    return uom.unit.removesuffix("h")


def interval_obis(suffix: str, uom: Uom) -> str:
    """OBIS code of an interval stream; empty if there is no such suffix, or it does not measure this."""
    meters, groups = _STREAMS.get(suffix[:1], (0, {}))
    if len(suffix) != 2 or suffix[1] not in METERS or _root(uom) not in groups:
        return ""
    number = METERS.index(suffix[1]) + 1
    channel = meters + number if meters or number > 1 else 0
    if channel > _HIGHEST_B:
        return ""
    return f"1-{channel}:{groups[_root(uom)]}.{_PER_INTERVAL if uom.is_energy else _MOMENTARY}.0"


def interval_kind(uom: Uom) -> Kind:
    """Energy is what was used in the interval, everything else a value of its own."""
    return Kind.CONSUMPTION if uom.is_energy else Kind.INSTANTANEOUS


def interval_suffix(obis: str, unit: str) -> str:
    """The suffix a stream with this OBIS code has; empty if there is none: the inverse of `interval_obis`.

    Consumption that carries the code of its register (group D 8) is understood too.
    """
    code = _OBIS.fullmatch(obis)
    if code is None:
        return ""
    channel, group, time = (int(part) for part in code.groups())
    root = unit.removesuffix("h")
    if time not in ((_PER_INTERVAL, _TOTAL) if unit.endswith("h") else (_MOMENTARY,)):
        return ""
    base = max(base for base in (_MAIN, _CHECK, _AVERAGE) if base < max(channel, 1))
    number = max(channel - base, 1)
    letters = [letter for letter, (meters, groups) in _STREAMS.items() if meters == base and groups.get(root) == group]
    return letters[0] + METERS[number - 1] if letters and number <= len(METERS) else ""


def register_obis(suffix: str, uom: Uom, direction: str) -> str:
    """OBIS code of an accumulation register; empty if the file cannot mean one.

    First character the meter (group B as above), second the register, kept as the rate (group E). Energy is a total
    (group D 8), a demand a maximum (6). `direction`: E from the grid to the customer, I the other way.
    """
    base = _REGISTERED.get(_root(uom))
    if base is None or direction not in _SIDES or not _REGISTER.fullmatch(suffix):
        return ""
    meter, register = (METERS.index(character) + 1 for character in suffix)
    return f"1-{meter if meter > 1 else 0}:{base + _SIDES[direction]}.{_TOTAL if uom.is_energy else _DEMAND}.{register}"


def register_suffix(obis: str, unit: str) -> tuple[str, str]:
    """Suffix and direction of a register with this OBIS code, empty if there is none: the inverse of `register_obis`.

    A register without rates (group E 0) is the first.
    """
    code = re.fullmatch(r"1-(\d{1,3}):(\d{1,3})\.([68])\.(\d{1,3})", obis)
    base = _REGISTERED.get(unit.removesuffix("h"))
    if code is None or base is None:
        return "", ""
    channel, group, time, rate = (int(part) for part in code.groups())
    meter, register = max(channel, 1), max(rate, 1)
    sides = {base + offset: side for side, offset in _SIDES.items()}
    if group not in sides or (time == _TOTAL) != unit.endswith("h") or max(meter, register) > len(METERS):
        return "", ""
    return METERS[meter - 1] + METERS[register - 1], sides[group]
