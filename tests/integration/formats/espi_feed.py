"""Small Green Button feeds for tests, built from parts so that a test shows only what it is about."""

from __future__ import annotations

import io
from collections.abc import Sequence

import numpy as np

from integration.formats.espi import EspiReader
from integration.formats.portion import Portion

START = 1_767_225_600
"""1 January 2026, 00:00 UTC."""
HOUR_S = 3_600
FEED = '<feed xmlns="http://www.w3.org/2005/Atom" xmlns:e="http://naesb.org/espi">\n{}\n</feed>'
POINT = (
    '<entry><link rel="self" href="UsagePoint/P1"/><link rel="up" href="UsagePoint"/><content>'
    "<e:UsagePoint><e:ServiceCategory><e:kind>0</e:kind></e:ServiceCategory></e:UsagePoint></content></entry>\n"
)
METER = (
    '<entry><link rel="self" href="UsagePoint/P1/MeterReading/1"/><link rel="up" href="UsagePoint/P1/MeterReading"/>'
    '<link rel="related" href="UsagePoint/P1/MeterReading/1/IntervalBlock"/><link rel="related" href="ReadingType/1"/>'
    "<content><e:MeterReading/></content></entry>\n"
)
LINKS = '<link rel="up" href="UsagePoint/P1/MeterReading/1/IntervalBlock"/>'


def reading_type(**codes: int) -> str:
    """The entry of a reading type: hourly energy delivered in watt hours, with other codes where given."""
    elements = {
        "accumulationBehaviour": 4,
        "commodity": 1,
        "flowDirection": 1,
        "intervalLength": HOUR_S,
        "uom": 72,
        **codes,
    }
    written = "".join(f"<e:{name}>{code}</e:{name}>" for name, code in elements.items())
    link = '<link rel="self" href="ReadingType/1"/>'
    return f"<entry>{link}<content><e:ReadingType>{written}</e:ReadingType></content></entry>\n"


def reading(start: object, value: object, *, duration: object = HOUR_S, before: str = "") -> str:
    """An interval reading on one line; `before` stands before its time."""
    period = f"<e:timePeriod><e:duration>{duration}</e:duration><e:start>{start}</e:start></e:timePeriod>"
    return f"<e:IntervalReading>{before}{period}<e:value>{value}</e:value></e:IntervalReading>\n"


NEXT = START + HOUR_S
GOOD = reading(START, 5)


def quality(*codes: object) -> str:
    """Reading qualities."""
    return "".join(f"<e:ReadingQuality><e:quality>{code}</e:quality></e:ReadingQuality>" for code in codes)


def block(readings: str, *, links: str = LINKS, interval: str = "") -> str:
    """The entry of an interval block; its readings begin on the second line of it."""
    return f"<entry>{links}<content><e:IntervalBlock>{interval}\n{readings}</e:IntervalBlock></content></entry>\n"


def feed(*entries: str) -> bytes:
    """A whole file."""
    return FEED.format("".join(entries)).encode()


def hourly(*entries: str, **codes: int) -> bytes:
    """A file with one usage point, one meter reading and one reading type, and these entries."""
    return feed(POINT, METER, reading_type(**codes), *entries)


def read(octets: bytes, position: int = 0) -> list[Portion]:
    """All portions of a file."""
    return list(EspiReader(io.BytesIO(octets), position=position))


def read_one(octets: bytes) -> Portion:
    """The only portion of a small file."""
    (portion,) = read(octets)
    return portion


def reasons(portions: Sequence[Portion]) -> list[tuple[str, str, str, int]]:
    """Severity, element, text and number of values of every problem."""
    return [
        (problem.severity.value, problem.column, problem.text, problem.values)
        for portion in portions
        for problem in portion.problems
    ]


def read_block(readings: str, **codes: int) -> Portion:
    """The only portion of a file whose only block has these readings."""
    return read_one(hourly(block(readings), **codes))


def same(one: Portion, other: Portion) -> bool:
    """Whether two portions hold the same values of the same channels, whatever the order of both."""
    return _rows(one) == _rows(other)


def _rows(portion: Portion) -> list[tuple[object, ...]]:
    rows = zip(portion.channel, portion.at, portion.values, portion.quality, portion.status, strict=True)
    return sorted((repr(portion.channels[channel]), *map(int, np.array(rest, dtype=object))) for channel, *rest in rows)
