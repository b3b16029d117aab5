"""Clocks of simulated meters are shifted and set, with logical and with short names, directly and behind others."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from headend.drivers.base import Capability, ClockSetter
from headend.drivers.dlms import DlmsDriver
from headend.drivers.dlms_clock import LONGEST_SHIFT_S, time_octets
from protocols.dlms.clock import ClockStatus, decode_datetime
from protocols.errors import RemoteProtocolError
from tests.headend.spoken import HELSINKI, target_of, with_driver
from tests.simulator.mixed import HEAD_END, KINDS, mixed_fleet, of_kind

SUMMER = datetime(2026, 7, 1, 9, 0, tzinfo=UTC)
TWICE = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
"""Half past three in Helsinki, for the first time of that night; an hour later it is that again."""


@pytest.fixture(autouse=True)
def head_end_key(monkeypatch: pytest.MonkeyPatch) -> None:
    """The simulated meters trust this key."""
    monkeypatch.setattr("headend.drivers.dlms_association.signing_key", lambda: HEAD_END)


@pytest.mark.parametrize("kind", KINDS)
def test_clocks_of_every_kind_are_shifted_and_set(kind: str) -> None:
    fleet = mixed_fleet()

    async def act(driver: DlmsDriver) -> None:
        assert Capability.SET_CLOCK in driver.capabilities
        assert isinstance(driver, ClockSetter)
        await driver.open()
        before = await driver.read_clock()
        assert abs(before) > 86_400, "the fleet stands still at another time"
        await driver.shift_clock(-50)
        assert await driver.read_clock() == pytest.approx(before - 50, abs=5)
        await driver.set_clock()
        assert abs(await driver.read_clock()) < 5

    with_driver(fleet, target_of(fleet, of_kind(fleet, kind)), act)


@pytest.mark.parametrize("kind", KINDS)
def test_a_device_that_refuses_a_shift_says_so(kind: str) -> None:
    fleet = mixed_fleet()

    async def act(driver: DlmsDriver) -> None:
        await driver.open()
        before = await driver.read_clock()
        with pytest.raises(RemoteProtocolError):
            await driver.shift_clock(LONGEST_SHIFT_S + 1)
        assert await driver.read_clock() == pytest.approx(before, abs=5)

    with_driver(fleet, target_of(fleet, of_kind(fleet, kind)), act)


@pytest.mark.parametrize("at", [SUMMER, TWICE, TWICE + timedelta(hours=1), datetime(2026, 12, 1, tzinfo=UTC)])
@pytest.mark.parametrize("told", [timezone(timedelta(hours=2)), timezone(timedelta(hours=3)), None])
def test_a_time_that_is_written_is_the_instant_it_means(at: datetime, told: timezone | None) -> None:
    """headend.md §4 row 15: with a deviation, and without one also in the hour that comes twice."""
    octets = time_octets(at, told or HELSINKI, HELSINKI)
    found = decode_datetime(octets, HELSINKI)
    assert found.at.timestamp() == at.timestamp()
    if told is not None:
        assert found.at.utcoffset() == told.utcoffset(None), "the meter keeps the deviation it told"
    else:
        assert octets[9:11] == b"\x80\x00"


def test_daylight_saving_is_told_where_the_meter_follows_it() -> None:
    follows, stays = timezone(timedelta(hours=3)), timezone(timedelta(hours=2))
    assert decode_datetime(time_octets(SUMMER, follows, HELSINKI)).status == ClockStatus.DAYLIGHT_SAVING
    assert decode_datetime(time_octets(SUMMER, stays, HELSINKI)).status == ClockStatus.OK
