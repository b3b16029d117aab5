"""The fleet on TCP: one listening address per meter, all in one event loop."""

import asyncio
import errno
import resource
from collections.abc import Iterator
from typing import cast

from simulator.cosem import Outlet
from simulator.faults import Busy, Silent
from simulator.fleet import Fleet, MeterSpec, require_loopback
from simulator.line import Delivery, Line
from simulator.meter import Meter
from simulator.now import Now

BACKLOG = 8
SPARE_FILES = 200


class ServeError(RuntimeError):
    """The fleet cannot be served; the message is one clear line."""


class Conversation(asyncio.Protocol):
    """One connection to one meter."""

    def __init__(self, station: "Outstation") -> None:
        self._station = station
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        self._station.opened(self)
        if self._station.turns_away:
            self._transport.close()
            return
        meter = self._station.meter
        self._deaf = meter.fault(Silent) is not None
        self._line = Line(meter)
        self._session = self._station.outlet.session()

    def data_received(self, data: bytes) -> None:
        if self._transport is None or self._transport.is_closing() or self._deaf:
            return
        answer = self._session.handle(data)
        if answer:
            delivery = self._line.deliver(answer)
            if delivery.delay:
                asyncio.get_running_loop().call_later(delivery.delay, self._send, delivery)
            else:
                self._send(delivery)
        elif self._session.closed:
            self._transport.close()

    def connection_lost(self, exc: Exception | None) -> None:
        self._transport = None
        self._station.closed(self)

    def hang_up(self) -> None:
        """Close at once, as when the power goes."""
        if self._transport is not None:
            self._transport.abort()

    def _send(self, delivery: Delivery) -> None:
        if self._transport is None:
            return
        self._transport.write(delivery.data)
        if delivery.close or self._session.closed:
            self._transport.close()


class Outstation:
    """A meter and its place on the network."""

    def __init__(self, meter: Meter) -> None:
        self.meter = meter
        self.outlet = Outlet(meter)
        self.connections = 0
        self.most_at_once = 0
        self._open: set[Conversation] = set()
        self._server: asyncio.Server | None = None

    @property
    def turns_away(self) -> bool:
        """Whether a new connection is closed at once."""
        return self.meter.without_power or self.meter.fault(Busy) is not None

    def opened(self, conversation: Conversation) -> None:
        """Count a connection that begins."""
        self._open.add(conversation)
        self.connections += 1
        self.most_at_once = max(self.most_at_once, len(self._open))

    def closed(self, conversation: Conversation) -> None:
        """Forget a connection that ended."""
        self._open.discard(conversation)

    async def adapt(self) -> None:
        """Listen, or not, as the faults in force want it; without power or voice open connections end too."""
        self.outlet.adapt()
        silent = self.meter.fault(Silent)
        if silent or self.meter.without_power:
            self._hang_up()
        if silent and not silent.black_hole:
            await self.stop()
        elif self._server is None:
            self._server = await self._listen(self.meter.spec)

    async def stop(self) -> None:
        """Stop listening and close every connection."""
        self._hang_up()
        if self._server is not None:
            self._server.close()
            await self._server.wait_closed()
            self._server = None

    def _hang_up(self) -> None:
        for conversation in tuple(self._open):
            conversation.hang_up()

    async def _listen(self, spec: MeterSpec) -> asyncio.Server:
        loop = asyncio.get_running_loop()
        try:
            return await loop.create_server(
                lambda: Conversation(self), spec.host, spec.port, backlog=BACKLOG, reuse_address=True
            )
        except OSError as problem:
            raise ServeError(unbound(spec.host, spec.port, problem)) from problem


class FleetServer:
    """All outstations of a fleet. Iterates over them in the order of the fleet file."""

    def __init__(self, fleet: Fleet, now: Now) -> None:
        self.now = now
        self._stations = {spec.serial: Outstation(Meter(spec, fleet.zone, now)) for spec in fleet.meters}

    def __iter__(self) -> Iterator[Outstation]:
        return iter(self._stations.values())

    def station(self, serial: str) -> Outstation | None:
        """The outstation of a serial number."""
        return self._stations.get(serial)

    async def start(self) -> None:
        """Listen for every meter. Raises ServeError; then nothing listens any more."""
        allow_files(len(self._stations) + SPARE_FILES)
        try:
            for station in self:
                require_loopback(station.meter.spec.host)
                await station.adapt()
        except ServeError:
            await self.stop()
            raise

    async def stop(self) -> None:
        """Close everything."""
        await asyncio.gather(*(station.stop() for station in self))


def allow_files(wanted: int) -> None:
    """Raise the limit of open files to what the fleet needs; raises ServeError when the system forbids it.

    A connection costs one more file than its listening socket, so as much again is asked for where allowed.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY and hard < wanted:
        raise ServeError(
            f"{wanted} open files are needed but only {hard} allowed; raise it with: ulimit -n {2 * wanted}"
        )
    if soft != resource.RLIM_INFINITY and soft < 2 * wanted:
        most = 2 * wanted if hard == resource.RLIM_INFINITY else min(hard, 2 * wanted)
        resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, most), hard))


def unbound(host: str, port: int, problem: OSError) -> str:
    """Why an address could not be bound, and what to do."""
    if problem.errno == errno.EADDRINUSE:
        return f"{host}:{port} is taken by another program (is another simulator running?)"
    if problem.errno == errno.EADDRNOTAVAIL:
        return f"{host} cannot be bound on this system; make the fleet with --single-host"
    return f"{host}:{port} cannot be bound: {problem.strerror or problem}"
