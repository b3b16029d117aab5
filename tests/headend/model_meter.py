"""A simulated meter on the network beside a test, and the device row the head-end has of it."""

import asyncio
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from access.models import Utility
from devices.keystore import store_key
from devices.models import Device
from simulator.fleet import Fleet, MeterSpec
from simulator.now import Now
from simulator.serving import FleetServer
from tests.factories import make_device
from tests.simulator.clients import small_fleet


def present_fleet(count: int = 1) -> Fleet:
    """Meters of suite 0 whose clocks are right."""
    return small_fleet(count=count, now=int(time.time()))


@contextmanager
def on_network(fleet: Fleet) -> Iterator[FleetServer]:
    """The fleet served by a thread of its own."""
    loop = asyncio.new_event_loop()
    server = FleetServer(fleet, Now())
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    try:
        asyncio.run_coroutine_threadsafe(server.start(), loop).result(20)
        yield server
    finally:
        asyncio.run_coroutine_threadsafe(server.stop(), loop).result(20)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(20)
        loop.close()


def device_of(utility: Utility, spec: MeterSpec, **fields: Any) -> Device:
    """The meter as the head-end knows it from its shipment file."""
    if spec.host is not None:
        fields |= {"port": spec.port}
    title = spec.system_title.upper()
    device = make_device(utility, serial_number=spec.serial, host=spec.host or "", system_title=title, **fields)
    secrets = {"encryption": spec.ek, "authentication": spec.ak, "password": spec.password}
    for kind, secret in secrets.items():
        if secret:
            store_key(device=device, kind=kind, key=bytes.fromhex(secret))
    return device
