"""Meters over real sockets through the real client half: what they tell is what they hold."""

import asyncio
import time
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from protocols.dlms.connection import ClientSettings
from protocols.dlms.cosem import Attribute
from protocols.dlms.exchange import get, release
from protocols.dlms.obis import Obis
from protocols.dlms.objects import (
    RegisterName,
    read_clock,
    read_invocation_counter,
    read_layout,
    read_profile,
    read_registers,
    read_value,
    set_clock,
)
from protocols.dlms.selection import Capture, Entries, Range
from protocols.dlms.tags import DataAccessResult
from protocols.errors import Cause, ProtocolError
from simulator.clock_object import change_pattern
from simulator.faults import (
    Busy,
    Cut,
    Fault,
    Garbage,
    PowerFailure,
    RefuseAssociation,
    Silent,
    Slow,
    WrongClock,
    WrongCounter,
    WrongKey,
)
from simulator.fleet import MeterSpec
from simulator.make_fleet import ZONE, make_fleet
from simulator.meter import Meter
from simulator.now import Now
from simulator.registers import REGISTERS
from simulator.serving import FleetServer
from tests.simulator.clients import DAILY, LOAD, Client, between, played, settings_for, small_fleet
from tests.simulator.worlds import NOON, at, meter

DAY = 86_400
CLOCK = Attribute(8, Obis.parse("0-0:1.0.0"), 2)


def model_of(server: FleetServer, number: int = 0) -> Meter:
    return list(server)[number].meter


def test_a_day_of_the_load_profile_arrives_as_the_meter_holds_it() -> None:
    async def scene(server: FleetServer) -> None:
        model = model_of(server)
        async with Client(model.spec) as client:
            layout = await client.run(read_layout(client.connection, LOAD))
            table = await client.run(read_profile(client.connection, layout, between(NOON - DAY, NOON)))
            await client.run(release(client.connection))
        rows = model.recording.load_rows(NOON, NOON - DAY, NOON)
        assert layout.period == 900
        assert [str(capture.attribute.obis) for capture in layout.captures] == [
            "0-0:1.0.0", "0-0:96.10.1", "1-0:1.8.0", "1-0:2.8.0",
        ]  # fmt: skip
        expected = (rows.stamps, rows.status, rows.stands.imported, rows.stands.export)
        assert table.rows == 96
        assert all((found.values == held).all() for found, held in zip(table.columns, expected, strict=True))

    played(small_fleet(), scene)


def test_sixty_days_come_in_blocks_to_a_client_with_a_small_pdu() -> None:
    async def scene(server: FleetServer) -> None:
        model = model_of(server)
        async with Client(model.spec, settings_for(model.spec, max_pdu=512)) as client:
            layout = await client.run(read_layout(client.connection, LOAD))
            table = await client.run(read_profile(client.connection, layout))
        assert table.rows == 5760
        assert int(table.columns[2].values.sum()) == int(model.recording.load_rows(NOON, 0, NOON).stands.imported.sum())

    played(small_fleet(), scene)


def test_entries_and_columns_can_be_selected() -> None:
    async def scene(server: FleetServer) -> None:
        model = model_of(server)
        async with Client(model.spec) as client:
            layout = await client.run(read_layout(client.connection, LOAD))
            table = await client.run(read_profile(client.connection, layout, Entries(2, 4, 1, 3)))
            rows = model.recording.load_rows(NOON, 0, NOON)
            assert table.columns[0].values.tolist() == rows.stamps[1:4].tolist()
            assert len(table.columns) == 3
            day = between(NOON - 3600, NOON)
            turned = Range(day.start, day.end, (layout.captures[2], layout.captures[0]))
            table = await client.run(read_profile(client.connection, layout, turned))
            assert table.columns[1].values.tolist() == rows.stamps[-4:].tolist()
            assert table.columns[0].values.tolist() == rows.stands.imported[-4:].tolist()
            strange = Range(day.start, day.end, (Capture(Attribute(3, Obis.parse("1-0:9.8.0"), 2)),))
            buffer = Attribute(7, LOAD, 2)
            assert await client.run(get(client.connection, buffer, strange)) is DataAccessResult.OBJECT_UNDEFINED
            numbers = Range(1, 2, restricting=layout.captures[2])
            assert await client.run(get(client.connection, buffer, numbers)) is DataAccessResult.TYPE_UNMATCHED
            assert (await client.run(read_profile(client.connection, layout, between(0, 10)))).rows == 0

    played(small_fleet(), scene)


def test_the_daily_profile_carries_both_rates_at_local_midnights() -> None:
    async def scene(server: FleetServer) -> None:
        model = model_of(server)
        async with Client(model.spec) as client:
            layout = await client.run(read_layout(client.connection, DAILY))
            table = await client.run(read_profile(client.connection, layout, between(NOON - 30 * DAY, NOON)))
        clock, _, total, _, rate_1, rate_2 = (column.values for column in table.columns)
        assert table.rows == 30
        assert {datetime.fromtimestamp(int(stamp), ZoneInfo(ZONE)).hour for stamp in clock} == {0}
        assert (total == rate_1 + rate_2).all()

    played(small_fleet(), scene)


def test_registers_tell_value_scaler_and_unit() -> None:
    async def scene(server: FleetServer) -> None:
        model = model_of(server)
        names = [RegisterName(Obis.parse(row[0])) for row in REGISTERS]
        async with Client(model.spec) as client:
            readings = await client.run(read_registers(client.connection, names))
        units = {str(reading.name.obis): reading.unit.symbol for reading in readings if reading.unit}
        shown = {str(reading.name.obis): reading.value or Decimal(0) for reading in readings}
        stand = int(model.recording.stands(np.array([NOON]), NOON).imported[0])
        assert shown["1-0:1.8.0"] == stand
        assert shown["1-0:1.8.1"] + shown["1-0:1.8.2"] == stand
        assert units == {
            "1-0:1.8.0": "Wh", "1-0:1.8.1": "Wh", "1-0:1.8.2": "Wh", "1-0:2.8.0": "Wh", "1-0:1.7.0": "W",
            "1-0:2.7.0": "W", "1-0:32.7.0": "V", "1-0:52.7.0": "V", "1-0:72.7.0": "V", "1-0:31.7.0": "A",
            "1-0:51.7.0": "A", "1-0:71.7.0": "A", "1-0:14.7.0": "Hz",
        }  # fmt: skip
        for phase in ("32", "52", "72"):
            assert 210 < shown[f"1-0:{phase}.7.0"] < 245
        assert 49.9 < shown["1-0:14.7.0"] < 50.1
        power = shown["1-0:1.7.0"]
        quarter = model.recording.registers.stands(np.array([NOON - NOON % 900, NOON - NOON % 900 + 900]))
        assert abs(power - 4 * int(np.diff(quarter.imported)[0])) <= 8

    played(small_fleet(), scene)


def test_identity_and_logs() -> None:
    start, end = NOON - 5 * DAY, NOON - 5 * DAY + 3600

    async def scene(server: FleetServer) -> None:
        spec = model_of(server).spec
        async with Client(spec) as client:
            for obis, text in (("0-0:42.0.0", spec.serial), ("0-0:96.1.0", spec.serial), ("1-0:0.2.0", "SIM1-02.10")):
                assert (
                    await client.run(read_value(client.connection, Attribute(1, Obis.parse(obis), 2))) == text.encode()
                )
            assert await client.run(read_value(client.connection, Attribute(1, Obis.parse("0-0:97.97.0"), 2))) == 0
            layout = await client.run(read_layout(client.connection, Obis.parse("0-0:99.98.0")))
            log = await client.run(read_profile(client.connection, layout, between(start, end)))
            entries = list(zip(log.columns[0].values.tolist(), log.columns[1].values.tolist(), strict=True))
            assert {(start, 1), (end, 2)} <= set(entries)
            layout = await client.run(read_layout(client.connection, Obis.parse("1-0:99.97.0")))
            failures = await client.run(read_profile(client.connection, layout))
            assert [column.values.tolist() for column in failures.columns] == [[end], [3600]]
            used = await client.run(read_value(client.connection, Attribute(7, layout.obis, 7)))
            assert used == 1

    played(small_fleet(PowerFailure(start, end)), scene)


@pytest.mark.parametrize(
    ("now", "octets"),
    [
        ("2026-03-29T00:59:59", "07ea031d07023b3b00ff8800"),
        ("2026-03-29T01:00:00", "07ea031d0704000000ff4c80"),
        ("2025-10-26T00:59:59", "07e90a1a07033b3b00ff4c80"),
        ("2025-10-26T01:00:00", "07e90a1a0703000000ff8800"),
    ],
)
def test_the_clock_shows_local_time_with_deviation_and_dst_status(now: str, octets: str) -> None:
    async def scene(server: FleetServer) -> None:
        async with Client.public(model_of(server).spec) as client:
            assert await client.run(read_value(client.connection, CLOCK)) == bytes.fromhex(octets)

    played(small_fleet(now=at(now)), scene, now=at(now))


def test_the_clock_knows_its_zone_and_when_daylight_saving_begins_and_ends() -> None:
    begins, ends = (change_pattern(meter(), to_dst) for to_dst in (True, False))
    assert (str(begins), begins.deviation) == ("****-03-last Sun 03:00:00", -120)
    assert (str(ends), ends.deviation) == ("****-10-last Sun 04:00:00", -180)

    async def scene(server: FleetServer) -> None:
        async with Client(model_of(server).spec) as client:
            zone = await client.run(read_value(client.connection, Attribute(8, CLOCK.obis, 3)))
            assert zone == -120

    played(small_fleet(), scene)


def test_setting_the_clock_rights_a_wrong_one_and_is_logged() -> None:
    async def scene(server: FleetServer) -> None:
        model = model_of(server)
        async with Client(model.spec) as client:
            shown = await client.run(read_clock(client.connection))
            assert int(shown.at.timestamp()) == NOON + 437
            right = datetime.fromtimestamp(NOON, UTC)
            assert await client.run(set_clock(client.connection, right)) is DataAccessResult.SUCCESS
            assert (await client.run(read_clock(client.connection))).at == right
            assert (await client.run(read_clock(client.connection))).at.utcoffset() == timedelta(hours=2)
        assert [change.old - change.new for change in model.recording.clock.changes] == [437]
        assert model.faults == []

    played(small_fleet(WrongClock(437)), scene)


def test_the_public_client_sees_clock_name_and_counter_only() -> None:
    async def scene(server: FleetServer) -> None:
        spec = model_of(server).spec
        async with Client(spec, settings_for(spec, counter=70)) as client:
            await client.run(release(client.connection))
        async with Client.public(spec) as client:
            counter = await client.run(read_invocation_counter(client.connection))
            assert 70 < counter < 80
            energy = await client.run(get(client.connection, Attribute(3, Obis.parse("1-0:1.8.0"), 2)))
            assert energy is DataAccessResult.READ_WRITE_DENIED

    played(small_fleet(), scene)


async def cause_of(spec: MeterSpec, settings: ClientSettings | None = None) -> Cause:
    """Why reading a day fails."""
    with pytest.raises(ProtocolError) as failure:
        async with Client(spec, settings) as client:
            layout = await client.run(read_layout(client.connection, LOAD))
            await client.run(read_profile(client.connection, layout, between(NOON - DAY, NOON)))
    return failure.value.cause


@pytest.mark.parametrize(
    ("fault", "cause"),
    [
        (RefuseAssociation(), Cause.REJECTED_ASSOCIATION),
        (Busy(), Cause.CONNECTION_CUT),
        (Garbage(), Cause.GARBAGE),
        (Garbage(after=3), Cause.GARBAGE),
        (WrongKey(), Cause.WRONG_KEY),
        (WrongCounter(), Cause.WRONG_COUNTER),
        (Cut(after_bytes=40), Cause.CONNECTION_CUT),
        (Cut(after_bytes=1500), Cause.CONNECTION_CUT),
        (PowerFailure(NOON - 60), Cause.CONNECTION_CUT),
    ],
    ids=str,
)
def test_a_fault_of_the_line_or_the_association_has_its_cause(fault: Fault, cause: Cause) -> None:
    async def scene(server: FleetServer) -> None:
        spec = model_of(server).spec
        assert await cause_of(spec, settings_for(spec, max_pdu=512)) is cause

    played(small_fleet(fault), scene)


def test_a_meter_with_a_fault_answers_again_when_it_is_cleared() -> None:
    async def scene(server: FleetServer) -> None:
        station = next(iter(server))
        for fault in (RefuseAssociation(), Busy(), Garbage(), WrongKey(), Cut(40), Silent(), PowerFailure(NOON - 60)):
            station.meter.add_fault(fault)
            await station.adapt()
            with pytest.raises((ProtocolError, ConnectionRefusedError)):
                async with Client(station.meter.spec, settings_for(station.meter.spec, counter=1000)):
                    pass
            station.meter.clear_fault(fault.kind)
            await station.adapt()
        async with Client(station.meter.spec, settings_for(station.meter.spec, counter=1_000_000)) as client:
            await client.run(read_clock(client.connection))

    played(small_fleet(), scene)


def test_a_silent_meter_refuses_or_swallows() -> None:
    async def refused(server: FleetServer) -> None:
        with pytest.raises(ConnectionRefusedError):
            await Client(model_of(server).spec).connect()

    async def swallowed(server: FleetServer) -> None:
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(Client(model_of(server).spec).__aenter__(), 0.2)

    played(small_fleet(Silent()), refused)
    played(small_fleet(Silent(black_hole=True)), swallowed)


def test_a_power_failure_ends_an_open_connection() -> None:
    async def scene(server: FleetServer) -> None:
        station = next(iter(server))
        async with Client(station.meter.spec) as client:
            station.meter.add_fault(PowerFailure(NOON - 1))
            await station.adapt()
            with pytest.raises((ProtocolError, ConnectionResetError)):
                await client.run(read_clock(client.connection))

    played(small_fleet(), scene)


def test_a_slow_meter_takes_its_time() -> None:
    async def scene(server: FleetServer) -> None:
        async with Client.public(model_of(server).spec) as client:
            begun = time.monotonic()
            await client.run(read_clock(client.connection))
            assert time.monotonic() - begun >= 0.15

    played(small_fleet(Slow(150)), scene)


def test_after_a_counter_fault_the_public_client_tells_the_way_back() -> None:
    async def scene(server: FleetServer) -> None:
        spec = model_of(server).spec
        assert await cause_of(spec) is Cause.WRONG_COUNTER
        async with Client.public(spec) as client:
            last = await client.run(read_invocation_counter(client.connection))
        async with Client(spec, settings_for(spec, counter=last + 1)) as client:
            await client.run(read_clock(client.connection))

    played(small_fleet(WrongCounter(5000)), scene)


def test_counters_go_on_when_faults_change_the_device() -> None:
    async def scene(server: FleetServer) -> None:
        station = next(iter(server))
        spec = station.meter.spec
        settings = settings_for(spec, counter=50)
        for _ in range(2):
            async with Client(spec, settings) as client:
                await client.run(read_clock(client.connection))
                await client.run(release(client.connection))
            await station.adapt()
        assert await cause_of(spec, settings_for(spec, counter=50)) is Cause.WRONG_COUNTER

    played(small_fleet(), scene)


def test_the_station_counts_connections_and_how_many_at_once() -> None:
    async def scene(server: FleetServer) -> None:
        station = next(iter(server))
        for _ in range(3):
            async with Client.public(station.meter.spec):
                pass
        async with Client.public(station.meter.spec), Client.public(station.meter.spec):
            assert station.connections == 5
            assert station.most_at_once == 2

    played(small_fleet(), scene)


def test_two_hundred_meters_start_at_once() -> None:
    async def scene() -> float:
        server = FleetServer(small_fleet(count=200), Now())
        begun = time.monotonic()
        await server.start()
        elapsed = time.monotonic() - begun
        await server.stop()
        return elapsed

    assert asyncio.run(scene()) < 3


def test_the_demo_fleet_has_the_faults_and_roofs_it_should() -> None:
    fleet = make_fleet(200, 1, NOON)
    kinds = [meter.faults[0].kind for meter in fleet.meters if meter.faults]
    assert sorted(kinds) == ["gap"] * 4 + ["power_failure"] * 3 + ["silent"] + ["wrong_clock"] * 2
    assert sum(meter.solar > 0 for meter in fleet.meters) == 30
    assert make_fleet(200, 1, NOON) == fleet != make_fleet(200, 2, NOON)
