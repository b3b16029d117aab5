"""Reading Green Button files: what belongs to what, summaries held against intervals, going on behind a portion."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest

from integration.formats.espi import EspiReader
from integration.formats.portion import Channel, Kind, Severity
from metering.quality import EstimationMethod, Quality, estimated_by
from tests.integration.formats.espi_feed import (
    HOUR_S,
    LINKS,
    METER,
    POINT,
    START,
    block,
    feed,
    hourly,
    read,
    read_one,
    reading,
    reading_type,
)

DATA = Path(__file__).parent / "data"


def test_a_file_of_the_standard_is_read_with_lines_qualities_and_summary() -> None:
    portion = read_one((DATA / "green-button-helsinki.xml").read_bytes())
    name = "4.1.12.1.12.769.0.0.0.0.72"
    assert portion.channels == (Channel("643000000000000015", name, "1-0:1.29.0", "Wh", Kind.CONSUMPTION, HOUR_S, 1),)
    assert portion.at.tolist() == [1774735200, 1774738800, 1774742400]
    assert portion.values.tolist() == [481, 470, 455]
    assert portion.quality.tolist() == [Quality.MEASURED, estimated_by(EstimationMethod.LIKE_DAY), Quality.MEASURED]
    assert portion.status.tolist() == [19, 8, 19]
    assert portion.lines.tolist() == [42, 50, 62]
    assert (portion.problems, portion.rows) == ((), 3)


def test_the_header_has_title_and_local_time_after_the_first_portion() -> None:
    reader = EspiReader(io.BytesIO((DATA / "green-button-helsinki.xml").read_bytes()))
    next(iter(reader))
    assert dict(reader.header) == {
        "title": "Hand-made feed", "tz_offset": "7200", "dst_offset": "3600",
        "dst_start": "3E0E3000", "dst_end": "AE0E4000",
    }  # fmt: skip


def test_prefixes_several_blocks_an_entry_local_days_and_several_qualities() -> None:
    portion = read_one((DATA / "green-button-prefixed.xml").read_bytes())
    name = "4.7.0.0.0.0.0.0.0.0.169"
    assert portion.channels == (Channel("GAS/1", name, "7-0:3.0.0", "therm", Kind.CONSUMPTION, 0, -3),)
    assert portion.at.tolist() == [1740805200, 1740891600, 1741496400]
    assert portion.values.tolist() == [1250, 1310, 990]
    assert (portion.status.tolist(), portion.quality[2]) == ([0, 0, 10], Quality.SUSPECT)
    assert [problem.reason for problem in portion.problems] == ["customer data in 1 entries are not read"]


@pytest.mark.parametrize("order", [(0, 1, 2, 3), (3, 2, 1, 0), (2, 3, 0, 1), (1, 3, 2, 0)])
def test_entries_may_come_in_any_order(order: tuple[int, ...]) -> None:
    entries = [POINT, METER, reading_type(), block(reading(START, 5))]
    portion = read_one(feed(*(entries[index] for index in order)))
    assert (portion.channels[0].point, portion.values.tolist()) == ("P1", [5])


def test_links_after_the_content_and_in_the_single_entry_of_a_file_are_understood() -> None:
    late = f"<entry><content><e:IntervalBlock>{reading(START, 5)}</e:IntervalBlock></content>{LINKS}</entry>"
    assert read_one(hourly(late)).values.tolist() == [5]


def test_blocks_find_their_meter_reading_among_several() -> None:
    second = METER.replace("MeterReading/1", "MeterReading/2").replace("ReadingType/1", "ReadingType/2")
    kind = reading_type(flowDirection=19).replace("ReadingType/1", "ReadingType/2")
    blocks = [
        block(reading(START, 1)),
        block(reading(START, 2), links=LINKS.replace("MeterReading/1", "MeterReading/2")),
    ]
    portion = read_one(hourly(second, kind, *blocks))
    found = {
        portion.channels[channel].obis: value for channel, value in zip(portion.channel, portion.values, strict=True)
    }
    assert found == {"1-0:1.29.0": 1, "1-0:2.29.0": 2}


def test_usage_points_with_the_same_last_segment_are_called_by_their_uuid() -> None:
    def customer(number: int) -> str:
        uuid = f"<id>urn:uuid:0000000{number}</id>"
        texts = [POINT.replace("<entry>", f"<entry>{uuid}"), METER, block(reading(START, number))]
        return (
            "".join(texts)
            .replace("UsagePoint", f"Customer/{number}/UsagePoint")
            .replace(f"e:Customer/{number}/UsagePoint", "e:UsagePoint")
        )

    portion = read_one(feed(reading_type(), customer(1), customer(2)))
    assert sorted(channel.point for channel in portion.channels) == ["00000001", "00000002"]


@pytest.mark.parametrize(
    ("missing", "reason"),
    [
        (METER, "belongs to no meter reading"),
        (POINT, "belongs to no usage point"),
    ],
)
def test_values_of_nobody_are_refused_with_their_number(missing: str, reason: str) -> None:
    octets = hourly(block(reading(START, 1) + reading(START + HOUR_S, 2))).replace(missing.encode(), b"")
    portion = read_one(octets)
    assert len(portion) == 0
    assert [(reason in problem.reason, problem.values) for problem in portion.problems] == [(True, 2)]


def summary(value: int, *, hours: int = 3, multiplier: int = 0, name: str = "UsageSummary") -> str:
    figure = (
        f"<e:overallConsumptionLastPeriod><e:powerOfTenMultiplier>{multiplier}</e:powerOfTenMultiplier>"
        f"<e:uom>72</e:uom><e:value>{value}</e:value></e:overallConsumptionLastPeriod>"
    )
    period = f"<e:billingPeriod><e:duration>{hours * HOUR_S}</e:duration><e:start>{START}</e:start></e:billingPeriod>"
    link = f'<link rel="self" href="UsagePoint/P1/{name}/1"/><link rel="up" href="UsagePoint/P1/{name}"/>'
    return f"<entry>{link}<content><e:{name}>{period}{figure}</e:{name}></content></entry>\n"


@pytest.mark.parametrize("name", ["UsageSummary", "ElectricPowerUsageSummary"])
@pytest.mark.parametrize(
    ("value", "hours", "multiplier", "severity", "figures"),
    [
        (6, 3, 0, None, ()),
        (7, 3, 0, None, ()),
        (0, 3, 3, None, ()),
        (9, 3, 0, Severity.ERROR, ("9 Wh stated", "add up to 6 Wh")),
        (2, 3, 3, Severity.ERROR, ("2000 Wh stated", "add up to 6 Wh")),
        (60, 30, 0, Severity.NOTE, ("10 %", "60 Wh stated", "add up to 6 Wh")),
    ],
)
def test_summaries_are_held_against_the_intervals(
    name: str, value: int, hours: int, multiplier: int, severity: Severity | None, figures: tuple[str, ...]
) -> None:
    readings = "".join(reading(START + HOUR_S * hour, hour + 1) for hour in range(3))
    octets = hourly(block(readings), summary(value, hours=hours, multiplier=multiplier, name=name))
    portion = read_one(octets)
    assert len(portion) == 3
    assert [problem.severity for problem in portion.problems] == ([severity] if severity else [])
    assert all(figure in portion.problems[0].reason for figure in figures)


def test_a_portion_received_before_is_not_given_again(monkeypatch: pytest.MonkeyPatch) -> None:
    from integration.formats.espi import pieces, reader

    monkeypatch.setattr(reader, "PORTION_VALUES", 100)
    monkeypatch.setattr(pieces, "CHUNK", 4_000)
    readings = [reading(START + HOUR_S * hour, hour) for hour in range(1_000)]
    octets = hourly(*(block("".join(readings[first : first + 24])) for first in range(0, 1_000, 24)))
    portions = read(octets)
    positions = [portion.position for portion in portions]
    assert len(portions) > 3
    assert positions == sorted(set(positions))
    assert np.concatenate([portion.values for portion in portions]).tolist() == list(range(1_000))
    for done, position in enumerate(positions):
        rest = read(octets, position)
        assert [portion.values.tolist() for portion in rest] == [
            portion.values.tolist() for portion in portions[done + 1 :]
        ]
