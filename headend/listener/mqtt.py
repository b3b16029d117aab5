"""Pushes from an MQTT broker: the same messages as over TCP, each settled with the broker once it is stored.

The broker keeps a session for our client id (clean session off, QoS 1): what comes while we are away waits there. A
message is acknowledged (PUBACK) after the commit only; what was not, the broker sends again when we come back, and the
counters of the devices tell that it is the same. So nothing is lost between the two, and nothing stored twice.

While too much waits to be stored, the connection is closed, not paused: the broker keeps the rest.
"""

import asyncio
import logging
import random

from aiomqtt import MqttError

from headend.listener.broker import Broker
from headend.listener.intake import Intake
from headend.listener.limits import Limits
from headend.listener.mqtt_line import MqttLine, connected

log = logging.getLogger(__name__)

FIRST_WAIT_S, LONGEST_WAIT_S = 1.0, 60.0
"""Between two tries to connect, doubled from one to the next, each shortened at random by up to a half."""
TOO_MUCH = "too much waits to be stored"


class MqttInlet:
    """Takes what the broker has for us, whatever becomes of the connection meanwhile."""

    def __init__(self, broker: Broker, intake: Intake, limits: Limits) -> None:
        self.trouble = "not connected yet"
        """Why nothing comes from the broker just now; empty while all is well."""
        self._broker, self._intake, self._limits = broker, intake, limits
        self._may_read = asyncio.Event()
        self._may_read.set()
        self._line: MqttLine | None = None

    async def run(self) -> None:
        """Until cancelled: connect, take messages, connect again after a while."""
        self._intake.join(self._pause)
        try:
            wait_s = FIRST_WAIT_S
            while True:
                await self._may_read.wait()
                lasted_s = await self._one_connection()
                wait_s = FIRST_WAIT_S if lasted_s > LONGEST_WAIT_S else wait_s
                await asyncio.sleep(wait_s * random.uniform(0.5, 1))  # noqa: S311 - keeps listeners apart, no secret
                wait_s = min(2 * wait_s, LONGEST_WAIT_S)
        finally:
            self._intake.part(self._pause)

    async def _one_connection(self) -> float:
        """From connecting to the end of the connection; how many seconds that took."""
        loop = asyncio.get_running_loop()
        began = loop.time()
        try:
            async with connected(self._broker) as client:
                log.info("pushes are taken from the MQTT broker %s", self._broker)
                self.trouble = ""
                self._line = MqttLine(client, self._intake, self._limits)
                await self._line.run()
        except (MqttError, OSError) as error:
            self._note(str(error) or type(error).__name__)
        except Exception as error:
            log.exception("a connection to the MQTT broker %s", self._broker)
            self._note(type(error).__name__)
        finally:
            self._line = None
        return loop.time() - began

    def _pause(self, paused: bool) -> None:
        if not paused:
            self._may_read.set()
            return
        self._may_read.clear()
        if self._line is not None:
            self._line.end(TOO_MUCH)

    def _note(self, trouble: str) -> None:
        self._intake.counts["broker lost"] += 1
        if trouble != self.trouble:
            log.warning("nothing comes from the MQTT broker %s: %s", self._broker, trouble)
        self.trouble = trouble
