"""What goes into a file: the period in the terms of the format, states of values, and what is left out by name."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime, timedelta
from typing import Any

import numpy as np
import pytest

from integration.exports.options import Layout, Options
from integration.exports.registry import MOST_SERIES, format_of
from integration.formats.espi import EspiReader
from integration.formats.nem.flags import Flags
from integration.formats.nem12 import Nem12Reader
from integration.formats.nem13 import Nem13Reader
from integration.formats.portion import NO_VALUE, Portion
from integration.models import ExternalId, FileExport
from integration.services.exports import ExportError
from metering.intervals import local_day, to_seconds
from metering.models import Series
from metering.quality import Quality
from metering.store import Batch, Origin, write
from tests import factories as make
from tests.integration.exports.conftest import House
from tests.integration.exports.stored import comments, stored
from tests.integration.formats.test_nem13 import file_of as nem13_file
from tests.integration.formats.test_nem13 import record

pytestmark = pytest.mark.django_db
NMI = "6102000001"
SPRING, AUTUMN = date(2026, 3, 29), date(2026, 10, 25)
DAY = datetime(2026, 3, 28, tzinfo=UTC)
SPAN: dict[str, Any] = {"start": DAY, "end": DAY + timedelta(days=2)}


def read(reader: type[Any], octets: bytes) -> list[Portion]:
    return list(reader(io.BytesIO(octets)))


def reasons(row: FileExport) -> list[tuple[bool, int, int, str]]:
    """What became of the series, in their order."""
    return list(row.series.order_by("number").values_list("refused", "values", "left_out", "reason"))


@pytest.mark.parametrize(("day", "hours"), [(SPRING, 23), (AUTUMN, 25)])
def test_a_local_day_is_whole_in_every_format(house: House, day: date, hours: int) -> None:
    point = house.point(NMI)
    series = make.make_series(point)
    start, end = local_day(day, house.utility.zone)
    make.make_values(series, start - timedelta(days=2), list(range(6 * 96)))
    wanted: dict[str, Any] = {"start": start, "end": end}
    _, octets = house.export("csv", **wanted)
    assert len(octets.splitlines()) == 1 + hours * 4
    (portion,) = read(EspiReader, house.export("espi", **wanted)[1])
    assert (len(portion), portion.at[0], portion.at[-1]) == (hours * 4, to_seconds(start), to_seconds(end) - 900)
    row, octets = house.export("nem12", **wanted)
    (portion,) = read(Nem12Reader, octets)
    assert row.values == len(portion) == 2 * 96
    assert portion.present.all()


def test_registers_go_with_the_reading_that_closes_the_period(house: House) -> None:
    point = house.point(NMI)
    series = make.make_series(point, "1-0:1.8.0", kind="stand", periodicity="daily", interval_s=0, source="M1")
    make.make_register_values(series, {DAY + timedelta(days=day): day * 7 for day in range(5)})
    row, octets = house.export("nem13", **SPAN)
    (portion,) = read(Nem13Reader, octets)
    assert (row.values, portion.values.tolist()) == (3, [0, 7, 14])


def test_nem13_in_and_out_and_in_again_is_the_same(house: House, other: House) -> None:
    for each in (house, other):
        each.point("1234567890")
    told = "20260401120000"
    octets = nem13_file(
        record(UpdateDateTime=told),
        "550,N,,A,",
        record(
            PreviousRegisterRead="000534.5", PreviousRegisterReadDateTime="20260101100030", PreviousQualityMethod="E64",
            PreviousReasonCode="77", CurrentRegisterRead="000010.5", CurrentRegisterReadDateTime="20260401093000",
            Quantity="99476.0", UpdateDateTime=told,
        ),
        record(
            UpdateDateTime=told, NMISuffix="12", RegisterID="02", CurrentReasonCode="0",
            CurrentReasonDescription="dog at large",
        ),
    )  # fmt: skip
    house.import_file(octets, "in.csv")
    row, out = house.export("nem13")
    other.import_file(out, row.name)
    assert (row.values, row.left_out) == (5, 0)
    assert stored(other) == stored(house)
    assert comments(other) == comments(house)
    assert {kind for *_, kind, _ in comments(house)} == {"nem13:250", "nem13:550", "nem13:reason"}


def test_what_was_edited_or_deleted_here_is_said_in_the_words_of_the_format(house: House) -> None:
    series = make.make_series(house.point(NMI))
    make.make_values(series, DAY, list(range(192)))
    values, quality = np.full((1, 96), NO_VALUE), np.zeros((1, 96), np.uint8)
    values[0, 40], quality[0, 40], quality[0, 41] = 777, Quality.EDITED, Quality.DELETED
    number = np.array([to_seconds(DAY) // 86_400], np.int32)
    write(Batch(900, np.array([series.pk], np.int64), number, values, quality), origin=Origin())
    row, octets = house.export("nem12", **SPAN)
    (portion,) = read(Nem12Reader, octets)
    place = {at: index for index, at in enumerate(portion.at.tolist())}
    edited, deleted = (place[to_seconds(DAY) + slot * 900] for slot in (40, 41))
    assert (portion.values[edited], portion.status[edited]) == (777, Flags("S", 18, 24).status)
    assert (portion.values[deleted], portion.status[deleted]) == (NO_VALUE, Flags("N", None, 78).status)
    assert row.values == 191
    (portion,) = read(EspiReader, house.export("espi", **SPAN)[1])
    assert portion.quality.tolist().count(Quality.EDITED) == 1
    assert portion.present.sum() == 191


def test_what_nem12_cannot_hold_is_left_out_by_name(house: House) -> None:
    point = house.point(NMI)
    good, hourly = make.make_series(point), make.make_series(point, "1-0:2.29.0", interval_s=3600)
    alike, negative = make.make_series(point, "1-0:1.8.0"), make.make_series(point, "1-0:3.29.0", "varh")
    nameless = make.make_series(make.make_metering_point(house.utility))
    for each in (good, hourly, alike, nameless):
        make.make_values(each, DAY, [1] * (2 * 86_400 // each.interval_s))
    make.make_values(negative, DAY, [-1, 5, -3] + [2] * 93)
    row, octets = house.export("nem12", [each.pk for each in (good, hourly, alike, negative, nameless)], **SPAN)
    assert reasons(row) == [
        (False, 192, 0, ""),
        (True, 0, 0, "intervals have 5, 15 or 30 minutes"),
        (True, 0, 0, "the file could not tell it from “Active energy import, consumption, 15 min, consumption”"),
        (False, 94, 2, "values are negative"),
        (True, 0, 0, f"metering point {nameless.metering_point.gsrn} has no NMI"),
    ]
    assert (row.values, row.left_out, row.series_refused) == (286, 2, 3)
    assert sum(int(portion.present.sum()) for portion in read(Nem12Reader, octets)) == 286
    assert octets.count(b"\r\n200,") == 2
    assert b",E1Q1,E1," in octets


def test_stands_nem13_has_no_pair_for_are_left_out_by_name(house: House) -> None:
    point = house.point(NMI)
    daily = make.make_series(point, "1-0:1.8.0", kind="stand", periodicity="daily", interval_s=0, source="M1")
    monthly = make.make_series(point, "1-0:1.8.0", kind="stand", periodicity="monthly", interval_s=0, source="M1")
    lonely = make.make_series(point, "1-0:2.8.0", kind="stand", periodicity="daily", interval_s=0, source="M1")
    make.make_register_values(daily, {DAY: 5, DAY + timedelta(days=1): 9})
    make.make_register_values(lonely, {DAY: 5})
    row, _ = house.export("nem13", [daily.pk, monthly.pk, lonely.pk], **SPAN)
    assert reasons(row) == [
        (False, 2, 0, ""),
        (True, 0, 0, "the file could not tell it from “Active energy import, daily, stand, M1”"),
        (False, 0, 1, "a reading without another one makes no period"),
    ]


def test_days_stored_in_other_intervals_keep_theirs(house: House) -> None:
    series = make.make_series(house.point(NMI))
    make.make_values(series, DAY, list(range(96)))
    half_hours = np.arange(48, dtype=np.int64).reshape(1, 48)
    number = np.array([to_seconds(DAY) // 86_400 + 1], np.int32)
    write(Batch(1800, np.array([series.pk], np.int64), number, half_hours), origin=Origin())
    row, octets = house.export("nem12", **SPAN)
    found = {
        channel.interval_s: int(portion.present[portion.channel == index].sum())
        for portion in read(Nem12Reader, octets)
        for index, channel in enumerate(portion.channels)
    }
    assert (row.values, found) == (144, {900: 96, 1800: 48})
    hours = np.arange(24, dtype=np.int64).reshape(1, 24)
    write(Batch(3600, np.array([series.pk], np.int64), number + 1, hours), origin=Origin())
    row, _ = house.export("nem12", start=DAY, end=DAY + timedelta(days=3))
    assert reasons(row) == [(False, 144, 24, "days in intervals of 3600 s: intervals have 5, 15 or 30 minutes")]


def test_orders_nobody_can_fill_are_refused(house: House) -> None:
    series = make.make_series(house.point(NMI))
    foreign = make.make_series(make.make_metering_point(make.make_utility("other")))
    orders: list[tuple[list[int], dict[str, Any], str]] = [
        ([], SPAN, "There is no series"),
        ([series.pk, foreign.pk], SPAN, "1 of these series do not exist or lie outside"),
        ([series.pk], {"start": DAY, "end": DAY}, "must be later"),
        ([series.pk], {"start": DAY, "end": DAY + timedelta(days=4_000)}, "3,700 days at most"),
        (list(range(1, MOST_SERIES + 2)), SPAN, "100,000 series at most"),
        (list(range(1, 20_000)), SPAN | {"options": Options(layout=Layout.WIDE)}, "series at most"),
    ]
    for ids, wanted, words in orders:
        with pytest.raises(ExportError, match=words):
            house.ask("csv", ids, **wanted)
    assert not FileExport.objects.exists()


def test_a_workbook_takes_only_so_many_values(house: House) -> None:
    series = [make.make_series(make.make_metering_point(house.utility), interval_s=60) for _ in range(3)]
    assert format_of("xlsx").most_values == 2_000_000
    wanted: dict[str, Any] = {"start": DAY, "end": DAY + timedelta(days=500)}
    with pytest.raises(ExportError, match="2,000,000 values at most, and this is 2,160,000"):
        house.ask("xlsx", [row.pk for row in series], **wanted)
    assert house.ask("csv", [row.pk for row in series], **wanted).series_count == 3


def test_a_point_with_two_numbers_goes_by_the_first(house: House) -> None:
    series = make.make_series(house.point("QAAAVZZZZZ"))
    ExternalId.objects.create(
        utility=house.utility, scheme="nmi", value=NMI, metering_point=Series.objects.get(pk=series.pk).metering_point
    )
    make.make_values(series, DAY, [1] * 96)
    assert f"\r\n200,{NMI},".encode() in house.export("nem12", **SPAN)[1]
