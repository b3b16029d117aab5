"""Messages that are read while others are stored: in order, none twice, and by what is known when they are stored."""

import asyncio
from datetime import UTC, datetime
from threading import Event

import pytest
from django.db import connection, transaction

from devices.models import Installation
from headend.listener.messages import Arrival
from headend.listener.serving import Inlets, Listening
from headend.models import PushCounter, PushRefusal
from metering.models import MeteringPoint, Series
from protocols.wrapper import WrapperFraming
from tests.factories import make_metering_point
from tests.headend.listener.pushing import (
    IMPORT,
    LOCAL,
    broken_once,
    make_pushing_device,
    played,
    profile_push,
    pusher_of,
    wrapped,
)
from tests.headend.outcomes import stand, total

pytestmark = pytest.mark.django_db(transaction=True)


async def answers(listener: Listening, octets: bytes, count: int) -> list[bytes]:
    """Send it all at once; so many answers."""
    assert listener.tcp is not None
    reader, writer = await asyncio.open_connection(*listener.tcp)
    writer.write(octets)
    framing = WrapperFraming(1)
    found: list[bytes] = []
    while len(found) < count:
        framing.receive_data(await asyncio.wait_for(reader.read(65_536), 25))
        while (apdu := framing.next_apdu()) is not None:
            found.append(apdu)
    writer.close()
    return found


def test_corrections_of_many_messages_end_with_the_last_one() -> None:
    """A dozen messages say other values of the same rows: each is stored after the one before, in whatever batch."""
    device = make_pushing_device()
    pusher = pusher_of(device)
    octets = b"".join(wrapped(pusher.ciphered(profile_push([n, n, n]))) for n in range(12))

    assert len(played(lambda listener: answers(listener, octets, 12))) == 12
    assert total(stand(device)) == 3 * 11
    assert PushCounter.objects.get().last == 12
    assert not PushRefusal.objects.exists()


def test_the_next_messages_are_read_while_one_batch_cannot_be_stored() -> None:
    device = make_pushing_device()
    pusher = pusher_of(device)
    first, later = (wrapped(pusher.ciphered(profile_push([n]))) for n in (1, 2))

    async def scene(listener: Listening) -> tuple[int, list[bytes]]:
        held, blocked, let_go = Event(), Event(), Event()
        hold = asyncio.create_task(asyncio.to_thread(_hold, held, blocked, let_go))
        await asyncio.to_thread(held.wait)
        waiting = [asyncio.create_task(answers(listener, first, 1))]
        await asyncio.to_thread(blocked.wait)
        waiting.append(asyncio.create_task(answers(listener, later, 1)))
        read = await _ahead(listener)
        let_go.set()
        await hold
        return read, [answer for each in waiting for answer in await each]

    read, told = played(scene, Inlets(tcp=LOCAL))
    assert (read, len(told)) == (1, 2)


async def _ahead(listener: Listening) -> int:
    """How many messages are read and wait, once any does; 0 where none ever does."""
    for _ in range(400):
        if listener.intake.ahead:
            break
        await asyncio.sleep(0.02)
    return listener.intake.ahead


def _hold(held: Event, blocked: Event, let_go: Event) -> None:
    """Keep the counters locked until told; `blocked` says that somebody waits for them."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("LOCK TABLE headend_pushcounter IN ACCESS EXCLUSIVE MODE")
            held.set()
            waits = False
            while not waits:
                cursor.execute(_WAITS)
                waits = cursor.fetchone() == (True,)
            blocked.set()
            let_go.wait(25)
    finally:
        connection.close()


_WAITS = """
SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted AND relation = 'headend_pushcounter'::regclass
    AND database = (SELECT oid FROM pg_database WHERE datname = current_database()))
"""


def test_a_line_that_cannot_be_answered_keeps_nobody_from_being_stored() -> None:
    device = make_pushing_device()
    pusher = pusher_of(device)
    unheard, later = pusher.ciphered(profile_push([1])), wrapped(pusher.ciphered(profile_push([2])))

    async def scene(listener: Listening) -> list[bytes]:
        listener.intake.offer(Arrival(unheard, "127.0.0.1", None, datetime.now(UTC), _deaf))
        return await answers(listener, later, 1)

    assert played(scene)
    assert PushCounter.objects.get().last == 2


def _deaf(_: bytes) -> None:
    raise ValueError("a line that is broken otherwise than lines break")


def test_what_must_be_stored_again_goes_where_the_device_hangs_by_then() -> None:
    """While the database was away the meter was moved: what was read of it before that is not believed any more."""
    device = make_pushing_device()
    there = make_metering_point(device.utility)
    octets = wrapped(pusher_of(device).ciphered(profile_push([7])))

    async def scene(listener: Listening) -> list[bytes]:
        found = asyncio.create_task(answers(listener, octets, 1))
        await asyncio.to_thread(broken_once, lambda: _move(there))
        return await found

    assert played(scene)
    assert total(Series.objects.get(metering_point=there, kind="stand", measured_property__obis=str(IMPORT))) == 7


def _move(point: MeteringPoint) -> None:
    Installation.objects.update(metering_point=point)
