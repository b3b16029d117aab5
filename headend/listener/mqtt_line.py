"""One connection to an MQTT broker: messages in, acknowledgements out."""

import asyncio
import logging
import ssl
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from functools import partial
from typing import Any

import aiomqtt
from aiomqtt import MqttError
from paho.mqtt.client import MQTTMessage
from paho.mqtt.reasoncodes import ReasonCode

from headend.listener.broker import Broker
from headend.listener.intake import Intake
from headend.listener.limits import Limits
from headend.listener.messages import Arrival
from headend.listener.payloads import apdus_of
from protocols.errors import ProtocolError

log = logging.getLogger(__name__)

QOS = 1
GIVEN_UP = "messages were given up; the broker is to send them again"
_REFUSED = 0x80
_KEEP_ALIVE_S = 30
_PATIENCE_S = 10.0
_LONGEST_TOPIC = 200


class Client(aiomqtt.Client):
    """Acknowledges a message when it is told to, and knows which come again: aiomqtt 2.5 has no word for either, paho
    below it has.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._again: set[int] = set()
        self._client.manual_ack_set(True)

    def may_have_come_before(self, message: aiomqtt.Message) -> bool:
        """Whether the broker sent this message earlier, or keeps it for everyone who subscribes."""
        return message.retain or message.mid in self._again

    def acknowledge(self, message: aiomqtt.Message) -> None:
        """Tell the broker that it may forget a message. On a connection that is lost nothing happens."""
        self._again.discard(message.mid)
        self._client.ack(message.mid, message.qos)

    def _on_message(self, client: Any, userdata: Any, message: MQTTMessage) -> None:
        if message.dup:
            self._again.add(message.mid)
        super()._on_message(client, userdata, message)


@asynccontextmanager
async def connected(broker: Broker) -> AsyncIterator[Client]:
    """A client that is connected and has subscribed. MqttError, OSError where one of them fails."""
    client = Client(
        broker.host,
        broker.port,
        identifier=broker.client,
        username=broker.user or None,
        password=broker.password or None,
        tls_context=_tls(broker.authorities) if broker.tls else None,
        clean_session=False,
        keepalive=_KEEP_ALIVE_S,
        timeout=_PATIENCE_S,
    )
    async with client:
        answers: Sequence[int | ReasonCode] = await client.subscribe([(topic, QOS) for topic in broker.filters])
        for topic, answer in zip(broker.filters, answers, strict=True):
            if (answer if isinstance(answer, int) else answer.value) >= _REFUSED:
                raise MqttError(f"it refuses the topic {topic}")
        yield client


def _tls(authorities: str) -> ssl.SSLContext:
    """TLS 1.2 and newer; the broker is known by the authorities of the system, or by those of this file."""
    context = ssl.create_default_context(cafile=authorities or None)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


class MqttLine:
    """Takes messages of one connection until it is lost or ended."""

    def __init__(self, client: Client, intake: Intake, limits: Limits) -> None:
        self._client, self._intake, self._limits = client, intake, limits
        self._loop = asyncio.get_running_loop()
        self._end: asyncio.Future[str] = self._loop.create_future()
        self._held: dict[aiomqtt.Message, asyncio.TimerHandle] = {}

    def end(self, why: str) -> None:
        """End the connection; what is not acknowledged comes again with the next one."""
        if not self._end.done():
            self._end.set_result(why)

    async def run(self) -> None:
        """MqttError when the connection is lost, or ended and why."""
        taking = asyncio.create_task(self._take_all())
        try:
            await asyncio.wait((taking, self._end), return_when=asyncio.FIRST_COMPLETED)
            if taking.done():
                taking.result()
            raise MqttError(self._end.result())
        finally:
            taking.cancel()
            await asyncio.gather(taking, return_exceptions=True)
            for timer in self._held.values():
                timer.cancel()

    async def _take_all(self) -> None:
        async for message in self._client.messages:
            if rest_s := self._limits.spend(host_of(message), self._loop.time()):
                self._intake.counts["slowed"] += 1
                self._held[message] = self._loop.call_later(rest_s, self._take, message)
            else:
                self._take(message)

    def _take(self, message: aiomqtt.Message) -> None:
        """Hand a message on. One that is none is acknowledged, because it would be none the next time, too."""
        self._held.pop(message, None)
        host = host_of(message)
        try:
            found = apdus_of(bytes(message.payload), self._limits.bounds.octets)
        except ProtocolError as error:
            self._intake.counts["broken"] += 1
            log.info("a message of %s is dropped: %s", host, error)
            self._client.acknowledge(message)
            return
        receipt = _Receipt(len(found), partial(self._client.acknowledge, message), partial(self.end, GIVEN_UP))
        now, again = datetime.now(UTC), self._client.may_have_come_before(message)
        for pushed in found:
            arrival = Arrival(pushed.apdu, host, pushed.device, now, settled=receipt.settled, again=again)
            self._intake.offer(arrival)


class _Receipt:
    """Acknowledges a message once all that was in it is settled."""

    def __init__(self, count: int, acknowledge: partial[None], give_up: partial[None]) -> None:
        self._left, self._acknowledge, self._give_up = count, acknowledge, give_up

    def settled(self, well: bool) -> None:
        """One part of the message has been dealt with, well or not."""
        if not well:
            self._give_up()
            return
        self._left -= 1
        if not self._left:
            self._acknowledge()


def host_of(message: aiomqtt.Message) -> str:
    """Where a message came from: its topic, as an address."""
    topic = "".join(letter if letter.isprintable() else "?" for letter in message.topic.value)
    return f"mqtt:{topic[:_LONGEST_TOPIC]}"
