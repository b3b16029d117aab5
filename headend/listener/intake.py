"""Between lines and database: a bounded store of arrivals, and one thread that stores them in batches.

When more waits than `HIGH`, reading from all connections pauses until it is below `LOW`: callers wait in their own
send buffers, and the memory of the process stays what it is. Datagrams cannot wait; they are dropped and counted, and
a device that wants an acknowledgement sends them again.
"""

import asyncio
import logging
from collections import Counter, deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

from django.db import InterfaceError, OperationalError, close_old_connections, connections

from headend.listener.acknowledging import Acknowledgements
from headend.listener.messages import Arrival, Read, Refused, Sorted, Unknown
from headend.listener.remembered import Remembered
from headend.listener.shapes import Shapes
from headend.listener.sorting import sort
from headend.listener.storing import store_messages

log = logging.getLogger(__name__)

BATCH = 500
"""Messages in one transaction at most: what waits when the one before is done, so few when little comes."""
HIGH_OCTETS, LOW_OCTETS = 64 << 20, 32 << 20
_OVERHEAD = 512
"""What an arrival costs beside its octets, roughly: bounds how many tiny ones may wait."""
_AWAY = (OperationalError, InterfaceError)
_LONGEST_WAIT_S = 15.0
Pause = Callable[[bool], None]
"""Told True when reading must pause, False when it may go on."""


class Intake:
    """Takes arrivals in the loop, stores them in a thread, calls back in the loop after the commit."""

    def __init__(self, *, batch: int = BATCH, high: int = HIGH_OCTETS, low: int = LOW_OCTETS) -> None:
        self.counts: Counter[str] = Counter()
        self.paused = False
        self._batch, self._high, self._low = batch, high, low
        self._waiting: deque[Arrival] = deque()
        self._octets = 0
        self._readers: set[Pause] = set()
        self._news = asyncio.Event()
        self._ended = False
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="pushes")
        self._remembered, self._shapes = Remembered(), Shapes()
        self._acknowledgements = Acknowledgements()

    def join(self, reader: Pause) -> None:
        """Tell this reader to pause and to go on; at once where reading is paused."""
        self._readers.add(reader)
        if self.paused:
            reader(True)

    def part(self, reader: Pause) -> None:
        """Do not tell it any more."""
        self._readers.discard(reader)

    def offer(self, arrival: Arrival) -> None:
        """Take an arrival. The bound may be passed by what one read brought; then reading pauses."""
        self._waiting.append(arrival)
        self._octets += len(arrival.apdu) + _OVERHEAD
        self._news.set()
        if self._octets > self._high and not self.paused:
            self._pause(True)

    async def run(self) -> None:
        """Store until `end`, and then what still waits; while the database is away, wait for it."""
        try:
            while not (self._ended and not self._waiting):
                if not self._waiting:
                    await self._news.wait()
                    self._news.clear()
                    continue
                batch = [self._waiting.popleft() for _ in range(min(self._batch, len(self._waiting)))]
                await self._store_until_done(batch)
                self._octets -= sum(len(each.apdu) + _OVERHEAD for each in batch)
                if self.paused and self._octets < self._low:
                    self._pause(False)
        finally:
            await asyncio.get_running_loop().run_in_executor(self._thread, connections.close_all)
            self._thread.shutdown(wait=False)

    def end(self) -> None:
        """Store what was taken, then stop."""
        self._ended = True
        self._news.set()

    async def _store_until_done(self, batch: list[Arrival]) -> None:
        """The same batch again while the database is away; not for ever where the process is to end."""
        wait_s = 0.5
        loop = asyncio.get_running_loop()
        while True:
            try:
                found, taken, answers = await loop.run_in_executor(self._thread, self._stored, batch)
            except _AWAY as error:
                log.warning("database away, %d pushes wait %s s: %s", len(batch), wait_s, error)
                if self._ended:
                    return
                await asyncio.sleep(wait_s)
                wait_s = min(2 * wait_s, _LONGEST_WAIT_S)
            except Exception:
                log.exception("a batch of %d pushes is given up", len(batch))
                for arrival in batch:
                    arrival.settled(False)
                return
            else:
                self._tell(batch, found, taken, answers)
                return

    def _stored(self, batch: list[Arrival]) -> tuple[list[Sorted], set[Arrival], list[tuple[Arrival, bytes]]]:
        """In the thread: sort, store, make the answers."""
        close_old_connections()
        found = sort(batch, self._remembered, self._shapes)
        taken = store_messages(found)
        stored = [each for each in found if isinstance(each, Read) and each.message.arrival in taken]
        return found, taken, self._acknowledgements.answers(stored)

    def _tell(
        self, batch: list[Arrival], found: list[Sorted], taken: set[Arrival], answers: list[tuple[Arrival, bytes]]
    ) -> None:
        """Back in the loop, after the commit. A caller that has gone meanwhile sends its message again."""
        self.counts["messages"] += len(batch)
        self.counts["stored"] += len(taken)
        self.counts["refused"] += sum(isinstance(each, Refused) for each in found)
        self.counts["unknown"] += sum(isinstance(each, Unknown) for each in found)
        for arrival, apdu in answers:
            with suppress(ConnectionError, OSError):
                arrival.answer(apdu)
        for arrival in batch:
            arrival.settled(True)

    def _pause(self, paused: bool) -> None:
        self.paused = paused
        self.counts["pauses"] += paused
        for reader in tuple(self._readers):
            reader(paused)
