"""The driver of IEC 62056-21 against a simulated commercial meter: what it reads, and what goes wrong with it."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from headend import causes
from headend.causes import SessionError
from headend.drivers.base import Capability, ClockSetter, Target
from headend.drivers.iec62056_21 import TextDriver
from headend.plan import LogEntries, ProfileRows, Stretch
from protocols.dlms.obis import Obis
from protocols.errors import Cause, ProtocolError, RemoteProtocolError
from simulator.faults import (
    Corrupt,
    Cut,
    Drop,
    Fault,
    Gap,
    Garbage,
    NotPossible,
    PowerFailure,
    RefuseAssociation,
    Silent,
    Slow,
    TemporaryFailure,
    WrongClock,
    WrongKey,
)
from simulator.fleet import MODE_A, MODE_B, Fleet
from simulator.truth import DAILY_PROFILE, meter_truth
from tests.headend.commercial import PASSWORD, commercial_fleet, spoken, target_of
from tests.simulator.worlds import NOON, at

LOAD, DAILY = Obis.parse("1-0:99.1.0"), Obis.parse("1-0:99.2.0")
LOG, FAILURES = Obis.parse("1-0:99.98.0"), Obis.parse("1-0:99.99.0")
IMPORT = Obis.parse("1-0:1.8.0")
QUARTER, HOUR, DAY = 900, 3600, 86_400


def _stretch(obis: Obis, start: int, end: int) -> Stretch:
    return Stretch(obis, datetime.fromtimestamp(start, UTC), datetime.fromtimestamp(end, UTC))


def _profile(obis: Obis, start: int, end: int) -> Callable[[TextDriver], Awaitable[ProfileRows]]:
    async def act(driver: TextDriver) -> ProfileRows:
        await driver.open()
        return await driver.read_profile(await driver.read_layout(obis), _stretch(obis, start, end))

    return act


def _log(obis: Obis, start: int, end: int) -> Callable[[TextDriver], Awaitable[LogEntries]]:
    async def act(driver: TextDriver) -> LogEntries:
        await driver.open()
        return await driver.read_log(_stretch(obis, start, end))

    return act


def _sums(rows: ProfileRows) -> dict[str, tuple[int, int]]:
    """Rows and sum of each column in Wh."""
    columns = zip(rows.layout.columns, rows.values, rows.held, strict=True)
    return {
        str(column.obis): (int(held.sum()), int(values[held].sum()) * 10 ** (column.scaler or 0))
        for column, values, held in columns
    }


def _truth(fleet: Fleet, rows: ProfileRows, profile: str = "1-0:99.1.0") -> dict[str, tuple[int, int]]:
    _, server = spoken(fleet, _profile(LOAD, NOON, NOON))
    (station,) = server
    start, end = int(rows.stretch.start.timestamp()), int(rows.stretch.end.timestamp()) + 1
    truth = meter_truth(station.meter, start, end, profile)
    return {obis: (register["rows"], register["sum"]) for obis, register in truth.items()}


@pytest.mark.parametrize("quirks", [(), (MODE_A,), (MODE_B,)])
def test_a_meter_of_every_mode_is_read(quirks: tuple[str, ...]) -> None:
    fleet = commercial_fleet(quirks=quirks)

    async def act(driver: TextDriver) -> None:
        assert Capability.LINK in driver.capabilities
        await driver.connect()
        await driver.open()
        assert abs(await driver.read_clock() + datetime.now(UTC).timestamp() - NOON) < 5
        told = await driver.read_identification()
        assert told == {"serial_number": fleet.meters[0].serial, "firmware": "EC2-03.02"}
        described = driver._target.description.registers
        values, layout = await driver.read_registers([*described, Obis.parse("1-0:99.99.99")], None)
        assert [value.obis for value in values] == list(described)
        found = {str(value.obis): value for value in values}
        assert (found["1-0:1.8.0"].scaler, found["1-0:1.8.0"].unit) == (0, "Wh")
        assert (found["1-0:32.7.0"].scaler, found["1-0:32.7.0"].unit) == (-1, "V")
        assert 2000 < found["1-0:32.7.0"].value < 2600
        parts = found["1-0:1.8.1"].value + found["1-0:1.8.2"].value
        assert found["1-0:1.8.0"].value == parts > 0
        assert len(layout.columns) == len(values)
        assert 0 < driver.sent < driver.received

    spoken(fleet, act)


def test_rows_are_those_the_meter_holds_to_the_last_digit() -> None:
    """A gap, a power failure and a clock that was put right are in it: headers stand wherever something changes."""
    midnight = NOON - NOON % DAY
    gap = Gap(midnight - 2 * DAY, midnight - 2 * DAY + HOUR)
    failure = PowerFailure(midnight - DAY, midnight - DAY + 3 * HOUR + 20, flagged=True)
    fleet = commercial_fleet(gap, failure)
    rows, _ = spoken(fleet, _profile(LOAD, midnight - 9 * DAY, NOON))
    assert rows.layout.interval_s == QUARTER
    assert rows.held.all()
    assert _sums(rows) == _truth(fleet, rows)
    assert {0x80} <= set((rows.status & 0x80).tolist())
    daily, _ = spoken(fleet, _profile(DAILY, midnight - 30 * DAY, NOON))
    assert _sums(daily) == _truth(fleet, daily, DAILY_PROFILE)
    assert len(daily.layout.columns) == 4


@pytest.mark.parametrize(("day", "quarters"), [("2026-03-29", 92), ("2026-10-25", 100)])
def test_days_of_23_and_25_hours_are_whole(day: str, quarters: int) -> None:
    """headend.md section 4 row 15: Europe/Helsinki; the hour that comes twice is told by the season digit."""
    begin = datetime.fromisoformat(f"{day}T00:00:00+0{3 if quarters == 100 else 2}:00")
    start = int(begin.timestamp())
    now = start + 3 * DAY
    fleet = commercial_fleet(now=now)
    end = start + quarters * QUARTER - 1
    rows, _ = spoken(fleet, _profile(LOAD, start, end), now=now)
    assert rows.at.tolist() == list(range(start, end, QUARTER))
    days, _ = spoken(fleet, _profile(DAILY, start - DAY, now), now=now)
    hours = {(later - earlier) // HOUR for earlier, later in zip(days.at[:-1], days.at[1:], strict=True)}
    assert quarters // 4 in hours


def test_a_stretch_without_rows_is_empty_and_has_its_columns() -> None:
    rows, _ = spoken(commercial_fleet(), _profile(LOAD, NOON + DAY, NOON + 2 * DAY))
    assert (rows.at.size, rows.values.shape, len(rows.layout.columns)) == (0, (2, 0), 2)


def test_logs_hold_what_happened() -> None:
    failure = PowerFailure(NOON - 5 * HOUR, NOON - 4 * HOUR)
    fleet = commercial_fleet(failure)
    log, _ = spoken(fleet, _log(LOG, NOON - 6 * HOUR, NOON))
    assert [(entry.at.timestamp(), entry.code) for entry in log.entries] == [(failure.start, 1), (failure.end, 2)]
    long, _ = spoken(fleet, _log(FAILURES, NOON - DAY, NOON))
    assert [entry.details for entry in long.entries] == [{"duration_s": HOUR}]


def test_the_clock_is_compared_also_just_after_midnight() -> None:
    """Helsinki is two hours ahead of UTC in March."""
    for now in (at("2026-03-10T22:00:20"), at("2026-10-25T01:30:00")):
        fleet = commercial_fleet(WrongClock(-7), now=now)

        async def act(driver: TextDriver) -> float:
            await driver.open()
            return await driver.read_clock() + datetime.now(UTC).timestamp()

        shown, _ = spoken(fleet, act, now=now)
        assert abs(shown - (now - 7)) < 5


@pytest.mark.parametrize("season_digit", [True, False])
def test_the_clock_is_set_to_ours(season_digit: bool) -> None:
    """The fleet lives in March: date and time are both wrong."""
    fleet = commercial_fleet()
    target = target_of(fleet.meters[0])
    assert target.description.text is not None
    speech = replace(target.description.text, season_digit=season_digit)

    async def act(driver: TextDriver) -> float:
        await driver.open()
        assert Capability.SET_CLOCK in driver.capabilities
        assert isinstance(driver, ClockSetter)
        assert abs(await driver.read_clock()) > DAY
        with pytest.raises(RemoteProtocolError, match="not shifted") as error:
            await driver.shift_clock(5)
        assert error.value.cause is Cause.REFUSED
        await driver.set_clock()
        return await driver.read_clock()

    after_s, server = spoken(fleet, act, replace(target, description=replace(target.description, text=speech)))
    assert abs(after_s) < 5
    (station,) = server
    assert [change.logged for change in station.meter.clock.changes] == [True, True]


def _cause(fleet: Fleet, target: Target | None = None) -> str:
    """Why reading a day fails."""
    with pytest.raises((SessionError, ProtocolError)) as caught:
        spoken(fleet, _profile(LOAD, NOON - DAY, NOON), target)
    error: Exception = caught.value
    assert isinstance(error, (SessionError, ProtocolError))
    return error.cause if isinstance(error, SessionError) else error.cause.value


@pytest.mark.parametrize(
    ("fault", "cause"),
    [
        (Silent(), causes.CONNECTION_REFUSED),
        (Silent(black_hole=True), causes.NO_ANSWER),
        (Drop(after=1), causes.NO_ANSWER),
        (Garbage(), Cause.GARBAGE.value),
        (Garbage(after=3), Cause.GARBAGE.value),
        (Corrupt(after=3), Cause.GARBAGE.value),
        (Cut(after_bytes=900), Cause.CONNECTION_CUT.value),
        (WrongKey(), Cause.AUTHENTICATION_FAILED.value),
        (RefuseAssociation(), Cause.AUTHENTICATION_FAILED.value),
        (TemporaryFailure(), Cause.REFUSED.value),
        (NotPossible(), Cause.REFUSED.value),
    ],
    ids=lambda value: str(getattr(value, "kind", value)),
)
def test_what_goes_wrong_has_its_cause(fault: Fault, cause: str) -> None:
    assert _cause(commercial_fleet(fault)) == cause


@pytest.mark.parametrize("fault", [Drop(after=0, count=1), Corrupt(after=3, count=2), Slow(40)])
def test_what_a_repetition_mends_is_mended(fault: Fault) -> None:
    rows, _ = spoken(commercial_fleet(fault), _profile(LOAD, NOON - DAY, NOON))
    assert rows.at.size == 96


def test_what_the_head_end_itself_lacks_is_named() -> None:
    fleet = commercial_fleet()
    target = target_of(fleet.meters[0])
    assert _cause(fleet, replace(target, keys={})) == causes.NO_KEYS
    assert _cause(fleet, replace(target, keys={"password": b"1\xff"})) == Cause.INVALID_VALUE.value
    assert _cause(fleet, replace(target, serial_number="OAM99999999")) == Cause.NO_ANSWER.value
    assert _cause(fleet, replace(target, gateway_address=b"\1")) == causes.UNSUPPORTED_MODEL
    bare = replace(target.description, text=None)
    assert _cause(fleet, replace(target, description=bare)) == causes.UNSUPPORTED_MODEL


def test_a_converter_is_told_the_rate() -> None:
    """What makes it change goes out behind the choice of the rate; this meter takes it for noise."""
    fleet = commercial_fleet()
    target = target_of(fleet.meters[0])
    assert target.description.text is not None
    speech = replace(target.description.text, converter={9600: b"AT+B9600", 300: b"AT+B300"})
    told = replace(target, description=replace(target.description, text=speech))

    async def act(driver: TextDriver) -> int:
        await driver.open()
        return driver.sent

    assert PASSWORD not in repr(told).encode()
    plain, _ = spoken(fleet, act, target)
    with_octets, _ = spoken(fleet, act, told)
    assert with_octets - plain == len(b"AT+B9600")


def test_times_in_the_future_and_past_are_asked_as_they_are() -> None:
    rows, _ = spoken(commercial_fleet(), _profile(LOAD, NOON - DAY + 1, NOON))
    assert rows.at.min() >= rows.stretch.start.timestamp()
    assert rows.stretch.end - rows.stretch.start == timedelta(days=1, seconds=-1)
