"""A Green Button file of several usage points, written by hand so that the writer is not needed to test the reader."""

from __future__ import annotations

from collections.abc import Iterable

from tests.integration.formats.espi_feed import block, feed, quality, reading, reading_type

SPRING, AUTUMN = 1_774_735_200, 1_792_875_600
"""Local midnights in Helsinki before the days of 23 and 25 hours of 2026, in UTC."""
CODES = (0, 7, 8, 9, 10, 11, 14, 17, 18, 19)
"""Every quality a single reading may have that says something of its own."""


def meter(point: str, number: int, readings: str, **codes: int) -> str:
    """The entries of one meter reading with its usage point and reading type."""
    up = f"UsagePoint/{point}/MeterReading"
    kind = reading_type(**codes).replace("ReadingType/1", f"ReadingType/{number}")
    links = f'<link rel="up" href="{up}/{number}/IntervalBlock"/>'
    return (
        f'<entry><link rel="self" href="UsagePoint/{point}"/><content><e:UsagePoint>'
        "<e:ServiceCategory><e:kind>0</e:kind></e:ServiceCategory></e:UsagePoint></content></entry>\n"
        f'<entry><link rel="self" href="{up}/{number}"/><link rel="up" href="{up}"/>'
        f'<link rel="related" href="{up}/{number}/IntervalBlock"/>'
        f'<link rel="related" href="ReadingType/{number}"/><content><e:MeterReading/></content></entry>\n'
        + kind
        + block(readings, links=links)
    )


def hours(start: int, values: Iterable[int], codes: Iterable[int], length: int = 3_600) -> str:
    """Readings one after the other, each with its quality."""
    return "".join(
        reading(start + number * length, value, duration=length, before=quality(code) if code else "")
        for number, (value, code) in enumerate(zip(values, codes, strict=True))
    )


def green_button_file() -> bytes:
    """Hours of the days of 23 and 25 hours, quarter hours, a gas meter, and an export with negative balances."""
    spring = hours(SPRING, range(500, 523), (CODES * 3)[:23])
    autumn = hours(AUTUMN, range(900, 925), (CODES * 3)[3:28])
    return feed(
        meter("P1", 1, spring + autumn),
        meter("P1", 2, hours(SPRING, range(92), [0, 8] * 46, 900), flowDirection=19, intervalLength=900),
        meter("P2", 3, hours(AUTUMN, range(25), [0] * 25), powerOfTenMultiplier=3),
        meter("P2", 4, hours(AUTUMN, range(-12, 13), [0] * 25), flowDirection=4),
        meter(
            "GAS%2F1", 5, hours(AUTUMN, range(7_000, 7_025), [10] * 25), commodity=7, uom=42, powerOfTenMultiplier=-3
        ),
    )
