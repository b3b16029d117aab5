"""Single words of a description file: OBIS codes, units, keys of events and meanings of bits, wherever they stand."""

import re
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from devices.described_channels import MAX_CHANNELS
from devices.descriptions import STATUS_MEANINGS
from devices.findings import Finding, error, instead
from devices.inheritance import at_channel
from protocols.dlms.obis import Obis
from protocols.dlms.units import CODES
from protocols.errors import LocalProtocolError

_SHORT_OBIS = re.compile(r"\d{1,3}\.\d{1,3}\.\d{1,3}")
_CATALOGUE = "Write a key of docs/reference/events.md, or add one to events/catalogue.json."
_BLUE_BOOK = "Write it as the Blue Book does: Wh, W, m³."
Cells = Iterator[tuple[str, str, Any]]


def wrong_words(raw: Mapping[str, Any], events: Collection[str]) -> Iterator[Finding]:
    """Single words and codes that mean nothing, wherever they stand."""
    for place, name, value in _cells(raw, ""):
        if name in ("obis", "stored_as", "clock", "invocation_counter"):
            yield from _obis_wrong(place, value)
        elif name == "unit" and value not in CODES:
            yield error(
                place, f"{value!r} is no unit", instead(value, list(CODES)) or "Write it as the Blue Book does."
            )
        elif name == "event" and value not in events:
            yield error(place, f"{value!r} is not in the event catalogue", instead(value, events) or _CATALOGUE)
        elif name == "meaning" and value not in STATUS_MEANINGS:
            yield error(place, f"{value!r} is no meaning of a status bit", instead(value, STATUS_MEANINGS))


def _obis_wrong(place: str, value: Any) -> Iterator[Finding]:
    try:
        Obis.parse(at_channel(value, MAX_CHANNELS))
    except (LocalProtocolError, AttributeError):
        short = isinstance(value, str) and _SHORT_OBIS.fullmatch(value)
        advice = f"Write '1-0:{value}'." if short else "Write it as 1-0:1.8.0."
        yield error(place, f"{value!r} is not an OBIS code", advice)


def _cells(value: Any, place: str) -> Cells:
    """Every word with its place and the name of its field; keys that are codes count as words too."""
    for name, inner in value.items() if isinstance(value, Mapping) else ():
        under = f"{place}.{name}" if place else name
        if name in ("codes", "status_bits") and isinstance(inner, Mapping):
            told = "event" if name == "codes" else "meaning"
            yield from ((f"{under}.{bit}", told, word) for bit, word in inner.items())
        elif name == "alarm_bits" and isinstance(inner, Mapping):
            yield from _alarm_cells(inner)
        elif name == "kind" and place.startswith("event_logs"):
            yield under, "event", inner
        elif name == "identification" and isinstance(inner, Mapping):
            yield from ((f"{under}.{key}", "obis", code) for key, code in inner.items())
        elif isinstance(inner, list):
            for number, each in enumerate(inner):
                yield from _cells(each, f"{under}[{label(each, number)}]")
        elif isinstance(inner, Mapping):
            yield from _cells(inner, under)
        else:
            yield under, name, inner


def _alarm_cells(registers: Mapping[str, Any]) -> Cells:
    for obis, bits in registers.items():
        yield f"alarm_bits[{obis}]", "obis", obis
        yield from ((f"alarm_bits[{obis}].{bit}", "event", key) for bit, key in bits.items())


def label(entry: Any, number: int) -> object:
    """How an entry of a list is called in a place: by its OBIS code, else by its number."""
    return entry.get("obis", number) if isinstance(entry, Mapping) else number
