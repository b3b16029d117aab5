"""Writing Green Button files: in and out again value-identical, in the order of the schema, always the same file."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from integration.formats.errors import UnwritableError
from integration.formats.espi import EspiReader, why_unwritable, write_espi
from integration.formats.espi.quality import MEANINGS
from integration.formats.espi.zones import NO_RULE, local_time_of
from integration.formats.portion import NO_VALUE, Channel, Kind, Letterhead, Portion
from metering.quality import EstimationMethod, Quality, estimated_by
from tests.integration.formats.espi_feed import START, read, same

DATA = Path(__file__).parent / "data"
HEAD = Letterhead(sender="Saimaan & Sähkö", title="<Values>", made_at=START, details={"zone": "Europe/Helsinki"})
SPACE = "{http://naesb.org/espi}"
CONSUMPTION = Channel("643000000000000015", "", "1-0:1.29.0", "Wh", Kind.CONSUMPTION, 900, 0)


def portion_of(
    channel: Channel, values: list[int], *, quality: int = 0, status: int = 0, start: int = START
) -> Portion:
    count = len(values)
    return Portion(
        channels=(channel,),
        channel=np.zeros(count, dtype=np.int32),
        at=start + np.arange(count, dtype=np.int64) * (channel.interval_s or 86_400),
        values=np.array(values, dtype=np.int64),
        quality=np.full(count, quality, dtype=np.uint8),
        status=np.full(count, status, dtype=np.uint32),
        lines=np.zeros(count, dtype=np.int64),
    )


def written(*portions: Portion) -> bytes:
    return b"".join(write_espi(portions, HEAD))


def named(portion: Portion) -> Portion:
    """What the portion is when it comes back: channels are called by their reading type."""
    octets = written(portion)
    (again,) = read(octets)
    return again


QUANTITIES = st.sampled_from(
    [
        ("1-0:1.29.0", "Wh", Kind.CONSUMPTION), ("1-0:2.29.0", "Wh", Kind.CONSUMPTION),
        ("1-0:16.29.0", "Wh", Kind.CONSUMPTION), ("1-0:1.29.3", "Wh", Kind.CONSUMPTION),
        ("1-0:1.8.0", "Wh", Kind.STAND), ("1-0:41.8.0", "Wh", Kind.STAND), ("1-0:4.8.0", "varh", Kind.STAND),
        ("1-0:1.7.0", "W", Kind.INSTANTANEOUS), ("1-0:1.27.0", "W", Kind.INSTANTANEOUS),
        ("1-0:1.6.0", "W", Kind.INSTANTANEOUS), ("1-0:52.7.0", "V", Kind.INSTANTANEOUS),
        ("1-0:91.7.0", "A", Kind.INSTANTANEOUS), ("1-0:13.7.0", "", Kind.INSTANTANEOUS),
        ("7-0:3.0.0", "m3", Kind.CONSUMPTION), ("7-0:3.2.0", "m3", Kind.STAND),
        ("7-0:3.0.0", "therm", Kind.CONSUMPTION), ("8-0:1.0.0", "US gal", Kind.CONSUMPTION),
        ("6-0:1.0.0", "Wh", Kind.STAND),
    ]
)  # fmt: skip
POINTS = st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), min_size=1, max_size=12)
QUALITY_OF = {code: quality for code, (_, quality) in MEANINGS.items()} | {6: Quality.SUSPECT}


@st.composite
def portions(draw: st.DrawFn) -> Portion:
    """Values of a few channels, each interval once, with every quality and status ESPI has words for."""
    points = st.tuples(POINTS.filter(lambda text: text == text.strip() and text.strip("/") == text), QUANTITIES)
    channels = []
    for point, (obis, unit, kind) in draw(st.lists(points, min_size=1, max_size=4, unique=True)):
        interval = draw(st.sampled_from([0, 300, 900, 3600])) if kind is not Kind.INSTANTANEOUS else 900
        channels.append(Channel(point, "", obis, unit, kind, interval, draw(st.integers(-6, 6))))
    rows = []
    for number, channel in enumerate(channels):
        step = channel.interval_s or 1
        for slot in draw(st.lists(st.integers(0, 400), unique=True, max_size=30)):
            code = draw(st.sampled_from(sorted(QUALITY_OF)))
            value = draw(st.integers(-(10**15) + 1, 10**15 - 1))
            rows.append((number, START + slot * step, value, QUALITY_OF[code], code))
    table = np.array(rows, dtype=np.int64).reshape(-1, 5)
    return Portion(
        tuple(channels),
        table[:, 0].astype(np.int32),
        table[:, 1],
        table[:, 2],
        table[:, 3].astype(np.uint8),
        table[:, 4].astype(np.uint32),
        np.zeros(len(table), dtype=np.int64),
    )


@settings(max_examples=300, deadline=30_000)
@given(portions())
def test_values_come_back_identical_with_quality_and_status(portion: Portion) -> None:
    again = named(portion)
    assert [channel.point for channel in again.channels] == [
        channel.point for number, channel in enumerate(portion.channels) if number in portion.channel
    ]
    rows = [
        sorted(
            (c.point, c.obis, c.unit, c.kind.value, c.interval_s, c.exponent, *map(int, rest))
            for number, *rest in zip(one.channel, one.at, one.values, one.quality, one.status, strict=True)
            for c in [one.channels[number]]
        )
        for one in (portion, again)
    ]
    assert rows[0] == rows[1]
    assert same(again, named(again))
    assert all(problem.severity.value == "note" for problem in again.problems)


@pytest.mark.parametrize("name", ["green-button-helsinki.xml", "green-button-prefixed.xml"])
def test_a_file_read_and_written_reads_the_same(name: str) -> None:
    (first,) = read((DATA / name).read_bytes())
    assert same(first, named(first))


def test_readings_without_a_value_and_deleted_values_are_written_without_one() -> None:
    portion = portion_of(CONSUMPTION, [1, NO_VALUE, 3, 4294967295])
    portion.quality[2:] = Quality.DELETED, Quality.SENTINEL
    assert named(portion).values.tolist() == [1, NO_VALUE, NO_VALUE, NO_VALUE]


@pytest.mark.parametrize(
    ("quality", "status", "expected"),
    [
        (estimated_by(EstimationMethod.LINEAR, scaled=True), 0, (estimated_by(EstimationMethod.LINEAR), 9)),
        (estimated_by(EstimationMethod.FLAT, final=True), 0, (Quality.ESTIMATED, 13)),
        (Quality.ESTIMATED, 8, (estimated_by(EstimationMethod.LIKE_DAY), 8)),
        (estimated_by(EstimationMethod.LINEAR), 8, (estimated_by(EstimationMethod.LINEAR), 9)),
        (Quality.VERIFIED, 0, (Quality.VERIFIED, 17)),
        (Quality.REJECTED, 16, (Quality.SUSPECT, 10)),
        (Quality.ACCEPTED, 0, (Quality.ACCEPTED, 18)),
        (Quality.EDITED, 0xDEADBEEF, (Quality.EDITED, 7)),
        (Quality.SUSPECT, 17, (Quality.SUSPECT, 10)),
        (Quality.MEASURED, 0x80000000, (Quality.MEASURED, 0)),
    ],
)
def test_qualities_without_a_code_of_their_own_are_written_as_the_nearest(
    quality: int, status: int, expected: tuple[int, int]
) -> None:
    again = named(portion_of(CONSUMPTION, [1], quality=quality, status=status))
    assert (again.quality[0], again.status[0]) == expected


def test_a_feed_has_the_element_order_of_the_schema() -> None:
    schema = etree.XMLSchema(etree.parse(DATA / "green-button.xsd"))
    stand = Channel("P/1 ä", "", "1-0:1.8.2", "Wh", Kind.STAND, 0, 3)
    first = portion_of(CONSUMPTION, [1, NO_VALUE, 3])
    octets = written(first, portion_of(stand, [5, 6], quality=Quality.SUSPECT), first)
    resources = etree.fromstring(octets).findall("{*}entry/{*}content/*")
    for resource in resources:
        schema.assertValid(etree.fromstring(etree.tostring(resource)))
    tags = [resource.tag.removeprefix(SPACE) for resource in resources]
    assert tags == [
        "LocalTimeParameters", "UsagePoint", "ReadingType", "MeterReading", "IntervalBlock",
        "UsagePoint", "ReadingType", "MeterReading", "IntervalBlock", "IntervalBlock", "IntervalBlock",
    ]  # fmt: skip


def texts(octets: bytes, path: str) -> list[str]:
    """The texts of the elements an XPath names, in their order."""
    found = etree.fromstring(octets).xpath(path)
    assert isinstance(found, list)
    return [element.text or "" for element in found if isinstance(element, etree._Element)]


def test_a_block_is_a_utc_day_and_local_days_of_23_and_25_hours_are_whole() -> None:
    helsinki = ZoneInfo("Europe/Helsinki")
    for day, hours in (((2026, 3, 29), 23), ((2026, 10, 25), 25)):
        start = int(datetime(*day, tzinfo=helsinki).timestamp())
        portion = portion_of(CONSUMPTION, list(range(hours * 4)), start=start)
        assert same(named(portion), named(named(portion)))
        starts = [int(text) for text in texts(written(portion), "//*[name()='interval']/*[2]")]
        assert starts == [start, int(datetime(*day, tzinfo=UTC).timestamp())]
        assert named(portion).values.tolist() == list(range(hours * 4))


def test_identifications_are_unique_and_the_same_every_time() -> None:
    other = Channel("643000000000000022", "", "1-0:2.29.0", "Wh", Kind.CONSUMPTION, 900, 0)
    octets = written(portion_of(CONSUMPTION, [1] * 200), portion_of(other, [2] * 200))
    assert octets == written(portion_of(CONSUMPTION, [1] * 200), portion_of(other, [2] * 200))
    ids = texts(octets, "//*[name()='id']")
    assert len(ids) == len(set(ids)) > 8


def test_the_feed_is_made_piece_by_piece() -> None:
    pieces = write_espi((portion_of(CONSUMPTION, [1] * 96, start=START + 86_400 * day) for day in range(50)), HEAD)
    assert max(len(piece) for piece in pieces) < 20_000


@pytest.mark.parametrize(
    "channel",
    [
        Channel("P", "", "1-0:200.200.0", "Wh", Kind.CONSUMPTION, 900, 0),
        Channel("P", "", "1-0:1.29.0", "furlong", Kind.CONSUMPTION, 900, 0),
        Channel("P", "", "1-0:1.29.200", "Wh", Kind.CONSUMPTION, 900, 0),
        Channel("", "", "1-0:1.29.0", "Wh", Kind.CONSUMPTION, 900, 0),
    ],
)
def test_channels_without_codes_are_refused_before_and_while_writing(channel: Channel) -> None:
    assert why_unwritable(channel)
    with pytest.raises(UnwritableError):
        written(portion_of(channel, [1]))


def test_the_name_of_a_reading_type_is_only_trusted_where_it_fits() -> None:
    strange = Channel("P", "4.7.0.1.0.0.0.0.0.0.42", "1-0:1.29.0", "Wh", Kind.CONSUMPTION, 900, 0)
    assert named(portion_of(strange, [1])).channels[0].obis == "1-0:1.29.0"


@pytest.mark.parametrize(
    ("zone", "offset_s", "start", "end"),
    [
        ("Europe/Helsinki", 7_200, "3E0E3000", "AE0E4000"),
        ("America/New_York", -18_000, "360E2000", "B40E2000"),
        ("Asia/Kolkata", 19_800, NO_RULE, NO_RULE),
        ("UTC", 0, NO_RULE, NO_RULE),
    ],
)
def test_local_time_in_the_bits_of_the_standard(zone: str, offset_s: int, start: str, end: str) -> None:
    local = local_time_of(ZoneInfo(zone), 2026)
    assert (local.offset_s, local.start_rule, local.end_rule) == (offset_s, start, end)
    assert local.saving_s == (0 if start == NO_RULE else 3_600)


def test_the_zone_is_read_back() -> None:
    reader = EspiReader(io.BytesIO(written(portion_of(CONSUMPTION, [1]))))
    assert sum(len(portion) for portion in reader) == 1
    assert (reader.header["title"], reader.header["tz_offset"], reader.header["dst_end"]) == (
        "<Values>", "7200", "AE0E4000",
    )  # fmt: skip
