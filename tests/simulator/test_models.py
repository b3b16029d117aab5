"""Every model over real sockets, in its own way: what its client reads is what it holds."""

import asyncio
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from protocols.dlms.columns import IntegerColumn, RowColumn, decode_columns
from protocols.dlms.cosem import Attribute, Method
from protocols.dlms.data import decode
from protocols.dlms.encoding import integer
from protocols.dlms.exchange import get, invoke, learn_names, release
from protocols.dlms.obis import Obis
from protocols.dlms.objects import RegisterName, read_clock, read_layout, read_profile, read_registers, read_value
from protocols.dlms.security import Suite
from protocols.dlms.security.curves import point_of, private_key
from protocols.dlms.selection import Entries
from protocols.dlms.tags import ActionResult, Tag
from protocols.dlms.tolerant import decode_tolerantly
from protocols.errors import Cause, ProtocolError
from protocols.gateway import GatewayFraming
from protocols.wrapper import WrapperFraming
from simulator.compressed import encode_compressed
from simulator.faults import Busy, PowerFailure, RefuseAssociation, Silent, WrongClock, WrongKey
from simulator.fleet import MeterSpec
from simulator.localtime import local_time
from simulator.models import SM5, SN4
from simulator.serving import FleetServer
from simulator.stamps import StampColumn
from tests.simulator.clients import DAILY, LOAD, Client, between, played, settings_for
from tests.simulator.mixed import (
    BEHIND,
    KINDS,
    concentrator,
    known_layout,
    mixed_fleet,
    of_kind,
    reach,
    suite_1_settings,
)
from tests.simulator.worlds import NOON

DAY = 86_400
IMPORT = RegisterName(Obis.parse("1-0:1.8.0"))


@pytest.mark.parametrize("kind", KINDS)
def test_a_day_of_the_load_profile_and_a_register(kind: str) -> None:
    fleet = mixed_fleet()
    spec = of_kind(fleet, kind)

    async def scene(server: FleetServer) -> None:
        station = server.meter(spec.serial)
        assert station is not None
        recording = station.meter.recording
        async with reach(fleet, spec) as client:
            line = client.connection
            table = await client.run(read_profile(line, known_layout(), between(NOON - DAY, NOON)))
            (reading,) = await client.run(read_registers(line, [IMPORT]))
            assert int((await client.run(read_clock(line))).at.timestamp()) == NOON
            await client.run(release(line))
        rows = recording.load_rows(NOON, NOON - DAY, NOON)
        expected = (rows.stamps, rows.status, rows.stands.imported, rows.stands.export)
        assert table.rows == 96
        assert all((found.values == held).all() for found, held in zip(table.columns, expected, strict=True))
        assert reading.value == int(recording.stands(np.array([NOON]), NOON).imported[0])
        assert station.connections == 1

    played(fleet, scene)


@pytest.mark.parametrize("kind", KINDS)
def test_sixty_days_in_blocks(kind: str) -> None:
    fleet = mixed_fleet()
    spec = of_kind(fleet, kind)

    async def scene(server: FleetServer) -> None:
        async with reach(fleet, spec) as client:
            table = await client.run(read_profile(client.connection, known_layout()))
        station = server.meter(spec.serial)
        assert station is not None
        rows = station.meter.recording.load_rows(NOON, 0, NOON)
        assert table.rows == 5760
        assert (table.columns[0].values == rows.stamps).all()
        assert (table.columns[2].values == rows.stands.imported).all()

    played(fleet, scene)


def test_a_grid_meter_tells_its_map_and_swaps_type_and_length_of_names() -> None:
    fleet = mixed_fleet()
    spec = of_kind(fleet, SN4)

    async def scene(server: FleetServer) -> None:
        async with reach(fleet, spec) as client:
            line = client.connection
            names = await client.run(learn_names(line))
            assert names.of_attribute(Attribute(7, LOAD, 2)) == 0x62E8 + 8
            for obis, text in (("0-0:42.0.0", spec.serial), ("1-0:0.2.0", "SN4-11.02")):
                assert await client.run(read_value(line, Attribute(1, Obis.parse(obis), 2))) == text.encode()
            captures = await client.run(get(line, Attribute(7, DAILY, 3)))
            assert isinstance(captures, bytes)
            with pytest.raises(ProtocolError):
                decode(captures)
            assert decode_tolerantly(captures).mended == 6
            with pytest.raises(ProtocolError):
                await client.run(read_layout(line, DAILY))

    played(fleet, scene)


def test_the_ways_into_a_grid_meter() -> None:
    fleet = mixed_fleet()
    spec = of_kind(fleet, SN4)
    stranger = replace(spec, password="00")

    async def scene(server: FleetServer) -> None:
        with pytest.raises(ProtocolError, match="rejected") as error:
            async with reach(fleet, stranger):
                pass
        assert error.value.cause is Cause.REJECTED_ASSOCIATION
        station = server.meter(spec.serial)
        assert station is not None
        for fault in (WrongKey(), RefuseAssociation()):
            station.device.add_fault(fault)
            await station.adapt()
            with pytest.raises(ProtocolError, match="rejected"):
                async with reach(fleet, spec):
                    pass
            station.device.clear_fault("*")
        await station.adapt()
        async with reach(fleet, spec) as client:
            await client.run(read_clock(client.connection))

    played(fleet, scene)


def test_a_suite_1_meter_trusts_one_head_end_only() -> None:
    fleet = mixed_fleet()
    spec = of_kind(fleet, SM5)
    assert spec.signing is not None
    other = point_of(private_key(Suite.P256, bytes(31) + b"\x09").public_key()).hex()
    impostor = replace(spec, signing=replace(spec.signing, meter_public=other))
    deaf = replace(fleet, meters=tuple(replace(m, signing=m.signing and impostor.signing) for m in fleet.meters))

    async def scene(server: FleetServer) -> None:
        with pytest.raises(ProtocolError) as error:
            async with Client(spec, suite_1_settings(impostor)):
                pass
        assert error.value.cause is Cause.AUTHENTICATION_FAILED

    played(deaf, scene)

    async def refused(server: FleetServer) -> None:
        with pytest.raises(ProtocolError):
            async with Client(spec, suite_1_settings(spec)):
                pass

    stranger = replace(spec.signing, client_public=other)
    played(replace(fleet, meters=tuple(replace(m, signing=m.signing and stranger) for m in fleet.meters)), refused)


def test_a_suite_1_meter_leaves_out_what_follows_from_the_row_before() -> None:
    fleet = mixed_fleet()
    spec = of_kind(fleet, SM5)

    async def scene(server: FleetServer) -> None:
        async with Client(spec, suite_1_settings(spec, window=0)) as client:
            selection = Entries(1, 96)
            buffer = await client.run(get(client.connection, Attribute(7, LOAD, 2), selection))
            assert isinstance(buffer, bytes)
            rows: Any = decode(buffer)
            assert None not in rows[0]
            assert all(row[0] is None for row in rows[1:])
            assert len(buffer) < 96 * 16

    played(fleet, scene)


def test_rows_out_of_step_are_complete_where_they_differ() -> None:
    stamps = np.array([900, 1800, 3600, 4500, 4500], np.int64) + 1_700_000_100
    stands = np.array([7, 7, 8, 8, 9], np.int64)
    columns: list[RowColumn] = [
        StampColumn(stamps, local_time("Europe/Helsinki")),
        IntegerColumn(Tag.DOUBLE_LONG_UNSIGNED, stands),
    ]
    buffer = encode_compressed(columns, [stamps, stands], [900, 0])
    rows: Any = decode(buffer)
    nulls = [[cell is None for cell in row] for row in rows]
    assert nulls == [[False, False], [True, True], [False, False], [True, True], [False, False]]
    table = decode_columns(buffer, capture_period=900)
    assert table.columns[0].values.tolist() == stamps.tolist()
    assert table.columns[1].values.tolist() == stands.tolist()
    assert encode_compressed(columns[1:], [stands], [0])[:4] == b"\x01\x05\x02\x01"
    none = stamps[:0]
    assert encode_compressed([IntegerColumn(Tag.UNSIGNED, none)], [none], [0]) == b"\x01\x00"


def test_the_concentrator_is_a_device_of_its_own() -> None:
    fleet = mixed_fleet()
    spec = concentrator(fleet)

    async def scene(server: FleetServer) -> None:
        async with Client(spec) as client:
            line = client.connection
            assert int((await client.run(read_clock(line))).at.timestamp()) == NOON + 90
            for obis, text in (("0-0:96.1.0", spec.serial), ("1-0:0.2.0", "DC1-03.01")):
                assert await client.run(read_value(line, Attribute(1, Obis.parse(obis), 2))) == text.encode()
            with pytest.raises(ProtocolError):
                await client.run(read_value(line, Attribute(3, IMPORT.obis, 2)))

    slow = replace(spec, faults=(WrongClock(90),))
    played(replace(fleet, concentrators=(slow,)), scene)


def test_meters_behind_a_concentrator_have_counters_and_faults_of_their_own() -> None:
    fleet = mixed_fleet(count=60)
    behind = [spec for spec in fleet.meters if spec.concentrator]
    first, second, third = behind[:3]

    async def scene(server: FleetServer) -> None:
        for spec, counter in ((first, 500), (second, 1), (first, 600)):
            async with reach(fleet, spec, counter) as client:
                assert await client.run(read_value(client.connection, Attribute(1, Obis.parse("0-0:96.1.0"), 2)))
        assert await cause_of(first, 1) is Cause.WRONG_COUNTER
        station = server.meter(third.serial)
        assert station is not None
        for fault in (Silent(), Busy(), PowerFailure(NOON - 5)):
            station.device.add_fault(fault)
            await station.adapt()
            assert await cause_of(third, 1) is Cause.REJECTED_CONNECTION
            station.device.clear_fault("*")
        assert station.connections == 0
        station.device.add_fault(Silent(black_hole=True))
        with pytest.raises(TimeoutError):
            async with reach(fleet, third, patience=0.02):
                pass

    async def cause_of(spec: MeterSpec, counter: int) -> Cause:
        with pytest.raises(ProtocolError) as error:
            async with reach(fleet, spec, counter):
                pass
        return error.value.cause

    played(fleet, scene)


def test_a_meter_the_concentrator_does_not_know_and_octets_that_are_no_frame() -> None:
    fleet = mixed_fleet()
    gate, spec = concentrator(fleet), of_kind(fleet, BEHIND)

    async def scene(server: FleetServer) -> None:
        line = GatewayFraming(WrapperFraming(1, 1), 0, b"\x7f")
        with pytest.raises(ProtocolError) as error:
            async with Client(gate, settings_for(spec), framing=line):
                pass
        assert error.value.cause is Cause.REJECTED_CONNECTION
        reader, writer = await asyncio.open_connection(gate.host, gate.port)
        writer.write(b"GET / HTTP/1.1\r\n\r\n")
        assert await reader.read(10) == b""
        writer.close()

    played(fleet, scene)


def test_the_concentrator_may_be_silent_too() -> None:
    fleet = mixed_fleet()
    silent = replace(fleet, concentrators=(replace(concentrator(fleet), faults=(Silent(),)),))

    async def scene(server: FleetServer) -> None:
        with pytest.raises(ConnectionRefusedError):
            async with reach(fleet, of_kind(fleet, BEHIND)):
                pass

    played(silent, scene)


def test_the_disconnector_is_switched_and_keeps_its_state() -> None:
    fleet = mixed_fleet()
    spec = of_kind(fleet, SM5)
    relay = Obis.parse("0-0:96.3.10")

    async def scene(server: FleetServer) -> None:
        async with Client(spec, suite_1_settings(spec)) as client:
            outcome = await client.run(invoke(client.connection, Method(70, relay, 1), integer(0)))
            assert outcome.result is ActionResult.SUCCESS
        station = server.meter(spec.serial)
        assert station is not None
        await station.adapt()
        async with Client(spec, suite_1_settings(spec, 1000)) as client:
            assert await client.run(read_value(client.connection, Attribute(70, relay, 2))) is False
            assert await client.run(read_value(client.connection, Attribute(18, Obis.parse("0-0:44.0.0"), 2))) == 200

    played(fleet, scene)
