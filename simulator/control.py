"""The control socket: JSON lines on a loopback port, for tests, benches and people.

    {"op": "meters"}                                       what there is, with the faults in force and sessions seen;
                                                           concentrators stand beside the meters
    {"op": "truth", "from": iso, "to": iso, "profile"?: obis, "serials"?: [...]}    what a right reading must find;
                                                           with profile 0-n:24.3.0 in slave meters
    {"op": "fault", "serial": s, "fault": {"kind": ...}}   put a fault in force (the fields are those of `faults`)
    {"op": "clear", "serial": s, "kind"?: name}            end faults of a kind, or all
    {"op": "push", "serial": s, "to": "host:port"}         the meter sends a push to a loopback address
    {"op": "move", "serial": s, "concentrator"?: s, "gateway_address"?: hex}    a meter behind a concentrator is behind
                                                           this one from now on, or behind none

Every line is answered with one line: `{"ok": true, ...}` or `{"ok": false, "error": "..."}`. Lines with the
truth about thousands of meters are long; read them with a limit to match.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from simulator.fault_json import fault_from_json, fault_to_json
from simulator.faults import KINDS, FaultError, instant, iso
from simulator.fleet import FleetError, MeterSpec, Move, endpoint
from simulator.serving import FleetServer
from simulator.slaves import Slave
from simulator.stations import MeterStation, Outstation, ServeError
from simulator.truth import DAILY_PROFILE, LOAD_PROFILE, SLAVE_PROFILE, Truth, meter_truth, slave_truth, totals

MAX_REQUEST = 1 << 20
METERS_PER_TURN = 50

Reply = dict[str, Any]
T = TypeVar("T")


class ControlError(ValueError):
    """A request that cannot be done; the message goes back to the caller."""


class Control:
    """Answers requests about one running fleet."""

    def __init__(self, fleet: FleetServer) -> None:
        self._fleet = fleet
        self._operations: dict[str, Callable[[Reply], Awaitable[Reply]]] = {
            "meters": self._meters,
            "truth": self._truth,
            "fault": self._fault,
            "clear": self._clear,
            "push": self._push,
            "move": self._move,
        }

    async def serve(self, host: str, port: int) -> asyncio.Server:
        """Listen; the caller closes the server. Raises OSError if the address cannot be bound."""
        return await asyncio.start_server(self._converse, host, port, limit=MAX_REQUEST)

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while line := await reader.readline():
                writer.write(json.dumps(await self.answer(line)).encode() + b"\n")
                await writer.drain()
        except (ConnectionError, ValueError):
            # The caller went away, or sent a line above MAX_REQUEST: either way the conversation is over.
            return
        finally:
            writer.close()

    async def answer(self, line: bytes) -> Reply:
        """The reply to one request line."""
        try:
            request = json.loads(line)
            if not isinstance(request, dict) or request.get("op") not in self._operations:
                raise ControlError(f"an object with op one of {', '.join(self._operations)} is wanted")
            return {"ok": True, **await self._operations[request["op"]](request)}
        except (ControlError, FaultError, FleetError, ServeError, json.JSONDecodeError) as problem:
            return {"ok": False, "error": str(problem)}

    async def _meters(self, _request: Reply) -> Reply:
        concentrators = [_described(station) for station in self._fleet.concentrators]
        meters = [_described(station) for station in self._fleet]
        return {"now": iso(self._fleet.now()), "meters": meters, "concentrators": concentrators}

    async def _truth(self, request: Reply) -> Reply:
        start, end, now = instant(request.get("from")), instant(request.get("to")), self._fleet.now()
        profile = request.get("profile", LOAD_PROFILE)
        if profile not in (LOAD_PROFILE, DAILY_PROFILE, SLAVE_PROFILE):
            raise ControlError(f"profile must be {LOAD_PROFILE}, {DAILY_PROFILE} or {SLAVE_PROFILE}")
        serials = request.get("serials")
        if not isinstance(serials, list | None):
            raise ControlError("serials must be a list of serial numbers")
        if profile == SLAVE_PROFILE:
            found = self._slaves(serials)
            told = {serial: slave_truth(slave, start, end, now) for serial, slave in found.items()}
            return {"now": iso(now), "profile": profile, "meters": told, "totals": totals(told.values())}
        stations = list(self._fleet) if serials is None else [self._meter(serial) for serial in serials]
        truths: dict[str, Truth] = {}
        for position, station in enumerate(stations):
            truths[station.meter.spec.serial] = meter_truth(station.meter, start, end, profile)
            if position % METERS_PER_TURN == 0:
                await asyncio.sleep(0)
        return {"now": iso(now), "profile": profile, "meters": truths, "totals": totals(truths.values())}

    async def _fault(self, request: Reply) -> Reply:
        given = request.get("fault")
        if not isinstance(given, dict):
            raise ControlError('fault must be an object such as {"kind": "slow", "delay_ms": 500}')
        station = self._station(request.get("serial"))
        station.device.add_fault(fault_from_json(given))
        await station.adapt()
        return _described(station)

    async def _clear(self, request: Reply) -> Reply:
        station, kind = self._station(request.get("serial")), str(request.get("kind", "*"))
        if kind not in ("*", *KINDS):
            raise ControlError(f"unknown fault {kind!r}; known: {', '.join(sorted(KINDS))}")
        station.device.clear_fault(kind)
        await station.adapt()
        return _described(station)

    async def _push(self, request: Reply) -> Reply:
        station = self._meter(request.get("serial"))
        return {"octets": await station.push(*endpoint(str(request.get("to"))))}

    async def _move(self, request: Reply) -> Reply:
        station = self._meter(request.get("serial"))
        way = {name: request[name] for name in ("concentrator", "gateway_address") if request.get(name) is not None}
        if not all(isinstance(value, str) for value in way.values()):
            raise ControlError("concentrator and gateway_address are texts")
        self._fleet.move(Move(after_s=0, serial=station.meter.spec.serial, **way))
        return _described(station)

    def _station(self, serial: object) -> Outstation:
        return self._known(self._fleet.station(str(serial)), serial)

    def _meter(self, serial: object) -> MeterStation:
        return self._known(self._fleet.meter(str(serial)), serial)

    def _slaves(self, serials: list[object] | None) -> dict[str, Slave]:
        """The slave meters named, or all."""
        slaves = self._fleet.slaves
        wanted = list(slaves) if serials is None else [str(serial) for serial in serials]
        return {serial: self._known(slaves.get(serial), serial) for serial in wanted}

    @staticmethod
    def _known(station: T | None, serial: object) -> T:
        if station is None:
            raise ControlError(f"no meter {serial!r} in this fleet")
        return station


def _described(station: Outstation) -> Reply:
    spec = station.device.spec
    through = {"concentrator": spec.concentrator, "slaves": _slaves_of(spec)} if isinstance(spec, MeterSpec) else {}
    return {
        "serial": spec.serial,
        "model": spec.model,
        "host": spec.host,
        "port": spec.port,
        **through,
        "faults": [fault_to_json(fault) for fault in station.device.faults],
        "connections": station.connections,
        "most_at_once": station.most_at_once,
    }


def _slaves_of(spec: MeterSpec) -> list[str]:
    return [slave.serial for slave in spec.slaves]
