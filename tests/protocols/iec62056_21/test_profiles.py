"""Profiles and logs as text, and their times on the days on which clocks change (headend.md section 4 row 15)."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocols.errors import Cause, RemoteProtocolError
from protocols.iec62056_21 import Value
from protocols.iec62056_21.profiles import (
    Channel,
    Section,
    decode_profile,
    decode_span,
    encode_profile,
    encode_span,
)
from protocols.iec62056_21.stamps import format_stamp, parse_clock, parse_stamp

HELSINKI, SYDNEY, DUBLIN = ZoneInfo("Europe/Helsinki"), ZoneInfo("Australia/Sydney"), ZoneInfo("Europe/Dublin")
ENERGY = (Channel("1.8.0", "kWh"), Channel("2.8.0", "kWh"))
INSTANTS = st.datetimes(datetime(2001, 1, 1), datetime(2099, 12, 30)).map(  # noqa: DTZ001 - hypothesis wants them bare
    lambda at: at.replace(second=0, microsecond=0, tzinfo=UTC)
)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("stamp", "instant"),
    [
        ("12610250330", "2026-10-25T00:30"),
        ("02610250330", "2026-10-25T01:30"),
        ("22610250330", "2026-10-25T03:30"),
        ("2610250330", "2026-10-25T00:30"),
        ("0260329025959", "2026-03-29T00:59:59"),
        ("1260329040000", "2026-03-29T01:00"),
        ("02607011200", "2026-07-01T10:00"),
    ],
)
def test_a_season_makes_a_stamp_one_instant(stamp: str, instant: str) -> None:
    """The hour that comes twice, the hour that is left out, and a meter that stays in winter time all year."""
    assert parse_stamp(stamp, HELSINKI) == utc(instant)


@given(INSTANTS, st.sampled_from([HELSINKI, SYDNEY, DUBLIN, ZoneInfo("Asia/Tokyo"), UTC]))
def test_stamps_lead_back_to_their_instant(at: datetime, zone: ZoneInfo) -> None:
    assert parse_stamp(format_stamp(at, zone), zone) == at
    assert parse_stamp(format_stamp(at, zone, seconds=True), zone) == at


@pytest.mark.parametrize("text", ["", "261121103", "32611211030", "02613011030", "02611312500", "0261121103000000"])
def test_what_is_no_time_is_garbage(text: str) -> None:
    with pytest.raises(RemoteProtocolError) as error:
        parse_stamp(text, HELSINKI)
    assert error.value.cause is Cause.GARBAGE


def test_a_clock_without_season_shows_the_instant_next_to_ours() -> None:
    for at in (utc("2026-10-25T00:30"), utc("2026-10-25T01:30")):
        assert parse_clock("26-10-25", "03:30:00", HELSINKI, at + timedelta(seconds=90)) == at
    assert parse_clock("1261025", "1033000", HELSINKI, utc("2026-10-25T01:30")) == utc("2026-10-25T00:30")
    with pytest.raises(RemoteProtocolError):
        parse_clock("26-10-25", "soon", HELSINKI, utc("2026-10-25T00:30"))


def test_a_profile_of_the_usual_form() -> None:
    text = (
        "P.01(02611211045)(08)(15)(2)(1.8.0)(kWh)(2.8.0)(kWh)\r\n"
        "(012345.678)(000012.345)\r\n(012345.702)(000012.345)\r\n"
        "P.01(02611211130)(80)(15)(2)(1.8.0)(kWh)(2.8.0)(kWh)\r\n(012345.800)()\r\n"
    )
    first, second = decode_profile(text, HELSINKI)
    assert (first.first, first.status, first.interval_min) == (utc("2026-11-21T08:45"), 8, 15)
    assert first.stamps(HELSINKI) == [int(utc(f"2026-11-21T{at}").timestamp()) for at in ("08:45", "09:00")]
    assert [[value.text for value in row] for row in second.rows] == [["012345.800", ""]]
    assert encode_profile("P.01", [first, second], HELSINKI) == text


@pytest.mark.parametrize(("day", "quarters"), [("2026-03-29", 92), ("2026-10-25", 100), ("2026-06-01", 96)])
def test_days_of_23_and_25_hours_have_their_quarters(day: str, quarters: int) -> None:
    """One header at local midnight: the rows below it go through the change of the clock without a second one."""
    start = datetime.fromisoformat(day).replace(tzinfo=HELSINKI)
    end = start + timedelta(days=1)
    values = (Value("1"), Value("2")) * quarters
    made = Section(start.astimezone(UTC), 0, 15, ENERGY, values)
    (read,) = decode_profile(encode_profile("P.01", [made], HELSINKI), HELSINKI)
    stamps = read.stamps(HELSINKI)
    assert len(stamps) == quarters
    assert stamps[-1] + 900 == int(end.timestamp())
    assert {later - earlier for earlier, later in pairwise(stamps)} == {900}


def test_rows_of_days_follow_the_calendar() -> None:
    section = Section(utc("2026-10-23T21:00"), 0, 1440, ENERGY[:1], (Value("1"),) * 4)
    found = [datetime.fromtimestamp(at, HELSINKI) for at in section.stamps(HELSINKI)]
    assert [(at.day, at.hour) for at in found] == [(24, 0), (25, 0), (26, 0), (27, 0)]


def test_a_log_has_a_header_for_each_entry() -> None:
    text = "P.98(0261121103012)(0000)()(0)\r\nP.98(0261121103012)(0040)()(1)(96.11.0)()(4)\r\n"
    first, second = decode_profile(text, HELSINKI)
    assert (first.count, first.values, second.status) == (1, (), 0x40)
    assert [row[0].text for row in second.rows] == ["4"]
    assert first.stamps(HELSINKI) == second.stamps(HELSINKI) == [int(utc("2026-11-21T08:30:12").timestamp())]


@pytest.mark.parametrize("text", ["P.01()", "P.01", "()", "\r\n"])
def test_nothing_of_that_time(text: str) -> None:
    if text == "P.01":
        with pytest.raises(RemoteProtocolError, match="line 1"):
            decode_profile(text, HELSINKI)
    else:
        assert decode_profile(text, HELSINKI) == ()


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("P.01(02611211045)(08)(15)", "header 1 of P.01"),
        ("P.01(02611211045)(08)(15)(99)", "count of channels"),
        ("P.01(02611211045)(08)(15)(-1)", "count of channels"),
        ("P.01(02611211045)(0g)(15)(0)", "status"),
        ("P.01(02611211045)(08)(99999)(0)", "interval"),
        ("P.01(02611211045)(08)(15)(2)(1.8.0)(kWh)(2.8.0)", "header 1"),
        ("P.01(02611211045)(08)(15)(2)(1.8.0)(kWh)(2.8.0)(kWh)(1)(2)(3)", "header 1"),
        ("P.01(02611211045)(08)(15)(0)\r\nP.01(x)(08)(15)(0)", "header 2"),
    ],
)
def test_a_header_that_makes_no_sense_is_named(text: str, place: str) -> None:
    with pytest.raises(RemoteProtocolError, match=place) as error:
        decode_profile(text, HELSINKI)
    assert error.value.cause is Cause.GARBAGE


@given(INSTANTS, INSTANTS)
def test_a_stretch_is_asked_for_as_it_is_meant(start: datetime, end: datetime) -> None:
    assert decode_span(encode_span(start, end, HELSINKI), HELSINKI) == (start, end)


def test_a_stretch_may_be_open() -> None:
    start, end = decode_span(";", HELSINKI)
    assert start.year == 1
    assert end.year == 9999
    assert encode_span(utc("2026-07-01T00:00"), utc("2026-12-01T00:00"), HELSINKI, season=False) == (
        "2607010300;2612010200"
    )
