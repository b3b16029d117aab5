"""Pushes received, deciphered, stored and acknowledged, beside a loop that only receives and deciphers them.

    meters (this process) ── TCP ──▶ listener (a process of its own) ── one transaction per batch ──▶ PostgreSQL
    meters (this process) ── TCP ──▶ bare loop (a process of its own): frames and keys, nothing else

Rounds of both follow each other, so both met the same machine.
"""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Iterator, Sequence
from statistics import median
from typing import cast

import uvloop

from bench.headend.pushing import KEYS, frames, make_fleet
from bench.report import Figure
from bench.rounds import process
from headend.listener.frames import Frames
from headend.listener.limits import Bounds
from headend.listener.serving import Inlets, listening, settle_memory
from protocols.dlms.keys import ReceiveCounter
from protocols.dlms.security import open_notification

CONNECTIONS = 50
GOAL_RATE, GOAL_RATIO = 1500, 0.35
_HEAD = 8
_OWN, _ACKNOWLEDGEMENT = b"AIM\0\0\0\0\1", bytes(36)


def run(quick: bool) -> Iterator[Figure]:
    """Rounds of both, one after the other, on the database of this benchmark."""
    meters = make_fleet(500 if quick else 3000)
    rounds = 2 if quick else 4
    days = [frames(meters, day) for day in range(2 * rounds + 1)]
    with process([*_PROGRAM, "listen"], "") as place, process([*_PROGRAM, "bare"], "") as bare_place:
        _send(int(place), days[0])
        pairs = [(_send(int(place), days[2 * n + 1]), _send(int(bare_place), days[2 * n + 2])) for n in range(rounds)]
    stored, bare = zip(*pairs, strict=True)
    yield Figure("pushes of 96 × 2 values stored and acknowledged", max(stored), "messages/s", GOAL_RATE)
    yield Figure("pushes received and deciphered only", max(bare), "messages/s")
    yield Figure("pushes stored, to only deciphered", median(ours / theirs for ours, theirs in pairs), "", GOAL_RATIO)


_PROGRAM = ("-c", "import django; django.setup(); from bench.headend.push import answer; answer()")
"""This package needs Django before it can be imported."""


def _send(port: int, octets: Sequence[bytes]) -> float:
    """Messages per second until the last one is acknowledged, over `CONNECTIONS` lines at once."""
    parts = [octets[number::CONNECTIONS] for number in range(CONNECTIONS)]

    async def send() -> float:
        begun = time.perf_counter()
        await asyncio.gather(*(_line(port, part) for part in parts if part))
        return len(octets) / (time.perf_counter() - begun)

    return asyncio.run(send())


async def _line(port: int, octets: Sequence[bytes]) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(b"".join(octets))
    for _ in octets:
        head = await reader.readexactly(_HEAD)
        await reader.readexactly(int.from_bytes(head[6:8], "big"))
    writer.close()


async def _listen() -> None:
    settle_memory()
    bounds = Bounds(connections=10_000, messages_s=1_000_000)
    async with listening(Inlets(tcp=("127.0.0.1", 0), bounds=bounds)) as at_work:
        assert at_work.tcp is not None
        print(at_work.tcp[1], flush=True)
        await asyncio.Event().wait()


class _Bare(asyncio.Protocol):
    """Frames are cut, messages deciphered with keys held in memory and answered with as much as an acknowledgement."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        self._frames = Frames(Bounds().octets)

    def data_received(self, data: bytes) -> None:
        for pushed in self._frames.receive(data):
            open_notification(pushed.apdu, lambda _: KEYS, ReceiveCounter(-1), own_title=_OWN)
            self._transport.write(self._frames.answer(_ACKNOWLEDGEMENT, None))


async def _bare() -> None:
    server = await asyncio.get_running_loop().create_server(_Bare, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await asyncio.Event().wait()


def answer() -> None:
    """One of the two answering sides, as a process; which one says the command line."""
    uvloop.run(_listen() if sys.argv[1] == "listen" else _bare())
