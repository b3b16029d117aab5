"""A file goes into a utility, comes out of it, and goes into another one: both hold the same then.

The files have days of 23 and 25 local hours, estimated, substituted, suspect and missing values, reason codes per
interval, descriptions, details of readings by hand, several meters and units.
"""

from __future__ import annotations

from dataclasses import replace

import pytest

from integration.exports.options import Clock, Decimal, Layout, Options, Unit
from integration.exports.tables import style_of
from integration.exports.writing import letterhead
from integration.formats.table.mapping import FileKind
from integration.formats.table.mapping_json import to_json
from integration.formats.table.style import mapping_of
from integration.models import ExternalId
from tests.integration.exports.conftest import House
from tests.integration.exports.green_button import green_button_file
from tests.integration.exports.stored import Identity, Value, comments, stored
from tests.integration.formats.nem_files import block, day, file_of

NMIS = ("6102000001", "6102000002", "QAAAVZZZZZ")
"""Of these every file below has channels."""


def nem_day(date: str, count: int, ending: str = "A,,,20260301000000,", first: int = 0) -> str:
    """A record 300 of so many numbers with three decimals."""
    return day(date, [f"{(first + number) / 1000:.3f}" for number in range(count)], ending)


def nem12_file() -> bytes:
    """Two metering points with every kind of quality there is."""
    return file_of(
        block(NMIS[0], "E1", "kWh", 30),
        nem_day("20260328", 48),
        nem_day("20260329", 48, "S14,24,,20260301000000,", 100),
        nem_day("20260330", 48, "F16,0,agreed with the customer,20260301000000,", 200),
        nem_day("20260331", 48, "V,,,20260301000000,", 300),
        "400,1,10,A,,",
        "400,11,20,E52,,",
        "400,21,30,S17,0,storm over the line",
        "400,31,40,N,,",
        "400,41,48,A,45,",
        "500,O,S01234,20260331120000,001123.5",
        "500,S,RETNSRVCEORD1,20260331130000,1124",
        block(NMIS[0], "B1", "kWh", 30),
        nem_day("20260329", 48, "A,79,power outage,20260301000000,"),
        "400,1,20,A,,",
        "400,21,24,A,79,power outage",
        "400,25,48,A,,",
        block(NMIS[0], "Q2", "kVArh", 5),
        nem_day("20261025", 288),
        nem_day("20261026", 288, "E61,,,20260301000000,"),
        block(NMIS[1], "E1", "MWh", 15),
        nem_day("20261025", 96, "A,,,20260301000000,", 1),
        nem_day("20261027", 96, "N,,,20260301000000,"),
        nem_day("20261028", 96),
        block(NMIS[2], "V1", "V", 15),
        day("20260329", ["231.4"] * 96),
    )


def give_numbers(house: House, numbers: tuple[str, ...] = NMIS, scheme: str = ExternalId.Scheme.NMI) -> None:
    for number in numbers:
        house.point(number, scheme)


def test_nem12_in_and_out_and_in_again_is_the_same(house: House, other: House) -> None:
    for each in (house, other):
        give_numbers(each)
    house.import_file(nem12_file(), "in.csv")
    row, octets = house.export("nem12")
    assert (row.left_out, row.series_refused) == (0, 0)
    other.import_file(octets, row.name)
    assert stored(other) == stored(house)
    assert comments(other) == comments(house)
    assert {kind for *_, kind, _ in comments(house)} == {"nem12:400", "nem12:500"}
    assert sum(map(len, stored(house).values())) == row.values == 182 + 48 + 576 + 192 + 96


def test_green_button_in_and_out_and_in_again_is_the_same(house: House, other: House) -> None:
    for each in (house, other):
        give_numbers(each, ("P1", "P2", "GAS/1"), ExternalId.Scheme.USAGE_POINT)
    house.import_file(green_button_file(), "in.xml")
    row, octets = house.export("espi")
    assert (row.left_out, row.series_refused) == (0, 0)
    other.import_file(octets, row.name)
    assert stored(other) == stored(house)
    assert sum(map(len, stored(house).values())) == row.values == 48 + 92 + 25 + 25 + 25


@pytest.mark.parametrize("layout", Layout)
@pytest.mark.parametrize("format", ["csv", "xlsx"])
@pytest.mark.parametrize(
    "chosen", [Options(), Options(Unit.BASE, Decimal.COMMA, times=Clock.UTC)], ids=["usual", "other"]
)
def test_a_table_brings_its_values_into_another_utility(
    house: House, other: House, format: str, layout: Layout, chosen: Options
) -> None:
    give_numbers(house, ("P1", "P2", "GAS/1"), ExternalId.Scheme.USAGE_POINT)
    for number, point in house.points.items():
        twin = other.point(number, ExternalId.Scheme.USAGE_POINT)
        ExternalId.objects.create(utility=other.utility, value=point.gsrn, metering_point=twin)
    house.import_file(green_button_file(), "in.xml")
    options = replace(chosen, layout=layout)
    row, octets = house.export(format, options=options)
    assert (row.left_out, row.series_refused) == (0, 0)
    style = style_of(letterhead(row), options)
    other.import_file(octets, row.name, to_json(mapping_of(style, FileKind(format))))
    said = 1 if layout is Layout.WIDE else 2
    assert told(stored(other), said) == told(stored(house), said)


def told(values: dict[Identity, dict[int, Value]], said: int) -> dict[Identity, dict[int, tuple[object, ...]]]:
    """What a table says of a value: the number, in a long one the quality, never the status of the source."""
    return {identity: {at: value[:said] for at, value in of.items()} for identity, of in values.items()}
