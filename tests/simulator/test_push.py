"""Pushes asked for over the control socket or by a client, taken by a listener and decoded by the library."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from protocols.dlms.classes.push import Destination, MessageType, TransportService
from protocols.dlms.clock import decode_datetime
from protocols.dlms.cosem import Attribute, Method
from protocols.dlms.data import decode
from protocols.dlms.encoding import enum, integer, octet_string, structure
from protocols.dlms.exchange import get, invoke, put
from protocols.dlms.keys import KeySet, ReceiveCounter, Security
from protocols.dlms.obis import Obis
from protocols.dlms.security import Suite, open_notification
from protocols.dlms.services.notification import decode_data_notification
from protocols.dlms.tags import ActionResult, DataAccessResult
from protocols.gateway import decode_prefix
from protocols.hdlc import HdlcFraming
from protocols.wrapper import WrapperFraming
from simulator.control import Control
from simulator.fleet import PUSH_WITHOUT_OBJECT_LIST, MeterSpec
from simulator.models import SM3, SM5, SN4
from simulator.serving import FleetServer
from tests.simulator.clients import TITLE, Client, played, private_host
from tests.simulator.mixed import KINDS, mixed_fleet, of_kind
from tests.simulator.worlds import NOON

PUSH_SETUP = Obis.parse("0-0:25.9.0")


async def taken(act: Callable[[str], Awaitable[Any]]) -> bytes:
    """What arrives at a listener when `act`, given its address, makes a meter push."""
    arrived: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()

    async def take(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        arrived.set_result(await reader.read())
        writer.close()

    host = private_host(240)
    async with await asyncio.start_server(take, host, 0) as listener:
        await act(f"{host}:{listener.sockets[0].getsockname()[1]}")
        return await asyncio.wait_for(arrived, 5)


def opened(spec: MeterSpec, octets: bytes) -> bytes:
    """The plain APDU of a push, in the way of the meter's model."""
    listener = HdlcFraming.listener() if spec.model == SN4 else WrapperFraming(1)
    listener.receive_data(octets)
    apdu = listener.next_apdu()
    assert apdu is not None
    if spec.gateway_address:
        prefix, apdu = decode_prefix(apdu)
        assert (prefix.network, prefix.address.hex()) == (0, spec.gateway_address)
    if spec.ek is None:
        return apdu
    assert apdu[0] == 219
    keys = KeySet(
        bytes.fromhex(spec.ek), bytes.fromhex(spec.ak or ""), Suite.P256 if spec.model == SM5 else Suite.AES_128
    )
    found = open_notification(apdu, {bytes.fromhex(spec.system_title): keys}.get, ReceiveCounter(), own_title=TITLE)
    assert found.security == Security.BOTH
    return found.apdu


@pytest.mark.parametrize("kind", KINDS)
def test_a_meter_pushes_when_asked_over_the_control_socket(kind: str) -> None:
    fleet = mixed_fleet()
    spec = of_kind(fleet, kind)

    async def scene(server: FleetServer) -> bytes:
        async def ask(to: str) -> None:
            reply = await Control(server).answer(f'{{"op": "push", "serial": "{spec.serial}", "to": "{to}"}}'.encode())
            assert reply["ok"], reply

        return await taken(ask)

    push = decode_data_notification(opened(spec, played(fleet, scene)))
    assert int(decode_datetime(push.sent_at).at.timestamp()) == NOON
    body: Any = decode(push.body)
    listed, serial, clock, imported, exported = body
    assert [name for _, name, _, _ in listed] == [
        PUSH_SETUP, *map(Obis.parse, ("0-0:96.1.0", "0-0:1.0.0", "1-0:1.8.0", "1-0:2.8.0")),
    ]  # fmt: skip
    assert serial == spec.serial.encode()
    assert clock == push.sent_at
    assert imported > 0
    assert exported == 0


def test_a_push_may_come_without_its_object_list() -> None:
    fleet = mixed_fleet(quirks=(PUSH_WITHOUT_OBJECT_LIST,))
    spec = of_kind(fleet, SM3)

    async def scene(server: FleetServer) -> bytes:
        station = server.meter(spec.serial)
        assert station is not None

        async def ask(to: str) -> None:
            host, port = to.split(":")
            assert await station.push(host, int(port)) > 0

        return await taken(ask)

    body = decode(decode_data_notification(opened(spec, played(fleet, scene))).body)
    assert isinstance(body, tuple)
    assert (len(body), body[0]) == (4, spec.serial.encode())


def test_a_client_says_where_to_and_asks_for_a_push() -> None:
    fleet = mixed_fleet()
    spec = of_kind(fleet, SM3)

    async def scene(server: FleetServer) -> bytes:
        async with Client(spec) as client:
            line = client.connection
            push = Method(40, PUSH_SETUP, 1)

            async def outcome(to: str) -> ActionResult:
                there = structure(enum(TransportService.TCP), octet_string(to.encode()), enum(MessageType.A_XDR))
                written = await client.run(put(line, Attribute(40, PUSH_SETUP, 3), there))
                assert written is DataAccessResult.SUCCESS
                read = await client.run(get(line, Attribute(40, PUSH_SETUP, 3)))
                assert isinstance(read, bytes)
                assert tuple(decode(read)) == Destination(0, to.encode(), 0)  # type: ignore[arg-type]
                return (await client.run(invoke(line, push, integer(0)))).result

            assert (await client.run(invoke(line, push, integer(0)))).result is ActionResult.OTHER_REASON
            assert await outcome("192.168.1.1:4059") is ActionResult.OTHER_REASON
            assert await outcome(f"{private_host(241)}:9") is ActionResult.SUCCESS
            octets = await taken(outcome)
        station = server.meter(spec.serial)
        assert station is not None
        assert station.pushes_lost == 1
        return octets

    assert decode_data_notification(opened(spec, played(fleet, scene))).body


@pytest.mark.parametrize(
    ("request_", "words"),
    [
        ('{"op": "push", "serial": "X", "to": "127.0.0.1:9"}', "no meter 'X'"),
        ('{"op": "push", "serial": "OAC00000001", "to": "127.0.0.1:9"}', "no meter 'OAC00000001'"),
        ('{"op": "push", "serial": "OAM00000001"}', "not HOST:PORT"),
        ('{"op": "push", "serial": "OAM00000001", "to": "8.8.8.8:53"}', "not in 127.0.0.0/8"),
        ('{"op": "push", "serial": "OAM00000001", "to": "127.0.0.1:9"}', "nobody takes a push at 127.0.0.1:9"),
    ],
)
def test_a_push_that_cannot_be_is_explained(request_: str, words: str) -> None:
    async def scene(server: FleetServer) -> dict[str, Any]:
        return await Control(server).answer(request_.encode())

    reply = played(mixed_fleet(), scene)
    assert not reply["ok"]
    assert words in reply["error"]
