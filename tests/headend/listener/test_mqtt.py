"""Pushes from a real MQTT broker on loopback: stored once, acknowledged after that, nothing lost while we are away."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import TypeVar

import pytest
from django.db import connection, transaction

from headend.listener.broker import Broker
from headend.listener.limits import Bounds
from headend.listener.serving import Inlets, Listening
from headend.models import DiscoveredDevice, PushCounter, PushRefusal
from protocols.gateway import Prefix
from rig.processes import Processes
from tests import beside, databases
from tests.headend.listener.mqtt_broker import HOST, PASSWORD, USER, Loopback, mqtt_broker
from tests.headend.listener.pushing import make_pushing_device, played, profile_push, pusher_of, wrapped
from tests.headend.outcomes import stand, total
from tests.protocols.captured_pushes import KAIFA

pytestmark = pytest.mark.django_db(transaction=True)
T = TypeVar("T")
CLIENT, TOPIC = "openaim", "push/meters/7"
SOON_S = 20


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Loopback]:
    with mqtt_broker(tmp_path) as broker:
        yield broker


def inlets(broker: Loopback, *, password: str = PASSWORD, messages_s: int = 200) -> Inlets:
    asked = Broker(HOST, broker.port, ("push/#",), CLIENT, user=USER, password=password)
    return Inlets(broker=asked, bounds=Bounds(messages_s=messages_s))


def taking(broker: Loopback, scene: Callable[[Listening], Awaitable[T]], *, messages_s: int = 200) -> T:
    """A scene with a listener that has subscribed."""

    async def play(listener: Listening) -> T:
        await until(lambda: listener.mqtt is not None and not listener.mqtt.trouble)
        return await scene(listener)

    return played(play, inlets(broker, messages_s=messages_s))


async def until(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(SOON_S):
        while not holds():
            await asyncio.sleep(0.02)


def somebody_waits() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
        return int(cursor.fetchone()[0]) > 0


def published(broker: Loopback, *payloads: bytes, settled: int) -> Callable[[Listening], Awaitable[None]]:
    """Publish, then wait until so many were acknowledged to the broker."""

    async def scene(_: Listening) -> None:
        await asyncio.to_thread(broker.publish, TOPIC, *payloads)
        await until(lambda: broker.record.acknowledged[CLIENT] == settled)

    return scene


@pytest.mark.parametrize("framed", [True, False], ids=["wrapper", "without a frame"])
def test_a_push_is_stored_and_acknowledged(broker: Loopback, framed: bool) -> None:
    device = make_pushing_device()
    apdu = pusher_of(device).ciphered(profile_push([100, 110, 125], confirmed=False))

    taking(broker, published(broker, wrapped(apdu) if framed else apdu, settled=1))

    assert total(stand(device)) == 335
    assert PushCounter.objects.get(system_title=device.system_title).last == 1


def test_a_meter_behind_a_concentrator(broker: Loopback) -> None:
    device = make_pushing_device()
    apdu = pusher_of(device).ciphered(profile_push([5, 6], confirmed=False))

    taking(broker, published(broker, Prefix(0, b"\x12\x34").encode(0xE7) + apdu, settled=1))

    assert total(stand(device)) == 11


def test_what_is_refused_or_nonsense_does_not_come_again(broker: Loopback) -> None:
    """It would fill the window of the broker, and be refused again."""
    device = make_pushing_device()
    pusher = pusher_of(device)
    message, other = (pusher.ciphered(profile_push([n], confirmed=False)) for n in (1, 2))
    pusher.ek = bytes(16)
    forged = pusher.ciphered(profile_push([9], confirmed=False))

    async def scene(listener: Listening) -> int:
        await published(broker, message, other, forged, b"GET / HTTP/1.1", b"", wrapped(other)[:-3], settled=6)(
            listener
        )
        return listener.intake.counts["broken"]

    assert taking(broker, scene) == 3
    assert list(PushRefusal.objects.values_list("device_id", "address", "count")) == [(device.pk, f"mqtt:{TOPIC}", 1)]


def test_a_stranger_is_remembered_with_its_topic(broker: Loopback) -> None:
    taking(broker, published(broker, KAIFA, settled=1))
    assert DiscoveredDevice.objects.get().address == f"mqtt:{TOPIC}"


def test_one_topic_may_not_ask_too_much(broker: Loopback) -> None:
    """What comes faster waits, and is stored all the same."""
    device = make_pushing_device()
    pusher = pusher_of(device)
    messages = [pusher.ciphered(profile_push([n], confirmed=False)) for n in range(1, 9)]

    async def scene(listener: Listening) -> float:
        began = time.monotonic()
        await published(broker, *messages, settled=len(messages))(listener)
        return time.monotonic() - began

    assert taking(broker, scene, messages_s=4) >= 0.9
    assert PushCounter.objects.get().last == 8


def test_what_comes_while_nobody_listens_waits_at_the_broker(broker: Loopback) -> None:
    device = make_pushing_device()
    pusher = pusher_of(device)

    async def nothing(_: Listening) -> None: ...

    taking(broker, nothing)
    broker.publish(TOPIC, pusher.ciphered(profile_push([7], confirmed=False)))

    async def scene(_: Listening) -> None:
        await until(lambda: broker.record.acknowledged[CLIENT] == 1)

    taking(broker, scene)
    assert total(stand(device)) == 7


def test_what_is_given_up_comes_again(broker: Loopback) -> None:
    """What the database refuses for no reason of the message, here a table that is not there."""

    async def scene(listener: Listening) -> None:
        await asyncio.to_thread(broker.publish, TOPIC, KAIFA)
        await until(lambda: listener.intake.counts["broker lost"] > 0)
        await asyncio.to_thread(rename, "strangers", "headend_discovereddevice")
        await until(lambda: broker.record.acknowledged[CLIENT] > 0)

    rename("headend_discovereddevice", "strangers")
    try:
        taking(broker, scene)
    finally:
        rename("strangers", "headend_discovereddevice")
    assert DiscoveredDevice.objects.get().count == 1


def rename(table: str, name: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE IF EXISTS {table} RENAME TO {name}")
    connection.close()


def test_a_broker_that_refuses_us_is_told_of_and_asked_again(
    broker: Loopback, caplog: pytest.LogCaptureFixture
) -> None:
    async def scene(listener: Listening) -> str:
        await until(lambda: listener.intake.counts["broker lost"] >= 2)
        assert listener.mqtt is not None
        return listener.mqtt.trouble

    trouble = played(scene, inlets(broker, password="wrong password"))

    assert "ot authorized" in trouble or "refused" in trouble
    assert "nothing comes from the MQTT broker" in caplog.text
    assert "wrong password" not in caplog.text


def test_a_listener_that_dies_before_the_commit_loses_nothing_and_stores_nothing_twice(
    broker: Loopback, tmp_path: Path
) -> None:
    device = make_pushing_device()
    message = pusher_of(device).ciphered(profile_push([100, 110], confirmed=False))
    database = str(connection.settings_dict["NAME"])
    processes = Processes(
        {
            "DATABASE_URL": databases.url(database), "OPENAIM_PUSH_TCP": "-", "OPENAIM_PUSH_UDP": "-",
            "OPENAIM_PUSH_MQTT": broker.url, "OPENAIM_PUSH_MQTT_USER": USER, "OPENAIM_PUSH_MQTT_PASSWORD": PASSWORD,
        },
        tmp_path / "processes.log",
    )  # fmt: skip
    try:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("LOCK TABLE headend_pushcounter IN EXCLUSIVE MODE")
            processes.start("listener")
            processes.until(lambda: CLIENT in broker.record.subscribed, seconds=60, what="it subscribes")
            broker.publish(TOPIC, message)
            beside.until(somebody_waits, "the listener wants to store the message")
            processes.kill("listener")
        assert broker.record.acknowledged[CLIENT] == 0
        assert not PushCounter.objects.exists()

        processes.start("listener")
        processes.until(lambda: broker.record.acknowledged[CLIENT] == 1, seconds=60, what="the message comes again")
    finally:
        processes.end()

    assert broker.record.sent[CLIENT] == 2
    assert total(stand(device)) == 210
    assert PushCounter.objects.get().last == 1
    assert not PushRefusal.objects.exists()
