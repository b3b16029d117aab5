"""Permits as a worker has them, with Valkey and without."""

from collections.abc import Iterator

import pytest

from headend.permits import Permits, Wanted
from headend.permits.limits import Limit
from headend.permits.permits import ASK_AGAIN_S, UNHEARD_WORKERS
from headend.permits.segments import Segment
from headend.permits.valkey import Server
from tests.headend.permits.asking import APN, CELL, NOBODY, begun, forget, fresh_server

LIMITS = {CELL: Limit(10, None), Segment("apn", ""): Limit(40, None)}


class Clock:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def server() -> Iterator[Server]:
    with fresh_server(now=None) as found:
        yield found


def _worker(server: Server, name: str = "w", *, urgent: bool = True, clock: Clock | None = None) -> Permits:
    return Permits(name, urgent=urgent, server=server, limits=lambda: LIMITS, clock=clock or Clock())


def _wanted(first: int, count: int, *segments: Segment) -> list[Wanted]:
    return [Wanted(first + k, segments or (CELL,)) for k in range(count)]


def test_workers_share_what_a_segment_bears(server: Server) -> None:
    one, other = _worker(server, "one"), _worker(server, "other")
    assert begun(one.acquire(_wanted(0, 7))) == 7
    assert begun(other.acquire(_wanted(100, 7))) == 3
    one.release([0, 1])
    assert begun(other.acquire(_wanted(200, 7))) == 2


def test_what_is_not_limited_needs_no_server() -> None:
    nobody = _worker(Server(NOBODY))
    assert begun(nobody.acquire(_wanted(0, 500, Segment("cell", "B2")))) == 500


def test_a_limit_of_a_kind_holds_each_segment_of_it_and_a_named_one_goes_before() -> None:
    limits = {Segment("cell", ""): Limit(2, None), CELL: Limit(3, None)}
    with fresh_server(now=None) as server:
        worker = Permits("w", urgent=True, server=server, limits=lambda: limits)
        assert begun(worker.acquire(_wanted(0, 5, CELL))) == 3
        assert begun(worker.acquire(_wanted(10, 5, Segment("cell", "B2")))) == 2
        assert begun(worker.acquire(_wanted(20, 5, Segment("cell", "C3")))) == 2


def test_without_the_server_a_worker_keeps_to_its_share_and_goes_on() -> None:
    """headend.md §4 row 10: a lost Valkey neither stops the work nor lets it run free."""
    clock = Clock()
    worker = _worker(Server(NOBODY), clock=clock)
    assert begun(worker.acquire(_wanted(0, 30, APN))) == 40 // UNHEARD_WORKERS
    worker.release(range(4))
    assert begun(worker.acquire(_wanted(100, 30, APN))) == 4


def test_the_share_is_by_the_workers_last_heard_of_and_counts_what_is_held(server: Server) -> None:
    clock, away = Clock(), Server(NOBODY)
    worker, other = _worker(server, "one", clock=clock), _worker(server, "other")
    other.acquire(_wanted(900, 1, APN))
    assert begun(worker.acquire(_wanted(0, 15, APN))) == 15
    worker._server = away
    assert begun(worker.acquire(_wanted(100, 30, APN))) == 5, "half of 40, 15 of them held"


def test_a_release_that_nobody_heard_changes_nothing_for_the_work(server: Server) -> None:
    """headend.md §4 row 10: the permit is free for this worker at once, and for all others when its lease ends."""
    clock = Clock()
    worker = _worker(server, clock=clock)
    worker.acquire(_wanted(0, 10))
    worker._server = Server(NOBODY)
    worker.release(range(10))
    worker._server, clock.now = server, clock.now + ASK_AGAIN_S
    (use,) = server.use()
    assert use.sessions == 10
    server.now = server._time() + 46
    assert begun(_worker(server, "other").acquire(_wanted(100, 10))) == 10


def test_a_server_that_forgot_is_told_what_is_held_before_it_is_asked(server: Server) -> None:
    worker = _worker(server)
    worker.acquire(_wanted(0, 8))
    forget()
    assert begun(worker.acquire(_wanted(100, 8))) == 2


def test_what_was_granted_while_the_server_was_away_counts_when_it_is_back(server: Server) -> None:
    clock = Clock()
    worker = _worker(Server(NOBODY), clock=clock)
    assert begun(worker.acquire(_wanted(0, 10))) == 2
    worker._server, clock.now = server, ASK_AGAIN_S
    assert begun(worker.acquire(_wanted(100, 10))) == 8
    assert [use.sessions for use in server.use()] == [10]


def test_leases_are_renewed_while_sessions_go_on(server: Server) -> None:
    worker = _worker(server)
    worker.acquire(_wanted(0, 10))
    server.now = server._time() + 40
    worker.renew()
    server.now += 40
    assert begun(_worker(server, "other").acquire(_wanted(100, 10))) == 0


def test_a_worker_that_ends_leaves_nothing_behind(server: Server) -> None:
    worker = _worker(server)
    worker.acquire(_wanted(0, 10))
    worker.leave()
    other = _worker(server, "other")
    assert begun(other.acquire(_wanted(100, 10))) == 10
    assert other._workers == 1


def test_use_tells_sessions_and_refusals(server: Server) -> None:
    server.now = 1_000_000.0
    _worker(server).acquire(_wanted(0, 30))
    (use,) = server.use()
    assert (use.segment, use.sessions, use.granted, use.refused) == (CELL, 10, 10, 20)
    assert use.refused_per_s == pytest.approx(2.0)
    server.now += 30
    assert server.use()[0].refused_per_s == pytest.approx(0.1, abs=0.01)
