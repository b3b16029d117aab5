"""The line to a device over real sockets: silence, refusal, cut, octets that come early."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest

from headend import causes
from headend.causes import SessionError
from headend.transport import Exchange, Line, connect

Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


def _echoed(text: bytes) -> Exchange[bytes]:
    """Send text and give what comes back, as often as it takes."""
    received = yield text
    while len(received) < len(text):
        more = yield b""
        if not more:
            raise EOFError(f"cut after {received!r}")
        received += more
    return received


async def _echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while data := await reader.read(100):
        for octet in data:
            writer.write(bytes([octet]))
            await writer.drain()
            await asyncio.sleep(0)
    writer.close()


@asynccontextmanager
async def _line(serve: Serve, patience_s: float = 5) -> AsyncIterator[Line]:
    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    line = await connect(*server.sockets[0].getsockname(), patience_s=patience_s)
    try:
        yield line
    finally:
        line.close()
        server.close()


def test_exchanges_follow_each_other_and_octets_are_counted() -> None:
    async def talk() -> None:
        async with _line(_echo) as line:
            assert await line.run(_echoed(b"hello meter")) == b"hello meter"
            assert await line.run(_echoed(b"again")) == b"again"
            assert (line.sent, line.received) == (16, 16)

    asyncio.run(talk())


def test_a_silent_peer_ends_the_exchange_in_bounded_time() -> None:
    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()

    async def talk() -> None:
        async with _line(silent, patience_s=0.2) as line:
            with pytest.raises(SessionError, match="silent for") as caught:
                await asyncio.wait_for(line.run(_echoed(b"x")), 2)
            assert caught.value.cause == causes.NO_ANSWER

    asyncio.run(talk())


def test_a_slow_peer_that_keeps_talking_is_not_silent() -> None:
    async def slow(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for octet in await reader.read(100):
            await asyncio.sleep(0.1)
            writer.write(bytes([octet]))
        await reader.read()
        writer.close()

    async def talk() -> None:
        async with _line(slow, patience_s=0.3) as line:
            assert await line.run(_echoed(b"abcdef")) == b"abcdef"

    asyncio.run(talk())


def test_a_cut_reaches_the_exchange_as_end_of_line_whenever_it_happens() -> None:
    async def cut(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write((await reader.read(100))[:3])
        writer.close()

    async def talk() -> None:
        async with _line(cut) as line:
            with pytest.raises(EOFError, match="cut after b'abc'"):
                await line.run(_echoed(b"abcdef"))
            with pytest.raises(SessionError, match="was cut"):
                await line.run(_echoed(b"too late"))

    asyncio.run(talk())


def test_octets_that_come_before_an_exchange_are_given_to_it() -> None:
    async def early(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"early ")
        writer.write(await reader.read(100))
        await reader.read()
        writer.close()

    async def talk() -> None:
        async with _line(early) as line:
            await asyncio.sleep(0.1)
            assert (await line.run(_echoed(b"bird"))).startswith(b"early ")

    asyncio.run(talk())


@pytest.mark.parametrize(
    ("host", "cause"), [("127.0.0.1", causes.CONNECTION_REFUSED), ("host.invalid", causes.UNREACHABLE)]
)
def test_where_nobody_listens_the_cause_says_so(host: str, cause: str) -> None:
    async def talk() -> None:
        with pytest.raises(SessionError) as caught:
            await connect(host, 1, patience_s=3)
        assert caught.value.cause == cause

    asyncio.run(talk())
