"""Meters that move between concentrators, are lost and come back: in their lists and on the line."""

import asyncio
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from protocols.dlms.objects import read_clock
from simulator.control import Control
from simulator.fleet import ConcentratorSpec, Fleet, FleetError, MeterSpec, Move
from simulator.fleet_file import load_fleet, save_fleet
from simulator.now import Now
from simulator.serving import FleetServer
from tests.simulator.clients import private_host
from tests.simulator.mixed import BEHIND, mixed_fleet, of_kind, reach
from tests.simulator.worlds import NOON

SECOND = "OAC00000002"


def two_concentrators() -> tuple[Fleet, MeterSpec]:
    fleet = mixed_fleet()
    second = replace(fleet.concentrators[0], serial=SECOND, host=private_host(210), system_title="4f414d0200000002")
    return replace(fleet, concentrators=(*fleet.concentrators, second)), of_kind(fleet, BEHIND)


def listed(server: FleetServer) -> dict[str, list[tuple[str, str, int]]]:
    return {
        gate.device.spec.serial: [(each.serial, each.address.hex(), each.since) for each in gate.listed()]
        for gate in server.concentrators
    }


def ask(server: FleetServer, **request: Any) -> dict[str, Any]:
    return asyncio.run(Control(server).answer(json.dumps(request).encode()))


def test_a_meter_moves_is_lost_and_comes_back() -> None:
    fleet, spec = two_concentrators()
    first, address = str(spec.concentrator), str(spec.gateway_address)
    server = FleetServer(fleet, Now(fixed=NOON + 60))
    assert listed(server) == {first: [(spec.serial, address, fleet.made_at)], SECOND: []}
    assert ask(server, op="move", serial=spec.serial, concentrator=SECOND, gateway_address="0a")["ok"]
    assert listed(server) == {first: [], SECOND: [(spec.serial, "0a", NOON + 60)]}
    ask(server, op="move", serial=spec.serial)
    assert listed(server) == {first: [], SECOND: []}
    ask(server, op="move", serial=spec.serial, concentrator=first, gateway_address=address)
    assert listed(server) == {first: [(spec.serial, address, NOON + 60)], SECOND: []}


def test_a_meter_answers_through_the_concentrator_it_moved_to() -> None:
    fleet, spec = two_concentrators()
    moved = replace(spec, concentrator=SECOND, gateway_address="0a")
    fleet = replace(fleet, moves=(Move(after_s=0, serial=spec.serial, concentrator=SECOND, gateway_address="0a"),))

    async def act() -> None:
        server = FleetServer(fleet, Now(fixed=NOON))
        await server.start()
        await asyncio.sleep(0.05)
        try:
            way: ConcentratorSpec = next(each for each in fleet.concentrators if each.serial == SECOND)
            there = replace(fleet, concentrators=(way,))
            async with reach(there, moved) as client:
                reading = await client.run(read_clock(client.connection))
            assert int(reading.at.timestamp()) == NOON
        finally:
            await server.stop()

    asyncio.run(act())


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"serial": "X"}, "X"),
        ({"concentrator": "X", "gateway_address": "01"}, "a concentrator of this fleet"),
        ({"concentrator": SECOND}, "an address there"),
        ({"concentrator": 5}, "are texts"),
    ],
)
def test_a_move_that_cannot_be_is_refused(change: dict[str, Any], words: str) -> None:
    fleet, spec = two_concentrators()
    answer = ask(FleetServer(fleet, Now(fixed=NOON)), **{"op": "move", "serial": spec.serial, **change})
    assert not answer["ok"]
    assert words in answer["error"]


def test_two_meters_never_share_an_address() -> None:
    fleet, spec = two_concentrators()
    other = replace(spec, serial="OAM99999999", system_title="4f414d0000099999", gateway_address="0b")
    server = FleetServer(replace(fleet, strangers=(other,)), Now(fixed=NOON))
    answer = ask(
        server, op="move", serial=other.serial, concentrator=spec.concentrator, gateway_address=spec.gateway_address
    )
    assert "is taken" in answer["error"]
    assert len(listed(server)[str(spec.concentrator)]) == 2


def test_moves_are_kept_in_the_fleet_file_and_checked(tmp_path: Path) -> None:
    fleet, spec = two_concentrators()
    fleet = replace(fleet, moves=(Move(after_s=5, serial=spec.serial), Move(after_s=9, serial=spec.serial)))
    path = tmp_path / "fleet.json"
    save_fleet(fleet, path)
    assert load_fleet(path) == fleet
    for moves in ([{"after_s": -1, "serial": spec.serial}], [{"after_s": 1, "serial": fleet.meters[0].serial + "X"}],
                  [{"after_s": 1, "serial": spec.serial, "concentrator": SECOND}]):  # fmt: skip
        path.write_text(json.dumps({**json.loads(path.read_text()), "moves": moves}))
        with pytest.raises(FleetError):
            load_fleet(path)
