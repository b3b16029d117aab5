"""Lines of datagrams and repetition over real sockets: loss, silence, nobody there."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import cast

import pytest

from headend import causes
from headend.causes import SessionError
from headend.transport import DatagramLine, Exchange, connect, connect_datagram
from protocols.dlms.connection import ClientConnection
from protocols.dlms.cosem import Attribute
from protocols.dlms.data import decode
from protocols.dlms.exchange import associate, get, release
from protocols.dlms.server import ServerSession
from protocols.errors import Cause, RemoteProtocolError
from protocols.wrapper import WrapperDatagrams, split_frames
from tests.protocols.parties import TEXT, Meter, ciphered

Answer = Callable[[bytes], list[bytes]]
FRAME = WrapperDatagrams(1, 1).frame(b"\xc0anything")


class Peer(asyncio.DatagramProtocol):
    """Answers each datagram with those that `answer` gives; keeps what it heard."""

    def __init__(self, answer: Answer) -> None:
        self._answer = answer
        self.heard: list[bytes] = []

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.DatagramTransport, transport)

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        self.heard.append(data)
        for datagram in self._answer(data):
            self.transport.sendto(datagram, addr)


@asynccontextmanager
async def _line(answer: Answer, patience_s: float = 5) -> AsyncIterator[tuple[DatagramLine, Peer]]:
    loop = asyncio.get_running_loop()
    transport, peer = await loop.create_datagram_endpoint(lambda: Peer(answer), local_addr=("127.0.0.1", 0))
    line = await connect_datagram(*transport.get_extra_info("sockname"), patience_s=patience_s)
    try:
        yield line, peer
    finally:
        line.close()
        transport.close()


def _heard(said: bytes) -> Exchange[bytes]:
    return (yield said)


def test_each_frame_goes_in_a_datagram_of_its_own() -> None:
    async def talk() -> None:
        async with _line(lambda data: [b"", data] if data == FRAME[:-1] + b"!" else []) as (line, peer):
            second = FRAME[:-1] + b"!"
            assert await line.run(_heard(FRAME + second)) == second
            assert peer.heard == [FRAME, second]
            assert (line.sent, line.received) == (2 * len(FRAME), len(FRAME))

    asyncio.run(talk())


def test_a_session_survives_lost_datagrams_on_both_ways() -> None:
    meter, counts = Meter(text=b"read me", max_pdu=200), {"asked": 0, "answered": 0}
    session = ServerSession(meter.device, WrapperDatagrams(1))

    def lossy(data: bytes) -> list[bytes]:
        counts["asked"] += 1
        if counts["asked"] % 4 == 0:
            return []
        answers = split_frames(session.handle(data))
        counts["answered"] += len(answers)
        return answers if counts["answered"] % 3 else []

    async def talk() -> None:
        async with _line(lossy) as (line, _):
            client, terms = ciphered()
            connection = ClientConnection(terms, WrapperDatagrams(client, 1, retries=9))
            line.repeat_after(0.02, connection.repeat)
            await line.run(associate(connection))
            text = await line.run(get(connection, Attribute(1, TEXT, 2)))
            assert isinstance(text, bytes)
            assert decode(text) == b"read me"
            await line.run(release(connection))
            assert counts["asked"] > 4

    asyncio.run(talk())


def test_a_silent_device_hears_the_request_again_until_the_protocol_gives_up() -> None:
    async def talk() -> None:
        async with _line(lambda data: []) as (line, peer):
            framing = WrapperDatagrams(1, 1, retries=2)
            line.repeat_after(0.06, framing.repeat)
            with pytest.raises(RemoteProtocolError) as caught:
                await asyncio.wait_for(line.run(_heard(framing.frame(b"\xc0"))), 3)
            assert caught.value.cause is Cause.NO_ANSWER
            assert len(peer.heard) == 3

    asyncio.run(talk())


def test_patience_ends_before_the_repetitions_where_it_is_shorter() -> None:
    async def talk() -> None:
        async with _line(lambda data: [], patience_s=0.3) as (line, peer):
            line.repeat_after(0.1, lambda: FRAME)
            with pytest.raises(SessionError, match="silent for"):
                await asyncio.wait_for(line.run(_heard(FRAME)), 2)
            assert 2 <= len(peer.heard) <= 3

    asyncio.run(talk())


def test_repetition_can_begin_after_the_first_exchange() -> None:
    async def talk() -> None:
        answers = iter([[FRAME], [], [FRAME]])
        async with _line(lambda data: next(answers)) as (line, peer):
            await line.run(_heard(FRAME))
            line.repeat_after(0.05, lambda: FRAME)
            await asyncio.sleep(0.12)
            assert await asyncio.wait_for(line.run(_heard(FRAME)), 2) == FRAME
            assert len(peer.heard) == 3

    asyncio.run(talk())


def test_datagrams_between_exchanges_stay_whole() -> None:
    async def talk() -> None:
        third = FRAME[:-1] + b"3"
        async with _line(lambda data: [FRAME, data[:-1] + b"2", third]) as (line, _):
            assert await line.run(_heard(FRAME)) == FRAME
            await asyncio.sleep(0.05)
            assert await line.run(_heard(FRAME)) == FRAME[:-1] + b"2"
            assert await line.run(_heard(FRAME)) == third

    asyncio.run(talk())


def test_a_stream_repeats_too_and_never_without_an_exchange() -> None:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readexactly(2 * len(FRAME))
        writer.write(b"both")
        await reader.read()
        writer.close()

    async def talk() -> None:
        server = await asyncio.start_server(serve, "127.0.0.1", 0)
        line = await connect(*server.sockets[0].getsockname(), patience_s=5)
        line.repeat_after(0.05, lambda: FRAME)
        assert await asyncio.wait_for(line.run(_heard(FRAME)), 2) == b"both"
        await asyncio.sleep(0.15)
        assert line.sent == 2 * len(FRAME)
        line.close()
        server.close()

    asyncio.run(talk())


def test_where_nobody_takes_datagrams_the_cause_says_so() -> None:
    async def talk() -> None:
        async with _line(lambda data: []) as (line, peer):
            peer.transport.close()
            await asyncio.sleep(0)
            with pytest.raises(SessionError) as caught:
                await asyncio.wait_for(line.run(_heard(FRAME)), 3)
            assert caught.value.cause == causes.CONNECTION_REFUSED

    asyncio.run(talk())


def test_a_name_that_does_not_exist() -> None:
    async def talk() -> None:
        with pytest.raises(SessionError) as caught:
            await connect_datagram("host.invalid", 4059, patience_s=3)
        assert caught.value.cause == causes.UNREACHABLE

    asyncio.run(talk())
