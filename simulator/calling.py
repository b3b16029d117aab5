"""Meters that call of their own: confirmed pushes to one listener, again and again until they are acknowledged."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable, Coroutine, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass

from protocols.dlms.data import Encoded
from protocols.dlms.services.notification import CONFIRMED, DataNotification
from protocols.errors import ProtocolError
from protocols.framing import Framing
from simulator.alarms import Alarm, Watch
from simulator.cosem import Outlet
from simulator.eventlog import POWER_DOWN
from simulator.faults import Silent
from simulator.fleet import PushPlan
from simulator.line import Line
from simulator.pushed import alarm_body, rows_body, shown
from simulator.seeds import mixed
from simulator.stations import PUSH_CLIENT, MeterStation

LOOK_S = 1.0
ANSWER_S = 5.0
RETRY_S = (2, 4, 8, 16, 32)
"""Waits before the second and further attempts at one push."""
LAST_GASP_S = 10
"""So long the capacitor of a meter lasts that has lost its power."""
FIRST_WITHIN_S = 30
"""A meter that was started pushes its rows once within so many seconds, later at its own moment of every period."""
MINUTE = 60
_INVOKE_IDS = 1 << 24
Push = Callable[[], Coroutine[None, None, bool]]
"""One push and its repetitions; whether it was acknowledged."""


@dataclass(frozen=True, slots=True)
class Listener:
    """Where pushes go."""

    host: str
    port: int


class Caller:
    """One meter that pushes by its plan. `counts`: pushes acknowledged, repeated and lost."""

    def __init__(self, station: MeterStation, plan: PushPlan, listener: Listener, counts: Counter[str]) -> None:
        assert isinstance(station.outlet, Outlet), "only meters of COSEM push"
        self._station, self._plan, self._listener, self._counts = station, plan, listener, counts
        self._outlet = station.outlet
        self._meter = station.meter
        self._watch = Watch(station.meter)
        self._invoke = 0
        self._due = self._meter.now() + mixed(self._meter.spec.seed, FIRST_WITHIN_S) % FIRST_WITHIN_S

    async def look(self) -> list[Push]:
        """What is to be pushed now. Connections end with the power."""
        due: list[Push] = []
        alarms = self._watch.alarms() if self._plan.alarms else []
        if any(alarm.code == POWER_DOWN for alarm in alarms):
            await self._station.adapt()
        due += map(self._alarm_push, alarms)
        if self._plan.every_min and self._meter.now() >= self._due:
            self._due = self._next()
            due.append(self.push_rows)
        return due

    async def push_rows(self) -> bool:
        """Push the last rows of the load profile; whether that was acknowledged."""
        body = rows_body(self._meter, self._outlet.present(), self._plan.rows)
        return await self._until_acknowledged(self._notification(body, self._meter.now()), self._has_voice)

    def _alarm_push(self, alarm: Alarm) -> Push:
        notification = self._notification(alarm_body(self._meter, alarm.at, alarm.code), alarm.at)
        return lambda: self._until_acknowledged(notification, lambda: self._has_breath(alarm))

    def _next(self) -> int:
        """The meter's own moment in the next period."""
        period = self._plan.every_min * MINUTE
        return (self._meter.now() // period + 1) * period + mixed(self._meter.spec.seed, period) % period

    def _notification(self, body: bytes, at: int) -> DataNotification:
        self._invoke = (self._invoke + 1) % _INVOKE_IDS
        return DataNotification(Encoded(body), shown(self._meter, at), CONFIRMED | self._invoke)

    def _has_voice(self) -> bool:
        return not self._meter.without_power and self._meter.fault(Silent) is None

    def _has_breath(self, alarm: Alarm) -> bool:
        """A meter without power tells of that and of nothing else, while its capacitor lasts."""
        gasping = self._meter.now() - alarm.at <= LAST_GASP_S
        return self._meter.fault(Silent) is None and (gasping or not self._meter.without_power)

    async def _until_acknowledged(self, said: DataNotification, may_speak: Callable[[], bool]) -> bool:
        for wait in (*RETRY_S, None):
            if may_speak() and await self._said(said):
                self._counts["acknowledged"] += 1
                return True
            if wait is not None:
                self._counts["repeated"] += 1
                await asyncio.sleep(wait)
        self._counts["lost"] += 1
        return False

    async def _said(self, said: DataNotification) -> bool:
        """One attempt on a connection of its own, ciphered anew; whether it was acknowledged."""
        framing, line = self._outlet.framing(PUSH_CLIENT), Line(self._meter)
        delivery = line.deliver(framing.frame(self._outlet.sent(self._meter, said.encode())))
        try:
            async with asyncio.timeout(ANSWER_S + delivery.delay):
                await asyncio.sleep(delivery.delay)
                here = (self._meter.spec.host or "", 0)
                place = self._listener.host, self._listener.port
                reader, writer = await asyncio.open_connection(*place, local_addr=here)
                try:
                    writer.write(delivery.data)
                    return not delivery.close and await self._acknowledged(reader, framing, said.invoke)
                finally:
                    writer.close()
        except (OSError, TimeoutError, ProtocolError):
            return False

    async def _acknowledged(self, reader: asyncio.StreamReader, framing: Framing, invoke: int) -> bool:
        while data := await reader.read(65_536):
            framing.receive_data(data)
            while (apdu := framing.next_apdu()) is not None:
                if self._outlet.receipt(self._meter, apdu) == invoke:
                    return True
        return False


class Calls:
    """All meters of a fleet that push by a plan. `counts`: pushes acknowledged and lost, and attempts repeated."""

    def __init__(self, stations: Iterable[MeterStation], listener: Listener) -> None:
        self.counts: Counter[str] = Counter()
        self._callers = [
            Caller(station, plan, listener, self.counts)
            for station in stations
            if (plan := station.meter.spec.push) is not None
        ]

    async def run(self) -> None:
        """Until it is cancelled, which ends what is under way."""
        async with asyncio.TaskGroup() as pushes:
            while True:
                for caller in self._callers:
                    for push in await caller.look():
                        pushes.create_task(push())
                await asyncio.sleep(LOOK_S)


@asynccontextmanager
async def calling(stations: Iterable[MeterStation], listener: Listener | None) -> AsyncIterator[Counter[str]]:
    """Meters push while the context is open, where there is a listener; what became of their pushes."""
    if listener is None:
        yield Counter()
        return
    calls = Calls(stations, listener)
    async with asyncio.TaskGroup() as group:
        running = group.create_task(calls.run())
        yield calls.counts
        running.cancel()
