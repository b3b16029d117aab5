"""Bad readings of Green Button files: named, refused or repaired by rule, with their neighbours kept."""

from __future__ import annotations

import pytest

from integration.formats.espi import limits
from integration.formats.portion import Severity
from metering.quality import Quality
from tests.integration.formats.espi_feed import (
    GOOD,
    HOUR_S,
    METER,
    NEXT,
    POINT,
    START,
    block,
    feed,
    hourly,
    quality,
    read_block,
    read_one,
    reading,
    reading_type,
    reasons,
)


@pytest.mark.parametrize(
    ("faulty", "column", "text"),
    [
        (reading(NEXT, "abc"), "value", "abc"),
        (reading(NEXT, "1.5"), "value", "1.5"),
        (reading(NEXT, "1e3"), "value", "1e3"),
        (reading(NEXT, 10**15), "value", str(10**15)),
        (reading(NEXT, 10**19), "value", str(10**19)),
        (reading(NEXT, "9" * 5000), "value", "9" * limits.TEXT),
        (reading("yesterday", 1), "start", "yesterday"),
        (reading(-5, 1), "start", "-5"),
        (reading(10**40, 1), "start", "1" + "0" * 39),
        (reading(NEXT, 1, duration="P1D"), "duration", "P1D"),
        (reading(NEXT, 1, duration=-1), "duration", "-1"),
        (reading(946_684_799, 1), "start", "946684799"),
        (reading(4_102_444_800, 1), "start", "4102444800"),
        (reading(NEXT + 1, 1), "start", str(NEXT + 1)),
        (reading(NEXT, "1</e:value><e:value>2"), "value", "1"),
    ],
)
def test_a_bad_reading_is_refused_and_its_neighbours_are_kept(faulty: str, column: str, text: str) -> None:
    portion = read_block(GOOD + faulty + reading(NEXT + HOUR_S, 7))
    assert portion.values.tolist() == [5, 7]
    (problem,) = portion.problems
    assert (problem.severity, problem.column, problem.text, problem.values) == (Severity.ERROR, column, text, 1)
    assert problem.line == portion.lines[0] + 1


def test_a_whole_number_written_as_a_decimal_is_taken() -> None:
    assert read_block(reading(START, " 12.00 ")).values.tolist() == [12]


def test_values_of_15_digits_and_negative_net_values_are_good() -> None:
    portion = read_block(reading(START, 10**15 - 1) + reading(NEXT, -(10**15) + 1), flowDirection=4)
    assert (portion.values.tolist(), portion.problems) == ([10**15 - 1, -(10**15) + 1], ())


def test_negative_consumption_of_one_direction_is_noted() -> None:
    portion = read_block(reading(START, -3) + reading(NEXT, -4))
    assert portion.values.tolist() == [-3, -4]
    assert reasons([portion]) == [("note", "value", "-3", 2)]


def test_a_quality_that_is_no_code_is_repaired_to_questionable() -> None:
    portion = read_block(reading(START, 1, before=quality("bad")))
    assert (portion.quality.tolist(), portion.status.tolist()) == ([Quality.SUSPECT], [10])
    assert reasons([portion]) == [("repaired", "quality", "bad", 1)]


def test_another_length_than_declared_makes_a_channel_of_its_own() -> None:
    readings = GOOD + reading(NEXT, 6, duration=900) + reading(NEXT + 900, 7, duration=900)
    portion = read_block(readings)
    assert [channel.interval_s for channel in portion.channels] == [HOUR_S, 900]
    assert (portion.channel.tolist(), portion.values.tolist()) == ([0, 1, 1], [5, 6, 7])
    assert reasons([portion]) == [("note", "duration", "", 2)]


def test_of_repeated_intervals_the_later_reading_counts() -> None:
    portion = read_one(hourly(block(GOOD + reading(NEXT, 6)), block(reading(START, 8))))
    assert dict(zip(portion.at.tolist(), portion.values.tolist(), strict=True)) == {START: 8, NEXT: 6}
    assert reasons([portion]) == [("note", "start", "", 1), ("repaired", "start", str(START), 1)]


def test_unsorted_readings_are_taken_and_noted() -> None:
    portion = read_block(reading(NEXT, 6) + GOOD)
    assert (portion.values.tolist(), reasons([portion])) == ([6, 5], [("note", "start", "", 1)])


def test_a_gap_in_a_block_is_noted() -> None:
    interval = f"<e:interval><e:duration>{3 * HOUR_S}</e:duration><e:start>{START}</e:start></e:interval>"
    portion = read_one(hourly(block(GOOD + reading(NEXT + HOUR_S, 6), interval=interval)))
    assert (len(portion), reasons([portion])) == (2, [("note", "interval", "", 0)])


def test_a_reading_without_any_start_is_refused() -> None:
    bare = "<e:IntervalReading><e:value>4</e:value></e:IntervalReading>"
    portion = read_block(bare)
    assert (len(portion), reasons([portion])) == (0, [("error", "timePeriod", "4", 1)])


def test_many_problems_are_listed_up_to_a_limit_and_counted_beyond() -> None:
    faulty = "".join(reading(START + 1 + HOUR_S * hour, 1) for hour in range(limits.PROBLEMS + 500))
    problems = read_block(faulty).problems
    assert len(problems) == limits.PROBLEMS + 1
    assert sum(problem.values for problem in problems) == limits.PROBLEMS + 500


def test_a_feed_without_values_is_a_portion_without_values() -> None:
    for octets in (feed(), feed(POINT, METER, reading_type()), hourly(block(""))):
        assert (len(read_one(octets)), read_one(octets).problems) == (0, ())
