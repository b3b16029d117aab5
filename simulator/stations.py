"""Devices on their lines: connections over TCP, counted; what faults make of them; pushes."""

import asyncio
import errno
from typing import Protocol, cast

from protocols.framing import Framing
from protocols.gateway import GatewayRouter, Prefix
from protocols.wrapper import WrapperFraming
from simulator.device import AnyDevice, Concentrator, Listed
from simulator.faults import Busy, Silent
from simulator.fleet import FleetError, require_loopback
from simulator.line import Delivery, Line
from simulator.meter import Meter
from simulator.outlets import outlet_of
from simulator.streams import GATEWAY_PORT, Deaf, DeviceStream, GatewayStream, Stream

BACKLOG = 8
PUSH_CLIENT = 1
PUSH_PATIENCE_S = 5.0


class ServeError(RuntimeError):
    """The fleet cannot be served; the message is one clear line."""


class Connected(Protocol):
    """What a station counts and can end."""

    def hang_up(self) -> None: ...


class Conversation(asyncio.Protocol):
    """One TCP connection to one station."""

    def __init__(self, station: "Outstation") -> None:
        self._station = station
        self._transport: asyncio.Transport | None = None
        self._stream: Stream = Deaf()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        self._station.opened(self)
        if self._station.turns_away:
            self._transport.close()
        else:
            self._stream = self._station.stream()

    def data_received(self, data: bytes) -> None:
        if self._transport is None or self._transport.is_closing():
            return
        for delivery in self._stream.receive(data):
            if delivery.delay:
                asyncio.get_running_loop().call_later(delivery.delay, self._send, delivery)
            else:
                self._send(delivery)
        if self._stream.closed:
            self._transport.close()

    def connection_lost(self, exc: Exception | None) -> None:
        self._transport = None
        self._stream.end()
        self._station.closed(self)

    def hang_up(self) -> None:
        """Close at once, as when the power goes."""
        if self._transport is not None:
            self._transport.abort()

    def _send(self, delivery: Delivery) -> None:
        if self._transport is None or self._transport.is_closing():
            return
        self._transport.write(delivery.data)
        if delivery.close:
            self._transport.close()


class Outstation:
    """A device and its place on the network: an address of its own, or one behind a concentrator."""

    def __init__(self, device: AnyDevice) -> None:
        self.device = device
        self.outlet = outlet_of(device)
        self.connections = 0
        self.most_at_once = 0
        self._open: set[Connected] = set()
        self._server: asyncio.Server | None = None

    @property
    def turns_away(self) -> bool:
        """Whether a new connection is closed at once."""
        return self.device.without_power or self.device.fault(Busy) is not None

    @property
    def is_reachable(self) -> bool:
        """Whether a concentrator can pass anything on to it; one that is silent like a black hole takes everything."""
        silent = self.device.fault(Silent)
        return not self.turns_away and (silent is None or silent.black_hole)

    def stream(self, framing: Framing | None = None) -> Stream:
        """The device's end of a new connection, on a line of its own unless another `framing` carries it."""
        if self.device.fault(Silent):
            return Deaf()
        return DeviceStream(self.outlet.session(framing), Line(self.device))

    def opened(self, connection: Connected) -> None:
        """Count a connection that begins."""
        self._open.add(connection)
        self.connections += 1
        self.most_at_once = max(self.most_at_once, len(self._open))

    def closed(self, connection: Connected) -> None:
        """Forget a connection that ended."""
        self._open.discard(connection)

    async def adapt(self) -> None:
        """Listen, or not, as the faults in force want it; without power or voice open connections end too."""
        self.outlet.adapt()
        silent = self.device.fault(Silent)
        if silent or self.device.without_power:
            self._hang_up()
        if silent and not silent.black_hole:
            await self.stop()
        elif self._server is None and self.device.spec.host is not None:
            self._server = await self._listen(self.device.spec.host, self.device.spec.port)

    async def stop(self) -> None:
        """Stop listening and close every connection."""
        self._hang_up()
        if self._server is not None:
            self._server.close()
            await self._server.wait_closed()
            self._server = None

    def _hang_up(self) -> None:
        for connection in tuple(self._open):
            connection.hang_up()

    async def _listen(self, host: str, port: int) -> asyncio.Server:
        require_loopback(host)
        loop = asyncio.get_running_loop()
        try:
            return await loop.create_server(lambda: Conversation(self), host, port, backlog=BACKLOG, reuse_address=True)
        except OSError as problem:
            raise ServeError(unbound(host, port, problem)) from problem


class MeterStation(Outstation):
    """A meter, which may also push."""

    def __init__(self, meter: Meter) -> None:
        super().__init__(meter)
        self.meter = meter
        self.pushes_lost = 0
        self._pushing: set[asyncio.Task[None]] = set()
        meter.send_push = self._push_soon

    async def push(self, host: str, port: int) -> int:
        """Send what the meter pushes to a loopback address; how many octets.

        Raises ServeError when nobody takes them, FleetError for an address elsewhere.
        """
        require_loopback(host)
        octets = self._pushed()
        try:
            async with asyncio.timeout(PUSH_PATIENCE_S):
                _, writer = await asyncio.open_connection(host, port)
                writer.write(octets)
                await writer.drain()
                writer.close()
                await writer.wait_closed()
        except (OSError, TimeoutError) as problem:
            raise ServeError(f"nobody takes a push at {host}:{port}: {problem}") from problem
        return len(octets)

    async def _push_once(self, host: str, port: int) -> None:
        """Push without anybody waiting for the outcome; what nobody takes is counted."""
        try:
            await self.push(host, port)
        except ServeError:
            self.pushes_lost += 1

    def _pushed(self) -> bytes:
        """The push as it goes over the line: with the meter's prefix from behind a concentrator."""
        apdu, address = self.outlet.push(self.meter), self.meter.spec.gateway_address
        if address is None:
            return self.outlet.framing(PUSH_CLIENT).frame(apdu)
        line = WrapperFraming(GATEWAY_PORT, PUSH_CLIENT)
        return GatewayRouter(line).port(prefix(address)).frame(apdu)

    def _push_soon(self, host: str, port: int) -> bool:
        """A client has asked for a push: it goes out beside the answer."""
        task = asyncio.get_running_loop().create_task(self._push_once(host, port))
        self._pushing.add(task)
        task.add_done_callback(self._pushing.discard)
        return True


class GatewayStation(Outstation):
    """A concentrator and the meters behind it."""

    def __init__(self, concentrator: Concentrator) -> None:
        super().__init__(concentrator)
        self._meters: dict[Prefix, Outstation] = {}
        self._since: dict[Prefix, int] = {}
        concentrator.listed = self.listed

    def listed(self) -> list[Listed]:
        """The meters behind it now."""
        return [
            Listed(place.address, spec.serial, bytes.fromhex(spec.system_title), self._since[place])
            for place, station in self._meters.items()
            for spec in (station.device.spec,)
        ]

    def take(self, station: Outstation, address: str, since: int) -> None:
        """From now on a meter is behind it. FleetError where another one has that address."""
        place = prefix(address)
        if self._meters.get(place, station) is not station:
            raise FleetError(f"address {address} of {self.device.spec.serial} is taken")
        self._meters[place] = station
        self._since[place] = since

    def drop(self, station: Outstation, *, besides: str | None = None) -> None:
        """It has lost a meter, if it had it; not at the address `besides`."""
        kept = prefix(besides) if besides else None
        self._meters = {place: other for place, other in self._meters.items() if other is not station or place == kept}

    def stream(self, framing: Framing | None = None) -> Stream:
        """See `Outstation.stream`."""
        return Deaf() if self.device.fault(Silent) else GatewayStream(self, lambda place: self._meters.get(place))


def prefix(address: str) -> Prefix:
    """A meter behind a concentrator by its physical device address in hex; our concentrators have one network, 0."""
    return Prefix(0, bytes.fromhex(address))


def unbound(host: str, port: int, problem: OSError) -> str:
    """Why an address could not be bound, and what to do."""
    if problem.errno == errno.EADDRINUSE:
        return f"{host}:{port} is taken by another program (is another simulator running?)"
    if problem.errno == errno.EADDRNOTAVAIL:
        return f"{host} cannot be bound on this system; make the fleet with --single-host"
    return f"{host}:{port} cannot be bound: {problem.strerror or problem}"
