"""What Green Button files mean: reading types, qualities, units and times."""

from __future__ import annotations

import numpy as np
import pytest

from integration.formats.portion import NO_VALUE, Kind, Severity
from metering.quality import EstimationMethod, Quality, estimated_by
from tests.integration.formats.espi_feed import (
    HOUR_S,
    LINKS,
    METER,
    START,
    block,
    hourly,
    quality,
    read_block,
    read_one,
    reading,
    reading_type,
    reasons,
)

LIKE_DAY, LINEAR = estimated_by(EstimationMethod.LIKE_DAY), estimated_by(EstimationMethod.LINEAR)


@pytest.mark.parametrize(
    ("codes", "obis", "unit", "kind"),
    [
        ({"flowDirection": 19}, "1-0:2.29.0", "Wh", Kind.CONSUMPTION),
        ({"flowDirection": 4}, "1-0:16.29.0", "Wh", Kind.CONSUMPTION),
        ({"flowDirection": 20}, "1-0:15.29.0", "Wh", Kind.CONSUMPTION),
        ({"accumulationBehaviour": 1}, "1-0:1.8.0", "Wh", Kind.STAND),
        ({"accumulationBehaviour": 1, "tou": 2}, "1-0:1.8.2", "Wh", Kind.STAND),
        ({"accumulationBehaviour": 3}, "1-0:1.8.0", "Wh", Kind.STAND),
        ({"uom": 73}, "1-0:3.29.0", "varh", Kind.CONSUMPTION),
        ({"uom": 71}, "1-0:9.29.0", "VAh", Kind.CONSUMPTION),
        ({"uom": 72, "phase": 64}, "1-0:41.29.0", "Wh", Kind.CONSUMPTION),
        ({"uom": 29, "phase": 128, "accumulationBehaviour": 12}, "1-0:32.7.0", "V", Kind.INSTANTANEOUS),
        ({"uom": 5, "phase": 33, "accumulationBehaviour": 6}, "1-0:71.7.0", "A", Kind.INSTANTANEOUS),
        ({"uom": 5, "phase": 16, "accumulationBehaviour": 6}, "1-0:91.7.0", "A", Kind.INSTANTANEOUS),
        ({"uom": 38, "accumulationBehaviour": 6, "dataQualifier": 2}, "1-0:1.27.0", "W", Kind.INSTANTANEOUS),
        ({"uom": 38, "accumulationBehaviour": 6, "dataQualifier": 8}, "1-0:1.6.0", "W", Kind.INSTANTANEOUS),
        ({"uom": 33, "accumulationBehaviour": 12}, "1-0:14.7.0", "Hz", Kind.INSTANTANEOUS),
        ({"uom": 65, "accumulationBehaviour": 12}, "1-0:13.7.0", "", Kind.INSTANTANEOUS),
        ({"uom": 42, "commodity": 7}, "7-0:3.0.0", "m3", Kind.CONSUMPTION),
        ({"uom": 167, "commodity": 7}, "7-0:3.2.0", "m3", Kind.CONSUMPTION),
        ({"uom": 119, "commodity": 7}, "7-0:3.0.0", "ft3", Kind.CONSUMPTION),
        ({"uom": 132, "commodity": 7}, "7-0:3.0.0", "BTU", Kind.CONSUMPTION),
        ({"uom": 128, "commodity": 9}, "8-0:1.0.0", "US gal", Kind.CONSUMPTION),
        ({"uom": 72, "commodity": 12}, "6-0:1.0.0", "Wh", Kind.CONSUMPTION),
    ],
)
def test_reading_types_become_measured_properties(codes: dict[str, int], obis: str, unit: str, kind: Kind) -> None:
    (channel,) = read_block(reading(START, 5), **codes).channels
    assert (channel.obis, channel.unit, channel.kind) == (obis, unit, kind)


def test_litres_become_cubic_metres_by_the_exponent() -> None:
    portion = read_block(reading(START, 5), uom=134, commodity=9, powerOfTenMultiplier=1)
    assert (portion.channels[0].unit, portion.channels[0].exponent, portion.values.tolist()) == ("m3", -2, [5])


def test_the_commodity_comes_from_the_service_category_where_the_type_has_none() -> None:
    octets = hourly(block(reading(START, 5)), uom=169, commodity=0).replace(b"<e:kind>0<", b"<e:kind>1<")
    assert read_one(octets).channels[0].obis == "7-0:3.0.0"


@pytest.mark.parametrize("codes", [{"uom": 80}, {"flowDirection": 21}, {"phase": 132}, {"accumulationBehaviour": 13}])
def test_reading_types_without_a_measured_property_are_refused(codes: dict[str, int]) -> None:
    portion = read_block(reading(START, 5), **codes)
    assert (len(portion), reasons([portion])[0][0]) == (0, "error")


def test_two_reading_types_of_one_quantity_are_not_mixed() -> None:
    second = METER.replace("MeterReading/1", "MeterReading/2").replace("ReadingType/1", "ReadingType/2")
    kind = reading_type(consumptionTier=2).replace("ReadingType/1", "ReadingType/2")
    late = block(reading(START, 7), links=LINKS.replace("MeterReading/1", "MeterReading/2"))
    portion = read_one(hourly(second, kind, block(reading(START, 5)), late))
    assert portion.values.tolist() == [5]
    assert "same quantity" in portion.problems[0].reason


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        (0, Quality.MEASURED), (7, Quality.EDITED), (8, LIKE_DAY), (9, LINEAR),
        (10, Quality.SUSPECT), (11, Quality.MEASURED), (12, Quality.ESTIMATED), (13, Quality.ESTIMATED),
        (14, Quality.MEASURED), (15, Quality.ESTIMATED), (16, Quality.SUSPECT), (17, Quality.VERIFIED),
        (18, Quality.ACCEPTED), (19, Quality.MEASURED), (6, Quality.SUSPECT),
    ],
)  # fmt: skip
def test_qualities(code: int, expected: int) -> None:
    portion = read_block(reading(START, 5, before=quality(code)))
    assert (portion.quality.tolist(), portion.status.tolist()) == ([expected], [code])


def test_the_worst_of_several_qualities_counts_and_none_means_the_default() -> None:
    readings = reading(START, 1, before=quality(17, 9, 7)) + reading(START + HOUR_S, 2)
    portion = read_block(readings, defaultQuality=14)
    assert portion.status.tolist() == [9, 14]


def test_days_of_23_and_25_hours_follow_from_utc() -> None:
    spring, autumn = 1774648800 + 24 * HOUR_S, 1792875600
    readings = [
        reading(first + HOUR_S * hour, hour) for first, hours in ((spring, 23), (autumn, 25)) for hour in range(hours)
    ]
    octets = hourly(*(block("".join(part)) for part in (readings[:23], readings[23:])))
    portion = read_one(octets)
    assert (len(portion), portion.problems) == (48, ())
    assert np.unique(np.diff(portion.at)).tolist() == [HOUR_S, autumn - spring - 22 * HOUR_S]


def test_readings_without_a_period_follow_each_other_from_the_start_of_the_block() -> None:
    interval = f"<e:interval><e:duration>10800</e:duration><e:start>{START}</e:start></e:interval>"
    bare = "".join(f"<e:IntervalReading><e:value>{value}</e:value></e:IntervalReading>" for value in (1, 2))
    portion = read_one(hourly(block(bare + reading(START + 2 * HOUR_S, 3), interval=interval)))
    assert portion.at.tolist() == [START, START + HOUR_S, START + 2 * HOUR_S]
    assert portion.problems == ()


def test_a_stand_belongs_to_the_end_of_its_period() -> None:
    readings = reading(START, 100, duration=0) + reading(START, 160, duration=HOUR_S)
    portion = read_block(readings, accumulationBehaviour=1)
    assert portion.at.tolist() == [START, START + HOUR_S]
    assert portion.channels[0].interval_s == HOUR_S


def test_a_reading_without_a_value_is_named() -> None:
    empty = reading(START, 1).replace("<e:value>1</e:value>", "")
    portion = read_block(empty + reading(START + HOUR_S, 2))
    assert portion.values.tolist() == [NO_VALUE, 2]
    assert [(problem.severity, problem.column) for problem in portion.problems] == [(Severity.NOTE, "value")]
