"""The small resources of a file, element by element: reading types, local time, summaries, single interval readings."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from integration.formats.espi.element import Element
from integration.formats.espi.limits import TEXT
from integration.formats.espi.names import espi
from integration.formats.espi.reading_type import ReadingType

_WHOLE = re.compile(r"([+-]?[0-9]{1,40})(?:\.0{1,20})?")
_ELEMENTS = {
    "accumulation": "accumulationBehaviour",
    "commodity": "commodity",
    "qualifier": "dataQualifier",
    "flow": "flowDirection",
    "kind": "kind",
    "phase": "phase",
    "period": "timeAttribute",
    "tou": "tou",
    "tier": "consumptionTier",
    "cpp": "cpp",
    "uom": "uom",
    "exponent": "powerOfTenMultiplier",
    "interval_s": "intervalLength",
    "quality": "defaultQuality",
}
ELEMENT_ORDER = (
    "accumulation", "commodity", "tier", "qualifier", "quality", "flow", "interval_s", "kind", "phase", "exponent",
    "period", "tou", "uom", "cpp",
)  # fmt: skip
"""The fields of a reading type in the order of the schema."""
_PERIOD, _PARTS = espi("billingPeriod"), ("value", "powerOfTenMultiplier", "uom")
_FIGURES = ("overallConsumptionLastPeriod", "currentBillingPeriodOverAllConsumption")


@dataclass(frozen=True, slots=True)
class LocalTime:
    """Seconds from UTC to standard time and from there to daylight saving time; rules as the file writes them."""

    offset_s: int
    saving_s: int
    start_rule: str
    end_rule: str


@dataclass(frozen=True, slots=True)
class Summary:
    """A consumption of a billing period: value × 10^exponent of the unit, in the element `name` at `line`."""

    name: str
    start: int
    duration: int
    value: int
    exponent: int
    uom: int
    line: int


def element_name(field: str) -> str:
    """The element in which a field of a `ReadingType` stands."""
    return _ELEMENTS[field]


def number(text: str | None) -> int | None:
    """A whole number as files write it, also `12.0`; None if it is none, or of more than 40 digits."""
    found = _WHOLE.fullmatch((text or "").strip())
    return int(found.group(1)) if found else None


def short(text: str | None) -> str:
    """A faulty text as it is shown."""
    return " ".join((text or "").split())[:TEXT]


def reading_type(element: Element) -> ReadingType:
    """A reading type; codes that are missing or no numbers are as if they were not there."""
    found = {field: number(element.findtext(espi(name))) for field, name in _ELEMENTS.items()}
    return ReadingType(**{field: value for field, value in found.items() if value is not None and abs(value) < 2**32})


def local_time(element: Element) -> LocalTime:
    """Local time parameters; what is missing is 0 or empty."""
    offset, saving = (number(element.findtext(espi(name))) or 0 for name in ("tzOffset", "dstOffset"))
    start, end = (short(element.findtext(espi(name))) for name in ("dstStartRule", "dstEndRule"))
    return LocalTime(offset, saving, start, end)


def summary(element: Element) -> Iterator[Summary]:
    """The consumptions of a usage summary that have a value and a billing period."""
    start, duration = (number(element.findtext(f"{_PERIOD}/{espi(name)}")) for name in ("start", "duration"))
    if start is None or not duration or duration < 0:
        return
    for name in _FIGURES:
        figure = element.find(espi(name))
        if figure is None:
            continue
        value, exponent, uom = (number(figure.findtext(espi(part))) for part in _PARTS)
        if value is not None and abs(exponent or 0) <= 18:
            yield Summary(name, start, duration, value, exponent or 0, uom or 0, int(figure.sourceline or 0))
