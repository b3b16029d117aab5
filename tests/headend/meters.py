"""Meters that answer wrongly: a port of this machine, and a device whose address it is."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from access.models import Utility
from devices.keystore import store_key
from devices.models import Device
from tests.factories import make_device

Behave = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


def make_keyed_device(utility: Utility, port: int) -> Device:
    """A device at `port` of this machine whose keys are known."""
    device = make_device(utility, host="127.0.0.1", port=port, system_title="41494D0000000001")
    for kind in ("encryption", "authentication"):
        store_key(device=device, kind=kind, key=bytes(range(16)))
    return device


@asynccontextmanager
async def serving(behave: Behave, port: int) -> AsyncIterator[None]:
    """`behave` towards whoever connects to `port`."""
    server = await asyncio.start_server(behave, "127.0.0.1", port)
    try:
        yield
    finally:
        server.close()


async def drip(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Promise a frame of 1,024 octets and send one every 20 ms: never silent, never done."""
    await reader.read(100)
    writer.write(bytes.fromhex("0001000100010400"))
    try:
        while not writer.is_closing():
            writer.write(b"\0")
            await asyncio.sleep(0.02)
    finally:
        writer.close()
