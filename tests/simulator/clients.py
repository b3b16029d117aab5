"""A client on a real socket, and fleets on loopback addresses that no other test process uses."""

import asyncio
import os
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import TypeVar

from protocols.dlms.connection import ClientConnection, ClientSettings
from protocols.dlms.exchange import Exchange, associate
from protocols.dlms.obis import Obis
from protocols.dlms.security import KeySet, SendCounter
from protocols.dlms.selection import Range
from protocols.dlms.tags import Mechanism
from protocols.framing import Framing
from protocols.wrapper import WrapperFraming
from simulator.faults import Fault
from simulator.fleet import DeviceSpec, Fleet
from simulator.make_fleet import make_fleet
from simulator.now import Now
from simulator.serving import FleetServer
from tests.simulator.worlds import NOON

T = TypeVar("T")
TITLE = b"HES00001"
LOAD, DAILY = Obis.parse("1-0:99.1.0"), Obis.parse("1-0:99.2.0")


def private_host(number: int) -> str:
    """A loopback address of this process alone (126 x 256 processes before it repeats)."""
    pid = os.getpid()
    return f"127.{100 + pid // 256 % 126}.{pid % 256}.{number + 1}"


def small_fleet(*faults: Fault, count: int = 1, now: int = NOON) -> Fleet:
    """Meters on private addresses; the first one has the faults."""
    fleet = make_fleet(count, 3, now, faults=False)
    meters = [replace(meter, host=private_host(number)) for number, meter in enumerate(fleet.meters)]
    return replace(fleet, meters=(replace(meters[0], faults=faults), *meters[1:]))


def played(fleet: Fleet, scene: Callable[[FleetServer], Awaitable[T]], now: int | None = NOON) -> T:
    """Run a scene against the fleet on the network, time standing still unless `now` is None."""

    async def play() -> T:
        server = FleetServer(fleet, Now(fixed=now))
        await server.start()
        try:
            return await asyncio.wait_for(scene(server), 20)
        finally:
            await server.stop()

    return asyncio.run(play())


def settings_for(spec: DeviceSpec, counter: int = 1, max_pdu: int = 0xFFFF) -> ClientSettings:
    """Management client with the keys of the fleet file."""
    keys = KeySet(bytes.fromhex(spec.ek or ""), bytes.fromhex(spec.ak or ""))
    return ClientSettings(
        Mechanism.HLS_GMAC, keys=keys, title=TITLE, counter=SendCounter(counter), max_pdu=max_pdu,
        expected_title=bytes.fromhex(spec.system_title),
    )  # fmt: skip


class Client:
    """One connection; `async with Client(spec) as client` also associates."""

    def __init__(
        self,
        spec: DeviceSpec,
        settings: ClientSettings | None = None,
        port: int = 1,
        framing: Framing | None = None,
        patience: float | None = None,
    ) -> None:
        """`spec` listens; `framing` leads to another device behind it; after `patience` seconds it is asked again."""
        self._spec = spec
        self._patience = patience
        self.connection = ClientConnection(settings or settings_for(spec), framing or WrapperFraming(port, 1))

    @classmethod
    def public(cls, spec: DeviceSpec) -> "Client":
        """Client 16 without security."""
        return cls(spec, ClientSettings(), 16)

    async def connect(self) -> None:
        self._reader, self._writer = await asyncio.open_connection(self._spec.host, self._spec.port)

    async def __aenter__(self) -> "Client":
        await self.connect()
        try:
            await self.run(associate(self.connection))
        except BaseException:
            await self.__aexit__()
            raise
        return self

    async def __aexit__(self, *_: object) -> None:
        self._writer.close()

    async def run(self, exchange: Exchange[T]) -> T:
        data = next(exchange)
        try:
            while True:
                if data:
                    self._writer.write(data)
                data = exchange.send(await self._received())
        except StopIteration as stop:
            result: T = stop.value
            return result

    async def _received(self) -> bytes:
        while True:
            try:
                async with asyncio.timeout(self._patience):
                    return await self._reader.read(65_536)
            except TimeoutError:
                again = self.connection.repeat()
                if not again:
                    raise
                self._writer.write(again)


def between(start: int, end: int) -> Range:
    """A range of instants in UTC epoch seconds."""
    return Range(datetime.fromtimestamp(start, UTC), datetime.fromtimestamp(end, UTC))
