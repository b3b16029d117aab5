"""COSEM clocks: the sign of the deviation, the hour that happens twice, wildcards."""

from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocols.dlms.clock import (
    ClockStatus,
    decode_datetime,
    encode_datetime,
)
from protocols.errors import Cause, LocalProtocolError, RemoteProtocolError

HELSINKI = ZoneInfo("Europe/Helsinki")
OFFSETS = st.integers(-12 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
NAIVE = datetime(2026, 1, 1, tzinfo=UTC).replace(tzinfo=None)
INSTANTS = st.datetimes(NAIVE.replace(1970), NAIVE.replace(2105), timezones=OFFSETS)


def test_finnish_winter_is_minus_120_minutes_to_utc() -> None:
    raw = encode_datetime(datetime(2026, 1, 15, 14, 30, 5, tzinfo=HELSINKI))
    assert raw.hex() == "07ea010f040e1e0500ff8800"
    assert decode_datetime(raw).at == datetime(2026, 1, 15, 12, 30, 5, tzinfo=UTC)


def test_finnish_summer_is_minus_180_minutes_and_flagged() -> None:
    raw = encode_datetime(datetime(2026, 7, 1, 0, 0, tzinfo=HELSINKI))
    assert raw.hex() == "07ea070103000000 00ff4c80".replace(" ", "")
    reading = decode_datetime(raw)
    assert reading.at == datetime(2026, 6, 30, 21, 0, tzinfo=UTC)
    assert reading.status == ClockStatus.DAYLIGHT_SAVING


@given(INSTANTS, st.sampled_from(list(ClockStatus)))
def test_instants_round_trip_to_hundredths(at: datetime, status: ClockStatus) -> None:
    reading = decode_datetime(encode_datetime(at, status))
    assert timedelta() <= at - reading.at < timedelta(milliseconds=10)
    assert (reading.at.utcoffset(), reading.status) == (at.utcoffset(), status)


@pytest.mark.parametrize(("status", "utc_hour"), [("80", 0), ("00", 1)])
def test_without_deviation_the_dst_bit_decides_the_double_hour(status: str, utc_hour: int) -> None:
    raw = bytes.fromhex("07ea0a1907031e00008000" + status)
    assert decode_datetime(raw, HELSINKI).at.astimezone(UTC) == datetime(2026, 10, 25, utc_hour, 30, tzinfo=UTC)
    with pytest.raises(RemoteProtocolError) as error:
        decode_datetime(raw)
    assert error.value.cause is Cause.CLOCK_UNSPECIFIED


def test_unspecified_status_seconds_and_hundredths() -> None:
    reading = decode_datetime(bytes.fromhex("07ea010f040e1effffff88ff"))
    assert reading.at == datetime(2026, 1, 15, 12, 30, tzinfo=UTC)
    assert reading.status is None


@pytest.mark.parametrize(
    ("raw", "cause"),
    [
        ("ffff010f040e1e0500ff8800", Cause.CLOCK_UNSPECIFIED),
        ("07eaff0f040e1e0500ff8800", Cause.CLOCK_UNSPECIFIED),
        ("07ea010f04ff1e0500ff8800", Cause.CLOCK_UNSPECIFIED),
        ("07ea020fff190000ffff8800", Cause.GARBAGE),
        ("07ea021e040e1e0500ff8800", Cause.GARBAGE),
        ("07ea010f040e1e05007fff00", Cause.GARBAGE),
        ("0000010f040e1e0500ff8800", Cause.GARBAGE),
        ("07ea", Cause.GARBAGE),
    ],
    ids=["year", "month", "hour", "hour 25", "30 February", "deviation", "year 0", "short"],
)
def test_what_is_no_instant_is_named(raw: str, cause: Cause) -> None:
    with pytest.raises(RemoteProtocolError) as error:
        decode_datetime(bytes.fromhex(raw))
    assert error.value.cause is cause


def test_a_naive_datetime_is_our_error() -> None:
    with pytest.raises(LocalProtocolError, match="no time zone"):
        encode_datetime(NAIVE)
