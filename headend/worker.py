"""A worker: hundreds of sessions in one asyncio loop, their outcomes stored in batches.

Data flow: items claimed → permits of their network segments → plans → sessions (this loop) → outcomes → one transaction
per batch (a thread). Claiming goes on as long as items wait, so what is ordered while the loop runs is taken up without
another message.
"""

import asyncio
import logging
import os
import socket
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from typing import ParamSpec, TypeVar

import uvloop
from django.db import Error, InterfaceError, OperationalError, close_old_connections, connections
from django.utils import timezone

from aim.action import bind
from aim.celery import stopping
from headend import causes, kinds
from headend.causes import SessionError
from headend.drivers.base import COUNTERS_PER_SESSION
from headend.knowledge import Knowledge, know
from headend.permits import Permits
from headend.permits.gate import Gate
from headend.plan import Readings, Trace
from headend.services.claims import LEASE, Claim
from headend.services.leases import give_back, keep, note_step
from headend.sessions import Report, run_session
from headend.storing import Outcome, store_outcomes
from headend.wake import ON_DEMAND

log = logging.getLogger(__name__)

P = ParamSpec("P")
T = TypeVar("T")
Work = tuple[Claim, Knowledge | SessionError]
"""A claimed item with what is known of its device, or why nothing is."""

SESSIONS = {ON_DEMAND: 64}
"""Sessions open at once per worker process, where it differs from SESSIONS_BULK."""
SESSIONS_BULK = 200
CLAIM_AT_ONCE = 100
STORE_AT_ONCE = 100
_HEARTBEAT_S = LEASE.total_seconds() / 4
_POLL_S = 0.2
_LOOKING_SHARE = 0.2
"""Where everything that waits was looked at and more was wanted, looking again takes at most this share of the time."""
_AWAY = (OperationalError, InterfaceError)
_DATABASE_AWAY_S = (0.5, 1, 2, 4, 8, 15)


def work_off(queue: str) -> int:
    """Work until no item of `queue` waits and every session is stored; returns how many sessions that were."""
    return uvloop.run(Worker(queue).run())


@dataclass
class Worker:
    """One run over a queue."""

    queue: str
    owner: str = field(default_factory=lambda: f"{socket.gethostname()}:{os.getpid()}:{os.urandom(4).hex()}")

    def __post_init__(self) -> None:
        self._sessions: dict[asyncio.Task[Outcome], int] = {}
        self._ended: list[int] = []
        self._finished: list[Outcome] = []
        self._batch: list[Outcome] = []
        self._storing: asyncio.Task[None] | None = None
        self._news = asyncio.Event()
        self._look_at = 0.0
        self._done = 0
        self._database = ThreadPoolExecutor(1, thread_name_prefix="database")
        self._leases = ThreadPoolExecutor(1, thread_name_prefix="leases")
        self._gate = Gate(Permits(self.owner, urgent=self.queue == ON_DEMAND))
        self._most = SESSIONS.get(self.queue, SESSIONS_BULK)

    async def run(self) -> int:
        """See `work_off`."""
        heartbeat = asyncio.create_task(self._keep_leases())
        try:
            while not stopping():
                claimed = await self._claim_when_due()
                if claimed == 0 and not (self._sessions or self._finished or self._storing):
                    break
                await self._wait()
                self._store()
        finally:
            heartbeat.cancel()
            await self._end()
        return self._done

    async def _claim_when_due(self) -> int | None:
        """Begin sessions for waiting items; how many were claimed, or None when it was not worth looking."""
        room = min(self._most - len(self._sessions), CLAIM_AT_ONCE)
        now = asyncio.get_running_loop().time()
        if room < self._most // 8 or (now < self._look_at and self._sessions):
            return None
        begun, claimed = await self._claims(room)
        took = asyncio.get_running_loop().time() - now
        self._look_at = now if claimed == room else now + max(_POLL_S, took / _LOOKING_SHARE)
        for each, known in begun:
            report = partial(self._report, each.item.pk) if self.queue == ON_DEMAND else None
            task = asyncio.create_task(_session(each, known, report))
            self._sessions[task] = each.item.pk
            task.add_done_callback(self._session_ended)
        return claimed

    async def _claims(self, room: int) -> tuple[list[Work], int]:
        """Items that may be spoken for and how many were claimed in all, as far as the database lets us.

        Nothing while it is away or refuses: sessions under way go on, and the scheduler calls again.
        """
        try:
            return await self._in_database(_claim_and_know, self._gate, self.queue, self.owner, room)
        except Error as error:
            log.warning("nothing claimed: %s", error)
            return [], 0

    def _session_ended(self, task: asyncio.Task[Outcome]) -> None:
        if not task.cancelled():
            self._ended.append(self._sessions.pop(task))
            self._finished.append(task.result())
            self._news.set()

    def _report(self, item_id: int, step: str) -> None:
        """Note the step for the live page, without making the session wait."""
        self._leases.submit(_note_step, self.owner, item_id, step)

    async def _wait(self) -> None:
        """Until a session ends, a batch is stored, or it is time to look for new work."""
        with suppress(TimeoutError):
            async with asyncio.timeout(_POLL_S):
                await self._news.wait()
        self._news.clear()
        self._release()
        if self._storing and self._storing.done():
            storing, self._storing = self._storing, None
            storing.result()
            self._done += len(self._batch)
            self._batch = []

    def _release(self) -> None:
        """Give back the permits of sessions that ended, without waiting for Valkey."""
        if self._ended:
            self._leases.submit(self._gate.release, self._ended)
            self._ended = []

    def _store(self) -> None:
        """Store what is finished, one batch at a time; meanwhile the next one fills."""
        if self._finished and self._storing is None:
            self._batch, self._finished = self._finished[:STORE_AT_ONCE], self._finished[STORE_AT_ONCE:]
            self._storing = asyncio.create_task(self._store_batch(self._batch))
            self._storing.add_done_callback(lambda _: self._news.set())

    async def _store_batch(self, batch: list[Outcome]) -> None:
        """Store a batch; while the database is away try again, as long as the leases may still be ours."""
        for wait_s in _DATABASE_AWAY_S:
            try:
                await self._in_database(store_outcomes, batch, owner=self.owner)
                return
            except _AWAY as error:
                log.warning("database away, %d outcomes wait %s s: %s", len(batch), wait_s, error)
                await asyncio.sleep(wait_s)
        await self._in_database(store_outcomes, batch, owner=self.owner)

    async def _keep_leases(self) -> None:
        """Renew what is held until the run ends, whatever the database says: the next beat may be heard again."""
        while True:
            await asyncio.sleep(_HEARTBEAT_S)
            held = [*self._sessions.values(), *(outcome.item.pk for outcome in (*self._finished, *self._batch))]
            self._leases.submit(self._gate.permits.renew)
            if held:
                try:
                    await self._in_thread(self._leases, partial(keep, owner=self.owner, item_ids=held))
                except Error as error:
                    log.warning("leases could not be renewed: %s", error)

    async def _end(self) -> None:
        """Give back what was not stored, so that another worker takes it at once, however the run ended."""
        sessions = list(self._sessions)
        for task in sessions:
            task.cancel()
        await asyncio.gather(*sessions, return_exceptions=True)
        untried = [*self._sessions.values(), *(outcome.item.pk for outcome in self._finished)]
        try:
            await self._in_database(give_back, owner=self.owner, untried=untried)
        except Error as error:
            log.warning("items could not be given back, their leases will end: %s", error)
        await asyncio.get_running_loop().run_in_executor(self._leases, self._gate.permits.leave)
        for thread in (self._database, self._leases):
            await asyncio.get_running_loop().run_in_executor(thread, connections.close_all)
            thread.shutdown(wait=False)

    async def _in_database(self, act: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run in the thread that claims and stores; leases are renewed in another, however long a store takes."""
        return await self._in_thread(self._database, partial(act, *args, **kwargs))

    async def _in_thread(self, thread: ThreadPoolExecutor, act: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(thread, _with_connection, act)


def _with_connection(act: Callable[[], T]) -> T:
    """Run with the thread's own connection; one that broke is replaced before the next call."""
    close_old_connections()
    return act()


def _note_step(owner: str, item_id: int, step: str) -> None:
    try:
        _with_connection(partial(note_step, owner=owner, item_id=item_id, step=step))
    except Error as error:
        log.warning("step of item %s not noted: %s", item_id, error)


def _claim_and_know(gate: Gate, queue: str, owner: str, limit: int) -> tuple[list[Work], int]:
    claims, claimed = gate.claim(queue=queue, owner=owner, limit=limit)
    try:
        known, unknown = know(each.item.device for each in claims) if claims else ({}, {})
    except Error:
        gate.release([each.item.pk for each in claims])
        raise
    ids = [each.item.device_id for each in claims]
    work = [(each, _agreeing(each, known.get(pk) or unknown[pk])) for each, pk in zip(claims, ids, strict=True)]
    return work, claimed


def _agreeing(each: Claim, known: Knowledge | SessionError) -> Knowledge | SessionError:
    """SessionError (KEYS_CHANGED) where the counters of the claim are those of former keys: they would come again."""
    if isinstance(known, SessionError) or known.next_counter in (None, each.first_counter + COUNTERS_PER_SESSION):
        return known
    return SessionError(causes.KEYS_CHANGED, "between reserving invocation counters and opening the keys")


async def _session(each: Claim, known: Knowledge | SessionError, report: Report | None) -> Outcome:
    """Plan and run one session under the action id of its job; what cannot be planned fails by itself."""
    if isinstance(known, SessionError):
        return _unplanned(each, known.cause, str(known))
    with bind(each.item.job.action):
        try:
            plan = kinds.kind(each.item.job.kind).plan(known, each.item.job.parameters, timezone.now())
        except SessionError as error:
            return _unplanned(each, error.cause, str(error))
        except Exception as error:
            log.exception("item %s cannot be planned", each.item.pk)
            return _unplanned(each, causes.INTERNAL, f"{type(error).__name__}: {error}")
        return await run_session(each, known, plan, report)


def _unplanned(each: Claim, cause: str, detail: str) -> Outcome:
    trace = Trace(timezone.now(), 0.0, each.item.device.address, (), 0, 0, cause, detail)
    return Outcome(each.item, None, Readings(), trace)
