"""The fleet on TCP: one listening address per meter or concentrator, all in one event loop."""

import asyncio
import resource
from collections.abc import Iterator
from dataclasses import replace

from simulator.device import Concentrator
from simulator.faults import PowerFailure
from simulator.fleet import ConcentratorSpec, Fleet, FleetError, Move
from simulator.meter import Meter
from simulator.now import Now
from simulator.slaves import Slave
from simulator.stations import GatewayStation, MeterStation, Outstation, ServeError

SPARE_FILES = 200


class FleetServer:
    """All outstations of a fleet. Iterates over the meters and strangers in the order of the fleet file."""

    def __init__(self, fleet: Fleet, now: Now) -> None:
        self.now = now
        self._fleet = fleet
        self._timers: list[asyncio.TimerHandle] = []
        self._zone = fleet.zone
        self._meters = {spec.serial: MeterStation(Meter(spec, fleet.zone, now)) for spec in fleet.all_meters}
        self._concentrators = {spec.serial: self._gateway(spec) for spec in fleet.concentrators}

    def __iter__(self) -> Iterator[MeterStation]:
        return iter(self._meters.values())

    @property
    def concentrators(self) -> list[GatewayStation]:
        """The concentrators in the order of the fleet file."""
        return list(self._concentrators.values())

    @property
    def stations(self) -> list[Outstation]:
        """Concentrators and meters."""
        return [*self._concentrators.values(), *self._meters.values()]

    def meter(self, serial: str) -> MeterStation | None:
        """The outstation of a meter by its serial number."""
        return self._meters.get(serial)

    @property
    def slaves(self) -> dict[str, Slave]:
        """The slave meters on the M-Bus of all meters by serial number."""
        return {slave.spec.serial: slave for station in self for slave in station.meter.slaves.values()}

    def station(self, serial: str) -> Outstation | None:
        """The outstation of a meter or concentrator by its serial number."""
        return self._meters.get(serial) or self._concentrators.get(serial)

    async def start(self) -> None:
        """Listen for every device; incidents are counted from now. Raises ServeError; then nothing listens any more."""
        for incident in self._fleet.incidents:
            begin = self.now() + incident.after_s
            for serial in incident.serials:
                self._meters[serial].meter.add_fault(PowerFailure(begin, begin + incident.lasts_s, flagged=True))
        allow_files(len(self.stations) + SPARE_FILES)
        try:
            for station in self.stations:
                await station.adapt()
        except ServeError:
            await self.stop()
            raise

        loop = asyncio.get_running_loop()
        self._timers = [loop.call_later(move.after_s, self.move, move) for move in self._fleet.moves]

    def move(self, move: Move) -> None:
        """Bring a meter behind another concentrator, or behind none, at once.

        FleetError for a meter with a line of its own, an unknown concentrator or an address that is taken.
        """
        station = self._meters[move.serial]
        if station.meter.spec.concentrator is None:
            raise FleetError(f"{move.serial} is behind no concentrator")
        if move.concentrator is not None:
            if move.concentrator not in self._concentrators or not move.gateway_address:
                raise FleetError("a meter moves to a concentrator of this fleet and an address there")
            self._concentrators[move.concentrator].take(station, move.gateway_address, self.now())
            station.meter.spec = replace(
                station.meter.spec, concentrator=move.concentrator, gateway_address=move.gateway_address
            )
        for serial, gate in self._concentrators.items():
            gate.drop(station, besides=move.gateway_address if serial == move.concentrator else None)

    async def stop(self) -> None:
        """Close everything."""
        for timer in self._timers:
            timer.cancel()
        await asyncio.gather(*(station.stop() for station in self.stations))

    def _gateway(self, spec: ConcentratorSpec) -> GatewayStation:
        gate = GatewayStation(Concentrator(spec, self._zone, self.now))
        for station in self:
            if station.meter.spec.concentrator == spec.serial:
                gate.take(station, station.meter.spec.gateway_address or "", self._fleet.made_at)
        return gate


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
