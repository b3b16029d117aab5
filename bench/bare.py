"""The ceiling for `acquire`: the same round trips and octets with nothing but asyncio and AES-GCM.

Both sides know the script, a list of (octets of the request, octets of the reply), and seal and open every message
with AES-GCM-128 as a ciphered session does. `python -m bench.bare` is the answering side.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Sequence
from itertools import count

import uvloop
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

Script = Sequence[tuple[int, int]]

KEY = bytes(range(16))
_TAG = 16
_SMALLEST = _TAG + 1


class Sealer:
    """Seals messages of a wanted length on the wire, every one with a nonce of its own, and opens them."""

    def __init__(self, side: int) -> None:
        self._gcm = AESGCM(KEY)
        self._side = side.to_bytes(8, "big")
        self._sent = count()
        self._heard = count()

    def seal(self, octets: int) -> bytes:
        nonce = self._side + next(self._sent).to_bytes(4, "big")
        return self._gcm.encrypt(nonce, bytes(max(octets, _SMALLEST) - _TAG), None)

    def open(self, message: bytes, side: int) -> bytes:
        nonce = side.to_bytes(8, "big") + next(self._heard).to_bytes(4, "big")
        return self._gcm.decrypt(nonce, message, None)


class Answering(asyncio.Protocol):
    """Answers the requests of a script in order, then hangs up."""

    def __init__(self, script: Script) -> None:
        self._steps = iter(script)
        self._step = next(self._steps)
        self._sealer = Sealer(2)
        self._buffer = bytearray()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        due = max(self._step[0], _SMALLEST)
        if len(self._buffer) >= due:
            self._sealer.open(bytes(self._buffer[:due]), 1)
            del self._buffer[:due]
            self._transport.write(self._sealer.seal(self._step[1]))  # type: ignore[attr-defined]
            self._step = next(self._steps, (1 << 30, 0))


class Asking(asyncio.Protocol):
    """Plays the asking side of a script once."""

    def __init__(self, script: Script, done: asyncio.Future[None]) -> None:
        self._steps = iter(script)
        self._sealer = Sealer(1)
        self._buffer = bytearray()
        self._done = done

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport
        self._ask()

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        if len(self._buffer) >= self._due:
            self._sealer.open(bytes(self._buffer[: self._due]), 2)
            del self._buffer[: self._due]
            self._ask()

    def _ask(self) -> None:
        step = next(self._steps, None)
        if step is None:
            self._transport.close()
            self._done.set_result(None)
            return
        self._due = max(step[1], _SMALLEST)
        self._transport.write(self._sealer.seal(step[0]))  # type: ignore[attr-defined]


async def ask(host: str, port: int, script: Script) -> None:
    """One bare session."""
    loop = asyncio.get_running_loop()
    done = loop.create_future()
    await loop.create_connection(lambda: Asking(script, done), host, port)
    await done


async def answer(script: Script) -> None:
    """Serve until killed; prints the port."""
    server = await asyncio.get_running_loop().create_server(lambda: Answering(script), "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    uvloop.run(answer([(sent, received) for sent, received in json.loads(sys.argv[1])]))
