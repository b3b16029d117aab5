"""The listener as a whole: all inlets that are set, one intake, until it is told to end."""

import asyncio
import gc
import logging
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field

from headend.listener.broker import Broker
from headend.listener.intake import Intake
from headend.listener.limits import Bounds, Limits
from headend.listener.mqtt import MqttInlet
from headend.listener.read_outs import ReadOuts
from headend.listener.servers import Connection, Datagrams, tls_of

log = logging.getLogger(__name__)

Place = tuple[str, int]
_REPORT_S = 60.0
_NEW_OBJECTS = 20_000


@dataclass(frozen=True, slots=True)
class Inlets:
    """Where to listen, None for not at all; `certificate` and `key` are the files of TLS. `broker` is asked by MQTT.

    At `text` read-outs of IEC 62056-21 are taken, over TCP.
    """

    tcp: Place | None = None
    udp: Place | None = None
    tls: Place | None = None
    text: Place | None = None
    certificate: str = ""
    key: str = ""
    broker: Broker | None = None
    bounds: Bounds = field(default_factory=Bounds)


@dataclass(frozen=True, slots=True)
class Listening:
    """A listener at work and where it can be reached: ports may have been chosen by the system."""

    intake: Intake
    tcp: Place | None
    udp: Place | None
    tls: Place | None
    text: Place | None = None
    mqtt: MqttInlet | None = None


@asynccontextmanager
async def listening(inlets: Inlets, intake: Intake | None = None) -> AsyncIterator[Listening]:
    """Listen while the context is open; at its end nothing more is taken in and what was taken is stored.

    OSError where an address cannot be had, ssl.SSLError for an unusable certificate.
    """
    intake, limits, loop = intake or Intake(), Limits(inlets.bounds), asyncio.get_running_loop()

    def connection() -> Connection:
        return Connection(intake, limits)

    storing = asyncio.create_task(intake.run())
    try:
        async with AsyncExitStack() as stack:
            tcp = tls = udp = text = None
            if inlets.tcp:
                server = await loop.create_server(connection, *inlets.tcp, reuse_address=True)
                tcp = await _served(stack, server)
            if inlets.tls:
                context = tls_of(inlets.certificate, inlets.key)
                server = await loop.create_server(connection, *inlets.tls, ssl=context, reuse_address=True)
                tls = await _served(stack, server)
            if inlets.text:
                server = await loop.create_server(lambda: Connection(intake, limits, ReadOuts), *inlets.text)
                text = await _served(stack, server)
            if inlets.udp:
                line, _ = await loop.create_datagram_endpoint(lambda: Datagrams(intake, limits), local_addr=inlets.udp)
                stack.callback(line.close)
                udp = line.get_extra_info("sockname")[:2]
            mqtt = None
            if inlets.broker:
                mqtt = MqttInlet(inlets.broker, intake, limits)
                stack.push_async_callback(_ended, asyncio.create_task(mqtt.run()))
            yield Listening(intake, tcp, udp, tls, text, mqtt)
    finally:
        intake.end()
        await storing


def settle_memory() -> None:
    """Leave what is loaded out of the search for garbage: it lives as long as the process and is most of what there is.

    Messages come and go in great numbers without circles, so the search is rarer than usual, too.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(_NEW_OBJECTS, 20, 50)


async def serve(inlets: Inlets, end: asyncio.Event) -> None:
    """Listen until `end`; says once a minute what came, where something did."""
    settle_memory()
    async with listening(inlets) as at_work:
        places = at_work.tcp, at_work.tls, at_work.udp, at_work.text
        log.info("listening for pushes: tcp %s, tls %s, udp %s, text %s", *places)
        while not end.is_set():
            try:
                async with asyncio.timeout(_REPORT_S):
                    await end.wait()
            except TimeoutError:
                _report(at_work)


def _report(at_work: Listening) -> None:
    counts = at_work.intake.counts
    if at_work.mqtt is not None and at_work.mqtt.trouble:
        log.warning("nothing comes from the MQTT broker: %s", at_work.mqtt.trouble)
    if counts:
        log.info("pushes of the last minute: %s", ", ".join(f"{what} {n}" for what, n in sorted(counts.items())))
        counts.clear()


async def _served(stack: AsyncExitStack, server: asyncio.Server) -> Place:
    """The address of a server that ends with the context; connections under way end with the process."""
    stack.callback(server.close)
    host, port = server.sockets[0].getsockname()[:2]
    return str(host), int(port)


async def _ended(task: asyncio.Task[None]) -> None:
    """Cancel a task that runs for ever and wait until it has gone; what it failed with before is raised."""
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task
