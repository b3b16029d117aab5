"""Pushes received, deciphered, stored and acknowledged, beside a loop that only receives and deciphers them.

    meters (this process) ── TCP ──▶ listener (a process of its own) ── one transaction per batch ──▶ PostgreSQL
    meters (this process) ── TCP ──▶ bare loop (a process of its own): frames and keys, nothing else

The bare loop is what the same Python would do without any meaning: one process on uvloop, its memory settled as ours,
the sockets, the frames of the wrapper, AES-GCM with both keys of the sender opened and compared, and an answer of the
size of an acknowledgement. No key is looked up, nothing is decoded, counted or stored. Rounds of both follow each
other, so both met the same machine; the bare loop gets the same octets `REPEATED` times, so that its rounds last.

Where the machine does other things, rates say little and processor time more: that of both processes is told, too, and
that of the sessions of PostgreSQL (without what its own processes write in the background).
"""

from __future__ import annotations

import asyncio
import os
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import median
from typing import cast

import psutil
import uvloop
from django.db import connection

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
REPEATED = 4
_HEAD = 8
_OWN, _ACKNOWLEDGEMENT = b"AIM\0\0\0\0\1", bytes(36)


@dataclass(frozen=True, slots=True)
class _Side:
    """An answering process."""

    port: int
    process: psutil.Process

    @classmethod
    def of(cls, said: str) -> _Side:
        """The one that told its port and its number."""
        port, number = said.split()
        return cls(int(port), psutil.Process(int(number)))

    def cost_s(self) -> float:
        """Processor time it has taken so far."""
        return _cost_s(self.process)


def run(quick: bool) -> Iterator[Figure]:
    """Rounds of both, one after the other, on the database of this benchmark."""
    meters = make_fleet(500 if quick else 3000)
    rounds = 2 if quick else 4
    days = [frames(meters, day) for day in range(rounds + 1)]
    with process([*_PROGRAM, "listen"], "") as said, process([*_PROGRAM, "bare"], "") as bare_said:
        ours, bare = _Side.of(said), _Side.of(bare_said)
        _send(ours.port, days[0])
        _send(bare.port, days[0])
        before = ours.cost_s(), bare.cost_s(), _database_s()
        rates = [(_send(ours.port, day), _send(bare.port, day * REPEATED)) for day in days[1:]]
        spent = [now - then for now, then in zip((ours.cost_s(), bare.cost_s(), _database_s()), before, strict=True)]
    messages = rounds * len(meters)
    yield from _figures(rates, [spent[0] / messages, spent[1] / messages / REPEATED, spent[2] / messages])


def _figures(rates: Sequence[tuple[float, float]], costs: Sequence[float]) -> Iterator[Figure]:
    stored, deciphered = zip(*rates, strict=True)
    ours, bare, database = costs
    yield Figure("pushes of 96 × 2 values stored and acknowledged", max(stored), "messages/s", GOAL_RATE)
    yield Figure("pushes received and deciphered only", max(deciphered), "messages/s")
    yield Figure("pushes stored, to only deciphered", median(a / b for a, b in rates), "", GOAL_RATIO)
    yield Figure("pushes stored: processor time of the listener", 1e6 * ours, "µs/message")
    yield Figure("pushes stored: processor time of its sessions of PostgreSQL", 1e6 * database, "µs/message")
    yield Figure("pushes only deciphered: processor time", 1e6 * bare, "µs/message")
    yield Figure("pushes stored, to only deciphered, by processor time of the process", bare / ours, "")


def _database_s() -> float:
    """Processor time of all sessions of this database; 0 where the server runs elsewhere."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pid FROM pg_stat_activity WHERE datname = current_database()")
        return sum(_cost_s(psutil.Process(pid)) for (pid,) in cursor.fetchall() if psutil.pid_exists(pid))


def _cost_s(process: psutil.Process) -> float:
    spent = process.cpu_times()
    return float(spent.user + spent.system)


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
        print(at_work.tcp[1], os.getpid(), flush=True)
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
    settle_memory()
    server = await asyncio.get_running_loop().create_server(_Bare, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], os.getpid(), flush=True)
    await asyncio.Event().wait()


def answer() -> None:
    """One of the two answering sides, as a process; which one says the command line."""
    uvloop.run(_listen() if sys.argv[1] == "listen" else _bare())
