"""The Valkey server dies in the middle of the work and comes back without its memory."""

import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import redis

from aim.embedded import programs
from headend.permits import Permits, Wanted
from headend.permits.limits import Limit
from headend.permits.permits import ASK_AGAIN_S
from headend.permits.valkey import Server
from tests.headend.permits.asking import CELL, begun

MOST = 10
STARTS_WITHIN_S = 20.0


class OwnServer:
    """A Valkey server of the test's own that keeps nothing on disk."""

    def __init__(self, folder: Path) -> None:
        self._socket = folder / "valkey.sock"
        self.url = f"unix://{self._socket}"
        self.start()

    def start(self) -> None:
        """Start it and wait until it answers."""
        self._process = subprocess.Popen(
            [str(programs.valkey_program(None)), "--port", "0", "--unixsocket", str(self._socket), "--save", ""],
            stdout=subprocess.DEVNULL,
        )
        end = time.monotonic() + STARTS_WITHIN_S
        with redis.Redis.from_url(self.url) as client:
            while not _answers(client):
                assert time.monotonic() < end, "the server does not start"
                time.sleep(0.02)

    def kill(self) -> None:
        """SIGKILL."""
        self._process.kill()
        self._process.wait()


class Workers:
    """Workers with one clock, which share what `CELL` bears."""

    def __init__(self, server: OwnServer) -> None:
        self.now = 0.0
        self._server = server

    def worker(self, name: str) -> Permits:
        limits = {CELL: Limit(MOST, None)}
        return Permits(
            name, urgent=True, server=Server(self._server.url), limits=lambda: limits, clock=lambda: self.now
        )

    def wait(self) -> None:
        """Until an absent server is asked again."""
        self.now += ASK_AGAIN_S


@pytest.fixture
def server(tmp_path: Path) -> Iterator[OwnServer]:
    own = OwnServer(tmp_path)
    yield own
    own.kill()


@pytest.fixture
def workers(server: OwnServer) -> Workers:
    return Workers(server)


def test_leases_and_permits_come_back_right(server: OwnServer, workers: Workers) -> None:
    """headend.md §4 row 10: nobody stops, nobody takes more than there is, and nothing stays held for ever."""
    one, other = workers.worker("one"), workers.worker("other")
    assert (begun(one.acquire(_wanted(0, 3))), begun(other.acquire(_wanted(100, 4)))) == (3, 4)
    assert begun(one.acquire(_wanted(10, 1))) == 1, "now both know that they are two"
    server.kill()

    assert begun(one.acquire(_wanted(20, 5))) == 1, "half of the limit, four of them held"
    one.renew()
    one.release([0, 1])
    server.start()
    workers.wait()

    other.renew()
    assert begun(one.acquire(_wanted(30, 9))) == MOST - 4 - 3, "what both hold was told before it was asked"
    assert _in_use(server) == MOST
    assert begun(other.acquire(_wanted(200, 9))) == 0
    one.leave()
    other.leave()
    assert _in_use(server) == 0


def test_what_a_dead_worker_held_is_forgotten_with_the_server(server: OwnServer, workers: Workers) -> None:
    workers.worker("dead").acquire(_wanted(0, MOST))
    assert begun(workers.worker("early").acquire(_wanted(100, MOST))) == 0
    server.kill()
    server.start()
    assert begun(workers.worker("late").acquire(_wanted(200, MOST))) == MOST


def _wanted(first: int, count: int) -> list[Wanted]:
    return [Wanted(first + number, (CELL,)) for number in range(count)]


def _in_use(server: OwnServer) -> int:
    return sum(use.sessions for use in Server(server.url).use())


def _answers(client: redis.Redis) -> bool:
    try:
        return bool(client.ping())
    except redis.ConnectionError:
        return False
