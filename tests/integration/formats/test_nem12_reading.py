"""What a NEM12 file says is what the reader gives; what is invalid is refused, naming line and column."""

from __future__ import annotations

import io

import numpy as np
import pytest

from integration.formats.nem.clock import day_start, market_day
from integration.formats.nem.flags import Flags
from integration.formats.nem12 import Nem12Reader
from integration.formats.portion import NO_VALUE, Channel, Kind, Remark, Severity
from metering.quality import Quality
from tests.integration.formats.nem_files import HEADER, NMI, block, day, errors, file_of, read, read_one

FIRST = day_start(market_day(b"20260101") or 0)


def test_a_day_begins_at_midnight_of_market_time() -> None:
    portion = read_one(file_of(block(), day("20260101")))
    assert portion.channels == (Channel(NMI, "E1", "1-0:1.29.0", "Wh", Kind.CONSUMPTION, 1800, 1),)
    assert portion.at[0] == FIRST == 1_767_225_600 - 10 * 3600
    assert np.array_equal(np.diff(portion.at), np.full(47, 1800))
    assert portion.values.tolist() == [100 + number for number in range(48)]
    assert not portion.quality.any()
    assert set(portion.lines.tolist()) == {3}
    assert portion.problems == ()


@pytest.mark.parametrize("date", ["20260405", "20261004"])
def test_market_days_have_24_hours_when_clocks_in_sydney_change(date: str) -> None:
    portion = read_one(file_of(block(), day(date)))
    assert len(portion) == 48
    assert errors(portion) == []


@pytest.mark.parametrize(("hours", "found"), [(23, 46), (25, 50)])
def test_a_day_of_23_or_25_hours_is_refused(hours: int, found: int) -> None:
    portion = read_one(file_of(block(), day("20260405", ["1.0"] * hours * 2), day("20260406")))
    (problem,) = errors(portion)
    assert (problem.line, problem.reason, problem.values) == (3, f"48 values expected, {found} found", 48)
    assert len(portion) == 48


def test_the_header_is_told() -> None:
    reader = Nem12Reader(io.BytesIO(file_of(block(), day("20260101"))))
    list(reader)
    assert reader.header == {"version": "NEM12", "created": "202601020304", "sender": "MDP1", "receiver": "RETAILER1"}


@pytest.mark.parametrize(
    ("unit", "suffix", "text", "value", "exponent", "ours"),
    [
        ("kWh", "E1", "1.250", 1250, 0, "Wh"),
        ("KWH", "E1", "1.2", 12, 2, "Wh"),
        ("MWh", "E1", "0.0012", 12, 2, "Wh"),
        ("Wh", "B1", "7", 7, 0, "Wh"),
        ("kvarh", "Q1", "1.2345", 12345, -1, "varh"),
        ("kVAh", "T1", "3", 3, 3, "VAh"),
        ("V", "V1", "230.4", 2304, -1, "V"),
        ("pf", "G1", "0.98", 98, -2, ""),
        ("kW", "E1", "4.5", 45, 2, "W"),
    ],
)
def test_units_become_exponents(unit: str, suffix: str, text: str, value: int, exponent: int, ours: str) -> None:
    portion = read_one(file_of(block(suffix=suffix, unit=unit), day("20260101", [text] * 48)))
    channel = portion.channels[0]
    assert (portion.values[0], channel.exponent, channel.unit) == (value, exponent, ours)
    assert (channel.kind is Kind.CONSUMPTION) == ours.endswith("h")
    assert channel.source == ("" if ours.endswith("h") else "METER1")


def test_a_channel_has_the_decimals_of_its_finest_value_whatever_unit_a_block_has() -> None:
    days = [block(), day("20260101", ["1.5"] * 48), block(unit="MWh"), day("20260102", ["0.000001"] * 48)]
    portion = read_one(file_of(*days, block(suffix="B1"), day("20260101", ["7"] * 48)))
    assert [(channel.name, channel.exponent) for channel in portion.channels] == [("E1", 0), ("B1", 3)]
    assert portion.values[[0, 48, 96]].tolist() == [1500, 1, 7]


def test_five_and_fifteen_minutes() -> None:
    portion = read_one(
        file_of(
            block(length=5), day("20260101", ["0.1"] * 288), block("6102000002", length=15), day("20260101", [0] * 96)
        )
    )
    assert [channel.interval_s for channel in portion.channels] == [300, 900]
    assert portion.at[[287, 288, -1]].tolist() == [FIRST + 287 * 300, FIRST, FIRST + 95 * 900]


def test_qualities_of_whole_days() -> None:
    endings = {"A,,,,": 0, "S14,24,,,": 69, "F51,12,,,": 134, "E52,,,,": 64, "A,45,,,": Quality.SUSPECT}
    days = [day(f"202601{number:02}", ending=ending) for number, ending in enumerate(endings, start=1)]
    portion = read_one(file_of(block(), *days))
    assert portion.quality.reshape(-1, 48)[:, 0].tolist() == list(endings.values())
    assert portion.status[48] == Flags("S", 14, 24).status
    assert portion.problems == ()


def test_records_400_say_what_holds_for_which_interval() -> None:
    events = ["400,1,20,A,,", "400,21,24,S14,0,Meter drowned", "400,25,47,N,,", "400,48,48,E52,,"]
    portion = read_one(file_of(block(), day("20260101", ending="V,,,,"), *events))
    assert portion.quality.tolist() == [0] * 20 + [69] * 4 + [255] * 23 + [64]
    assert portion.values[24:47].tolist() == [NO_VALUE] * 23
    assert portion.status[[0, 20, 24, 47]].tolist() == [
        flags.status for flags in (Flags("A"), Flags("S", 14, 0), Flags("N"), Flags("E", 52))
    ]
    assert portion.remarks == (Remark(0, FIRST + 20 * 1800, FIRST + 24 * 1800, "nem12:400", "Meter drowned"),)
    assert portion.problems == ()


def test_actual_data_tell_outages_in_records_400() -> None:
    portion = read_one(file_of(block(), day("20260101", ending="A,79,,,"), "400,1,4,A,79,", "400,5,48,A,,"))
    assert portion.status[[3, 4]].tolist() == [Flags("A", None, 79).status, Flags("A").status]
    assert portion.problems == ()


def test_descriptions_and_details_of_readings_become_remarks() -> None:
    orders = ["500,S,RETNSRVCEORD1,20260101154500,001123.5", '500,O,"A, B",,']
    portion = read_one(file_of(block(), day("20260101", ending='S14,0,"Dog, big",,'), *orders))
    end = FIRST + 86_400
    assert portion.remarks == (
        Remark(0, FIRST, end, "nem12:400", "Dog, big"),
        Remark(0, FIRST, end, "nem12:500", "S,RETNSRVCEORD1,20260101154500,001123.5"),
        Remark(0, FIRST, end, "nem12:500", 'O,"A, B",,'),
    )


def test_no_data_is_no_value_whatever_is_written() -> None:
    portion = read_one(file_of(block(), day("20260101", ["0"] * 47 + [""], ending="N,78,,,")))
    assert not portion.present.any()
    assert portion.problems == ()


def test_the_check_digit_is_checked_and_left_out() -> None:
    assert read_one(file_of(block("20019857328"), day("20260101"))).channels[0].point == "2001985732"


@pytest.mark.parametrize(
    ("record", "column", "reason"),
    [
        (block("20019857327"), "2", "the check digit of this NMI is 8"),
        (block("123"), "2", "an NMI has 10 characters, or 11 with its check digit"),
        (block(unit="kWhh"), "8", "not a unit of measure of the specification"),
        (block(suffix="X1"), "5", "not an NMI suffix that measures kWh"),
        (block(unit="V"), "5", "not an NMI suffix that measures V"),
        (block(length=60), "9", "intervals have 5, 15 or 30 minutes"),
        (block(length="x"), "9", "intervals have 5, 15 or 30 minutes"),
        ("200,6102000001,E1", "", "a record 200 has 10 fields, this has 3"),
        ('200,"6102000001,E1', "", "quotation marks do not match"),
    ],
)
def test_a_refused_block_refuses_its_days_and_nothing_else(record: str, column: str, reason: str) -> None:
    portion = read_one(file_of(record, day("20260101"), "500,O,,,", block("6102000009"), day("20260102")))
    first, *others = errors(portion)
    assert (first.line, first.column, first.reason) == (2, column, reason)
    assert [(problem.line, problem.values) for problem in others] == [(3, 48), (4, 0)]
    assert "line 2" in others[0].reason
    assert [channel.point for channel in portion.channels] == ["6102000009"]
    assert len(portion) == 48


@pytest.mark.parametrize(
    ("record", "reason"),
    [
        (day("20260230"), "not a date"),
        (day("20260101", ["1"] * 47), "48 values expected, 47 found"),
        (day("20260101", ["1"] * 96), "48 values expected, 96 found"),
        (day("20260101", ending="X,,,,"), "not a quality method"),
        (day("20260101", ending="A,sick,,,"), "not a reason code"),
        (day("20260101", ending="V,,,,"), "no record 400 says what holds from interval 1 on"),
        ("300", "not where they should be"),
        ("301,20260101,1", "not a record of this format"),
        ("hello", "not a record of this format"),
        ("100,NEM12,202601020304,A,B", "a second header"),
        ("400,1,48,A,,", "belongs to no record 300"),
        ("500,S,,,", "belongs to no record 300"),
        ("300,\x00", "octets that are no text"),
        ("300," + "9" * 70_000, "longer than 65536 octets"),
    ],
)
def test_a_refused_line_is_named(record: str, reason: str) -> None:
    portion = read_one(file_of(block(), record, block("6102000009"), day("20260102")))
    (problem,) = errors(portion)
    assert problem.line == 3
    assert reason in problem.reason
    assert len(problem.text) <= 40
    assert [channel.point for channel in portion.channels] == ["6102000009"]


def test_values_that_are_none_are_left_out_and_their_neighbours_taken() -> None:
    values = ["1.0"] * 48
    values[3], values[4], values[5], values[40] = "-0.5", "", "1e3", "1234567890123456"
    portion = read_one(file_of(block(), day("20260101", values)))
    assert int(portion.present.sum()) == 44
    assert [(p.line, p.column, p.reason, p.text) for p in errors(portion)] == [
        (3, "7", "a value is missing", ""),
        (3, "8", "not a decimal number", "1e3"),
        (3, "43", "more than 15 digits or 9 decimals", "1234567890123456"),
        (3, "6", "a value is negative", "-0.5"),
    ]
    assert portion.quality[portion.values == NO_VALUE].tolist() == [255] * 4


def test_the_same_trouble_all_day_is_told_once_with_how_many() -> None:
    (problem,) = errors(read_one(file_of(block(), day("20260101", ["x"] * 48))))
    assert (problem.column, problem.values) == ("3", 48)


@pytest.mark.parametrize(
    ("events", "line"),
    [
        (["400,1,20,A,,"], 3),
        (["400,1,20,A,,", "400,22,48,A,,"], 5),
        (["400,1,20,A,,", "400,20,48,A,,"], 5),
        (["400,2,48,A,,"], 4),
        (["400,1,49,A,,"], 4),
        (["400,5,4,A,,"], 4),
        (["400,1,48,V,,"], 4),
        (["400,1,48,X,,"], 4),
        (["400,1,48"], 4),
    ],
)
def test_events_that_do_not_cover_the_day_refuse_it(events: list[str], line: int) -> None:
    portion = read_one(file_of(block(), day("20260101", ending="V,,,,"), *events, day("20260102")))
    (problem,) = errors(portion)
    assert (problem.line, problem.values) == (line, 48)
    assert portion.at[0] == FIRST + 86_400


def test_an_event_of_a_day_that_is_all_the_same_is_refused_alone() -> None:
    portion = read_one(file_of(block(), day("20260101"), "400,1,4,S14,24,"))
    (problem,) = errors(portion)
    assert (problem.line, problem.reason) == (4, "the record 300 says A for all day")
    assert not portion.quality.any()
    assert len(portion) == 48


@pytest.mark.parametrize("order", ["500,Z,,,", "500,S,,yesterday,", "500", "500,S,,,,,"])
def test_details_of_a_reading_that_are_wrong_do_not_cost_the_day(order: str) -> None:
    portion = read_one(file_of(block(), day("20260101"), order))
    assert [problem.line for problem in errors(portion)] == [4]
    assert len(portion) == 48
    assert portion.remarks == ()


def test_a_day_given_twice_is_the_later_one() -> None:
    again = day("20260101", ["9.00"] * 48)
    portion = read_one(file_of(block(), day("20260101"), day("20260102"), block(), again))
    assert len(portion) == 96
    assert portion.values[portion.at < FIRST + 86_400].tolist() == [900] * 48
    (problem,) = portion.problems
    assert (problem.line, problem.severity) == (6, Severity.REPAIRED)


def test_a_refused_record_does_not_replace_a_good_one() -> None:
    portion = read_one(file_of(block(), day("20260101"), day("20260101", ending="V,,,,")))
    assert len(portion) == 48
    assert [problem.line for problem in portion.problems] == [4]


def test_days_out_of_order_are_taken_and_noted() -> None:
    portion = read_one(file_of(block(), day("20260103"), day("20260101"), day("20260102")))
    assert len(portion) == 144
    (problem,) = portion.problems
    assert (problem.line, problem.severity, problem.values) == (4, Severity.NOTE, 96)


@pytest.mark.parametrize(
    ("ending", "reason"),
    [
        ("S,24,,,", "quality S without a method"),
        ("S14,,,,", "quality S without a reason"),
        ("S99,24,,,", "method 99 is in no table"),
        ("A,63,,,", "reason 63 is in no table"),
        ("A,0,,,", "reason 0 without a description"),
    ],
)
def test_what_the_specification_misses_is_noted_once(ending: str, reason: str) -> None:
    portion = read_one(file_of(block(), day("20260101", ending=ending), day("20260102", ending=ending)))
    (problem,) = portion.problems
    assert (problem.line, problem.reason, problem.severity, problem.values) == (3, reason, Severity.NOTE, 96)
    assert len(portion) == 96


def test_records_that_end_early_are_understood() -> None:
    assert len(read_one(file_of(block(), day("20260101", ending="A"), day("20260102", ending="S14,24")))) == 96


def test_quoted_records_are_understood() -> None:
    quoted = ",".join(f'"{field}"' for field in day("20260101").split(","))
    assert read_one(file_of(block(), quoted)).values.tolist() == [100 + number for number in range(48)]


@pytest.mark.parametrize("ends", ["\r\n", "\r", "\n\n"])
def test_any_way_to_end_lines(ends: str) -> None:
    portion = read_one(file_of(block(), day("20260101", ending="S14,24,,,")).replace(b"\n", ends.encode()))
    assert len(portion) == 48
    assert portion.problems == ()


def test_a_byte_order_mark_is_left_out_and_told() -> None:
    portion = read_one(b"\xef\xbb\xbf" + file_of(block(), day("20260101")))
    assert len(portion) == 48
    assert [problem.severity for problem in portion.problems] == [Severity.REPAIRED]


def test_latin_1_in_a_description() -> None:
    portion = read_one(file_of(block(), day("20260101", ending="A,0,Zähler,,")).decode().encode("latin-1"))
    assert portion.remarks[0].text == "Zähler"


@pytest.mark.parametrize(
    ("octets", "reason"),
    [
        (b"", "the file is empty"),
        (b"\n\n", "the file is empty"),
        ("100,NEM12".encode("utf-16"), "the file is in UTF-16; save it as plain text"),
        ("100,NEM12".encode("utf-16-le"), "the file is in UTF-16; save it as plain text"),
        (b"100,NEM13,202601020304,A,B\n900\n", "the header says this is NEM13, not NEM12"),
        (b"100,NEM99\n", "the header says this is NEM99, not NEM12"),
        (b"PK\x03\x04zip", "not a NEM12 file: the first record is not a header (100)"),
        (b"nmi,date,value\n1,2,3\n", "not a NEM12 file: the first record is not a header (100)"),
    ],
)
def test_a_file_of_another_kind_gives_one_problem(octets: bytes, reason: str) -> None:
    portion = read_one(octets)
    assert [(problem.line, problem.reason) for problem in portion.problems] == [(1, reason)]
    assert len(portion) == 0


def test_a_missing_header_is_told_and_the_rest_is_read() -> None:
    portion = read_one(file_of(block(), day("20260101")).split(b"\n", 1)[1])
    assert [(p.line, p.reason) for p in portion.problems] == [(1, "the header (100) is missing")]
    assert len(portion) == 48


def test_a_header_without_a_date_is_told() -> None:
    portion = read_one(file_of(block(), day("20260101"), header="100,NEM12,soon,A,B"))
    assert [(p.line, p.column, p.text) for p in portion.problems] == [(1, "3", "soon")]
    assert len(portion) == 48


def test_a_missing_end_is_told() -> None:
    portion = read_one(file_of(block(), day("20260101"), end="\n"))
    assert [(p.line, p.values) for p in errors(portion)] == [(3, 0)]
    assert len(portion) == 48


def test_a_line_cut_off_is_not_trusted() -> None:
    portion = read_one(file_of(block(), day("20260101"), day("20260102"), end=""))
    assert [problem.line for problem in errors(portion)] == [4, 4]
    assert len(portion) == 48


def test_nothing_is_read_after_the_end() -> None:
    portion = read_one(file_of(block(), day("20260101"), "900", HEADER, block(), day("20260102")))
    (problem,) = errors(portion)
    assert (problem.line, problem.text) == (5, HEADER[:40])
    assert len(portion) == 48


def test_blank_lines_after_the_end_are_nothing() -> None:
    assert read_one(file_of(block(), day("20260101"), end="\n900\n\n  \n")).problems == ()


def test_rows_and_position_tell_how_far() -> None:
    octets = file_of(block(), day("20260101"))
    (portion,) = read(octets)
    assert (portion.rows, portion.position) == (3, len(octets))
