"""A master with slave meters on its M-Bus: as rows, and as a simulated meter one session is made with."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from access.models import Utility
from devices.keystore import store_key
from devices.models import Device
from headend import kinds
from headend.knowledge import know
from headend.sessions import run_session
from headend.storing import Outcome, store_outcomes
from simulator.fleet import Fleet, SlaveSpec
from simulator.now import Now
from simulator.serving import FleetServer
from tests.factories import make_device, make_device_model, make_installation, make_metering_point
from tests.headend.claiming import claim, job_over
from tests.simulator.clients import small_fleet


def slave_of(master: Device, channel: int = 1, model: str = "aim-gs1", **fields: Any) -> Device:
    """A slave meter on a channel of `master`."""
    fields = {"model": make_device_model(model), "host": "", "master": master, "channel": channel, **fields}
    return make_device(master.utility, **fields)


def gas_fleet(*slaves: SlaveSpec, now: datetime) -> Fleet:
    """One meter with these slaves on its M-Bus."""
    fleet = small_fleet(now=int(now.timestamp()))
    return replace(fleet, meters=(replace(fleet.meters[0], slaves=slaves),))


def on_file(utility: Utility, fleet: Fleet, since: datetime) -> list[Device]:
    """The meter of `fleet` with its keys, then its slaves, each hung at a metering point of its own."""
    spec = fleet.meters[0]
    model = make_device_model("aim-sm3")
    fields: dict[str, Any] = {"host": spec.host, "port": spec.port, "system_title": spec.system_title.upper()}
    master = make_device(utility, model=model, serial_number=spec.serial, **fields)
    for kind, key in (("encryption", spec.ek), ("authentication", spec.ak)):
        store_key(device=master, kind=kind, key=bytes.fromhex(key or ""))
    slaves = [slave_of(master, slave.channel, serial_number=slave.serial) for slave in spec.slaves]
    for device in (master, *slaves):
        make_installation(device, make_metering_point(utility), since)
    return [master, *slaves]


def read_all(
    fleet: Fleet, devices: Sequence[Device], now: datetime, kind: kinds.JobKind = kinds.PROFILE
) -> list[Outcome]:
    """Read the devices one after the other at the instant `now`, as workers do, and store what came home."""
    outcomes = []
    for _ in devices:
        (held,) = claim("test", limit=1)
        known, _ = know([held.item.device])
        plan = kind.plan(known[held.item.device_id], {}, now)
        outcome = asyncio.run(_session(fleet, held, known[held.item.device_id], plan, now))
        store_outcomes([outcome], owner="test")
        outcomes.append(outcome)
    return outcomes


def order_all(utility: Utility) -> None:
    """A job over all devices of the utility."""
    job_over(utility)


async def _session(fleet: Fleet, held: Any, known: Any, plan: Any, now: datetime) -> Outcome:
    server = FleetServer(fleet, Now(fixed=int(now.timestamp())))
    await server.start()
    try:
        return await run_session(held, known, plan)
    finally:
        await server.stop()
