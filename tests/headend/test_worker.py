"""A run of a worker ends every item or lets it go, whatever devices and database do."""

import asyncio
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest
from django.db import connection
from django.utils import timezone

from devices.keystore import activate, store_new
from headend import causes, worker
from headend.causes import SessionError
from headend.permits import Permits
from headend.permits.gate import Gate
from headend.services import leases
from headend.services.claims import LEASE, Claim
from headend.wake import BULK
from headend.worker import _claim_and_know, work_off
from rig.simulator_process import free_ports
from tests.factories import make_device, make_utility
from tests.headend.claiming import expire_leases, job_over
from tests.headend.meters import drip, make_keyed_device, serving

pytestmark = pytest.mark.django_db(transaction=True)


@contextmanager
def _without(table: str) -> Iterator[None]:
    """The database answers, but refuses whatever needs this table."""
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE {table} RENAME TO hidden")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f"ALTER TABLE hidden RENAME TO {table}")


def test_devices_that_cannot_be_read_end_with_their_cause() -> None:
    utility = make_utility()
    for _ in range(3):
        make_device(utility, host="")
    job = job_over(utility)
    assert work_off(BULK) == 3
    assert set(job.items.values_list("state", "last_cause")) == {("failed", causes.NO_ADDRESS)}


def test_what_cannot_be_stored_is_let_go_at_once_and_counts_as_an_attempt() -> None:
    utility = make_utility()
    make_device(utility, host="")
    job = job_over(utility)
    with _without("headend_attempt"):
        work_off(BULK)
    leases.sweep()
    item = job.items.get()
    assert (item.state, item.attempts, item.last_cause) == ("waiting", 1, causes.WORKER_LOST)
    assert work_off(BULK) == 1
    assert job.items.get().last_cause == causes.NO_ADDRESS


def test_leases_are_renewed_again_after_the_database_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker, "_HEARTBEAT_S", 0.1)
    (port,) = free_ports(1)
    utility = make_utility()
    make_keyed_device(utility, port)
    items = job_over(utility).items

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        called.set()
        await drip(reader, writer)

    async def talk() -> None:
        async with serving(answer, port):
            while not ended.is_set():
                await asyncio.sleep(0.02)

    called, ended = threading.Event(), threading.Event()
    with ThreadPoolExecutor(2) as threads:
        threads.submit(asyncio.run, talk())
        working = threads.submit(work_off, BULK)
        try:
            assert called.wait(5)
            with _without("devices_contact"):
                time.sleep(0.5)
            seen = timezone.now()
            _until(lambda: items.filter(lease_until__gt=seen + LEASE).exists())
        finally:
            ended.set()
        assert working.result(20) == 1


def _until(holds: Callable[[], bool]) -> None:
    """Wait until it holds, 5 seconds at most."""
    deadline = time.monotonic() + 5
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.02)


class _SlowlyClaiming(worker.Worker):
    """Looks through what waits for 0.3 seconds, as where many items of full segments are passed over."""

    looked = 0

    async def _claims(self, room: int) -> tuple[list[worker.Work], int]:
        self.looked += 1
        await asyncio.sleep(0.3)
        return await super()._claims(room)


def test_looking_through_a_long_queue_takes_a_fifth_of_the_time_at_most() -> None:
    """However much is passed over, claiming leaves the database to others while sessions are under way."""

    async def looks(seconds: float) -> int:
        slow, loop = _SlowlyClaiming(BULK), asyncio.get_running_loop()
        under_way = asyncio.create_task(asyncio.sleep(60))
        slow._sessions[under_way] = 0  # type: ignore[index]
        end = loop.time() + seconds
        while loop.time() < end:
            await slow._claim_when_due()
            await asyncio.sleep(0.02)
        under_way.cancel()
        await slow._end()
        return slow.looked

    assert 1 <= asyncio.run(looks(2.5)) <= 2


NEW_KEY = bytes(range(16, 32))


class _KeysChangeAfterClaiming(Gate):
    """As where a push under new keys comes in between a claim and the look at the keys."""

    def claim(self, *, queue: str, owner: str, limit: int) -> tuple[list[Claim], int]:
        found = super().claim(queue=queue, owner=owner, limit=limit)
        for each in found[0]:
            store_new(device=each.item.device, keys={"encryption": NEW_KEY}, why="Rolled")
            activate(device=each.item.device, kinds=["encryption"], why="It answers to it")
        return found


def test_counters_of_the_former_key_are_not_used_under_a_new_one() -> None:
    """headend.md §4 row 8."""
    utility = make_utility()
    make_keyed_device(utility, 4059)
    job = job_over(utility)
    ((_, refused),), _ = _claim_and_know(_KeysChangeAfterClaiming(Permits("a", urgent=False)), BULK, "a", 10)
    assert isinstance(refused, SessionError) and refused.cause == causes.KEYS_CHANGED
    expire_leases()
    leases.sweep()
    job.items.update(not_before=timezone.now())
    ((_, known),), _ = _claim_and_know(Gate(Permits("b", urgent=False)), BULK, "b", 10)
    assert not isinstance(known, SessionError) and known.keys["encryption"] == NEW_KEY
