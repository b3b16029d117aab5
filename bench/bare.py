"""What `acquire` is measured against: the same round trips and octets with nothing but asyncio and AES-GCM.

Both sides know the script, a list of (octets of the request, octets of the reply), and seal and open every message
with AES-GCM-128 as a ciphered session does. Two ways: streams on asyncio's own loop, as one writes it by hand, and
callbacks on uvloop, the least that Python can do. `python -m bench.bare WAY SCRIPT` is the answering side.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Any, cast

import uvloop
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

Script = Sequence[tuple[int, int]]

HOST = "127.0.0.1"
KEY = bytes(range(16))
_TAG = 16
_SMALLEST = _TAG + 1


class Sealer:
    """Seals messages of a wanted length on the wire, each with its own nonce, and opens those of the other side."""

    def __init__(self, own: int, peer: int) -> None:
        self._gcm = AESGCM(KEY)
        self._own, self._peer = own.to_bytes(8, "big"), peer.to_bytes(8, "big")
        self._sent, self._heard = count(), count()

    def seal(self, octets: int) -> bytes:
        nonce = self._own + next(self._sent).to_bytes(4, "big")
        return self._gcm.encrypt(nonce, bytes(octets - _TAG), None)

    def open(self, message: bytes) -> bytes:
        nonce = self._peer + next(self._heard).to_bytes(4, "big")
        return self._gcm.decrypt(nonce, message, None)


class Callbacks(asyncio.Protocol):
    """One side of the script, advanced by whatever arrives; `done` is set when the script has ended."""

    def __init__(self, script: Script, asking: bool, done: asyncio.Future[None] | None = None) -> None:
        pairs = [(sent, due) if asking else (due, sent) for sent, due in script]
        self._send, self._due = [pair[0] for pair in pairs], [pair[1] for pair in pairs]
        self._sealer = Sealer(1, 2) if asking else Sealer(2, 1)
        self._asking, self._done = asking, done
        self._step = 0
        self._buffer = bytearray()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        if self._asking:
            self._say()

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        due = self._due[self._step]
        if len(self._buffer) < due:
            return
        self._sealer.open(bytes(self._buffer[:due]))
        del self._buffer[:due]
        if not self._asking:
            self._say()
        self._step += 1
        if self._step == len(self._due):
            self._end()
        elif self._asking:
            self._say()

    def _say(self) -> None:
        self._transport.write(self._sealer.seal(self._send[self._step]))

    def _end(self) -> None:
        self._transport.close()
        if self._done is not None:
            self._done.set_result(None)


async def ask_by_callbacks(port: int, script: Script) -> None:
    """One session, least way."""
    loop = asyncio.get_running_loop()
    done = loop.create_future()
    await loop.create_connection(lambda: Callbacks(script, True, done), HOST, port)
    await done


async def ask_by_streams(port: int, script: Script) -> None:
    """One session, usual way."""
    reader, writer = await asyncio.open_connection(HOST, port)
    sealer = Sealer(1, 2)
    for sent, due in script:
        writer.write(sealer.seal(sent))
        await writer.drain()
        sealer.open(await reader.readexactly(due))
    writer.close()
    await writer.wait_closed()


async def _serve_callbacks(script: Script) -> asyncio.Server:
    return await asyncio.get_running_loop().create_server(lambda: Callbacks(script, False), HOST, 0)


async def _serve_streams(script: Script) -> asyncio.Server:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        sealer = Sealer(2, 1)
        for due, sent in script:
            sealer.open(await reader.readexactly(due))
            writer.write(sealer.seal(sent))
        await reader.read()
        writer.close()

    return await asyncio.start_server(answer, HOST, 0)


@dataclass(frozen=True)
class Way:
    """How a bare session is done: its loop and its two sides."""

    run: Callable[[Coroutine[Any, Any, Any]], Any]
    ask: Callable[[int, Script], Awaitable[None]]
    serve: Callable[[Script], Awaitable[asyncio.Server]]


WAYS = {
    "streams": Way(asyncio.run, ask_by_streams, _serve_streams),
    "callbacks": Way(uvloop.run, ask_by_callbacks, _serve_callbacks),
}


def script_of(octets: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """A script of these octets; a message cannot be smaller than its tag."""
    return [(max(sent, _SMALLEST), max(received, _SMALLEST)) for sent, received in octets]


async def _answer(way: Way, script: Script) -> None:
    """Serve until killed; prints the port."""
    server = await way.serve(script)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    chosen = WAYS[sys.argv[1]]
    chosen.run(_answer(chosen, [(sent, received) for sent, received in json.loads(sys.argv[2])]))
