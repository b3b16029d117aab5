"""A driver and a simulated fleet on loopback addresses, without a database."""

import asyncio
from collections.abc import Awaitable, Callable
from zoneinfo import ZoneInfo

from devices.descriptions import description
from headend.drivers.base import Target
from headend.drivers.dlms import DlmsDriver
from simulator.fleet import Fleet, MeterSpec
from simulator.now import Now
from simulator.serving import FleetServer
from tests.simulator.mixed import concentrator
from tests.simulator.worlds import NOON

HELSINKI = ZoneInfo("Europe/Helsinki")


async def _reserve(minimum: int) -> int:
    return minimum


def target_of(fleet: Fleet, spec: MeterSpec) -> Target:
    """A meter of the fleet as the head-end knows it from its shipment file."""
    way = concentrator(fleet) if spec.concentrator else spec
    secrets = {
        "encryption": spec.ek,
        "authentication": spec.ak,
        "password": spec.password,
        "signature": spec.signing.meter_public if spec.signing else None,
    }
    return Target(
        host=str(way.host),
        port=int(way.port or 0),
        server_address=spec.server_address,
        link_address=spec.link_address,
        gateway_address=bytes.fromhex(spec.gateway_address or ""),
        transport=description(way.model).transport,
        system_title=bytes.fromhex(spec.system_title),
        description=description(spec.model),
        zone=HELSINKI,
        first_counter=1,
        reserve=_reserve,
        keys={kind: bytes.fromhex(secret) for kind, secret in secrets.items() if secret},
    )


def with_driver(fleet: Fleet, target: Target, act: Callable[[DlmsDriver], Awaitable[None]]) -> None:
    """Serve the fleet and let a driver act, which must end clean whatever happens."""

    async def run() -> None:
        server = FleetServer(fleet, Now(fixed=NOON))
        await server.start()
        driver = DlmsDriver(target)
        try:
            await act(driver)
        finally:
            await driver.close()
            await server.stop()

    asyncio.run(run())
