"""A driver and a simulated commercial meter of IEC 62056-21 on a loopback address."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import TypeVar

from devices.descriptions import description
from headend.drivers import driver_for
from headend.drivers.base import Target
from headend.drivers.iec62056_21 import TextDriver
from simulator.faults import Fault
from simulator.fleet import Fleet, MeterSpec
from simulator.models import EC2
from simulator.now import Now
from simulator.serving import FleetServer
from tests.headend.spoken import HELSINKI
from tests.simulator.clients import small_fleet
from tests.simulator.worlds import NOON

T = TypeVar("T")
PASSWORD = b"12345678"


async def _reserve(minimum: int) -> int:
    raise AssertionError(f"nothing counts in text, yet {minimum} is asked for")


def commercial_fleet(*faults: Fault, now: int = NOON, quirks: tuple[str, ...] = ()) -> Fleet:
    """One commercial meter."""
    fleet = small_fleet(*faults, now=now)
    meter = replace(fleet.meters[0], model=EC2, ek=None, ak=None, password=PASSWORD.hex(), quirks=quirks)
    return replace(fleet, meters=(meter,))


def target_of(spec: MeterSpec, **changes: object) -> Target:
    """The meter as the head-end knows it, impatient."""
    model = description(EC2)
    target = Target(
        host=str(spec.host),
        port=int(spec.port or 0),
        server_address=1,
        link_address=None,
        gateway_address=b"",
        transport=replace(model.transport, patience_s=2.0, retry_s=0.1),
        system_title=b"",
        description=model,
        zone=HELSINKI,
        first_counter=1,
        reserve=_reserve,
        keys={"password": PASSWORD},
        serial_number=spec.serial,
    )
    return replace(target, **changes)  # type: ignore[arg-type]


def spoken(
    fleet: Fleet, act: Callable[[TextDriver], Awaitable[T]], target: Target | None = None, now: int = NOON
) -> tuple[T, FleetServer]:
    """Serve the fleet and let a driver act, which must end clean whatever happens; what it brought, and the fleet."""

    async def run() -> tuple[T, FleetServer]:
        driver = driver_for(target or target_of(fleet.meters[0]))
        assert isinstance(driver, TextDriver)
        server = FleetServer(fleet, Now(fixed=now))
        await server.start()
        try:
            return await act(driver), server
        finally:
            await driver.close()
            await server.stop()

    return asyncio.run(run())
