"""An MQTT broker on loopback with users, sessions that last, and a record of what it sent and what was acknowledged."""

import asyncio
import threading
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import aiomqtt
from amqtt.broker import Broker, BrokerContext, RetainedApplicationMessage
from amqtt.mqtt.puback import PubackPacket
from amqtt.mqtt.publish import PublishPacket
from amqtt.plugins.base import BasePlugin
from amqtt.session import Session
from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

from rig.simulator_process import free_ports

HOST, USER, PASSWORD = "127.0.0.1", "head-end", "the secret of the broker"
_PATIENCE_S = 20


class Record(BasePlugin[BrokerContext]):  # type: ignore[misc]
    """Counts messages out and acknowledgements in by client id, and keeps what is not acknowledged for its session.

    MQTT 3.1.1 demands that (4.4); amqtt 0.12 forgets what was under way when a connection breaks.
    """

    sent: Counter[str]
    acknowledged: Counter[str]
    subscribed: dict[str, set[str]]

    def __init__(self, context: BrokerContext) -> None:
        super().__init__(context)
        self.sent, self.acknowledged = Counter(), Counter()
        self.subscribed = defaultdict(set)
        self._open: dict[str, dict[int, PublishPacket]] = defaultdict(dict)

    async def on_mqtt_packet_sent(self, *, packet: Any, session: Session | None = None) -> None:
        if isinstance(packet, PublishPacket) and session is not None and packet.packet_id is not None:
            self.sent[str(session.client_id)] += 1
            self._open[str(session.client_id)][packet.packet_id] = packet

    async def on_mqtt_packet_received(self, *, packet: Any, session: Session | None = None) -> None:
        if isinstance(packet, PubackPacket) and session is not None:
            self.acknowledged[str(session.client_id)] += 1
            self._open[str(session.client_id)].pop(packet.packet_id, None)

    async def on_broker_client_subscribed(self, *, client_id: str, topic: str, qos: int) -> None:
        self.subscribed[client_id].add(topic)

    async def on_broker_client_disconnected(self, *, client_id: str, client_session: Session) -> None:
        for packet in self._open.pop(client_id, {}).values():
            again = RetainedApplicationMessage(None, packet.topic_name or "", packet.data or b"", packet.qos)
            await client_session.retained_messages.put(again)


class Loopback:
    """The broker as a test sees it, from any thread."""

    def __init__(self, loop: asyncio.AbstractEventLoop, port: int, record: Record) -> None:
        self.port, self.record, self._loop = port, record, loop

    @property
    def url(self) -> str:
        return f"mqtt://{HOST}:{self.port}"

    def publish(self, topic: str, *payloads: bytes) -> None:
        """Returns when the broker has all of them."""
        asyncio.run_coroutine_threadsafe(self._publish(topic, payloads), self._loop).result(_PATIENCE_S)

    async def _publish(self, topic: str, payloads: tuple[bytes, ...]) -> None:
        async with aiomqtt.Client(HOST, self.port, username=USER, password=PASSWORD) as meter:
            for payload in payloads:
                await meter.publish(topic, payload, qos=1)


@contextmanager
def mqtt_broker(folder: Path) -> Iterator[Loopback]:
    """A broker in a thread of its own; `folder` gets its list of users."""
    (folder / "users").write_text(f"{USER}:{PasswordHash((Argon2Hasher(),)).hash(PASSWORD)}\n")
    loop, (port,) = asyncio.new_event_loop(), free_ports(1)
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    broker = asyncio.run_coroutine_threadsafe(_started(port, folder / "users"), loop).result(_PATIENCE_S)
    try:
        record = next(each for each in broker.plugins_manager.plugins if isinstance(each, Record))
        yield Loopback(loop, port, record)
    finally:
        asyncio.run_coroutine_threadsafe(broker.shutdown(), loop).result(_PATIENCE_S)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(_PATIENCE_S)
        loop.close()


async def _started(port: int, users: Path) -> Broker:
    plugins = {
        "amqtt.plugins.authentication.FileAuthPlugin": {"password_file": str(users)},
        f"{__name__}.{Record.__name__}": {},
    }
    broker = Broker({"listeners": {"default": {"type": "tcp", "bind": f"{HOST}:{port}"}}, "plugins": plugins})
    await broker.start()
    return broker
