"""Dates and times with wildcards: every octet survives, and the days meant are the standard's."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocols.dlms.clock import encode_datetime
from protocols.dlms.wildcards import DST_BEGIN, DST_END, LAST, SECOND_LAST, CosemDate, CosemDateTime, CosemTime
from protocols.errors import Cause, LocalProtocolError, RemoteProtocolError

Decode = Callable[[bytes], CosemDate | CosemTime | CosemDateTime]


@given(st.binary(min_size=12, max_size=12))
def test_any_octets_round_trip(octets: bytes) -> None:
    assert CosemDateTime.decode(octets).encode() == octets
    assert CosemDate.decode(octets[:5]).encode() == octets[:5]
    assert CosemTime.decode(octets[:4]).encode() == octets[:4]


@pytest.mark.parametrize(
    ("octets", "value", "shown"),
    [
        ("ffffffffff", CosemDate(), "****-**-**"),
        ("07ea0c19ff", CosemDate(2026, 12, 25), "2026-12-25"),
        ("ffff0cfeff", CosemDate(month=12, day=LAST), "****-12-last"),
        ("fffffefe07", CosemDate(month=DST_BEGIN, day=LAST, weekday=7), "****-DST begins-last Sun"),
        ("fffffdfd01", CosemDate(month=DST_END, day=SECOND_LAST, weekday=1), "****-DST ends-second last Mon"),
    ],
)
def test_known_dates(octets: str, value: CosemDate, shown: str) -> None:
    assert CosemDate.decode(bytes.fromhex(octets)) == value
    assert value.encode().hex() == octets
    assert str(value) == shown


def test_known_times() -> None:
    assert CosemTime.decode(bytes.fromhex("0600ff63")) == CosemTime(6, 0, None, 99)
    assert str(CosemTime(6, 0)) == "06:00:**"
    every_sunday = CosemDateTime(CosemDate(None, DST_BEGIN, LAST, 7), CosemTime(3, 0))
    assert every_sunday.encode().hex() == "fffffefe07" + "0300ffff" + "8000ff"
    assert str(every_sunday) == "****-DST begins-last Sun 03:00:**"
    assert CosemDateTime(deviation=-120, status=0x80).encode().hex() == "ff" * 9 + "ff88" + "80"


def test_an_instant_is_a_date_and_a_time() -> None:
    at = datetime(2026, 3, 1, 12, 30, 15, 990_000, UTC)
    moment = CosemDateTime(CosemDate.of(at.date()), CosemTime.of(at.time()), 0, 0)
    assert moment.encode() == encode_datetime(at)


DAYS = [date(2026, 2, 1) + timedelta(days=day) for day in range(59)]


@pytest.mark.parametrize(
    ("pattern", "days"),
    [
        (CosemDate(2026, 2, 3), ["2026-02-03"]),
        (CosemDate(day=1), ["2026-02-01", "2026-03-01"]),
        (CosemDate(day=LAST), ["2026-02-28", "2026-03-31"]),
        (CosemDate(day=SECOND_LAST), ["2026-02-27", "2026-03-30"]),
        (CosemDate(day=LAST, weekday=7), ["2026-02-22", "2026-03-29"]),
        (CosemDate(month=2, weekday=1), ["2026-02-02", "2026-02-09", "2026-02-16", "2026-02-23"]),
        (CosemDate(month=DST_BEGIN), []),
        (CosemDate(2027), []),
    ],
    ids=str,
)
def test_the_days_meant(pattern: CosemDate, days: list[str]) -> None:
    assert [str(day) for day in DAYS if pattern.matches(day)] == days


def test_the_times_meant() -> None:
    assert CosemTime(6, None, 0).matches(time(6, 59, 0, 5))
    assert not CosemTime(6, None, 0).matches(time(6, 59, 1))
    assert not CosemTime(6).matches(time(7))


@pytest.mark.parametrize("decode", [CosemDate.decode, CosemTime.decode, CosemDateTime.decode])
def test_other_sizes_are_refused(decode: Decode) -> None:
    with pytest.raises(RemoteProtocolError) as error:
        decode(bytes(6))
    assert error.value.cause is Cause.GARBAGE


@pytest.mark.parametrize(
    "value",
    [CosemDate(year=65_536), CosemDate(month=256), CosemTime(hour=-1), CosemDateTime(deviation=40_000)],
    ids=repr,
)
def test_fields_that_do_not_fit_are_our_error(value: CosemDate | CosemTime | CosemDateTime) -> None:
    with pytest.raises(LocalProtocolError) as error:
        value.encode()
    assert error.value.cause is Cause.INVALID_VALUE
