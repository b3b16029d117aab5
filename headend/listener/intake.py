"""Between lines and database: a bounded store of arrivals, a thread that opens and reads them, one that stores them.

    lines ──▶ waiting ──▶ read in parts of half a batch ──▶ stored, all parts there are at once ──▶ answers

Storing waits for the database half of the time: meanwhile the next messages are read. Batches are stored one after the
other in the order of arrival, so counters are compared with those of all before.

When more waits than `HIGH`, reading from all connections pauses until it is below `LOW`: callers wait in their own
send buffers, and the memory of the process stays what it is. Datagrams cannot wait; they are dropped and counted, and
a device that wants an acknowledgement sends them again.
"""

import asyncio
import logging
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from threading import Lock

from headend.listener.acknowledging import Acknowledgements
from headend.listener.messages import Arrival, Read, Refused, Sorted, Unknown
from headend.listener.remembered import Remembered
from headend.listener.shapes import Shapes
from headend.listener.sorting import sort
from headend.listener.stages import Stage
from headend.listener.storing import store_messages

log = logging.getLogger(__name__)

BATCH = 500
"""Messages in one transaction at most: what waits when the one before is done, so few when little comes."""
PARTS = 2
"""What is read ahead: parts of a batch."""
HIGH_OCTETS, LOW_OCTETS = 64 << 20, 32 << 20
_OVERHEAD = 512
"""What an arrival costs beside its octets, roughly: bounds how many tiny ones may wait."""
Pause = Callable[[bool], None]
"""Told True when reading must pause, False when it may go on."""


@dataclass(slots=True, eq=False)
class _Batch:
    """Arrivals in their order and what they were found to be, None where that must be found again."""

    arrivals: list[Arrival]
    found: list[Sorted] | None


class Intake:
    """Takes arrivals in the loop, stores them in a thread, calls back in the loop after the commit."""

    def __init__(self, *, batch: int = BATCH, high: int = HIGH_OCTETS, low: int = LOW_OCTETS) -> None:
        self.counts: Counter[str] = Counter()
        self.paused = False
        self._part, self._high, self._low = max(1, batch // PARTS), high, low
        self._waiting: deque[Arrival] = deque()
        self._octets = 0
        self._readers: set[Pause] = set()
        self._news = asyncio.Event()
        self._ended = False
        self._sorting, self._storing = (
            Stage(name, lambda: self._ended) for name in ("reading pushes", "storing pushes")
        )
        self._read: deque[_Batch] = deque()
        self._moved = asyncio.Condition()
        self._all_read = False
        self._remembered, self._shapes, self._one_sorts = Remembered(), Shapes(), Lock()
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
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._read_all())
                tasks.create_task(self._store_all())
        finally:
            await self._sorting.close()
            await self._storing.close()

    @property
    def ahead(self) -> int:
        """Messages that are read and wait until those before are stored."""
        return sum(len(batch.arrivals) for batch in self._read)

    def end(self) -> None:
        """Store what was taken, then stop."""
        self._ended = True
        self._news.set()

    async def _read_all(self) -> None:
        while part := await self._next_part():
            found = await self._sorting.do(f"{len(part)} pushes", partial(self._sort, part))
            if found is None:
                self._give_up(part)
                continue
            async with self._moved:
                self._read.append(_Batch(part, found))
                self._moved.notify_all()
                await self._moved.wait_for(lambda: len(self._read) < PARTS)
        async with self._moved:
            self._all_read = True
            self._moved.notify_all()

    async def _next_part(self) -> list[Arrival]:
        """What waits, up to a part; nothing only at the end."""
        while not self._waiting and not self._ended:
            await self._news.wait()
            self._news.clear()
        return [self._waiting.popleft() for _ in range(min(self._part, len(self._waiting)))]

    async def _store_all(self) -> None:
        while batch := await self._next_batch():
            done = await self._storing.do(f"{len(batch.arrivals)} pushes", partial(self._store, batch))
            if done is None:
                self._give_up(batch.arrivals)
                continue
            self._tell(batch.arrivals, *done)
            self._leave(batch.arrivals)

    async def _next_batch(self) -> _Batch | None:
        """All that is read; None only at the end."""
        async with self._moved:
            await self._moved.wait_for(lambda: bool(self._read) or self._all_read)
            parts = list(self._read)
            self._read.clear()
            self._moved.notify_all()
        if not parts:
            return None
        found = [each for part in parts for each in part.found or ()]
        return _Batch([each for part in parts for each in part.arrivals], found)

    def _sort(self, arrivals: list[Arrival]) -> list[Sorted]:
        """In either thread: open and read."""
        with self._one_sorts:
            return sort(arrivals, self._remembered, self._shapes)

    def _store(self, batch: _Batch) -> tuple[list[Sorted], set[Arrival], list[tuple[Arrival, bytes]]]:
        """In the thread: store, make the answers. After a try that failed what is known of senders may be old."""
        found = self._sort(batch.arrivals) if batch.found is None else batch.found
        batch.found = None
        taken = store_messages(found)
        stored = [each for each in found if isinstance(each, Read) and each.message.arrival in taken]
        return found, taken, self._acknowledgements.answers(stored)

    def _give_up(self, arrivals: list[Arrival]) -> None:
        """They are not stored; who passed them on may send them again."""
        for arrival in arrivals:
            _try(arrival, partial(arrival.settled, False))
        self._leave(arrivals)

    def _leave(self, arrivals: list[Arrival]) -> None:
        """They take up no room any more."""
        self._octets -= sum(len(each.apdu) + _OVERHEAD for each in arrivals)
        if self.paused and self._octets < self._low:
            self._pause(False)

    def _tell(
        self, batch: list[Arrival], found: list[Sorted], taken: set[Arrival], answers: list[tuple[Arrival, bytes]]
    ) -> None:
        """Back in the loop, after the commit. A caller that has gone meanwhile sends its message again."""
        self.counts["messages"] += len(batch)
        self.counts["stored"] += len(taken)
        self.counts["refused"] += sum(isinstance(each, Refused) for each in found)
        self.counts["unknown"] += sum(isinstance(each, Unknown) for each in found)
        for arrival, apdu in answers:
            _try(arrival, partial(arrival.answer, apdu))
        for arrival in batch:
            _try(arrival, partial(arrival.settled, True))

    def _pause(self, paused: bool) -> None:
        self.paused = paused
        self.counts["pauses"] += paused
        for reader in tuple(self._readers):
            reader(paused)


def _try(arrival: Arrival, tell: Callable[[], None]) -> None:
    """A line that breaks while it is told must not keep the messages of others from being stored."""
    try:
        tell()
    except OSError:
        log.info("%s has gone before its push was stored", arrival.address)
    except Exception:
        log.exception("%s could not be told what became of its push", arrival.address)
