"""What a line does to a session: frames that are lost or damaged, the map of names that is asked for once."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import cast

import pytest

from devices.speech import security_of, transport_of
from headend import causes
from headend.causes import SessionError
from headend.drivers.base import Capability
from headend.drivers.dlms import DlmsDriver
from headend.plan import NAMES, Stretch
from protocols.dlms.encoding import octet_string
from protocols.dlms.obis import Obis
from protocols.dlms.server import LogicalDevice, ServerSession, data_object, public_association
from protocols.errors import RemoteProtocolError
from protocols.wrapper import WrapperDatagrams
from simulator.faults import Corrupt, Drop
from simulator.models import SM3, SN4
from tests.headend.spoken import target_of, with_driver
from tests.simulator.mixed import mixed_fleet, of_kind
from tests.simulator.worlds import NOON

LOAD = Obis.parse("1-0:99.1.0")
SERIAL = Obis.parse("0-0:96.1.0")
DAY = Stretch(LOAD, datetime.fromtimestamp(NOON, UTC) - timedelta(days=1), datetime.fromtimestamp(NOON, UTC))


@pytest.mark.parametrize("fault", [Drop(after=4, count=1), Drop(after=9, count=2), Corrupt(after=6, count=2)])
def test_frames_that_do_not_arrive_are_asked_for_again(fault: Drop | Corrupt) -> None:
    fleet = mixed_fleet(fault)
    target = target_of(fleet, of_kind(fleet, SN4))
    impatient = replace(target, transport=replace(target.transport, retry_s=0.1, patience_s=5.0))

    async def act(driver: DlmsDriver) -> None:
        await driver.open()
        rows = await driver.read_profile(await driver.read_layout(LOAD), DAY)
        assert rows.at.size == 96
        assert rows.held.all()

    with_driver(fleet, impatient, act)


def test_the_map_of_names_is_asked_for_once() -> None:
    fleet = mixed_fleet()
    target = target_of(fleet, of_kind(fleet, SN4))
    drivers: list[DlmsDriver] = []

    async def act(driver: DlmsDriver) -> None:
        drivers.append(driver)
        await driver.open()
        assert (await driver.read_profile(await driver.read_layout(LOAD), DAY)).at.size == 96

    with_driver(fleet, target, act)
    (learned,) = drivers[0].learned
    assert (learned.obis, learned.known) == (NAMES, False)
    with_driver(fleet, replace(target, names=learned), act)
    assert drivers[1].learned == []
    assert drivers[1].received < drivers[0].received - 16 * len(learned.columns)


@pytest.mark.parametrize(("kind", "has_link"), [(SN4, True), (SM3, False)])
def test_a_link_is_a_step_of_its_own_where_there_is_one(kind: str, has_link: bool) -> None:
    fleet = mixed_fleet()

    async def act(driver: DlmsDriver) -> None:
        assert (Capability.LINK in driver.capabilities) is has_link
        await driver.connect()
        heard = driver.received
        assert (heard > 0) is has_link
        await driver.open()
        assert driver.received > heard

    with_driver(fleet, target_of(fleet, of_kind(fleet, kind)), act)


class _Datagrams(asyncio.DatagramProtocol):
    """A device behind a network that loses those of its answers, counted from 1, that `lost` says."""

    def __init__(self, device: LogicalDevice, lost: Callable[[int], bool]) -> None:
        self._session = ServerSession(device, WrapperDatagrams(own=1))
        self._lost = lost
        self._answers = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.DatagramTransport", transport)

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        answer = self._session.handle(data)
        self._answers += 1
        if answer and not self._lost(self._answers):
            self._transport.sendto(answer, addr)


@pytest.mark.parametrize(
    ("lost", "expected"), [(lambda number: number % 2 == 1, "12345678"), (lambda _number: True, causes.NO_ANSWER)]
)
def test_datagrams_are_repeated_until_they_are_answered(lost: Callable[[int], bool], expected: str) -> None:
    fleet = mixed_fleet()
    target = target_of(fleet, of_kind(fleet, SM3))
    plain = security_of({"client_address": 16, "authentication": "none"})
    spoken = replace(
        target,
        transport=transport_of({"datagrams": True, "patience_s": 2, "retry_s": 0.1}),
        description=replace(target.description, security=plain),
        system_title=b"",
    )
    serial = data_object(SERIAL, octet_string(b"12345678"))
    device = LogicalDevice("AIM00000001", bytes(8), [serial], [public_association(SERIAL)])

    async def run() -> str:
        loop = asyncio.get_running_loop()
        transport, _ = await loop.create_datagram_endpoint(lambda: _Datagrams(device, lost), ("127.0.0.1", 0))
        host, port = transport.get_extra_info("sockname")
        driver = DlmsDriver(replace(spoken, host=host, port=port))
        try:
            await driver.open()
            return (await driver.read_identification())["serial_number"]
        finally:
            await driver.close()
            transport.close()

    assert asyncio.run(_outcome(run())) == expected


async def _outcome(reading: Awaitable[str]) -> str:
    """What was read, or the cause why not."""
    try:
        return await reading
    except SessionError as error:
        return error.cause
    except RemoteProtocolError as error:
        return error.cause.value
