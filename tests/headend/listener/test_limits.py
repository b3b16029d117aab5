"""What one caller may not do to the listener: too many connections, too much, too slow, or more than can be stored."""

import asyncio
import ssl
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest

from headend.listener.intake import Intake
from headend.listener.limits import Bounds, Limits
from headend.listener.messages import Arrival
from headend.listener.serving import Inlets, Listening, listening
from headend.models import PushCounter
from tests.headend.listener.pushing import (
    LOCAL,
    answered,
    broken_once,
    make_pushing_device,
    played,
    profile_push,
    pusher_of,
    wrapped,
)

pytestmark = pytest.mark.django_db(transaction=True)


def test_an_address_has_so_many_connections_and_no_more() -> None:
    async def scene(listener: Listening) -> list[bool]:
        lines = [await asyncio.open_connection(*listener.tcp) for _ in range(3)]  # type: ignore[misc]
        await asyncio.sleep(0.1)
        closed = [reader.at_eof() or (await _read(reader)) == b"" for reader, _ in lines]
        for _, writer in lines:
            writer.close()
        return closed

    assert played(scene, Inlets(tcp=LOCAL, bounds=Bounds(connections=2))) == [False, False, True]


async def _read(reader: asyncio.StreamReader) -> bytes | None:
    """What comes at once: b"" for the end, None for nothing."""
    try:
        return await asyncio.wait_for(reader.read(1), 0.1)
    except TimeoutError:
        return None
    except ConnectionError:
        return b""


def test_a_silent_connection_is_ended() -> None:
    async def scene(listener: Listening) -> bytes | None:
        reader, writer = await asyncio.open_connection(*listener.tcp)  # type: ignore[misc]
        await asyncio.sleep(1.5)
        said = await _read(reader)
        writer.close()
        return said

    assert played(scene, Inlets(tcp=LOCAL, bounds=Bounds(silence_s=0.3))) == b""


def test_messages_of_an_address_are_spread_over_time() -> None:
    limits = Limits(Bounds(messages_s=10))
    assert [limits.spend("a", 0.0) for _ in range(10)] == [0.0] * 10
    assert limits.spend("a", 0.0) == pytest.approx(0.1)
    assert limits.spend("b", 0.0) == 0.0
    assert limits.spend("a", 1.0) == 0.0


def test_a_caller_that_sends_too_fast_waits_and_loses_nothing() -> None:
    device = make_pushing_device()
    pusher = pusher_of(device)
    octets = b"".join(wrapped(pusher.ciphered(profile_push([n], confirmed=n == 19))) for n in range(20))
    inlets = Inlets(tcp=LOCAL, bounds=Bounds(messages_s=5))
    assert played(lambda listener: answered(listener.tcp, octets, patience_s=10), inlets)  # type: ignore[arg-type]
    assert PushCounter.objects.get().last == 20


def test_reading_pauses_while_the_store_is_behind() -> None:
    told: list[bool] = []

    async def scene() -> None:
        intake = Intake(high=4000, low=2000)
        intake.join(told.append)
        for _ in range(10):
            intake.offer(Arrival(bytes.fromhex("0f00"), "127.0.0.1", None, datetime.now(UTC)))
        assert told == [True]
        intake.end()
        await intake.run()

    asyncio.run(scene())
    assert told == [True, False]


def test_a_push_whose_transaction_breaks_is_stored_by_the_next_and_acknowledged_then() -> None:
    """The server ends the connection in the middle of storing, as when it restarts."""
    device = make_pushing_device()
    octets = wrapped(pusher_of(device).ciphered(profile_push([1])))

    async def scene(listener: Listening) -> bytes:
        assert listener.tcp is not None
        answer = asyncio.create_task(answered(listener.tcp, octets, patience_s=15))
        await asyncio.to_thread(broken_once)
        return await answer

    assert played(scene)
    assert PushCounter.objects.get().last == 1


def test_pushes_over_tls(tmp_path: Path) -> None:
    certificate, key = tmp_path / "push.pem", tmp_path / "push.key"
    _make_certificate(certificate, key)
    device = make_pushing_device()
    octets = wrapped(pusher_of(device).ciphered(profile_push([1])))

    async def scene(listener: Listening) -> bytes:
        context = ssl.create_default_context(cafile=str(certificate))
        assert listener.tls is not None
        reader, writer = await asyncio.open_connection(*listener.tls, ssl=context, server_hostname="localhost")
        writer.write(octets)
        answer = await asyncio.wait_for(reader.read(1000), 5)
        writer.close()
        return answer

    assert played(scene, Inlets(tls=LOCAL, certificate=str(certificate), key=str(key)))


def test_a_certificate_that_is_none_is_told_at_the_start(tmp_path: Path) -> None:
    async def scene() -> None:
        async with listening(Inlets(tls=LOCAL, certificate=str(tmp_path / "none"), key=str(tmp_path / "none"))):
            raise AssertionError("it listens without a certificate")

    with pytest.raises(OSError, match="No such file"):
        asyncio.run(scene())


def _make_certificate(certificate: Path, key: Path) -> None:
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost",
         "-addext", "subjectAltName=DNS:localhost", "-keyout", str(key), "-out", str(certificate)],
        check=True, capture_output=True,
    )  # fmt: skip
